#include "src/protocol/service_traits.h"

namespace fogbank::protocol {

bool is_s3(const model::Service& service) {
    return service.protocol == model::Protocol::rest_xml && std::string_view(service.endpoint_prefix) == "s3";
}

JsonDialect json_dialect(const model::Service& service) {
    if (service.protocol == model::Protocol::rest_json) return JsonDialect::rest;
    const bool first = service.json_version != nullptr && std::string_view(service.json_version) == "1.0";
    return first ? JsonDialect::namespaced : JsonDialect::plain;
}

std::string_view media_type(const http::Headers& headers) {
    std::string_view type = headers.get("Content-Type");
    type = type.substr(0, type.find(';'));
    while (type.ends_with(' ')) type.remove_suffix(1);
    while (type.starts_with(' ')) type.remove_prefix(1);
    return type;
}

std::string java_package(const model::Service& service) {
    // aws: DynamoDB's target prefix DynamoDB_20120810 goes with com.amazonaws.dynamodb.v20120810 (also for
    // its streams), SQS's AmazonSQS with com.amazonaws.sqs: the version is there where the prefix has one.
    std::string out = "com.amazonaws." + std::string(service.signing_name);
    const std::string_view prefix = service.target_prefix == nullptr ? "" : service.target_prefix;
    const std::size_t mark = prefix.rfind('_');
    if (mark == std::string_view::npos) return out;
    const std::string_view version = prefix.substr(mark + 1);
    if (version.empty() || version.find_first_not_of("0123456789") != std::string_view::npos) return out;
    return out + ".v" + std::string(version);
}

const char* xml_namespace(const model::Service& service) {
    if (service.xml_namespace != nullptr) return service.xml_namespace;
    return is_s3(service) ? "http://s3.amazonaws.com/doc/2006-03-01/" : nullptr;
}

std::string_view request_id_header(const model::Service& service) {
    return is_s3(service) ? "x-amz-request-id" : "x-amzn-RequestId";
}

bool is_rest(const model::Service& service) {
    return service.protocol == model::Protocol::rest_json || service.protocol == model::Protocol::rest_xml;
}

}  // namespace fogbank::protocol
