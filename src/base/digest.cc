#include "src/base/digest.h"

#include "src/base/bytes.h"
#include "src/base/crc64nvme.h"

#include <isa-l/crc.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <xxhash.h>

#include <stdexcept>

namespace fogbank {
namespace {

const EVP_MD* evp(DigestKind kind) {
    switch (kind) {
        // EVP_md5() and its kin look the provider up at each use; fetching once saves a microsecond a digest.
        case DigestKind::md5: {
            static const EVP_MD* md = EVP_MD_fetch(nullptr, "MD5", nullptr);
            return md;
        }
        case DigestKind::sha1: {
            static const EVP_MD* md = EVP_MD_fetch(nullptr, "SHA1", nullptr);
            return md;
        }
        case DigestKind::sha256: {
            static const EVP_MD* md = EVP_MD_fetch(nullptr, "SHA256", nullptr);
            return md;
        }
        case DigestKind::sha512: {
            static const EVP_MD* md = EVP_MD_fetch(nullptr, "SHA512", nullptr);
            return md;
        }
        default:
            return nullptr;
    }
}

const unsigned char* data(std::string_view bytes) {
    return reinterpret_cast<const unsigned char*>(bytes.data());
}

template <class T>
std::string big_endian(T value) {
    std::string out(sizeof(T), '\0');
    for (std::size_t i = sizeof(T); i-- > 0; value = static_cast<T>(value >> 8))
        out[i] = static_cast<char>(value & 0xFF);
    return out;
}

// ISA-L's iscsi CRC takes and gives the register without the customary inversions.
std::uint32_t crc32c_update(std::uint32_t crc, std::string_view bytes) {
    auto* start = const_cast<unsigned char*>(data(bytes));  // the signature lacks const; it only reads
    return ~crc32_iscsi(start, static_cast<int>(bytes.size()), ~crc);
}

std::string hmac(const EVP_MD* md, std::string_view key, std::string_view message) {
    unsigned char out[EVP_MAX_MD_SIZE];
    unsigned length = 0;
    HMAC(md, key.data(), static_cast<int>(key.size()), data(message), message.size(), out, &length);
    return {reinterpret_cast<char*>(out), length};
}

}  // namespace

struct Digest::Impl {
    EVP_MD_CTX* context = nullptr;
    XXH64_state_t* xxh64 = nullptr;
    XXH3_state_t* xxh3 = nullptr;  // of 64 and of 128 bits
    std::uint64_t crc = 0;
    ~Impl() {
        EVP_MD_CTX_free(context);
        XXH64_freeState(xxh64);
        XXH3_freeState(xxh3);
    }
};

Digest::Digest(DigestKind kind) : kind_(kind), impl_(std::make_unique<Impl>()) {
    if (const EVP_MD* md = evp(kind)) {
        impl_->context = EVP_MD_CTX_new();
        if (EVP_DigestInit_ex2(impl_->context, md, nullptr) != 1)
            throw std::runtime_error("OpenSSL refused a digest");
        return;
    }
    if (kind == DigestKind::xxhash64) {
        impl_->xxh64 = XXH64_createState();
        XXH64_reset(impl_->xxh64, 0);
    } else if (kind == DigestKind::xxhash3) {
        impl_->xxh3 = XXH3_createState();
        XXH3_64bits_reset(impl_->xxh3);
    } else if (kind == DigestKind::xxhash128) {
        impl_->xxh3 = XXH3_createState();
        XXH3_128bits_reset(impl_->xxh3);
    }
}
Digest::~Digest() = default;
Digest::Digest(Digest&&) noexcept = default;
Digest& Digest::operator=(Digest&&) noexcept = default;

void Digest::update(std::string_view bytes) {
    switch (kind_) {
        case DigestKind::crc32:
            impl_->crc = fogbank::crc32(bytes, static_cast<std::uint32_t>(impl_->crc));
            break;
        case DigestKind::crc32c:
            impl_->crc = crc32c_update(static_cast<std::uint32_t>(impl_->crc), bytes);
            break;
        case DigestKind::crc64nvme:
            impl_->crc = crc64nvme(impl_->crc, bytes);
            break;
        case DigestKind::xxhash64:
            XXH64_update(impl_->xxh64, bytes.data(), bytes.size());
            break;
        case DigestKind::xxhash3:
            XXH3_64bits_update(impl_->xxh3, bytes.data(), bytes.size());
            break;
        case DigestKind::xxhash128:
            XXH3_128bits_update(impl_->xxh3, bytes.data(), bytes.size());
            break;
        default:
            EVP_DigestUpdate(impl_->context, bytes.data(), bytes.size());
    }
}

std::string Digest::finish() {
    if (kind_ == DigestKind::crc64nvme) return big_endian(impl_->crc);
    if (kind_ == DigestKind::xxhash64) return big_endian(std::uint64_t{XXH64_digest(impl_->xxh64)});
    if (kind_ == DigestKind::xxhash3) return big_endian(std::uint64_t{XXH3_64bits_digest(impl_->xxh3)});
    if (kind_ == DigestKind::xxhash128) {
        const XXH128_hash_t hash = XXH3_128bits_digest(impl_->xxh3);
        return big_endian(std::uint64_t{hash.high64}) + big_endian(std::uint64_t{hash.low64});
    }
    if (impl_->context == nullptr) return big_endian(static_cast<std::uint32_t>(impl_->crc));
    unsigned char out[EVP_MAX_MD_SIZE];
    unsigned length = 0;
    EVP_DigestFinal_ex(impl_->context, out, &length);
    return {reinterpret_cast<char*>(out), length};
}

std::string digest(DigestKind kind, std::string_view bytes) {
    Digest digest(kind);
    digest.update(bytes);
    return digest.finish();
}

std::string sha256_hex(std::string_view bytes) {
    return hex_encode(digest(DigestKind::sha256, bytes));
}
std::string md5_hex(std::string_view bytes) {
    return hex_encode(digest(DigestKind::md5, bytes));
}
std::string hmac_sha256(std::string_view key, std::string_view message) {
    return hmac(evp(DigestKind::sha256), key, message);
}
std::string hmac_sha1(std::string_view key, std::string_view message) {
    return hmac(evp(DigestKind::sha1), key, message);
}

std::uint32_t crc32(std::string_view bytes, std::uint32_t seed) {
    return crc32_gzip_refl(seed, data(bytes), bytes.size());
}

bool equal_in_constant_time(std::string_view a, std::string_view b) {
    return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

}  // namespace fogbank
