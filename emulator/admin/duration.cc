#include "emulator/admin/duration.h"

#include <charconv>

namespace fogbank::emulator {

std::optional<Duration> parse_duration(std::string_view text) {
    constexpr std::int64_t kLimitMs = 10LL * 365 * 24 * 3600 * 1000;
    if (text.empty()) return std::nullopt;
    std::int64_t total_ms = 0;
    while (!text.empty()) {
        std::int64_t number = 0;
        auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
        if (error != std::errc() || number < 0) return std::nullopt;
        text.remove_prefix(static_cast<std::size_t>(end - text.data()));
        std::string_view unit = text.substr(0, text.find_first_of("0123456789"));
        text.remove_prefix(unit.size());
        std::int64_t ms = unit == "ms"                  ? 1
                          : unit.empty() || unit == "s" ? 1000
                          : unit == "m"                 ? 60'000
                          : unit == "h"                 ? 3'600'000
                          : unit == "d"                 ? 86'400'000
                                                        : 0;
        if (ms == 0 || number > kLimitMs / ms) return std::nullopt;
        total_ms += number * ms;
        if (total_ms > kLimitMs) return std::nullopt;
    }
    return std::chrono::milliseconds(total_ms);
}

}  // namespace fogbank::emulator
