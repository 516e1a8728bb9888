#include "services/apigateway/rest/stage_rules.h"

#include "services/apigateway/model/errors.h"

#include <algorithm>

namespace fogbank::apigateway::rest {

namespace {

constexpr std::string_view kVariables = "/variables/";

bool is_word(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

// aws: "Variable names can have alphanumeric and underscore characters, and the values must match
// [A-Za-z0-9-._~:/?#&=,]+" (docs: CreateDeployment).
void check_variable(const std::string& name, const std::string& value) {
    const bool name_fits = !name.empty() && std::all_of(name.begin(), name.end(), is_word);
    const bool value_fits = std::all_of(value.begin(), value.end(), [](char c) {
        return is_word(c) || std::string_view("-.~:/?#&=,").find(c) != std::string_view::npos;
    });
    if (name_fits && value_fits) return;
    throw errors::BadRequestException(
        "Stage variable name must match [A-Za-z0-9_]+ and value must match "
        "[A-Za-z0-9-._~:/?#&=,]+: " +
        name + "=" + value);
}

// JSON pointers write '/' as "~1" and '~' as "~0".
std::string unescape(std::string_view text) {
    std::string result;
    for (std::size_t at = 0; at < text.size(); ++at) {
        if (text[at] == '~' && at + 1 < text.size() && (text[at + 1] == '0' || text[at + 1] == '1')) {
            result += text[++at] == '0' ? '~' : '/';
        } else {
            result += text[at];
        }
    }
    return result;
}

void patch_variable(api::Stage& stage, const std::string& name, const api::PatchOperation& operation) {
    auto& variables = stage.variables ? *stage.variables : stage.variables.emplace();
    if (*operation.op == "remove") {
        variables.erase(name);
        if (variables.empty()) stage.variables.reset();
        return;
    }
    check_variable(name, operation.value.value_or(""));
    variables.insert_or_assign(name, operation.value.value_or(""));
}

[[noreturn]] void throw_bad_path(const std::string& op, const std::string& path) {
    throw errors::BadRequestException("Invalid patch path '" + path + "' specified for op '" + op +
                                      "'. Must be one of: [/deploymentId, /description, /variables/{name}]");
}

}  // namespace

void check_stage_name(const std::string& name) {
    if (!name.empty() && std::all_of(name.begin(), name.end(), [](char c) { return is_word(c) || c == '-'; }))
        return;
    throw errors::BadRequestException("Stage name only allows a-zA-Z0-9_");
}

void check_variables(const model::Map<std::string>& variables) {
    for (const auto& [name, value] : variables) check_variable(name, value);
}

void patch_stage(api::Stage& stage, const std::vector<api::PatchOperation>& operations) {
    for (const api::PatchOperation& operation : operations) {
        const std::string op = operation.op.value_or("");
        const std::string path = operation.path.value_or("");
        const bool sets = op == "replace" || op == "add";
        if (path.starts_with(kVariables) && (sets || op == "remove")) {
            patch_variable(stage, unescape(std::string_view(path).substr(kVariables.size())), operation);
        } else if (path == "/deploymentId" && op == "replace") {
            stage.deploymentId = operation.value.value_or("");
        } else if (path == "/description" && (sets || op == "remove")) {
            stage.description = operation.value;
        } else {
            throw_bad_path(op, path);
        }
    }
}

}  // namespace fogbank::apigateway::rest
