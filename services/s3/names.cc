#include "services/s3/names.h"

#include "src/base/digest.h"
#include "src/base/error.h"
#include "src/base/url.h"

#include <algorithm>
#include <array>

namespace fogbank::s3 {

namespace {

constexpr std::array<std::string_view, 3> kReservedPrefixes = {"xn--", "sthree-", "amzn-s3-demo-"};
constexpr std::array<std::string_view, 5> kReservedSuffixes = {"-s3alias", "--ol-s3", ".mrap", "--x-s3",
                                                               "--table-s3"};

bool letter_or_digit(char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

// Four groups of digits: whether each is below 256 does not matter.
bool looks_like_address(std::string_view name) {
    int dots = 0;
    bool digit_before = false;
    for (const char c : name) {
        if (c == '.') {
            if (!digit_before) return false;
            ++dots;
            digit_before = false;
        } else if (c >= '0' && c <= '9') {
            digit_before = true;
        } else {
            return false;
        }
    }
    return dots == 3 && digit_before;
}

bool valid_bucket_name(std::string_view name) {
    if (name.size() < 3 || name.size() > 63) return false;
    if (!letter_or_digit(name.front()) || !letter_or_digit(name.back())) return false;
    const bool clean = std::all_of(name.begin(), name.end(),
                                   [](char c) { return letter_or_digit(c) || c == '-' || c == '.'; });
    if (!clean || name.find("..") != std::string_view::npos || looks_like_address(name)) return false;
    return std::none_of(kReservedPrefixes.begin(), kReservedPrefixes.end(),
                        [&](std::string_view prefix) { return name.starts_with(prefix); }) &&
           std::none_of(kReservedSuffixes.begin(), kReservedSuffixes.end(),
                        [&](std::string_view suffix) { return name.ends_with(suffix); });
}

}  // namespace

void check_bucket_name(std::string_view name) {
    if (valid_bucket_name(name)) return;
    throw Error("InvalidBucketName", 400, "The specified bucket is not valid.")
        .with("BucketName", std::string(name));
}

void check_key(std::string_view key) {
    if (key.size() <= kKeyLimit) return;
    throw Error("KeyTooLongError", 400, "Your key is too long")
        .with("Size", std::to_string(key.size()))
        .with("MaxSizeAllowed", std::to_string(kKeyLimit));
}

std::string owner_id(std::string_view account) {
    // docs: "Access control list (ACL) overview": the id of the anonymous user.
    if (account == kAnonymousAccount) return "65a011a29cdf8ec533ec3d1ccaae921c";
    return sha256_hex("canonical user of " + std::string(account));
}

std::string bucket_arn(std::string_view partition, std::string_view name) {
    return "arn:" + std::string(partition) + ":s3:::" + std::string(name);
}

std::string url_key(std::string_view key) {
    std::string out = percent_encode(key, "/*");
    for (std::size_t at = out.find("%20"); at != std::string::npos; at = out.find("%20", at))
        out.replace(at, 3, "+");
    return out;
}

std::string after_prefix(std::string_view prefix) {
    std::string out(prefix);
    while (!out.empty() && static_cast<unsigned char>(out.back()) == 0xff) out.pop_back();
    if (!out.empty()) out.back() = static_cast<char>(static_cast<unsigned char>(out.back()) + 1);
    return out;
}

}  // namespace fogbank::s3
