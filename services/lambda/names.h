// How functions are addressed: by name, partial ARN or full ARN, with or without a version or alias.
#pragma once

#include "src/gateway/request_context.h"

#include <optional>
#include <string>
#include <string_view>

namespace fogbank::lambda {

inline constexpr std::string_view kLatest = "$LATEST";

struct FunctionReference {
    std::string account;
    std::string region;
    std::string name;
    std::string qualifier;  // version number, alias or $LATEST; empty where none was given

    std::string arn() const;            // unqualified
    std::string qualified_arn() const;  // with the qualifier, where there is one
    bool operator==(const FunctionReference&) const = default;
};

// Nothing where `text` has none of the forms. Missing parts come from `account` and `region`.
std::optional<FunctionReference> parse_function(std::string_view text, std::string_view account,
                                                std::string_view region);

// The same for a request's FunctionName and Qualifier, with AWS's errors.
FunctionReference requested_function(const gateway::RequestContext& context,
                                     const std::optional<std::string>& name,
                                     const std::optional<std::string>& qualifier = std::nullopt);

// True for the digits of a published version.
bool is_version_number(std::string_view qualifier);

}  // namespace fogbank::lambda
