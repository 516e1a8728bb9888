#include "src/base/url.h"

namespace fogbank {
namespace {

bool is_unreserved(char c) {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '.' || c == '_' || c == '~';
}

int hex_digit(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

std::string decode(std::string_view text, char plus) {
    std::string out;
    out.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '%' && i + 2 < text.size() && hex_digit(text[i + 1]) >= 0 &&
            hex_digit(text[i + 2]) >= 0) {
            out += static_cast<char>(hex_digit(text[i + 1]) << 4 | hex_digit(text[i + 2]));
            i += 2;
        } else {
            out += text[i] == '+' ? plus : text[i];
        }
    }
    return out;
}

}  // namespace

std::string percent_encode(std::string_view text, std::string_view keep) {
    constexpr std::string_view kDigits = "0123456789ABCDEF";
    std::string out;
    out.reserve(text.size());
    for (char c : text) {
        if (is_unreserved(c) || keep.find(c) != std::string_view::npos) {
            out += c;
        } else {
            auto byte = static_cast<unsigned char>(c);
            out += '%';
            out += kDigits[byte >> 4];
            out += kDigits[byte & 15];
        }
    }
    return out;
}

std::string percent_decode(std::string_view text) {
    return decode(text, '+');
}
std::string form_decode(std::string_view text) {
    return decode(text, ' ');
}

QueryParameters parse_query(std::string_view query) {
    QueryParameters out;
    while (!query.empty()) {
        std::string_view pair = query.substr(0, query.find('&'));
        query.remove_prefix(std::min(pair.size() + 1, query.size()));
        if (pair.empty()) continue;
        std::size_t equals = pair.find('=');
        std::string_view value =
            equals == std::string_view::npos ? std::string_view() : pair.substr(equals + 1);
        out.emplace_back(form_decode(pair.substr(0, equals)), form_decode(value));
    }
    return out;
}

const std::string* find_parameter(const QueryParameters& parameters, std::string_view name) {
    for (const auto& [key, value] : parameters) {
        if (key == name) return &value;
    }
    return nullptr;
}

Target split_target(std::string_view target) {
    // Absolute form ("GET http://host/path") is what proxies send.
    if (!target.starts_with('/')) {
        std::size_t scheme = target.find("://");
        if (scheme != std::string_view::npos) {
            std::size_t slash = target.find_first_of("/?", scheme + 3);
            target = slash == std::string_view::npos ? std::string_view("/") : target.substr(slash);
        }
    }
    std::size_t mark = target.find('?');
    Target out{target.substr(0, mark),
               mark == std::string_view::npos ? std::string_view() : target.substr(mark + 1)};
    if (out.path.empty()) out.path = "/";
    return out;
}

}  // namespace fogbank
