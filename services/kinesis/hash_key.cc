#include "services/kinesis/hash_key.h"

#include "src/base/digest.h"

#include <algorithm>

namespace fogbank::kinesis {

namespace {

constexpr HashKey::Number kMax = ~HashKey::Number{0};
constexpr std::size_t kBytes = 16;

}  // namespace

HashKey HashKey::of_partition_key(std::string_view key) {
    return from_bytes(digest(DigestKind::md5, key));
}

std::optional<HashKey> HashKey::parse(std::string_view decimal) {
    if (decimal.empty()) return std::nullopt;
    Number number = 0;
    for (const char c : decimal) {
        if (c < '0' || c > '9') return std::nullopt;
        const Number digit = static_cast<Number>(c - '0');
        if (number > (kMax - digit) / 10) return std::nullopt;
        number = number * 10 + digit;
    }
    return HashKey(number);
}

std::string HashKey::decimal() const {
    if (number_ == 0) return "0";
    std::string digits;
    for (Number rest = number_; rest != 0; rest /= 10)
        digits += static_cast<char>('0' + static_cast<int>(rest % 10));
    std::reverse(digits.begin(), digits.end());
    return digits;
}

std::string HashKey::bytes() const {
    std::string result(kBytes, '\0');
    for (std::size_t i = 0; i < kBytes; ++i) {
        result[i] = static_cast<char>(static_cast<unsigned char>(number_ >> (8 * (kBytes - 1 - i))));
    }
    return result;
}

HashKey HashKey::from_bytes(std::string_view bytes) {
    Number number = 0;
    for (const char c : bytes) number = (number << 8) | static_cast<unsigned char>(c);
    return HashKey(number);
}

std::vector<HashRange> split_evenly(std::int64_t shards) {
    // floor(2^128 / shards), from 2^128 - 1: one more where the division comes out even.
    const auto count = static_cast<HashKey::Number>(shards);
    const HashKey::Number length = kMax / count + (kMax % count == count - 1 ? 1 : 0);
    std::vector<HashRange> ranges;
    for (HashKey::Number i = 0; i < count; ++i) {
        // With one shard the length is 2^128, which is 0 here; its range is all keys all the same.
        const HashKey::Number last = i + 1 == count ? kMax : length * (i + 1) - 1;
        ranges.push_back({HashKey(length * i), HashKey(last)});
    }
    return ranges;
}

}  // namespace fogbank::kinesis
