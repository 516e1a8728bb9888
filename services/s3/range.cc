#include "services/s3/range.h"

#include "services/s3/errors.h"

#include <algorithm>
#include <charconv>

namespace fogbank::s3 {

namespace {

std::optional<std::int64_t> number(std::string_view text) {
    std::int64_t value = 0;
    const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (text.empty() || text.front() == '-' || code != std::errc() || end != text.data() + text.size()) {
        return std::nullopt;
    }
    return value;
}

}  // namespace

std::optional<ByteRange> parse_range(std::string_view header, std::int64_t size) {
    constexpr std::string_view kUnit = "bytes=";
    if (!header.starts_with(kUnit)) return std::nullopt;
    const std::string_view spec = header.substr(kUnit.size());
    const std::size_t dash = spec.find('-');
    if (dash == std::string_view::npos) return std::nullopt;
    const std::string_view from = spec.substr(0, dash);
    const std::string_view to = spec.substr(dash + 1);
    if (from.empty()) {
        const auto suffix = number(to);
        if (!suffix) return std::nullopt;
        if (*suffix == 0 || size == 0) throw invalid_range(header, size);
        const std::int64_t length = std::min(*suffix, size);
        return ByteRange{size - length, length};
    }
    const auto first = number(from);
    if (!first) return std::nullopt;
    std::int64_t last = size - 1;
    if (!to.empty()) {
        const auto given = number(to);
        if (!given || *given < *first) return std::nullopt;
        last = std::min(*given, last);
    }
    if (*first >= size) throw invalid_range(header, size);
    return ByteRange{*first, last - *first + 1};
}

}  // namespace fogbank::s3
