#include "src/http/response_head.h"

#include <algorithm>
#include <array>
#include <charconv>

namespace fogbank::http {

namespace {

struct Reason {
    int status;
    std::string_view phrase;
};

constexpr std::array<Reason, 48> kReasons{{
    {200, "OK"},
    {100, "Continue"},
    {101, "Switching Protocols"},
    {201, "Created"},
    {202, "Accepted"},
    {203, "Non-Authoritative Information"},
    {204, "No Content"},
    {205, "Reset Content"},
    {206, "Partial Content"},
    {207, "Multi-Status"},
    {300, "Multiple Choices"},
    {301, "Moved Permanently"},
    {302, "Found"},
    {303, "See Other"},
    {304, "Not Modified"},
    {307, "Temporary Redirect"},
    {308, "Permanent Redirect"},
    {400, "Bad Request"},
    {401, "Unauthorized"},
    {402, "Payment Required"},
    {403, "Forbidden"},
    {404, "Not Found"},
    {405, "Method Not Allowed"},
    {406, "Not Acceptable"},
    {408, "Request Timeout"},
    {409, "Conflict"},
    {410, "Gone"},
    {411, "Length Required"},
    {412, "Precondition Failed"},
    {413, "Content Too Large"},
    {414, "URI Too Long"},
    {415, "Unsupported Media Type"},
    {416, "Requested Range Not Satisfiable"},
    {418, "I'm a teapot"},
    {422, "Unprocessable Content"},
    {424, "Failed Dependency"},
    {426, "Upgrade Required"},
    {428, "Precondition Required"},
    {429, "Too Many Requests"},
    {431, "Request Header Fields Too Large"},
    {451, "Unavailable For Legal Reasons"},
    {500, "Internal Server Error"},
    {501, "Not Implemented"},
    {502, "Bad Gateway"},
    {503, "Service Unavailable"},
    {504, "Gateway Timeout"},
    {505, "HTTP Version Not Supported"},
}};

// A line break in a value would let whoever chose the value write headers of their own.
void append_safe(std::string& out, std::string_view text) {
    const std::size_t at = out.size();
    out.append(text);
    for (const char breaker : {'\r', '\n', '\0'}) {
        if (text.find(breaker) != std::string_view::npos)
            std::replace(out.begin() + static_cast<std::ptrdiff_t>(at), out.end(), breaker, ' ');
    }
}

void append_number(std::string& out, std::int64_t number) {
    std::array<char, 24> digits;
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number);
    out.append(digits.data(), end.ptr);
}

}  // namespace

std::string_view reason_phrase(int status) {
    for (const Reason& reason : kReasons) {
        if (reason.status == status) return reason.phrase;
    }
    return "Unknown";
}

bool is_server_field(std::string_view name) {
    switch (name.size()) {
        case 4:
            return equal_ignoring_case(name, "Date");
        case 10:
            return equal_ignoring_case(name, "Connection") || equal_ignoring_case(name, "Keep-Alive");
        case 14:
            return equal_ignoring_case(name, "Content-Length");
        case 17:
            return equal_ignoring_case(name, "Transfer-Encoding");
        default:
            return false;
    }
}

bool status_has_no_body(int status) {
    return status < 200 || status == 204 || status == 304;
}

void append_response_head(std::string& out, int status, const Headers& headers,
                          const ResponseFraming& framing, std::string_view date) {
    if (status == 200) {
        out += "HTTP/1.1 200 OK\r\n";
    } else {
        out += "HTTP/1.1 ";
        append_number(out, status);
        out += ' ';
        out += reason_phrase(status);
        out += "\r\n";
    }
    for (const auto& [name, value] : headers) {
        if (is_server_field(name)) continue;
        append_safe(out, name);
        out += ": ";
        append_safe(out, value);
        out += "\r\n";
    }
    if (framing.length >= 0) {
        out += "Content-Length: ";
        append_number(out, framing.length);
        out += "\r\n";
    }
    if (framing.chunked) out += "Transfer-Encoding: chunked\r\n";
    if (framing.close) {
        out += "Connection: close\r\n";
    } else if (framing.says_keep_alive) {
        out += "Connection: keep-alive\r\n";
    }
    out += "Date: ";
    out += date;
    out += "\r\n\r\n";
}

}  // namespace fogbank::http
