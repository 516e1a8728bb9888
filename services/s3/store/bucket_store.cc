#include "services/s3/store/bucket_store.h"

#include "services/s3/errors.h"
#include "services/s3/names.h"
#include "services/s3/store/lifecycle_store.h"
#include "services/s3/store/mount_store.h"

#include <algorithm>

namespace fogbank::s3 {

namespace {

Bucket read_bucket(const store::Statement& row) {
    Bucket out;
    out.id = row.integer(0);
    out.account = row.text(1);
    out.region = row.text(2);
    out.name = row.text(3);
    out.location = row.text(4);
    out.ownership = row.text(5);
    out.acl = row.text(6);
    out.created_ms = row.integer(7);
    if (!row.is_null(8)) out.notification = row.text(8);
    out.configured = row.integer(9);
    out.settings = row.integer(10);
    out.versioning = row.text(11);
    out.object_lock = row.text(12);
    return out;
}

}  // namespace

void Bucket::require_object_lock() const {
    if (!has_object_lock()) throw invalid_request("Bucket is missing Object Lock Configuration");
}

std::optional<Bucket> find_bucket(store::ReadTxn& txn, std::string_view name) {
    auto rows = txn.query(
        "select id, account, region, name, location, ownership, acl, created_ms, notification, "
        "configured, settings, versioning, object_lock from s3_buckets where name = ?1",
        name);
    if (!rows.next()) return std::nullopt;
    return read_bucket(*rows);
}

void check_expected_owner(const std::optional<std::string>& expected, std::string_view account) {
    constexpr std::size_t kAccountLength = 12;
    if (!expected || *expected == account) return;
    const bool number =
        expected->size() == kAccountLength && expected->find_first_not_of("0123456789") == std::string::npos;
    if (number) throw access_denied();
    throw Error(
        "InvalidBucketOwnerAWSAccountID", 400,
        "The value of the expected bucket owner parameter must be an AWS Account ID... [" + *expected + "]");
}

Bucket require_bucket(store::ReadTxn& txn, std::string_view name,
                      const std::optional<std::string>& expected_owner) {
    std::optional<Bucket> bucket = find_bucket(txn, name);
    if (!bucket) throw no_such_bucket(name);
    check_expected_owner(expected_owner, bucket->account);
    return std::move(*bucket);
}

void insert_bucket(store::Txn& txn, const Bucket& bucket) {
    txn.execute(
        "insert into s3_buckets (account, region, name, location, ownership, acl, created_ms, configured, "
        "settings, versioning, object_lock) values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
        std::string_view(bucket.account), std::string_view(bucket.region), std::string_view(bucket.name),
        std::string_view(bucket.location), std::string_view(bucket.ownership), std::string_view(bucket.acl),
        bucket.created_ms, bucket.configured, bucket.settings, std::string_view(bucket.versioning),
        std::string_view(bucket.object_lock));
}

void erase_bucket(store::Txn& txn, std::int64_t id) {
    txn.execute("delete from s3_configurations where bucket = ?1", id);
    forget_lifecycle(txn, id);
    txn.execute("delete from s3_log_lines where bucket = ?1", id);
    erase_mount(txn, id);
    txn.execute("delete from s3_mount_queue where bucket = ?1", id);
    txn.execute("delete from s3_buckets where id = ?1", id);
}

Content bucket_content(store::ReadTxn& txn, std::int64_t id) {
    if (auto rows = txn.query("select 1 from s3_versions where bucket = ?1 and is_current = 1 limit 1", id);
        rows.next()) {
        return Content::objects;
    }
    auto rows = txn.query("select 1 from s3_versions where bucket = ?1 and is_current = 0 limit 1", id);
    return rows.next() ? Content::versions : Content::none;
}

void set_object_lock(store::Txn& txn, std::int64_t id, std::string_view json) {
    txn.execute("update s3_buckets set object_lock = ?2 where id = ?1", id, json);
}

void set_versioning(store::Txn& txn, std::int64_t id, std::string_view status) {
    txn.execute("update s3_buckets set versioning = ?2 where id = ?1", id, status);
}

void set_ownership(store::Txn& txn, std::int64_t id, std::string_view ownership) {
    txn.execute("update s3_buckets set ownership = ?2 where id = ?1", id, ownership);
}

void set_bucket_acl(store::Txn& txn, std::int64_t id, std::string_view acl) {
    txn.execute("update s3_buckets set acl = ?2 where id = ?1", id, acl);
}

void set_notification(store::Txn& txn, std::int64_t id, std::string_view json) {
    if (json.empty()) {
        txn.execute("update s3_buckets set notification = null where id = ?1", id);
    } else {
        txn.execute("update s3_buckets set notification = ?2 where id = ?1", id, json);
    }
}

std::vector<Bucket> list_buckets(store::ReadTxn& txn, const BucketQuery& query) {
    // A name holds no byte above 'z', so '{' ends every prefix's range.
    const std::string from = std::max(query.after + '\0', query.prefix);
    const std::string to = query.prefix.empty() ? "{" : after_prefix(query.prefix);
    std::vector<Bucket> out;
    for (const auto& row : txn.query("select id, account, region, name, location, ownership, acl, "
                                     "created_ms, notification, configured, settings, versioning, "
                                     "object_lock from s3_buckets "
                                     "where account = ?1 and name >= ?2 and name < ?3 and (?4 = '' or region "
                                     "= ?4) order by name limit ?5",
                                     std::string_view(query.account), std::string_view(from),
                                     std::string_view(to), std::string_view(query.region), query.limit)) {
        out.push_back(read_bucket(row));
    }
    return out;
}

}  // namespace fogbank::s3
