// Removes what earlier boots left in the blob store's folder.
#pragma once

#include "src/store/database.h"

#include <span>
#include <string>

namespace fogbank::store {

// Unlinks unfinished files of earlier boots and, where there are `reference_queries`, finished ones that none
// of them lists. What one sweep has judged, the next leaves alone.
void sweep_blob_files(const std::string& folder, Database& database,
                      std::span<const char* const> reference_queries);

}  // namespace fogbank::store
