#include "src/base/digest.h"
#include "src/base/bytes.h"
#include "src/base/crc64nvme.h"

#include <catch2/catch.hpp>

#include <string>

using namespace fogbank;

namespace {

constexpr std::string_view kCheck = "123456789";

std::string hex(DigestKind kind, std::string_view bytes) {
    return hex_encode(digest(kind, bytes));
}

}  // namespace

TEST_CASE("each digest gives its published check value") {
    CHECK(hex(DigestKind::crc32, kCheck) == "cbf43926");
    CHECK(hex(DigestKind::crc32c, kCheck) == "e3069283");
    CHECK(hex(DigestKind::crc64nvme, kCheck) == "ae8b14860a799888");
    CHECK(hex(DigestKind::md5, "abc") == "900150983cd24fb0d6963f7d28e17f72");
    CHECK(hex(DigestKind::sha1, "abc") == "a9993e364706816aba3e25717850c26c9cd0d89d");
    CHECK(hex(DigestKind::sha256, "abc") ==
          "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

TEST_CASE("each digest of nothing is the published one") {
    CHECK(hex(DigestKind::crc32, "") == "00000000");
    CHECK(hex(DigestKind::crc32c, "") == "00000000");
    CHECK(hex(DigestKind::crc64nvme, "") == "0000000000000000");
    CHECK(md5_hex("") == "d41d8cd98f00b204e9800998ecf8427e");
    CHECK(sha256_hex("") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

TEST_CASE("CRC64NVME by multiplication is that by tables, at any length and from any state") {
    std::string text;
    for (int i = 0; i < 1000; ++i) text += static_cast<char>(i * i + 31 * i);
    for (std::size_t length = 0; length <= text.size(); ++length) {
        const std::string_view bytes = std::string_view(text).substr(0, length);
        for (const std::uint64_t before : {std::uint64_t{0}, std::uint64_t{0x0123456789abcdef}}) {
            CAPTURE(length, before);
            CHECK(crc64nvme(before, bytes) == crc64nvme_by_tables(before, bytes));
        }
    }
}

TEST_CASE("a digest fed in pieces of any size is that of the whole") {
    std::string text;
    for (int i = 0; i < 1000; ++i) text += static_cast<char>(i * 7);
    for (DigestKind kind : {DigestKind::md5, DigestKind::sha1, DigestKind::sha256, DigestKind::crc32,
                            DigestKind::crc32c, DigestKind::crc64nvme}) {
        for (std::size_t step : {1UL, 3UL, 8UL, 13UL, 64UL, 999UL}) {
            Digest pieces(kind);
            for (std::size_t at = 0; at < text.size(); at += step)
                pieces.update(std::string_view(text).substr(at, step));
            pieces.update("");
            INFO("kind " << static_cast<int>(kind) << ", step " << step);
            CHECK(pieces.kind() == kind);
            CHECK(pieces.finish() == digest(kind, text));
        }
    }
}

TEST_CASE("crc32 goes on from a seed") {
    CHECK(crc32(kCheck) == 0xCBF43926U);
    CHECK(crc32("6789", crc32("12345")) == 0xCBF43926U);
}

TEST_CASE("HMACs give the values of RFC 4231 and RFC 2202, with an empty key too") {
    CHECK(hex_encode(hmac_sha256("Jefe", "what do ya want for nothing?")) ==
          "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
    CHECK(hex_encode(hmac_sha1("Jefe", "what do ya want for nothing?")) ==
          "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79");
    CHECK(hex_encode(hmac_sha256("", "")) ==
          "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad");
    std::string long_key(131, '\xAA');
    CHECK(hex_encode(hmac_sha256(long_key, "Test Using Larger Than Block-Size Key - Hash Key First")) ==
          "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
}

TEST_CASE("the constant-time comparison tells different and differently long texts apart") {
    CHECK(equal_in_constant_time("", ""));
    CHECK(equal_in_constant_time("abc", "abc"));
    CHECK_FALSE(equal_in_constant_time("abc", "abd"));
    CHECK_FALSE(equal_in_constant_time("abc", "abcd"));
    CHECK_FALSE(equal_in_constant_time("", "a"));
}
