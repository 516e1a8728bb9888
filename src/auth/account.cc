#include "src/auth/account.h"

#include <algorithm>
#include <cstdint>

namespace fogbank::auth {

namespace {

constexpr std::size_t kShortestEncodedKey = 20;
constexpr std::uint64_t kLargestAccount = 999'999'999'999;

int base32_value(char c) {
    if (c >= 'A' && c <= 'Z') return c - 'A';
    if (c >= '2' && c <= '7') return c - '2' + 26;
    return -1;
}

bool is_account(std::string_view text) {
    return text.size() == 12 &&
           std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

}  // namespace

std::string account_of_access_key(std::string_view access_key) {
    if (is_account(access_key)) return std::string(access_key);
    const bool encoded = access_key.size() >= kShortestEncodedKey &&
                         (access_key.starts_with("LKIA") || access_key.starts_with("LSIA"));
    if (!encoded) return std::string(kDefaultAccount);
    // Ten base32 digits hold the first six bytes and two bits more. The account is the 40 bits after the
    // first.
    std::uint64_t bits = 0;
    for (const char c : access_key.substr(4, 10)) {
        const int value = base32_value(c);
        if (value < 0) return std::string(kDefaultAccount);
        bits = bits << 5 | static_cast<std::uint64_t>(value);
    }
    const std::uint64_t account = (bits >> 2 & 0x7fff'ffff'ff80ULL) >> 7;
    if (account > kLargestAccount) return std::string(kDefaultAccount);
    std::string digits = std::to_string(account);
    return std::string(12 - digits.size(), '0') + digits;
}

bool is_test_key(std::string_view access_key) {
    return access_key == "test" || is_account(access_key);
}

}  // namespace fogbank::auth
