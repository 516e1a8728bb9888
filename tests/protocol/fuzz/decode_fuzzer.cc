// Feeds the front of the request path with what nobody would send: identification, then decoding in every
// protocol. Nothing may crash, hang or throw anything but Error; what was decoded, and every error, can be
// encoded.
//
// The input is a text: a line "METHOD target", lines "Name: value", an empty line, the body.
#include "src/base/json.h"
#include "src/base/url.h"
#include "src/base/xml.h"
#include "src/protocol/codec.h"
#include "src/protocol/identify.h"
#include "tests/unit/protocol/sample_service.h"

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>

namespace {

using namespace fogbank;

const protocol::Identifier& identifier() {
    static const model::Service* const kServices[] = {
        protocol_test::dynamodb_operation().service, protocol_test::kinesis_operation().service,
        protocol_test::lambda_operation().service, protocol_test::s3_operation().service,
        protocol_test::sts_operation().service};
    static const protocol::Identifier kIdentifier(kServices);
    return kIdentifier;
}

std::string_view take_line(std::string_view& text) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    return line;
}

void check_document(const http::Response& out) {
    const std::string& body = std::get<std::string>(out.body);
    if (body.starts_with('{') && !json::parse(body)) __builtin_trap();
}

template <class T>
void decode_and_encode(const model::Operation& operation, const protocol::WireRequest& request) {
    T value;
    protocol::decode_request(operation, request, &value);
    http::Response out;
    protocol::encode_response(operation, &value, {"RID", "HID"}, out);
    check_document(out);
}

void handle(const protocol::Identified& found, const protocol::RequestHints& hints,
            const protocol::WireRequest& request) {
    http::Response out;
    try {
        if (found.operation == nullptr) throw protocol::Identifier::unknown_operation(found, hints);
        const bool rest = found.operation == &protocol_test::lambda_operation() ||
                          found.operation == &protocol_test::s3_operation();
        if (rest) {
            decode_and_encode<protocol_test::Located>(*found.operation, request);
        } else {
            decode_and_encode<protocol_test::Sample>(*found.operation, request);
        }
    } catch (const Error& error) {
        protocol::encode_error(*found.service, error, {"RID", "HID"}, out);
        check_document(out);
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    std::string_view text(reinterpret_cast<const char*>(data), size);
    const std::string_view first = take_line(text);
    const std::size_t space = std::min(first.find(' '), first.size());
    const std::string_view method = first.substr(0, space);
    const Target target =
        split_target(space < first.size() ? first.substr(space + 1) : std::string_view("/"));
    http::Headers headers;
    while (!text.empty()) {
        const std::string_view line = take_line(text);
        if (line.empty()) break;
        const std::size_t colon = line.find(": ");
        if (colon != std::string_view::npos) {
            headers.add(std::string(line.substr(0, colon)), std::string(line.substr(colon + 2)));
        }
    }
    protocol::RequestHints hints{method, target.path, target.query, headers};
    const std::string signing_name(headers.get("Sign"));
    hints.signing_name = signing_name;
    if (protocol::Identifier::needs_body(hints)) hints.body = text;
    const protocol::Identified found = identifier().identify(hints);
    const protocol::WireRequest request{method, target.path, target.query, headers, text, &found.labels};
    if (found.service != nullptr) {
        handle(found, hints, request);
    } else {
        http::Response out;
        protocol::encode_error(request, Error("UnknownService", 404, "none"), {"RID", {}}, out);
    }
    return 0;
}
