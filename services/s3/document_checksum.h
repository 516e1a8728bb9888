// The checksum of a request's document: a configuration, a list of keys.
#pragma once

#include "src/gateway/service.h"

namespace fogbank::s3 {

// Throws BadDigest, InvalidDigest, and InvalidRequest where the operation insists on a checksum and none is
// there.
void check_document(const model::Operation& operation, const gateway::WholeBody& body);

}  // namespace fogbank::s3
