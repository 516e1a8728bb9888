#include "src/protocol/event_stream.h"

#include "src/base/digest.h"

#include <cstdint>

namespace fogbank::protocol {

namespace {

constexpr std::size_t kFrame = 16;  // two lengths and two checksums
constexpr char kText = 7;

void append_number(std::string& out, std::uint32_t value) {
    for (int shift = 24; shift >= 0; shift -= 8) out += static_cast<char>((value >> shift) & 0xff);
}

}  // namespace

void append_event_message(std::string& out, std::initializer_list<EventHeader> headers,
                          std::string_view payload) {
    std::string head;
    for (const auto& [name, value] : headers) {
        head += static_cast<char>(name.size());
        head.append(name);
        head += kText;
        head += static_cast<char>(value.size() >> 8);
        head += static_cast<char>(value.size() & 0xff);
        head.append(value);
    }
    const std::size_t start = out.size();
    append_number(out, static_cast<std::uint32_t>(kFrame + head.size() + payload.size()));
    append_number(out, static_cast<std::uint32_t>(head.size()));
    append_number(out, crc32(std::string_view(out).substr(start)));
    out.append(head).append(payload);
    append_number(out, crc32(std::string_view(out).substr(start)));
}

}  // namespace fogbank::protocol
