// One codec per AWS protocol, driven by the model's tables: requests become generated structs, structs and
// errors become responses. The service's protocol picks the codec; no operation is known by name here.
#pragma once

#include "src/http/message.h"
#include "src/model/shape.h"
#include "src/protocol/rest_router.h"

#include <string_view>

namespace fogbank::protocol {

// A request as the codecs read it. Views: the caller keeps what they point to.
struct WireRequest {
    std::string_view method;
    std::string_view path;   // still encoded
    std::string_view query;  // still encoded, without the '?'
    const http::Headers& headers;
    std::string_view body;              // empty where the operation's input streams
    const UriLabels* labels = nullptr;  // Identified::labels; null where the protocol has no routes
};

// How bodies are written. The JSON 1.1 services read CBOR too, and answer in what they were asked in.
enum class BodyFormat { native, cbor };
BodyFormat body_format(const model::Service& service, const http::Headers& headers);

// What every answer carries beside its content.
struct ResponseIds {
    std::string_view request_id;
    std::string_view host_id = {};  // S3's x-amz-id-2; empty: not sent
    BodyFormat format = BodyFormat::native;
};

// Decodes into `input`, a default-constructed Op::Input of `operation`. A streaming member is left to the
// caller. Throws Error in the protocol's form: SerializationException, MalformedXML, MalformedInput,
// InvalidArgument ... Nothing here checks constraints: see model/validate.h.
void decode_request(const model::Operation& operation, const WireRequest& request, void* input);

// Fills status, headers (content type and request id among them) and body for `output`, an Op::Output. Where
// the output streams, the body stays empty and no content type is set unless the output has one: the caller
// sets both.
void encode_response(const model::Operation& operation, const void* output, const ResponseIds& ids,
                     http::Response& out);

// AWS's error in the form of the service's protocol, with the error's own headers and details: members of the
// body in JSON, elements in XML. For HEAD the caller drops the body.
void encode_error(const model::Service& service, const Error& error, const ResponseIds& ids,
                  http::Response& out);

// The same where no service could be told: JSON or XML as `request`'s headers suggest.
void encode_error(const WireRequest& request, const Error& error, const ResponseIds& ids,
                  http::Response& out);

}  // namespace fogbank::protocol
