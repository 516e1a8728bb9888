#include "services/lambda/names.h"

#include "services/lambda/model/errors.h"

#include <algorithm>
#include <vector>

namespace fogbank::lambda {

namespace {

bool is_digits(std::string_view text) {
    return !text.empty() &&
           std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

bool is_name(std::string_view text) {
    return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
               c == '_';
    });
}

bool is_region(std::string_view text) {
    return std::count(text.begin(), text.end(), '-') >= 2 && text.back() >= '0' && text.back() <= '9';
}

std::vector<std::string_view> split(std::string_view text) {
    std::vector<std::string_view> parts;
    while (true) {
        const std::size_t colon = text.find(':');
        parts.push_back(text.substr(0, colon));
        if (colon == std::string_view::npos) return parts;
        text.remove_prefix(colon + 1);
    }
}

}  // namespace

std::string FunctionReference::arn() const {
    return "arn:aws:lambda:" + region + ":" + account + ":function:" + name;
}

std::string FunctionReference::qualified_arn() const {
    return qualifier.empty() ? arn() : arn() + ":" + qualifier;
}

bool is_version_number(std::string_view qualifier) {
    return is_digits(qualifier);
}

std::optional<FunctionReference> parse_function(std::string_view text, std::string_view account,
                                                std::string_view region) {
    const std::vector<std::string_view> parts = split(text);
    FunctionReference result{std::string(account), std::string(region), {}, {}};
    std::size_t at = 0;
    const auto has = [&](std::size_t more) { return at + more < parts.size(); };
    if (parts[0] == "arn") {
        if (parts.size() < 4 || parts[2] != "lambda") return std::nullopt;
        at = 3;
    }
    if (has(1) && is_region(parts[at])) result.region = parts[at++];
    if (has(1) && parts[at].size() == 12 && is_digits(parts[at])) result.account = parts[at++];
    if (has(1) && parts[at] == "function") ++at;
    const std::size_t left = parts.size() - at;
    if (left < 1 || left > 2 || !is_name(parts[at])) return std::nullopt;
    result.name = parts[at];
    if (left == 2) {
        if (parts[at + 1] != kLatest && !is_name(parts[at + 1])) return std::nullopt;
        result.qualifier = parts[at + 1];
    }
    return result;
}

FunctionReference requested_function(const gateway::RequestContext& context,
                                     const std::optional<std::string>& name,
                                     const std::optional<std::string>& qualifier) {
    std::optional<FunctionReference> found =
        parse_function(name.value_or(std::string()), context.account, context.region);
    // aws: "if you specify only the function name, it is limited to 64 characters in length"
    if (!found || found->name.size() > 64) {
        throw errors::InvalidParameterValueException("1 validation error detected: Value '" +
                                                     name.value_or(std::string()) +
                                                     "' at 'functionName' failed to satisfy constraint: "
                                                     "Member must have length less than or equal to 64");
    }
    if (found->region != context.region) {
        throw errors::ResourceNotFoundException("Functions from '" + found->region +
                                                "' are not reachable in this region ('" + context.region +
                                                "')");
    }
    if (qualifier && !qualifier->empty()) {
        if (!found->qualifier.empty() && found->qualifier != *qualifier) {
            throw errors::InvalidParameterValueException(
                "The derived qualifier from the function name does not match the specified qualifier.");
        }
        found->qualifier = *qualifier;
    }
    return *found;
}

}  // namespace fogbank::lambda
