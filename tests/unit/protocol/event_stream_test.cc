#include "src/protocol/event_stream.h"

#include <catch2/catch.hpp>

#include "src/base/bytes.h"
#include "src/base/digest.h"

namespace fogbank::protocol {

namespace {

std::uint32_t number_at(const std::string& text, std::size_t at) {
    std::uint32_t out = 0;
    for (std::size_t i = 0; i < 4; ++i) out = out << 8 | static_cast<unsigned char>(text[at + i]);
    return out;
}

}  // namespace

TEST_CASE("An event message has lengths, headers, payload and both checksums") {
    std::string out = "before";
    append_event_message(out, {{":event-type", "End"}}, "{}");
    const std::string message = out.substr(6);
    // 1 + 11 + 1 + 2 + 3 bytes of header, 2 of payload, 16 of frame.
    CHECK(message.size() == 36);
    CHECK(number_at(message, 0) == 36);
    CHECK(number_at(message, 4) == 18);
    CHECK(number_at(message, 8) == crc32(message.substr(0, 8)));
    CHECK(message.substr(12, 20) == std::string("\x0b:event-type\x07\0\x03", 15) + "End{}");
    CHECK(number_at(message, 32) == crc32(message.substr(0, 32)));
}

}  // namespace fogbank::protocol
