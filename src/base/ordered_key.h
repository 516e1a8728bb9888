// Byte strings whose order as bytes is the order of what they encode, so that a range of keys is `k >= ? and
// k < ?` in any database. Parts are self-delimiting: appended one after the other they sort as a tuple.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace fogbank::ordered_key {

// Text or binary, in the order of its bytes.
void append_bytes(std::string& out, std::string_view bytes);

// As append_bytes without its end: the keys of all strings that start with `bytes` start with this.
void append_bytes_prefix(std::string& out, std::string_view bytes);

// A decimal: +-0.DIGITS x 10^exponent. The first and the last digit are not 0; zero has no digits. Any number
// of digits; the exponent fits 15 bits.
struct Decimal {
    bool negative = false;
    int exponent = 0;
    std::string_view digits;  // '0' to '9'
};
void append_decimal(std::string& out, const Decimal& value);

// Eight bytes, big-endian.
void append_uint64(std::string& out, std::uint64_t value);

// The smallest string greater than every string that starts with `prefix`; empty where there is none.
std::string after_prefix(std::string_view prefix);

// Spreads keys evenly. Part of stored keys: it never changes.
std::uint64_t stable_hash(std::string_view bytes);

}  // namespace fogbank::ordered_key
