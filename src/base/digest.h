// Digests and checksums, over OpenSSL, ISA-L and xxHash. Results are raw bytes unless the name says hex.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace fogbank {

enum class DigestKind { md5, sha1, sha256, sha512, crc32, crc32c, crc64nvme, xxhash64, xxhash3, xxhash128 };

std::string digest(DigestKind kind, std::string_view bytes);
std::string sha256_hex(std::string_view bytes);
std::string md5_hex(std::string_view bytes);
std::string hmac_sha256(std::string_view key, std::string_view message);
std::string hmac_sha1(std::string_view key, std::string_view message);
std::uint32_t crc32(std::string_view bytes, std::uint32_t seed = 0);  // the zip and DynamoDB polynomial
bool equal_in_constant_time(std::string_view a, std::string_view b);

// A digest that is fed piece by piece. CRCs and xxHashes come out big-endian, as AWS writes them in base64.
class Digest {
public:
    explicit Digest(DigestKind kind);
    ~Digest();
    Digest(Digest&&) noexcept;
    Digest& operator=(Digest&&) noexcept;
    void update(std::string_view bytes);
    std::string finish();  // once
    DigestKind kind() const { return kind_; }

private:
    struct Impl;
    DigestKind kind_;
    std::unique_ptr<Impl> impl_;
};

}  // namespace fogbank
