#include "services/s3/restored_copies.h"

#include "services/s3/archive.h"
#include "services/s3/lifecycle/sweep.h"
#include "services/s3/store/lifecycle_store.h"
#include "services/s3/store/restored_store.h"

namespace fogbank::s3 {

namespace {

void remove_copy(store::Txn& txn, const RestoredCopyParts& parts, const RestoredCopy& copy, Timestamp now) {
    erase_restored_copy(txn, copy.id);
    const auto bucket = find_bucket(txn, bucket_name(txn, copy.bucket));
    if (!bucket) return;
    const auto standing = find_version(txn, bucket->id, copy.key, copy.version);
    if (!standing || standing->id != copy.id) return;
    ObjectHeaders headers = find_headers(txn, copy.id);
    if (!headers.restored_until || is_restored(headers, now)) return;
    headers.restored_until.reset();
    set_headers(txn, copy.id, headers);
    EventRecord record;
    record.name = "ObjectRestore:Delete";
    record.key = copy.key;
    record.size = standing->size;
    record.etag = standing->etag;
    if (bucket->ever_versioned()) record.version = copy.version;
    parts.service.emit_event(txn, lifecycle::context_of(parts.entropy, *bucket, now), *bucket, record);
}

}  // namespace

Task<bool> remove_one_copy(const RestoredCopyParts& parts, Timestamp now) {
    const auto due =
        parts.database.read([&](store::ReadTxn& txn) { return find_due_copy(txn, unix_millis(now)); });
    if (!due) co_return false;
    auto body = [&](store::Txn& txn) {
        // As of this transaction: it may have been restored for longer since.
        const auto copy = find_due_copy(txn, unix_millis(now));
        if (copy) remove_copy(txn, parts, *copy, now);
    };
    co_await parts.database.write(body);
    co_return true;
}

}  // namespace fogbank::s3
