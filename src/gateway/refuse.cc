// Requests that break HTTP or its limits: no http::Request came of them, yet the answer has AWS's form.
#include "src/base/url.h"
#include "src/gateway/exchange.h"
#include "src/gateway/pipeline.h"

#include <algorithm>

namespace fogbank::gateway {
namespace {

std::string_view without_outer_space(std::string_view text) {
    const std::size_t first = text.find_first_not_of(" \t\r");
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(" \t\r") - first + 1);
}

// What can be read of a head that is malformed or not whole: enough to tell which service was meant.
http::Request read_what_came(std::string_view head) {
    http::Request request;
    const auto take_line = [&head] {
        const std::size_t end = std::min(head.find('\n'), head.size());
        const std::string_view line = head.substr(0, end);
        head.remove_prefix(std::min(end + 1, head.size()));
        return line;
    };
    const std::string_view first = take_line();
    const std::size_t method_end = std::min(first.find(' '), first.size());
    request.method = first.substr(0, method_end);
    const std::string_view rest = without_outer_space(first.substr(method_end));
    request.target = rest.substr(0, rest.find(' '));
    while (!head.empty()) {
        const std::string_view line = take_line();
        const std::size_t colon = line.find(':');
        if (colon == std::string_view::npos) continue;
        request.headers.add(std::string(line.substr(0, colon)),
                            std::string(without_outer_space(line.substr(colon + 1))));
    }
    return request;
}

Error s3_error(const http::Refusal& refusal) {
    switch (refusal.status) {
        case 431:
            // aws: as recorded in versity/versitygw#2180; there the limit is 8192.
            return Error("RequestHeaderSectionTooLarge", 400,
                         "Your request header section exceeds the maximum allowed size.")
                .with("MaxSizeAllowed", std::to_string(refusal.header_limit));
        case 414:
            return Error("KeyTooLongError", 400, "Your key is too long");
        case 408:
            return Error("RequestTimeout", 400,
                         "Your socket connection to the server was not read from or written to within the "
                         "timeout period.");
        case 501:
            return Error("NotImplemented", 501,
                         "A header you provided implies functionality that is not implemented");
        default:
            return Error("BadRequest", 400, "An error occurred when parsing the HTTP request.");
    }
}

// docs: "Common error types" of each service's API reference: what is wrong "at the HTTP level".
Error common_error(const http::Refusal& refusal) {
    if (refusal.status == 408) return Error("RequestTimeoutException", 408, std::string(refusal.message));
    return Error("MalformedHttpRequestException", 400, std::string(refusal.message));
}

}  // namespace

http::Response Pipeline::refuse(const http::Refusal& refusal) {
    http::Request request = read_what_came(refusal.head);
    request.local_port = refusal.local_port;
    Exchange exchange(request);
    const Target target = split_target(request.target);
    exchange.path = target.path;
    exchange.query = target.query;
    exchange.host = host_name(request.headers.get("host"));
    exchange.context.request_id = parts_.entropy.uuid();
    try {
        identify(exchange);
    } catch (const Error&) {
        // The service is known all the same, or none is served.
    }
    const model::Service* service = exchange.found.service;
    const bool is_s3 = service != nullptr && service->protocol == model::Protocol::rest_xml;
    encode_failure(exchange, is_s3 ? s3_error(refusal) : common_error(refusal));
    exchange.response.headers.set("x-localstack", "true");
    return std::move(exchange.response);
}

}  // namespace fogbank::gateway
