#include "emulator/cli/remote.h"

#include "emulator/settings.h"
#include "src/base/json.h"

#include <fmt/format.h>

namespace fogbank::emulator {

std::string default_url() {
    Environment environment = process_environment();
    auto found = environment.find("AWS_ENDPOINT_URL");
    if (found != environment.end() && !found->second.empty()) return found->second;
    return "http://127.0.0.1:4566";
}

std::optional<http::ClientResponse> ask(const Remote& remote, std::string method,
                                        std::string_view path_and_query, std::chrono::milliseconds timeout) {
    http::ClientRequest request;
    request.method = std::move(method);
    std::string base = remote.url;
    while (base.ends_with('/')) base.pop_back();
    request.url = base + std::string(path_and_query);
    request.timeout = timeout;
    request.verify_tls = false;  // the daemon's own certificate, on this machine
    http::ClientResult result = http::send(request);
    if (auto* error = std::get_if<http::ClientError>(&result)) {
        print_error(remote.output, fmt::format("no daemon answers at {}: {}\nStart one with: fogbank start",
                                               remote.url, error->message));
        return std::nullopt;
    }
    return std::get<http::ClientResponse>(std::move(result));
}

void print_error(Output output, std::string_view message) {
    if (output == Output::text) {
        fmt::print(stderr, "fogbank: {}\n", message);
        return;
    }
    std::string text;
    json::Writer(text).begin_object().field("error", message).end_object();
    fmt::print(stderr, "{}\n", text);
}

void print_refusal(Output output, const http::ClientResponse& response) {
    auto document = json::parse(response.body);
    json::Value message =
        document && document->root().is_object() ? document->root().find("error") : json::Value();
    if (message.is_string()) {
        print_error(output, message.string());
    } else {
        print_error(output, fmt::format("the daemon answered {}\n{}", response.status, response.body));
    }
}

}  // namespace fogbank::emulator
