#include "src/base/ordered_key.h"

#include <cstddef>
#include <cstring>

namespace fogbank::ordered_key {
namespace {

// A zero byte inside becomes 00 FF and the end is 00 01: the end sorts below everything that may follow it.
constexpr char kEscape = '\x00';
constexpr char kEscapedZero = '\xff';
constexpr char kEnd = '\x01';

constexpr unsigned kNegative = 0x40;
constexpr unsigned kZero = 0x80;
constexpr unsigned kPositive = 0xc0;
constexpr int kExponentBias = 0x4000;

std::uint64_t load_word(const char* at, std::size_t size) {
    unsigned char bytes[8] = {};
    std::memcpy(bytes, at, size);
    std::uint64_t word = 0;
    for (int i = 7; i >= 0; --i) word = word << 8 | bytes[i];
    return word;
}

// The finalizer of SplitMix64 (Steele, Lea, Flood: "Fast splittable pseudorandom number generators").
std::uint64_t mix(std::uint64_t x) {
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9ULL;
    x = (x ^ (x >> 27)) * 0x94d049bb133111ebULL;
    return x ^ (x >> 31);
}

}  // namespace

void append_bytes_prefix(std::string& out, std::string_view bytes) {
    while (true) {
        const std::size_t zero = bytes.find('\0');
        if (zero == std::string_view::npos) break;
        out.append(bytes.substr(0, zero));
        out.push_back(kEscape);
        out.push_back(kEscapedZero);
        bytes.remove_prefix(zero + 1);
    }
    out.append(bytes);
}

void append_bytes(std::string& out, std::string_view bytes) {
    append_bytes_prefix(out, bytes);
    out.push_back(kEscape);
    out.push_back(kEnd);
}

void append_decimal(std::string& out, const Decimal& value) {
    if (value.digits.empty()) {
        out.push_back(static_cast<char>(kZero));
        return;
    }
    // A greater magnitude of a negative number sorts lower: every byte after the sign is inverted.
    const unsigned invert = value.negative ? 0xff : 0;
    const auto push = [&](unsigned byte) { out.push_back(static_cast<char>((byte ^ invert) & 0xff)); };
    out.push_back(static_cast<char>(value.negative ? kNegative : kPositive));
    const auto exponent = static_cast<unsigned>(value.exponent + kExponentBias);
    push(exponent >> 8 & 0xff);
    push(exponent & 0xff);
    for (std::size_t i = 0; i < value.digits.size(); i += 2) {
        const auto tens = static_cast<unsigned>(value.digits[i] - '0');
        const unsigned ones =
            i + 1 < value.digits.size() ? static_cast<unsigned>(value.digits[i + 1] - '0') : 0;
        push(tens * 10 + ones + 1);
    }
    push(0);
}

void append_uint64(std::string& out, std::uint64_t value) {
    for (int shift = 56; shift >= 0; shift -= 8) out.push_back(static_cast<char>(value >> shift & 0xff));
}

std::string after_prefix(std::string_view prefix) {
    std::string next(prefix);
    while (!next.empty() && next.back() == '\xff') next.pop_back();
    if (!next.empty()) next.back() = static_cast<char>(static_cast<unsigned char>(next.back()) + 1);
    return next;
}

std::uint64_t stable_hash(std::string_view bytes) {
    std::uint64_t hash = mix(bytes.size() + 0x9e3779b97f4a7c15ULL);
    while (!bytes.empty()) {
        const std::size_t size = bytes.size() < 8 ? bytes.size() : 8;
        hash = mix(hash ^ load_word(bytes.data(), size)) + 0x9e3779b97f4a7c15ULL;
        bytes.remove_prefix(size);
    }
    return mix(hash);
}

}  // namespace fogbank::ordered_key
