#include "services/apigateway/rest/media_type.h"

#include "src/http/message.h"

namespace fogbank::apigateway::rest {

namespace {

std::string_view first_type(std::string_view header) {
    std::string_view type = header.substr(0, header.find_first_of(",;"));
    while (type.starts_with(' ')) type.remove_prefix(1);
    while (type.ends_with(' ')) type.remove_suffix(1);
    return type;
}

bool fits(std::string_view pattern, std::string_view type) {
    if (pattern == "*/*") return true;
    if (pattern.ends_with("/*")) {
        const std::string_view group = pattern.substr(0, pattern.size() - 1);
        return http::equal_ignoring_case(type.substr(0, group.size()), group);
    }
    return http::equal_ignoring_case(pattern, type);
}

}  // namespace

bool is_binary(std::string_view media_type, const std::vector<std::string>& binary_types) {
    const std::string_view type = first_type(media_type);
    for (const std::string& pattern : binary_types) {
        if (fits(pattern, type)) return true;
    }
    return false;
}

}  // namespace fogbank::apigateway::rest
