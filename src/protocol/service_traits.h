// What a service's front end does that its model does not say. Services are told apart by the model's own
// facts where there are any; S3 is the one with a front end of its own.
#pragma once

#include "src/http/message.h"
#include "src/model/shape.h"

#include <string>
#include <string_view>

namespace fogbank::protocol {

// S3: errors stand without <ErrorResponse>, XML times always have milliseconds, signed x-amz-* headers may
// come as query parameters, ids are x-amz-request-id and x-amz-id-2.
bool is_s3(const model::Service& service);

// How a JSON service's front end words type errors and names error types.
enum class JsonDialect {
    namespaced,  // JSON 1.0: DynamoDB; "__type" is com.amazonaws.dynamodb.v20120810#Name
    plain,       // JSON 1.1: Kinesis; "__type" is the bare name
    rest,        // rest-json: Lambda, API Gateway; the type is in a header
};
JsonDialect json_dialect(const model::Service& service);

// The Content-Type without its parameters.
std::string_view media_type(const http::Headers& headers);

// What JSON 1.1 services read and write beside JSON.
inline constexpr std::string_view kCborType = "application/x-amz-cbor-1.1";

// "com.amazonaws.dynamodb.v20120810": the Java package of a JSON 1.0 service's shapes.
std::string java_package(const model::Service& service);

// The namespace of XML documents; null where there is none.
const char* xml_namespace(const model::Service& service);

std::string_view request_id_header(const model::Service& service);

bool is_rest(const model::Service& service);

}  // namespace fogbank::protocol
