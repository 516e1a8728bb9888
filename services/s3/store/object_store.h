// The rows of objects: versions, of which at most one of a key is current. See schema/003_versions.sql.
#pragma once

#include "services/s3/checksum.h"
#include "services/s3/copy_source.h"
#include "services/s3/object_headers.h"
#include "services/s3/store/bucket_store.h"
#include "src/store/blob_store.h"
#include "src/store/database.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace fogbank::s3 {

struct ObjectRow {
    std::int64_t id = 0;
    std::string version;  // empty: the null version
    bool delete_marker = false;
    std::int64_t size = 0;
    std::int64_t modified_ms = 0;
    std::string etag;  // without quotes
    std::string storage_class;
    std::string content_type;
    Checksum checksum;
    std::string headers;  // JSON; empty: none
    std::string parts;    // JSON; empty: not from a multipart upload
    store::BlobId blob;   // empty: inline
    std::string body;     // where inline and asked for
    // The version as an answer names it ("null" too); empty where the bucket never had versions.
    std::string shown_version;

    bool is_multipart() const { return !parts.empty(); }
};

enum class WithBody : std::uint8_t { no, yes };

// Judges whether a caller may read, once bucket and object are known.
class ReadGate {
public:
    virtual ~ReadGate() = default;
    // Whether nothing more has to be looked at: the owner in a bucket that nothing guards.
    virtual bool is_open(std::string_view bucket_owner, std::int64_t configured) const = 0;
    // Throws AccessDenied. Takes out of `row` what the caller may not see of an object that he may read.
    virtual void admit(store::ReadTxn& txn, const Bucket& bucket, ObjectRow& row) const = 0;
    // What is answered instead of `absent`, which only those may learn who may list the bucket.
    virtual Error absent(store::ReadTxn& txn, const Bucket& bucket, Error absent) const = 0;
};

// An object as a request names it.
struct ObjectName {
    std::string_view bucket, key;
    const std::optional<std::string>& version;         // absent: the current one; checked before
    const std::optional<std::string>& expected_owner;  // of the bucket
    const ReadGate& gate;
};

// The object that a read or a copy finds; without a version in one statement, the reading of every GET.
// Throws NoSuchBucket, NoSuchKey (saying whether a delete marker hides the key), NoSuchVersion, AccessDenied
// where the caller expects another owner. A version that is a delete marker comes back as such.
ObjectRow require_version(store::ReadTxn& txn, const ObjectName& name, WithBody body);
// The same, but a delete marker is refused: 405 MethodNotAllowed, which names `method`.
ObjectRow require_object(store::ReadTxn& txn, const ObjectName& name, WithBody body, std::string_view method);

// The version of the delete marker that hides the key ("null" too); nothing where none does.
std::optional<std::string> hiding_marker(store::ReadTxn& txn, std::string_view bucket, std::string_view key);

// The same for the source of a copy: a delete marker is refused as AWS refuses it there.
ObjectRow require_copy_source(store::ReadTxn& txn, const CopySource& source,
                              const std::optional<std::string>& expected_owner, const ReadGate& gate);

// What a version keeps beside its bytes, as a later request changes it.
ObjectHeaders find_headers(store::ReadTxn& txn, std::int64_t id);
void set_headers(store::Txn& txn, std::int64_t id, const ObjectHeaders& headers);

// What a write has to know of a version that stands there.
struct StandingObject {
    std::int64_t id = 0;
    std::string version;  // empty: the null version
    std::int64_t ordinal = 0;
    bool delete_marker = false;
    std::string etag;
    std::int64_t size = 0;
    std::int64_t modified_ms = 0;
    store::BlobId blob;
};
// The current object; nothing where there is none or a delete marker hides it.
std::optional<StandingObject> find_standing(store::ReadTxn& txn, std::int64_t bucket, std::string_view key);
// Any version or delete marker by its id, "null" too.
std::optional<StandingObject> find_version(store::ReadTxn& txn, std::int64_t bucket, std::string_view key,
                                           std::string_view version);
// False once the very row of an earlier snapshot is gone or has another blob.
bool still_stands(store::ReadTxn& txn, std::int64_t id, std::string_view blob);

// Makes `row` the current object of the key, as the bucket's versioning says; `standing` is what
// find_standing tells. What it replaces gives its blob back. `seed` makes the version id. Returns the id, and
// nothing where the new version is the null one.
std::string put_object_row(store::Txn& txn, store::BlobStore& blobs, const Bucket& bucket,
                           std::string_view key, const ObjectRow& row,
                           const std::optional<StandingObject>& standing, std::string_view seed);

// What a deletion did.
struct Removal {
    bool changed = false;        // false: nothing was there
    bool marker_made = false;    // a delete marker hides the key now
    bool marker_erased = false;  // the version that went was a delete marker
    std::string version;         // of the marker made or the version erased; "null" too; empty: no versions
};
// DeleteObject without a version: erases the object, or hides it where the bucket has versions.
Removal remove_current(store::Txn& txn, store::BlobStore& blobs, const Bucket& bucket, std::string_view key,
                       std::int64_t now_ms, std::string_view seed);
// Erases one version or delete marker for ever; what stands below it becomes current.
Removal remove_version(store::Txn& txn, store::BlobStore& blobs, const Bucket& bucket, std::string_view key,
                       std::string_view version);

// A version's class is another now; nothing else of it changes.
void set_storage_class(store::Txn& txn, std::int64_t bucket, std::string_view key, std::string_view version,
                       std::string_view storage_class);

// Replaces ObjectRow::headers of the row.
void set_version_headers(store::Txn& txn, std::int64_t id, std::string_view headers);

// Drops every version and upload of the bucket.
void erase_contents(store::Txn& txn, store::BlobStore& blobs, std::int64_t bucket);

}  // namespace fogbank::s3
