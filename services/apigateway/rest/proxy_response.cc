#include "services/apigateway/rest/proxy_response.h"

#include "src/base/bytes.h"
#include "src/base/json.h"

#include <algorithm>
#include <array>
#include <charconv>

namespace fogbank::apigateway::rest {

namespace {

constexpr std::array<std::string_view, 5> kMembers = {"statusCode", "headers", "multiValueHeaders", "body",
                                                      "isBase64Encoded"};

// aws: API Gateway writes these itself; a function's own come out under another name (docs: "Important
// notes").
constexpr std::array<std::string_view, 9> kRemapped = {"Authorization", "Connection", "Content-Length",
                                                       "Content-MD5",   "Date",       "Host",
                                                       "Server",        "User-Agent", "WWW-Authenticate"};

bool is_one_of(std::string_view name, const auto& names) {
    return std::any_of(names.begin(), names.end(),
                       [&](std::string_view other) { return http::equal_ignoring_case(name, other); });
}

std::optional<int> parse_status(json::Value value) {
    if (!value || value.is_null()) return 200;
    int status = 0;
    if (value.type() == json::Type::integer) {
        status = static_cast<int>(value.integer());
    } else if (value.is_string()) {
        const std::string_view text = value.string();
        const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), status);
        if (problem != std::errc() || end != text.data() + text.size()) return std::nullopt;
    } else {
        return std::nullopt;
    }
    // Informational answers would not end the exchange with the client.
    if (status < 200 || status > 599) return std::nullopt;
    return status;
}

// Text, numbers and truth values; AWS writes the latter two as text.
std::optional<std::string> parse_scalar(json::Value value) {
    switch (value.type()) {
        case json::Type::string:
            return std::string(value.string());
        case json::Type::integer:
            return std::to_string(value.integer());
        case json::Type::boolean:
            return std::string(value.boolean() ? "true" : "false");
        case json::Type::number: {
            std::string text;
            json::Writer(text).number(value.number());
            return text;
        }
        default:
            return std::nullopt;
    }
}

// A value may not end the header it stands in.
bool is_header_value(std::string_view value) {
    return value.find_first_of(std::string_view("\r\n\0", 3)) == std::string_view::npos;
}

bool is_header_name(std::string_view name) {
    return !name.empty() &&
           std::all_of(name.begin(), name.end(), [](char c) { return c > ' ' && c < 0x7F && c != ':'; });
}

bool add_header(http::Headers& headers, std::string_view name, json::Value value) {
    const std::optional<std::string> text = parse_scalar(value);
    if (!text || !is_header_value(*text) || !is_header_name(name)) return false;
    if (http::equal_ignoring_case(name, "Transfer-Encoding")) return true;
    const std::string prefix = is_one_of(name, kRemapped) ? "x-amzn-Remapped-" : "";
    headers.add(prefix + std::string(name), *text);
    return true;
}

bool add_single_headers(http::Headers& headers, json::Value single, json::Value multi) {
    if (!single || single.is_null()) return true;
    if (!single.is_object()) return false;
    for (const json::Member member : single.members()) {
        // aws: a name that stands in both takes its values from multiValueHeaders alone.
        if (multi && multi.is_object() && multi.find(member.name)) continue;
        if (!add_header(headers, member.name, member.value)) return false;
    }
    return true;
}

bool add_multi_headers(http::Headers& headers, json::Value multi) {
    if (!multi || multi.is_null()) return true;
    if (!multi.is_object()) return false;
    for (const json::Member member : multi.members()) {
        if (!member.value.is_array()) return false;
        for (const json::Value value : member.value.elements()) {
            if (!add_header(headers, member.name, value)) return false;
        }
    }
    return true;
}

bool set_body(http::Response& response, json::Value body, json::Value encoded, BodyDecoding decoding) {
    if (encoded && !encoded.is_null() && encoded.type() != json::Type::boolean) return false;
    const bool is_encoded = encoded && encoded.type() == json::Type::boolean && encoded.boolean();
    if (!body || body.is_null()) {
        response.body = std::string();
        return true;
    }
    if (!body.is_string()) return false;
    if (!is_encoded || decoding == BodyDecoding::as_is) {
        response.body = std::string(body.string());
        return true;
    }
    std::optional<std::string> bytes = base64_decode(body.string());
    if (!bytes) return false;
    response.body = *std::move(bytes);
    return true;
}

}  // namespace

std::optional<http::Response> parse_proxy_response(std::string_view payload, BodyDecoding decoding) {
    const std::optional<json::Document> document = json::parse(payload);
    if (!document || !document->root().is_object()) return std::nullopt;
    const json::Value root = document->root();
    for (const json::Member member : root.members()) {
        if (std::find(kMembers.begin(), kMembers.end(), member.name) == kMembers.end()) return std::nullopt;
    }
    const std::optional<int> status = parse_status(root.find("statusCode"));
    if (!status) return std::nullopt;
    http::Response response;
    response.status = *status;
    const json::Value multi = root.find("multiValueHeaders");
    if (!add_single_headers(response.headers, root.find("headers"), multi)) return std::nullopt;
    if (!add_multi_headers(response.headers, multi)) return std::nullopt;
    if (!set_body(response, root.find("body"), root.find("isBase64Encoded"), decoding)) return std::nullopt;
    if (!response.headers.has("Content-Type")) response.headers.add("Content-Type", "application/json");
    return response;
}

}  // namespace fogbank::apigateway::rest
