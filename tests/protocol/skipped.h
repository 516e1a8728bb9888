// The vectors that do not hold for a server, each with its reason. A listed case that passes fails the test.
#pragma once

#include <string_view>

namespace fogbank::protocol_test {

struct Skipped {
    std::string_view file;  // "input/json"
    std::string_view id;
    std::string_view reason;
};

inline constexpr std::string_view kCompressed =
    "the vector has parameters and a Content-Encoding header but no body that could be decoded";
inline constexpr std::string_view kOffset =
    "shows that clients read times with an offset; AWS writes Z only, and so do we";
inline constexpr std::string_view kUnknownMember =
    "shows that clients skip members that the model does not have; a result has none";
inline constexpr std::string_view kRequestHeader = "the vector asserts a request's header on a response";
inline constexpr std::string_view kEndpointPath =
    "a custom endpoint's path before the operation's is the client's affair; our endpoint has none";
inline constexpr std::string_view kToken =
    "the client fills the token in: it is on the wire and not among the parameters";
inline constexpr std::string_view kPrecedence =
    "the client drops a parameter that another one overrides: it is not on the wire";
inline constexpr std::string_view kEmptyObject =
    "an absent payload is sent as {}, which reads as a structure without members";
inline constexpr std::string_view kEmptyCollection =
    "an empty list or map is not on the wire and reads as absent";
inline constexpr std::string_view kQueryMap =
    "the vector's map repeats parameters that other members take; we give each to one member";

inline constexpr Skipped kSkipped[] = {
    {"input/json", "SDKAppendsGzipAndIgnoresHttpProvidedEncoding_awsJson1_1", kCompressed},
    {"input/json", "SDKAppliedContentEncoding_awsJson1_1", kCompressed},
    {"input/json_1_0", "SDKAppendsGzipAndIgnoresHttpProvidedEncoding_awsJson1_0", kCompressed},
    {"input/json_1_0", "SDKAppliedContentEncoding_awsJson1_0", kCompressed},
    {"input/query", "QueryEmptyQueryMaps", kEmptyCollection},
    {"input/query", "QueryProtocolIdempotencyTokenAutoFill", kToken},
    {"input/query", "SDKAppendsGzipAndIgnoresHttpProvidedEncoding_awsQuery", kCompressed},
    {"input/query", "SDKAppliedContentEncoding_awsQuery", kCompressed},
    {"input/rest-json", "RestJsonAllQueryStringTypes", kQueryMap},
    {"input/rest-json", "RestJsonHostWithPath", kEndpointPath},
    {"input/rest-json", "RestJsonHttpPrefixHeadersAreNotPresent", kEmptyCollection},
    {"input/rest-json", "RestJsonHttpWithEmptyStructurePayload", kEmptyObject},
    {"input/rest-json", "RestJsonHttpWithHeadersButNoPayload", kEmptyObject},
    {"input/rest-json", "RestJsonOmitsEmptyListQueryValues", kEmptyCollection},
    {"input/rest-json", "RestJsonQueryIdempotencyTokenAutoFill", kToken},
    {"input/rest-json", "RestJsonQueryPrecedence", kPrecedence},
    {"input/rest-json", "RestJsonQueryStringEscaping", kQueryMap},
    {"input/rest-json", "RestJsonSupportsInfinityFloatQueryValues", kQueryMap},
    {"input/rest-json", "RestJsonSupportsNaNFloatQueryValues", kQueryMap},
    {"input/rest-json", "RestJsonSupportsNegativeInfinityFloatQueryValues", kQueryMap},
    {"input/rest-json", "RestJsonZeroAndFalseQueryValues", kQueryMap},
    {"input/rest-json", "SDKAppendedGzipAfterProvidedEncoding_restJson1", kCompressed},
    {"input/rest-json", "SDKAppliedContentEncoding_restJson1", kCompressed},
    {"input/rest-xml", "HttpPrefixHeadersAreNotPresent", kEmptyCollection},
    {"input/rest-xml", "QueryIdempotencyTokenAutoFill", kToken},
    {"input/rest-xml", "RestXmlQueryPrecedence", kPrecedence},
    {"input/rest-xml", "SDKAppendedGzipAfterProvidedEncoding_restXml", kCompressed},
    {"input/rest-xml", "SDKAppliedContentEncoding_restXml", kCompressed},
    {"output/json", "AwsJson11DateTimeWithNegativeOffset", kOffset},
    {"output/json", "AwsJson11DateTimeWithPositiveOffset", kOffset},
    {"output/json", "AwsJson11IntEnums", kRequestHeader},
    {"output/json", "handles_unexpected_json_output", kUnknownMember},
    {"output/json_1_0", "AwsJson10HandlesUnexpectedJsonOutput", kUnknownMember},
    {"output/query", "AwsQueryDateTimeWithNegativeOffset", kOffset},
    {"output/query", "AwsQueryDateTimeWithPositiveOffset", kOffset},
    {"output/rest-json", "RestJsonDateTimeWithNegativeOffset", kOffset},
    {"output/rest-json", "RestJsonDateTimeWithPositiveOffset", kOffset},
    {"output/rest-xml", "RestXmlDateTimeWithNegativeOffset", kOffset},
    {"output/rest-xml", "RestXmlDateTimeWithPositiveOffset", kOffset},
};

}  // namespace fogbank::protocol_test
