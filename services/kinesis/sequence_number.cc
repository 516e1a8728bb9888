#include "services/kinesis/sequence_number.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <span>
#include <vector>

namespace fogbank::kinesis {

namespace {

constexpr std::size_t kHexDigits = 47;
constexpr std::int64_t kShardLimit = 2147483647;  // aws: shard numbers are 32-bit, signed
// aws: a creation time from here on is "invalid" (kinesalite's suite, "sequence number with large date").
constexpr std::int64_t kLastCreation = 16025175000;
constexpr std::uint32_t kBillion = 1'000'000'000;

// A number of any size: 32 bits each, the lowest first.
using Limbs = std::vector<std::uint32_t>;

template <class L>
void multiply_add(L& limbs, std::uint32_t factor, std::uint32_t summand) {
    std::uint64_t carry = summand;
    for (std::uint32_t& limb : limbs) {
        carry += std::uint64_t{limb} * factor;
        limb = static_cast<std::uint32_t>(carry);
        carry >>= 32;
    }
    if constexpr (requires { limbs.push_back(0); }) {
        if (carry != 0) limbs.push_back(static_cast<std::uint32_t>(carry));
    }
}

std::uint32_t divide(std::span<std::uint32_t> limbs, std::uint32_t divisor) {
    std::uint64_t rest = 0;
    for (auto limb = limbs.rbegin(); limb != limbs.rend(); ++limb) {
        rest = (rest << 32) | *limb;
        *limb = static_cast<std::uint32_t>(rest / divisor);
        rest %= divisor;
    }
    return static_cast<std::uint32_t>(rest);
}

// Puts `value` into `digits` hexadecimal digits above those already there.
class HexNumber {
public:
    void prepend(std::uint64_t value, int digits) {
        for (int i = 0; i < digits; ++i, ++at_) {
            const auto digit = static_cast<std::uint32_t>((value >> (4 * i)) & 0xF);
            limbs_[at_ / 8] |= digit << (4 * (at_ % 8));
        }
    }
    std::string decimal() {
        std::array<char, 64> text{};
        std::size_t at = text.size();
        while (std::any_of(limbs_.begin(), limbs_.end(), [](std::uint32_t limb) { return limb != 0; })) {
            std::uint32_t part = divide(limbs_, kBillion);
            for (int i = 0; i < 9; ++i, part /= 10) text[--at] = static_cast<char>('0' + part % 10);
        }
        while (at < text.size() && text[at] == '0') ++at;
        return std::string(text.begin() + static_cast<std::ptrdiff_t>(at), text.end());
    }

private:
    std::array<std::uint32_t, 6> limbs_{};
    std::size_t at_ = 0;
};

std::string to_hex(const Limbs& limbs) {
    std::string hex;
    for (auto limb = limbs.rbegin(); limb != limbs.rend(); ++limb) {
        for (int shift = 28; shift >= 0; shift -= 4) hex += "0123456789abcdef"[(*limb >> shift) & 0xF];
    }
    hex.erase(0, std::min(hex.find_first_not_of('0'), hex.size()));
    return hex;
}

std::uint64_t hex_value(std::string_view hex, std::size_t at, std::size_t digits) {
    std::uint64_t value = 0;
    std::from_chars(hex.data() + at, hex.data() + at + digits, value, 16);
    return value;
}

// Numbers below 2^124 count as if 2^124 were added to them.
std::string normalized_hex(std::string_view decimal) {
    Limbs limbs{0};
    for (const char c : decimal) multiply_add(limbs, 10, static_cast<std::uint32_t>(c - '0'));
    std::string hex = to_hex(limbs);
    if (hex.size() < 32) hex = "1" + std::string(31 - hex.size(), '0') + hex;
    return hex;
}

std::optional<SequenceNumber> parse_version_0(std::string_view hex) {
    SequenceNumber number;
    number.version = 0;
    number.shard_created_s = static_cast<std::int64_t>(hex_value(hex, 1, 9));
    number.shard = static_cast<std::int64_t>(hex_value(hex, 28, 4));
    if (number.shard_created_s >= kLastCreation) return std::nullopt;
    return number;
}

}  // namespace

std::string format_sequence_number(const SequenceNumber& number) {
    HexNumber hex;
    hex.prepend(2, 1);
    hex.prepend(static_cast<std::uint64_t>(number.shard), 8);
    hex.prepend(static_cast<std::uint64_t>(number.arrived_s), 9);
    hex.prepend(0, 2);
    hex.prepend(static_cast<std::uint64_t>(number.position), 16);
    hex.prepend(static_cast<std::uint64_t>(number.shard), 1);
    hex.prepend(static_cast<std::uint64_t>(number.shard_created_s), 9);
    hex.prepend(2, 1);
    return hex.decimal();
}

std::optional<SequenceNumber> parse_sequence_number(std::string_view decimal) {
    const std::string hex = normalized_hex(decimal);
    if (hex.size() == 32) return parse_version_0(hex);
    // Current numbers lie between 2^185 and 1.5 * 2^185: 47 digits, the first one a 2.
    if (hex.size() != kHexDigits || hex[0] != '2') return std::nullopt;
    SequenceNumber number;
    number.version = hex.back() - '0';
    number.shard_created_s = static_cast<std::int64_t>(hex_value(hex, 1, 9));
    if (number.version == 2) {
        if (hex[11] > '7') return std::nullopt;
        if (number.shard_created_s >= kLastCreation) return std::nullopt;
        number.position = static_cast<std::int64_t>(hex_value(hex, 11, 16));
        number.arrived_s = static_cast<std::int64_t>(hex_value(hex, 29, 9));
    } else if (number.version == 1) {
        number.arrived_s = static_cast<std::int64_t>(hex_value(hex, 13, 9));
        number.position = static_cast<std::int64_t>(hex_value(hex, 36, 2));
    } else {
        return std::nullopt;
    }
    number.shard = static_cast<std::int64_t>(hex_value(hex, 38, 8));
    if (number.shard > kShardLimit) number.shard = -number.shard;
    return number;
}

std::string shard_id(std::int64_t shard) {
    const std::size_t width = shard < 0 ? 11 : 12;
    const std::string digits = std::to_string(shard < 0 ? -shard : shard);
    std::string id = shard < 0 ? "shardId--" : "shardId-";
    id.append(width - std::min(width, digits.size()), '0');
    return id + digits;
}

std::optional<std::int64_t> parse_shard_id(std::string_view id) {
    // aws: what stands before the first dash does not matter, and nor does what follows a second one.
    std::string_view digits = id;
    if (const std::size_t dash = id.find('-'); dash != std::string_view::npos) {
        const std::string_view rest = id.substr(dash + 1);
        const std::string_view second = rest.substr(0, rest.find('-'));
        if (!second.empty()) digits = second;
    }
    std::int64_t shard = 0;
    const auto [end, problem] = std::from_chars(digits.data(), digits.data() + digits.size(), shard);
    if (problem != std::errc() || end != digits.data() + digits.size()) return std::nullopt;
    if (shard < 0 || shard > kShardLimit) return std::nullopt;
    return shard;
}

}  // namespace fogbank::kinesis
