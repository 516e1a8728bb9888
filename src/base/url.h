// Percent-encoding and query strings, as RFC 3986 and AWS use them.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace fogbank {

// Everything but A-Z a-z 0-9 - . _ ~ is encoded; `keep` names further characters that stay ("/" for paths).
std::string percent_encode(std::string_view text, std::string_view keep = {});
// A bad escape stays as it is. '+' stays '+'.
std::string percent_decode(std::string_view text);
// As in forms: '+' is a space.
std::string form_decode(std::string_view text);

using QueryParameters = std::vector<std::pair<std::string, std::string>>;  // decoded, in order of arrival
// "a=1&b&c=x%20y"; a name without '=' gets an empty value. '+' is a space, as AWS reads it.
QueryParameters parse_query(std::string_view query);
const std::string* find_parameter(const QueryParameters& parameters, std::string_view name);

struct Target {
    std::string_view path;   // encoded, as sent; "/" where empty
    std::string_view query;  // encoded, without the '?'
};
Target split_target(std::string_view target);

}  // namespace fogbank
