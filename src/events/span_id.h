// Ids of the spans that events make: derived, so that a body that runs again makes the same.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace fogbank::events {

// 16 hex digits, as X-Ray's segment ids have: FNV-1a of the event's id, its target (empty for the event
// itself) and the attempt.
inline std::string span_id(std::string_view event, std::string_view target, int attempt) {
    std::uint64_t hash = 14695981039346656037ull;
    auto add = [&](std::string_view text) {
        for (char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211ull;
        hash = (hash ^ 0xffu) * 1099511628211ull;
    };
    add(event);
    add(target);
    add(std::to_string(attempt));
    std::string id(16, '0');
    for (std::size_t i = 16; i-- > 0; hash >>= 4) id[i] = "0123456789abcdef"[hash & 0xf];
    return id;
}

}  // namespace fogbank::events
