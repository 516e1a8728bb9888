// What requests need to know of a bucket's configurations, parsed once and kept by the bucket's version.
#pragma once

#include "services/s3/configuration/kind.h"
#include "services/s3/store/bucket_store.h"
#include "src/auth/policy.h"

#include <atomic>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>

namespace fogbank::s3 {

struct Settings {
    // Everything that stands once, as stored.
    std::map<Configuration, std::string> documents;

    // What new objects are encrypted with where the request says nothing; unset: AES256.
    std::optional<std::string> encryption, kms_key;
    bool bucket_key = false;
    bool blocks_customer_keys = false;  // SSE-C is refused
    bool requester_pays = false;
    std::optional<auth::Policy> policy;
    bool policy_is_public = false;

    const std::string* document(Configuration kind) const;
};

// Thread-safe. A version is never used twice, so what is kept under one is right for ever.
class SettingsCache {
public:
    // `boot` is the database's: versions of an earlier process differ from this one's.
    explicit SettingsCache(std::int64_t boot) : version_(boot << 32) {}

    // For a bucket whose `settings` is not 0. Shared because a request may outlive its place in the cache.
    std::shared_ptr<const Settings> of(store::ReadTxn& txn, const Bucket& bucket);

    std::int64_t next_version() { return ++version_; }

private:
    std::atomic<std::int64_t> version_;
    std::mutex mutex_;
    std::unordered_map<std::int64_t, std::shared_ptr<const Settings>> kept_;
};

}  // namespace fogbank::s3
