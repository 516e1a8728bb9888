// The rows of buckets.
#pragma once

#include "services/s3/configuration/kind.h"
#include "src/store/database.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace fogbank::s3 {

struct Bucket {
    std::int64_t id = 0;
    std::string account, region, name, location, ownership;
    std::string acl;  // stored form, see access/acl.h
    std::int64_t created_ms = 0;
    std::string notification;                        // JSON; empty: none
    std::string versioning;                          // Enabled, Suspended; empty: never had versions
    std::int64_t configured = kNewBucketConfigured;  // bits of configuration/kind.h
    std::string object_lock;                         // JSON, see object_lock.h; empty: no lock
    std::int64_t settings = 0;                       // the version of its configurations

    bool has(Configuration kind) const { return (configured & bit_of(kind)) != 0; }

    // aws: ACLs are off unless the bucket's ObjectOwnership says otherwise.
    bool acls_disabled() const { return ownership == "BucketOwnerEnforced"; }
    // True where a write makes a version of its own.
    bool has_versions() const { return versioning == "Enabled"; }
    bool ever_versioned() const { return !versioning.empty(); }
    bool has_object_lock() const { return !object_lock.empty(); }
    // Throws InvalidRequest where there is none.
    void require_object_lock() const;
};

std::optional<Bucket> find_bucket(store::ReadTxn& txn, std::string_view name);

// Throws AccessDenied where the caller expects another owner than `account`, InvalidBucketOwnerAWSAccountID
// where it expects what is no account.
void check_expected_owner(const std::optional<std::string>& expected, std::string_view account);

// Throws NoSuchBucket, and what check_expected_owner does.
Bucket require_bucket(store::ReadTxn& txn, std::string_view name,
                      const std::optional<std::string>& expected_owner = std::nullopt);

void insert_bucket(store::Txn& txn, const Bucket& bucket);
void erase_bucket(store::Txn& txn, std::int64_t id);
// What keeps a bucket from being deleted.
enum class Content : std::uint8_t { none, objects, versions };
Content bucket_content(store::ReadTxn& txn, std::int64_t id);
void set_object_lock(store::Txn& txn, std::int64_t id, std::string_view json);
void set_versioning(store::Txn& txn, std::int64_t id, std::string_view status);
void set_ownership(store::Txn& txn, std::int64_t id, std::string_view ownership);
void set_bucket_acl(store::Txn& txn, std::int64_t id, std::string_view acl);     // its stored form
void set_notification(store::Txn& txn, std::int64_t id, std::string_view json);  // empty: none

struct BucketQuery {
    std::string account, prefix, region;  // region empty: all
    std::string after;                    // names greater than this one
    std::int64_t limit = 0;
};
std::vector<Bucket> list_buckets(store::ReadTxn& txn, const BucketQuery& query);

}  // namespace fogbank::s3
