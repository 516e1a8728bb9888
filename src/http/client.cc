#include "src/http/client.h"

#include <httplib.h>

#include <algorithm>
#include <charconv>

namespace fogbank::http {

namespace {

struct Url {
    bool secure = false;
    std::string host;  // without brackets
    int port = 0;
    std::string authority;  // as written
    std::string target;
};

std::optional<Url> parse_url(std::string_view text) {
    Url url;
    if (text.starts_with("http://")) {
        text.remove_prefix(7);
        url.port = 80;
    } else if (text.starts_with("https://")) {
        text.remove_prefix(8);
        url.secure = true;
        url.port = 443;
    } else {
        return std::nullopt;
    }
    const std::size_t end = std::min(text.find_first_of("/?"), text.size());
    std::string_view authority = text.substr(0, end);
    url.authority = authority;
    url.target = text.substr(end);
    if (url.target.empty() || url.target[0] == '?') url.target.insert(0, "/");
    const std::size_t bracket = authority.find(']');
    const std::size_t colon = authority.find(':', bracket == std::string_view::npos ? 0 : bracket);
    if (colon != std::string_view::npos) {
        const std::string_view digits = authority.substr(colon + 1);
        const auto parsed = std::from_chars(digits.data(), digits.data() + digits.size(), url.port);
        if (parsed.ec != std::errc() || parsed.ptr != digits.data() + digits.size() || url.port < 1 ||
            url.port > 65535) {
            return std::nullopt;
        }
        authority = authority.substr(0, colon);
    }
    if (authority.starts_with('[') && authority.ends_with(']'))
        authority = authority.substr(1, authority.size() - 2);
    if (authority.empty()) return std::nullopt;
    url.host = authority;
    return url;
}

std::string describe(httplib::Error error, const Url& url, std::chrono::milliseconds timeout) {
    const std::string& where = url.authority;
    const std::string limit = std::to_string(timeout.count()) + " ms";
    switch (error) {
        case httplib::Error::Connection:
            return "connection refused by " + where;
        case httplib::Error::ConnectionTimeout:
            return "no connection to " + where + " within " + limit;
        case httplib::Error::Read:
            return "no whole answer from " + where + " (closed, or silent for " + limit + ")";
        case httplib::Error::Write:
            return "the connection to " + where + " broke while the request was sent";
        case httplib::Error::Canceled:
            return "stopped reading the answer from " + where;
        case httplib::Error::SSLConnection:
            return "no TLS connection to " + where;
        case httplib::Error::SSLLoadingCerts:
            return "cannot load the system's certificates";
        case httplib::Error::SSLServerVerification:
            return "the certificate of " + where + " is not trusted";
        default:
            return "request to " + where + " failed: " + httplib::to_string(error);
    }
}

template <class Client>
void configure(Client& client, const ClientRequest& request) {
    client.set_connection_timeout(request.timeout);
    client.set_read_timeout(request.timeout);
    client.set_write_timeout(request.timeout);
    // Bytes go out and come in as they are: a target that is encoded already, a body that is stored
    // compressed.
    client.set_url_encode(false);
    client.set_decompress(false);
    client.set_keep_alive(false);
}

using Chunk = std::function<bool(std::string_view)>;

ClientResult perform(const ClientRequest& request, const Chunk* chunk) {
    const auto url = parse_url(request.url);
    if (!url) return ClientError{"not an http or https URL: " + request.url};
    httplib::Request outgoing;
    outgoing.method = request.method;
    outgoing.path = url->target;
    outgoing.body = request.body;
    for (const auto& [name, value] : request.headers) outgoing.headers.emplace(name, value);
    if (!request.headers.has("Host")) outgoing.set_header("Host", url->authority);
    if (chunk) {
        outgoing.content_receiver = [chunk](const char* data, std::size_t size, std::uint64_t,
                                            std::uint64_t) { return (*chunk)(std::string_view(data, size)); };
    }
    httplib::Response incoming;
    auto error = httplib::Error::Success;
    bool done = false;
    if (url->secure) {
        httplib::SSLClient client(url->host, url->port);
        configure(client, request);
        client.enable_server_certificate_verification(request.verify_tls);
        done = client.send(outgoing, incoming, error);
    } else {
        httplib::ClientImpl client(url->host, url->port);
        configure(client, request);
        done = client.send(outgoing, incoming, error);
    }
    if (!done) return ClientError{describe(error, *url, request.timeout)};
    ClientResponse response;
    response.status = incoming.status;
    for (const auto& [name, value] : incoming.headers) response.headers.add(name, value);
    response.body = std::move(incoming.body);
    return response;
}

}  // namespace

ClientResult send(const ClientRequest& request) {
    return perform(request, nullptr);
}

ClientResult stream(const ClientRequest& request, const std::function<bool(std::string_view)>& chunk) {
    return perform(request, &chunk);
}

}  // namespace fogbank::http
