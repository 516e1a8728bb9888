#include "services/apigateway/rest/path_part.h"

#include "services/apigateway/model/errors.h"

#include <algorithm>

namespace fogbank::apigateway::rest {

namespace {

bool is_name(std::string_view text) {
    return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
               c == '_' || c == '-' || c == ':';
    });
}

bool is_variable(std::string_view part) {
    return part.size() > 2 && part.front() == '{' && part.back() == '}';
}

bool is_greedy(std::string_view part) {
    return is_variable(part) && part[part.size() - 2] == '+';
}

bool is_path_part(std::string_view part) {
    if (!is_variable(part)) return is_name(part);
    const std::string_view inside = part.substr(1, part.size() - 2);
    return is_name(is_greedy(part) ? inside.substr(0, inside.size() - 1) : inside);
}

}  // namespace

void check_path_part(std::string_view part, const api::Resource& parent,
                     const std::vector<api::Resource>& siblings) {
    if (!is_path_part(part)) {
        throw errors::BadRequestException(
            "Resource's path part only allow a-zA-Z0-9._-: or a valid greedy path variable "
            "and curly braces at the beginning and the end.");
    }
    if (parent.pathPart && is_greedy(*parent.pathPart)) {
        throw errors::BadRequestException(
            "Cannot create a child of a resource with a greedy path variable: " + *parent.pathPart);
    }
    for (const api::Resource& sibling : siblings) {
        if (*sibling.pathPart == part) {
            throw errors::ConflictException("Another resource with the same parent already has this name: " +
                                            std::string(part));
        }
    }
    for (const api::Resource& sibling : siblings) {
        // aws: a variable and a greedy variable may stand side by side, two of a kind may not.
        if (!is_variable(part) || !is_variable(*sibling.pathPart)) continue;
        if (is_greedy(part) != is_greedy(*sibling.pathPart)) continue;
        throw errors::BadRequestException(
            "A sibling (" + *sibling.pathPart +
            ") of this resource already has a variable path part -- only one is allowed");
    }
}

std::string child_path(const api::Resource& parent, std::string_view part) {
    return (*parent.path == "/" ? std::string() : *parent.path) + "/" + std::string(part);
}

}  // namespace fogbank::apigateway::rest
