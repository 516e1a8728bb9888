// The kinds of configuration that a bucket may have, and the bits that its row tells of them.
#pragma once

#include "src/base/error.h"

#include <cstdint>
#include <string_view>

namespace fogbank::s3 {

// The numbers are stored.
enum class Configuration : std::uint8_t {
    tagging = 0,
    encryption = 1,
    request_payment = 2,
    accelerate = 3,
    website = 4,
    cors = 5,
    lifecycle = 6,
    logging = 7,
    replication = 8,
    policy = 9,
    inventory = 10,
    analytics = 11,
    metrics = 12,
    intelligent_tiering = 13,
    mount = 14,  // bound to a folder: no document, see mount/
};

// Bits of s3_buckets.configured. The lowest five are the public access block; a kind's bit follows.
inline constexpr std::int64_t kBlockPublicAcls = 1;
inline constexpr std::int64_t kIgnorePublicAcls = 2;
inline constexpr std::int64_t kBlockPublicPolicy = 4;
inline constexpr std::int64_t kRestrictPublicBuckets = 8;
inline constexpr std::int64_t kPublicAccessBlock = 16;  // there is one, though it may block nothing
// docs: "Blocking public access to your Amazon S3 storage": new buckets have all four settings on.
inline constexpr std::int64_t kNewBucketConfigured = 31;

// Somebody else than the bucket's owner has written an object, and may own it.
inline constexpr std::int64_t kForeignObjects = 32;

constexpr std::int64_t bit_of(Configuration kind) {
    return std::int64_t{1} << (8 + static_cast<int>(kind));
}

// With none of these the owner of a bucket may do everything.
inline constexpr std::int64_t kGuarded = bit_of(Configuration::policy) | kForeignObjects;

// What AWS answers where a bucket has no such configuration.
Error no_such_configuration(Configuration kind, std::string_view bucket);

}  // namespace fogbank::s3
