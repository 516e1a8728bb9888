// ISA-L 2.30 knows other polynomials of 64 bits only.
#include "src/base/crc64nvme.h"

#include <cstddef>
#include <cstring>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace fogbank {
namespace {

constexpr std::uint64_t kPolynomial = 0x9A6C9329AC4BC9B5;

// Bit i of a word is the coefficient of x^(63 - i).
constexpr std::uint64_t times_x(std::uint64_t word) {
    return (word & 1) != 0 ? word >> 1 ^ kPolynomial : word >> 1;
}

constexpr std::uint64_t power_of_x(int exponent) {
    std::uint64_t word = std::uint64_t{1} << 63;
    for (int i = 0; i < exponent; ++i) word = times_x(word);
    return word;
}

struct Tables {
    std::uint64_t at[8][256];
    Tables() {
        for (std::uint64_t i = 0; i < 256; ++i) {
            std::uint64_t crc = i;
            for (int bit = 0; bit < 8; ++bit) crc = times_x(crc);
            at[0][i] = crc;
        }
        for (std::size_t i = 0; i < 256; ++i) {
            for (std::size_t k = 1; k < 8; ++k) at[k][i] = at[k - 1][i] >> 8 ^ at[0][at[k - 1][i] & 0xFF];
        }
    }
};

// Without the inversions at both ends.
std::uint64_t tables_update(std::uint64_t crc, std::string_view bytes) {
    static const Tables tables;
    const auto* p = reinterpret_cast<const unsigned char*>(bytes.data());
    std::size_t left = bytes.size();
    for (; left >= 8; left -= 8, p += 8) {  // eight bytes a step
        std::uint64_t word = 0;
        std::memcpy(&word, p, 8);
        word ^= crc;
        crc = 0;
        for (std::size_t k = 0; k < 8; ++k) crc ^= tables.at[7 - k][word >> (8 * k) & 0xFF];
    }
    for (; left > 0; --left, ++p) crc = crc >> 8 ^ tables.at[0][(crc ^ *p) & 0xFF];
    return crc;
}

#if defined(__x86_64__)

constexpr std::size_t kLane = 16;
constexpr std::size_t kStride = 4 * kLane;  // four lanes hide the latency of a multiplication

// 128 bits that stand for L * x^64 + H, moved up by `bits`: L * x^(64 + bits) + H * x^bits. A carry-less
// product of words in this order of bits has a factor x too many, hence one less.
struct Shift {
    std::uint64_t low, high;
};
constexpr Shift shift_by(int bits) {
    return {power_of_x(64 + bits - 1), power_of_x(bits - 1)};
}

__attribute__((target("pclmul,sse2"))) __m128i load(const char* from) {
    return _mm_loadu_si128(reinterpret_cast<const __m128i*>(from));
}

__attribute__((target("pclmul,sse2"))) __m128i moved(__m128i lane, __m128i shift) {
    return _mm_xor_si128(_mm_clmulepi64_si128(lane, shift, 0x00), _mm_clmulepi64_si128(lane, shift, 0x11));
}

__attribute__((target("pclmul,sse2"))) __m128i constant(const Shift& shift) {
    return _mm_set_epi64x(static_cast<long long>(shift.high), static_cast<long long>(shift.low));
}

// Folds `bytes`, whole strides of them, into 16 bytes that have the same remainder, and takes that by tables.
__attribute__((target("pclmul,sse2"))) std::uint64_t fold(std::uint64_t crc, std::string_view bytes) {
    static constexpr Shift kByLane = shift_by(8 * kLane);
    static constexpr Shift kByStride = shift_by(8 * kStride);
    const __m128i by_lane = constant(kByLane);
    const __m128i by_stride = constant(kByStride);
    const char* p = bytes.data();
    __m128i lanes[4];
    for (std::size_t i = 0; i < 4; ++i) lanes[i] = load(p + i * kLane);
    lanes[0] = _mm_xor_si128(lanes[0], _mm_set_epi64x(0, static_cast<long long>(crc)));
    for (std::size_t at = kStride; at < bytes.size(); at += kStride) {
        for (std::size_t i = 0; i < 4; ++i) {
            lanes[i] = _mm_xor_si128(moved(lanes[i], by_stride), load(p + at + i * kLane));
        }
    }
    __m128i whole = lanes[0];
    for (std::size_t i = 1; i < 4; ++i) whole = _mm_xor_si128(moved(whole, by_lane), lanes[i]);
    char rest[kLane];
    _mm_storeu_si128(reinterpret_cast<__m128i*>(rest), whole);
    return tables_update(0, {rest, kLane});
}

bool can_fold() {
    static const bool can = __builtin_cpu_supports("pclmul") != 0;
    return can;
}

#endif

}  // namespace

std::uint64_t crc64nvme_by_tables(std::uint64_t crc, std::string_view bytes) {
    return ~tables_update(~crc, bytes);
}

std::uint64_t crc64nvme(std::uint64_t crc, std::string_view bytes) {
    crc = ~crc;
#if defined(__x86_64__)
    if (const std::size_t whole = bytes.size() / kStride * kStride; whole > 0 && can_fold()) {
        crc = fold(crc, bytes.substr(0, whole));
        bytes.remove_prefix(whole);
    }
#endif
    return ~tables_update(crc, bytes);
}

}  // namespace fogbank
