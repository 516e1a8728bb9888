#include "src/http/h2/fields.h"

#include "src/http/response_head.h"

#include <algorithm>
#include <array>
#include <charconv>

namespace fogbank::http::h2 {

namespace {

// What stands between name and value in HTTP/1, so that one limit means the same for both.
constexpr std::size_t kFieldOverhead = 4;

// RFC 9113 8.2.2: fields of the connection have no place in HTTP/2.
bool is_of_connection(std::string_view name) {
    return name.size() == 7 ? equal_ignoring_case(name, "Upgrade")
                            : name.size() == 16 && equal_ignoring_case(name, "Proxy-Connection");
}

void refuse(Stream& stream, int status, const char* message) {
    if (stream.refusal.status == 0) stream.refusal = {status, message};
}

std::string_view digits_of(std::array<char, 24>& digits, std::int64_t number) {
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number);
    return {digits.data(), static_cast<std::size_t>(end.ptr - digits.data())};
}

}  // namespace

void take_field(Stream& stream, std::string_view name, std::string_view value, const HeadBounds& bounds) {
    stream.head_bytes += name.size() + value.size() + kFieldOverhead;
    Request& request = stream.request;
    if (name == ":path" && value.size() > bounds.target_limit) {
        refuse(stream, 414, "the request's target is too long");
    } else if (stream.head_bytes > bounds.header_limit) {
        refuse(stream, 431, "the request's headers are too large");
    }
    if (stream.refusal.status == 414 || stream.refusal.status == 431) return;
    if (name.starts_with(':')) {
        if (name == ":method") {
            request.method = value;
        } else if (name == ":path") {
            request.target = value;
        } else if (name == ":authority") {
            request.headers.set("host", std::string(value));
            if (request.target.empty() && request.method == "CONNECT") request.target = value;
        }
        return;
    }
    if (name == "host" && request.headers.has("host")) return;  // RFC 9113 8.3.1: :authority has the say
    if (name == "expect") {
        stream.continue_due = equal_ignoring_case(value, "100-continue");
    } else if (name == "content-length") {
        std::uint64_t length = 0;
        const auto result = std::from_chars(value.data(), value.data() + value.size(), length);
        if (result.ec == std::errc()) stream.announced = length;  // nghttp2 has checked that it is a number
    } else if (name == "cookie" && request.headers.has(name)) {
        // RFC 9113 8.2.3: clients may split it.
        request.headers.set(name, std::string(request.headers.get(name)) + "; " + std::string(value));
        return;
    }
    request.headers.add(std::string(name), std::string(value));
}

void end_fields(Stream& stream) {
    stream.head_complete = true;
    // A client that says Expect and ends the stream at once waits for nothing.
    if (stream.input_ended) stream.continue_due = false;
    if (stream.input_ended && !stream.announced) stream.announced = 0;
}

std::string head_text(const Request& request) {
    std::string text = request.method + " " + request.target + " HTTP/2\r\n";
    for (const auto& [name, value] : request.headers) text += name + ": " + value + "\r\n";
    return text;
}

ResponseFields::ResponseFields(const Response& response, std::int64_t length, std::string_view date) {
    std::size_t bytes = 64;
    for (const auto& [name, value] : response.headers) bytes += name.size() + value.size();
    text_.reserve(bytes + date.size() + 64);  // never moves: the list points into it
    list_.reserve(response.headers.size() + 3);
    std::array<char, 24> digits;
    add(":status", digits_of(digits, response.status), Name::as_is);
    for (const auto& [name, value] : response.headers) {
        if (!is_server_field(name) && !is_of_connection(name)) add(name, value, Name::lower);
    }
    if (length >= 0) add("content-length", digits_of(digits, length), Name::as_is);
    add("date", date, Name::as_is);
}

void ResponseFields::add(std::string_view name, std::string_view value, Name form) {
    const std::size_t at = text_.size();
    text_ += name;
    if (form == Name::lower) {
        for (std::size_t i = at; i < text_.size(); ++i) {
            if (text_[i] >= 'A' && text_[i] <= 'Z') text_[i] = static_cast<char>(text_[i] | 0x20);
        }
    }
    text_ += value;
    // A line break in a value would be refused by the client, as a whole stream.
    std::replace_if(
        text_.begin() + static_cast<std::ptrdiff_t>(at), text_.end(),
        [](char c) { return c == '\r' || c == '\n' || c == '\0'; }, ' ');
    auto* const bytes = reinterpret_cast<std::uint8_t*>(text_.data() + at);
    list_.push_back({bytes, bytes + name.size(), name.size(), value.size(), NGHTTP2_NV_FLAG_NONE});
}

}  // namespace fogbank::http::h2
