#include "services/s3/checksum.h"

#include "services/s3/errors.h"
#include "src/auth/aws_chunked.h"
#include "src/base/bytes.h"

namespace fogbank::s3 {

namespace {

struct Algorithm {
    std::string_view name;
    std::string_view header;
    DigestKind kind;
    std::size_t size;  // bytes
};

constexpr std::array<Algorithm, 10> kAlgorithms = {{
    {"CRC32", "x-amz-checksum-crc32", DigestKind::crc32, 4},
    {"CRC32C", "x-amz-checksum-crc32c", DigestKind::crc32c, 4},
    {"CRC64NVME", "x-amz-checksum-crc64nvme", DigestKind::crc64nvme, 8},
    {"SHA1", "x-amz-checksum-sha1", DigestKind::sha1, 20},
    {"SHA256", "x-amz-checksum-sha256", DigestKind::sha256, 32},
    {"SHA512", "x-amz-checksum-sha512", DigestKind::sha512, 64},
    {"MD5", "x-amz-checksum-md5", DigestKind::md5, 16},
    {"XXHASH64", "x-amz-checksum-xxhash64", DigestKind::xxhash64, 8},
    {"XXHASH3", "x-amz-checksum-xxhash3", DigestKind::xxhash3, 8},
    {"XXHASH128", "x-amz-checksum-xxhash128", DigestKind::xxhash128, 16},
}};

constexpr std::string_view kHeaderPrefix = "x-amz-checksum-";

const Algorithm* find_algorithm(std::string_view name) {
    for (const Algorithm& algorithm : kAlgorithms) {
        if (algorithm.name == name) return &algorithm;
    }
    return nullptr;
}

std::string upper(std::string_view text) {
    std::string out(text);
    for (char& c : out) {
        if (c >= 'a' && c <= 'z') c = static_cast<char>(c & ~0x20);
    }
    return out;
}

const auth::TrailerSource* trailers_of(ByteStream* payload) {
    return dynamic_cast<const auth::TrailerSource*>(payload);
}

}  // namespace

DigestKind digest_kind(std::string_view algorithm, std::string_view header) {
    if (const Algorithm* found = find_algorithm(algorithm)) return found->kind;
    throw invalid_request("Value for " + std::string(header) + " header is invalid.");
}

bool is_checksum(std::string_view algorithm, std::string_view value) {
    const Algorithm* found = find_algorithm(algorithm);
    if (found == nullptr) return false;
    const std::optional<std::string> bytes = base64_decode(value.substr(0, value.find('-')));
    return bytes && bytes->size() == found->size;
}

Error several_checksums() {
    return invalid_request(
        "Expecting a single x-amz-checksum- header. Multiple checksum Types are not allowed.");
}

void merge_announced(DeclaredChecksum& declared, ByteStream* payload) {
    const auth::TrailerSource* source = trailers_of(payload);
    if (source == nullptr) return;
    for (const std::string& name : source->announced()) {
        if (!name.starts_with(kHeaderPrefix)) continue;
        if (!declared.algorithm.empty()) throw several_checksums();
        declared.algorithm = upper(std::string_view(name).substr(kHeaderPrefix.size()));
    }
}

DeclaredChecksum declared_by_headers(const http::Headers& headers, ByteStream* source) {
    DeclaredChecksum declared;
    for (const Algorithm& algorithm : kAlgorithms) {
        const std::string* value = headers.find(algorithm.header);
        if (value == nullptr) continue;
        if (!declared.algorithm.empty()) throw several_checksums();
        declared = {std::string(algorithm.name), *value};
    }
    merge_announced(declared, source);
    check_declared(declared);
    return declared;
}

void check_declared(const DeclaredChecksum& declared) {
    if (declared.algorithm.empty()) return;
    std::string header(kHeaderPrefix);
    for (const char c : declared.algorithm) header += c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c;
    static_cast<void>(digest_kind(declared.algorithm, header));
    if (!declared.value) return;
    const std::optional<std::string> bytes = base64_decode(*declared.value);
    if (!bytes || bytes->size() != find_algorithm(declared.algorithm)->size) {
        throw invalid_request("Value for " + header + " header is invalid.");
    }
}

void check_sdk_algorithm(const std::optional<std::string>& named, const DeclaredChecksum& declared) {
    if (!named) return;
    const std::string name = upper(*named);
    static_cast<void>(digest_kind(name, "x-amz-sdk-checksum-algorithm"));
    if (declared.algorithm.empty()) {
        throw invalid_request(
            "x-amz-sdk-checksum-algorithm specified, but no corresponding x-amz-checksum-* or x-amz-trailer "
            "headers "
            "were found.");
    }
    // aws: SDKs name their default beside a checksum that the user computed; the checksum counts.
}

std::optional<std::string> declared_value(const DeclaredChecksum& declared, ByteStream* payload) {
    if (declared.value || declared.algorithm.empty()) return declared.value;
    const auth::TrailerSource* source = trailers_of(payload);
    if (source == nullptr) return std::nullopt;
    for (const auto& [name, value] : source->trailers()) {
        if (!name.starts_with(kHeaderPrefix)) continue;
        if (upper(std::string_view(name).substr(kHeaderPrefix.size())) == declared.algorithm) return value;
    }
    return std::nullopt;
}

}  // namespace fogbank::s3
