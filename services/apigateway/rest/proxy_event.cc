#include "services/apigateway/rest/proxy_event.h"

#include "src/base/bytes.h"
#include "src/base/json.h"
#include "src/base/url.h"

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

namespace fogbank::apigateway::rest {

namespace {

// A name and all its values, in order of arrival.
using Group = std::pair<std::string_view, std::vector<std::string_view>>;
using Groups = std::vector<Group>;

// aws: belong to the connection, or are made anew (docs: "Important notes for API Gateway REST APIs").
constexpr std::array<std::string_view, 11> kDroppedHeaders = {"connection",
                                                              "content-length",
                                                              "expect",
                                                              "keep-alive",
                                                              "proxy-authenticate",
                                                              "proxy-authorization",
                                                              "proxy-connection",
                                                              "te",
                                                              "trailer",
                                                              "transfer-encoding",
                                                              "upgrade"};

bool is_dropped(std::string_view name) {
    return std::any_of(kDroppedHeaders.begin(), kDroppedHeaders.end(),
                       [&](std::string_view dropped) { return http::equal_ignoring_case(name, dropped); });
}

void add(Groups& groups, std::string_view name, std::string_view value) {
    for (Group& group : groups) {
        if (!http::equal_ignoring_case(group.first, name)) continue;
        group.second.push_back(value);
        return;
    }
    groups.push_back({name, {value}});
}

void replace(Groups& groups, std::string_view name, std::string_view value) {
    std::erase_if(groups, [&](const Group& group) { return http::equal_ignoring_case(group.first, name); });
    groups.push_back({name, {value}});
}

// JSON text must be UTF-8: what is not becomes U+FFFD, as a decoder of text does.
std::string to_utf8(std::string_view bytes) {
    if (is_valid_utf8(bytes)) return std::string(bytes);
    std::string text;
    for (std::size_t at = 0; at < bytes.size();) {
        const auto lead = static_cast<unsigned char>(bytes[at]);
        const std::size_t length = lead < 0x80 ? 1 : lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
        const std::string_view piece = bytes.substr(at, length);
        if (piece.size() == length && is_valid_utf8(piece)) {
            text += piece;
            at += length;
        } else {
            text += "\xEF\xBF\xBD";
            ++at;
        }
    }
    return text;
}

// `single` takes the last value of each name, `multi` all of them; both are null where there is none.
void write_groups(json::Writer& out, const Groups& groups, std::string_view single, std::string_view multi) {
    if (groups.empty()) {
        out.key(single).null();
        out.key(multi).null();
        return;
    }
    out.key(single).begin_object();
    for (const auto& [name, values] : groups) out.field(to_utf8(name), to_utf8(values.back()));
    out.end_object();
    out.key(multi).begin_object();
    for (const auto& [name, values] : groups) {
        out.key(to_utf8(name)).begin_array();
        for (const std::string_view value : values) out.string(to_utf8(value));
        out.end_array();
    }
    out.end_object();
}

void write_headers(json::Writer& out, const ProxyRequest& request) {
    std::string forwarded(request.headers.get("X-Forwarded-For"));
    if (!forwarded.empty()) forwarded += ", ";
    forwarded += request.source_ip;
    const std::string port = std::to_string(request.port);
    Groups groups;
    for (const auto& [name, value] : request.headers) {
        if (!is_dropped(name)) add(groups, name, value);
    }
    replace(groups, "X-Amzn-Trace-Id", request.trace);
    replace(groups, "X-Forwarded-For", forwarded);
    replace(groups, "X-Forwarded-Port", port);
    replace(groups, "X-Forwarded-Proto", request.secure ? "https" : "http");
    write_groups(out, groups, "headers", "multiValueHeaders");
}

void write_query(json::Writer& out, std::string_view query) {
    const QueryParameters parameters = parse_query(query);
    Groups groups;
    for (const auto& [name, value] : parameters) {
        auto same = std::find_if(groups.begin(), groups.end(),
                                 [&wanted = name](const Group& group) { return group.first == wanted; });
        if (same != groups.end()) {
            same->second.push_back(value);
        } else {
            groups.push_back({name, {value}});
        }
    }
    write_groups(out, groups, "queryStringParameters", "multiValueQueryStringParameters");
}

// "09/Apr/2015:12:34:56 +0000", from "Thu, 09 Apr 2015 12:34:56 GMT".
std::string log_time(Timestamp time) {
    const std::string date = format_http_date(time);
    return date.substr(5, 2) + "/" + date.substr(8, 3) + "/" + date.substr(12, 4) + ":" + date.substr(17, 8) +
           " +0000";
}

void write_identity(json::Writer& out, const ProxyRequest& request) {
    out.key("identity").begin_object();
    for (const char* name : {"cognitoIdentityPoolId", "accountId", "cognitoIdentityId", "caller"}) {
        out.key(name).null();
    }
    out.field("sourceIp", request.source_ip);
    for (const char* name : {"principalOrgId", "accessKey", "cognitoAuthenticationType",
                             "cognitoAuthenticationProvider", "userArn"}) {
        out.key(name).null();
    }
    const std::string* agent = request.headers.find("User-Agent");
    out.key("userAgent");
    if (agent != nullptr) {
        out.string(to_utf8(*agent));
    } else {
        out.null();
    }
    out.key("user").null();
    out.end_object();
}

void write_context(json::Writer& out, const ProxyRequest& request) {
    out.key("requestContext").begin_object();
    out.field("resourceId", *request.match.resource->id);
    out.field("resourcePath", *request.match.resource->path);
    if (!request.operation_name.empty()) out.field("operationName", request.operation_name);
    out.field("httpMethod", request.method);
    out.field("extendedRequestId", request.extended_request_id);
    out.field("requestTime", log_time(request.received_at));
    out.field("path", to_utf8("/" + std::string(request.stage) + std::string(request.path)));
    out.field("accountId", request.account);
    out.field("protocol", "HTTP/1.1");
    out.field("stage", request.stage);
    out.field("domainPrefix", request.domain.substr(0, request.domain.find('.')));
    out.field("requestTimeEpoch", unix_millis(request.received_at));
    out.field("requestId", request.request_id);
    write_identity(out, request);
    out.field("domainName", request.domain);
    out.field("deploymentId", request.deployment_id);
    out.field("apiId", request.api_id);
    out.end_object();
}

void write_body(json::Writer& out, const ProxyRequest& request) {
    out.key("body");
    if (request.body.empty()) {
        out.null();
    } else if (request.body_is_binary) {
        out.string(base64_encode(request.body));
    } else if (is_valid_utf8(request.body)) {
        out.string(request.body);
    } else {
        out.string(to_utf8(request.body));
    }
    out.field("isBase64Encoded", request.body_is_binary && !request.body.empty());
}

template <class Pairs>
void write_map(json::Writer& out, std::string_view key, const Pairs* pairs) {
    out.key(key);
    if (pairs == nullptr || pairs->empty()) {
        out.null();
        return;
    }
    out.begin_object();
    for (const auto& [name, value] : *pairs) out.field(name, to_utf8(value));
    out.end_object();
}

}  // namespace

std::string proxy_event(const ProxyRequest& request) {
    std::string text;
    text.reserve(2048 + request.body.size() + request.body.size() / 2);
    json::Writer out(text);
    out.begin_object();
    out.field("resource", *request.match.resource->path);
    // aws: REST APIs hand the path on as it was sent, and its parameters decoded.
    out.field("path", to_utf8(request.path));
    out.field("httpMethod", request.method);
    write_headers(out, request);
    write_query(out, request.query);
    write_map(out, "pathParameters", &request.match.parameters);
    write_map(out, "stageVariables", request.stage_variables);
    write_context(out, request);
    write_body(out, request);
    out.end_object();
    return text;
}

}  // namespace fogbank::apigateway::rest
