// The checksums of object bodies: which one a request declares, and how answers show it.
// docs: S3 User Guide, "Checking object integrity for data uploads in Amazon S3".
#pragma once

#include "src/base/byte_stream.h"
#include "src/base/digest.h"
#include "src/http/message.h"

#include <array>
#include <optional>
#include <string>
#include <string_view>

namespace fogbank::s3 {

struct Checksum {
    std::string algorithm;  // "CRC32" as AWS names it; empty: none
    std::string value;      // base64
    std::string type;       // FULL_OBJECT or COMPOSITE
};

inline constexpr std::string_view kFullObject = "FULL_OBJECT";
inline constexpr std::string_view kComposite = "COMPOSITE";
inline constexpr std::string_view kDefaultAlgorithm = "CRC64NVME";

// Throws InvalidRequest for none of AWS's algorithms; `header` is where the name stood.
DigestKind digest_kind(std::string_view algorithm, std::string_view header);

// What a request says about the checksum of its body.
struct DeclaredChecksum {
    std::string algorithm;             // empty: nothing declared
    std::optional<std::string> value;  // base64; empty where a trailer brings it
};

// The x-amz-checksum-* members of any input that has them, in AWS's order.
template <class Input>
auto checksum_members(Input& input) {
    return std::array{std::pair{"CRC32", &input.ChecksumCRC32},
                      std::pair{"CRC32C", &input.ChecksumCRC32C},
                      std::pair{"CRC64NVME", &input.ChecksumCRC64NVME},
                      std::pair{"SHA1", &input.ChecksumSHA1},
                      std::pair{"SHA256", &input.ChecksumSHA256},
                      std::pair{"SHA512", &input.ChecksumSHA512},
                      std::pair{"MD5", &input.ChecksumMD5},
                      std::pair{"XXHASH64", &input.ChecksumXXHASH64},
                      std::pair{"XXHASH3", &input.ChecksumXXHASH3},
                      std::pair{"XXHASH128", &input.ChecksumXXHASH128}};
}

// False where `value` cannot be a checksum of that algorithm, of one body or of parts ("...-3").
bool is_checksum(std::string_view algorithm, std::string_view value);

// What the headers of a request declare whose input has no members for it, and whose body came through
// `source` (null: as it is). Throws as declared_checksum().
DeclaredChecksum declared_by_headers(const http::Headers& headers, ByteStream* source);

Error several_checksums();
// Takes the algorithm a trailer announces; throws where header and trailer disagree.
void merge_announced(DeclaredChecksum& declared, ByteStream* payload);
// Throws InvalidRequest where the value is no base64 of the right size.
void check_declared(const DeclaredChecksum& declared);
// Throws where x-amz-sdk-checksum-algorithm names an algorithm without a checksum.
void check_sdk_algorithm(const std::optional<std::string>& named, const DeclaredChecksum& declared);
// The value that came as a trailer or a header; empty where none did.
std::optional<std::string> declared_value(const DeclaredChecksum& declared, ByteStream* payload);

template <class Input>
DeclaredChecksum declared_checksum(const Input& input, ByteStream* payload) {
    DeclaredChecksum declared;
    for (const auto& [name, member] : checksum_members(input)) {
        if (!*member) continue;
        if (!declared.algorithm.empty()) throw several_checksums();
        declared.algorithm = name;
        declared.value = **member;
    }
    merge_announced(declared, payload);
    check_sdk_algorithm(input.ChecksumAlgorithm, declared);
    check_declared(declared);
    return declared;
}

template <class Output>
void show_checksum(Output& output, const Checksum& checksum) {
    if (checksum.algorithm.empty()) return;
    for (auto& [name, member] : checksum_members(output)) {
        if (checksum.algorithm == name) *member = checksum.value;
    }
    if constexpr (requires { output.ChecksumType; }) output.ChecksumType = checksum.type;
}

}  // namespace fogbank::s3
