// The bytes of a FileBody, for a service that reads what another one would send.
#pragma once

#include "src/http/message.h"

#include <string>

namespace fogbank::http {

// Closes the descriptor. Throws std::runtime_error where the file is shorter than it should be.
std::string read_file(const FileBody& file);

}  // namespace fogbank::http
