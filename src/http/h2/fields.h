// Header fields between nghttp2 and http::Headers.
#pragma once

#include "src/http/h2/stream.h"

#include <nghttp2/nghttp2.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace fogbank::http::h2 {

struct HeadBounds {
    std::size_t header_limit;
    std::size_t target_limit;
};

// Takes one field of the request's head; what breaks a limit leaves a refusal.
void take_field(Stream& stream, std::string_view name, std::string_view value, const HeadBounds& bounds);
// After the last one.
void end_fields(Stream& stream);
// The head in HTTP/1's form, for the refusal hook.
std::string head_text(const Request& request);

// A response's fields as nghttp2 wants them. The values live as long as this.
class ResponseFields {
public:
    // `length`: Content-Length; none where negative.
    ResponseFields(const Response& response, std::int64_t length, std::string_view date);
    const std::vector<nghttp2_nv>& list() const { return list_; }

private:
    enum class Name { as_is, lower };
    void add(std::string_view name, std::string_view value, Name form);

    std::string text_;
    std::vector<nghttp2_nv> list_;
};

}  // namespace fogbank::http::h2
