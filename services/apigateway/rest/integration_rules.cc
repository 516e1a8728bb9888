#include "services/apigateway/rest/integration_rules.h"

#include "services/apigateway/model/errors.h"
#include "services/apigateway/model/put_integration.h"
#include "services/apigateway/model/put_integration_response.h"
#include "src/base/arn.h"

namespace fogbank::apigateway::rest {

namespace {

constexpr std::int32_t kShortestTimeoutMs = 50;
constexpr std::string_view kFunctionsPath = "/functions/";
constexpr std::string_view kInvocations = "/invocations";
constexpr std::string_view kVariable = "${stageVariables.";

[[noreturn]] void refuse(const std::string& what) {
    throw Error("NotImplemented", 501, "Fogbank does not serve " + what + ".");
}

void check_lambda(const api::PutIntegration::Input& input) {
    if (!input.integrationHttpMethod || input.integrationHttpMethod->empty()) {
        throw errors::BadRequestException("Enumeration value for HttpMethod must be non-empty");
    }
    const std::optional<Arn> arn = Arn::parse(input.uri.value_or(""));
    if (!arn || arn->service() != "apigateway") {
        throw errors::BadRequestException("Invalid ARN specified in the request");
    }
    const std::string_view resource = arn->resource();
    if (!resource.starts_with("path/") && !resource.starts_with("action/")) {
        throw errors::BadRequestException("AWS ARN for integration must contain path or action");
    }
    if (arn->account() != "lambda" || !function_of_uri(*input.uri)) {
        throw errors::BadRequestException(
            "Integrations of type 'AWS_PROXY' currently only supports Lambda function and Firehose stream "
            "invocations.");
    }
}

// Text that VTL hands through as it is.
bool is_literal(std::string_view text) {
    return text.find_first_of("$#") == std::string_view::npos;
}

void check_templates(const std::optional<model::Map<std::string>>& templates) {
    if (!templates) return;
    for (const auto& [type, text] : *templates) {
        if (!is_literal(text)) refuse("mapping templates with $ or # (" + type + ")");
    }
}

}  // namespace

void check_integration(const api::PutIntegration::Input& input) {
    if (*input.type == "AWS_PROXY") {
        check_lambda(input);
    } else if (*input.type == "MOCK") {
        check_templates(input.requestTemplates);
    } else if (*input.type == "AWS" || *input.type == "HTTP" || *input.type == "HTTP_PROXY") {
        refuse("integrations of type " + *input.type);
    } else {
        throw errors::BadRequestException("Invalid integration type specified: " + *input.type);
    }
    if (input.connectionType == "VPC_LINK") refuse("VPC links");
    if (input.responseTransferMode == "STREAM") refuse("the response transfer mode STREAM");
    if (input.timeoutInMillis &&
        (*input.timeoutInMillis < kShortestTimeoutMs || *input.timeoutInMillis > kLongestTimeoutMs)) {
        throw errors::BadRequestException("Timeout should be between 50 ms and 29000 ms");
    }
}

void check_mock_response(const api::PutIntegrationResponse::Input& input) {
    check_templates(input.responseTemplates);
    if (!input.responseParameters) return;
    for (const auto& [name, value] : *input.responseParameters) {
        if (value.size() < 2 || value.front() != '\'' || value.back() != '\'') {
            refuse("the response mapping " + name + " = " + value + " (only 'literal' values)");
        }
    }
}

std::string substitute(std::string_view text, const model::Map<std::string>& variables) {
    std::string result;
    while (true) {
        const std::size_t start = text.find(kVariable);
        const std::size_t end = start == std::string_view::npos ? start : text.find('}', start);
        if (end == std::string_view::npos) return result + std::string(text);
        result += text.substr(0, start);
        const std::string_view name = text.substr(start + kVariable.size(), end - start - kVariable.size());
        if (const auto found = variables.find(name); found != variables.end()) result += found->second;
        text.remove_prefix(end + 1);
    }
}

std::optional<std::string> function_of_uri(std::string_view uri) {
    const std::size_t functions = uri.find(kFunctionsPath);
    if (functions == std::string_view::npos || !uri.ends_with(kInvocations)) return std::nullopt;
    uri.remove_suffix(kInvocations.size());
    const std::size_t start = functions + kFunctionsPath.size();
    if (start >= uri.size()) return std::nullopt;
    return std::string(uri.substr(start));
}

}  // namespace fogbank::apigateway::rest
