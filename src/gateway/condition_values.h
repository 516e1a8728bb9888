// The values that every request has for the global condition keys of policies.
// docs: IAM User Guide, "AWS global condition context keys".
#pragma once

#include "src/gateway/request_context.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace fogbank::gateway {

// `key` is what stands after "aws:", in lower case; `resource_account` owns what is asked for. Nothing where
// the request has no value.
std::optional<std::vector<std::string>> global_condition_values(const RequestContext& context,
                                                                std::string_view resource_account,
                                                                std::string_view key);

}  // namespace fogbank::gateway
