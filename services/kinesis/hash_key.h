// Which shard a record goes to: 128-bit hash keys and the ranges of them that shards own.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace fogbank::kinesis {

// A number in [0, 2^128 - 1].
class HashKey {
public:
    __extension__ using Number = unsigned __int128;
    constexpr explicit HashKey(Number number) : number_(number) {}
    // The MD5 of the key's UTF-8 bytes, read as a big-endian number.
    static HashKey of_partition_key(std::string_view key);
    // Decimal digits without sign; nothing where it is 2^128 or more.
    static std::optional<HashKey> parse(std::string_view decimal);

    Number number() const { return number_; }
    std::string decimal() const;
    std::string bytes() const;  // 16, big-endian: they order as the numbers do
    static HashKey from_bytes(std::string_view bytes);
    auto operator<=>(const HashKey&) const = default;

private:
    Number number_;
};

struct HashRange {
    HashKey first;
    HashKey last;  // inclusive
};

// `shards` >= 1 ranges of the same length; the last one takes what is left over.
std::vector<HashRange> split_evenly(std::int64_t shards);

}  // namespace fogbank::kinesis
