// The rows of buckets that are bound to folders.
#pragma once

#include "src/base/arn.h"
#include "src/events/event.h"
#include "src/store/database.h"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace fogbank::s3 {

inline constexpr std::string_view kMountChannel = "s3.mounts";

struct MountRow {
    std::int64_t bucket = 0;
    std::string name, account, region;  // of the bucket
    std::string folder;
};
std::vector<MountRow> list_mounts(store::ReadTxn& txn);
std::optional<MountRow> find_mount(store::ReadTxn& txn, std::int64_t bucket);
// Queues every current object of the bucket, so that each becomes a file.
void insert_mount(store::Txn& txn, std::int64_t bucket, std::string_view folder);
// With what is known of its files, and what is queued: the events that wait are appended to `outbox`.
void erase_mount(store::Txn& txn, std::int64_t bucket);

struct FileState {
    std::int64_t size = 0;
    std::int64_t modified_ns = 0;
    std::string etag;  // of the object that the file is
    // Of the file that an object's bytes are put into, until the row says that they are there.
    std::optional<std::int64_t> written_size = {}, written_ns = {};

    bool same_file(const FileState& other) const {
        return (size == other.size && modified_ns == other.modified_ns) ||
               (written_size == other.size && written_ns == other.modified_ns);
    }
};
std::optional<FileState> find_mount_file(store::ReadTxn& txn, std::int64_t bucket, std::string_view key);
std::map<std::string, FileState> list_mount_files(store::ReadTxn& txn, std::int64_t bucket);
// A file of that size and time is about to take the place of the one that is known.
void announce_mount_file(store::Txn& txn, std::int64_t bucket, std::string_view key, const FileState& file);
// The file of that size and time is about to become an object, by the request `taken_by`; and it has: in the
// object's own transaction, so that no kill parts them. Nothing where the request took no file.
void announce_taken_file(store::Txn& txn, std::int64_t bucket, std::string_view key, const FileState& file,
                         std::string_view taken_by);
void note_taken_file(store::Txn& txn, std::int64_t bucket, std::string_view key, std::string_view taken_by,
                     std::string_view etag);
void put_mount_file(store::Txn& txn, std::int64_t bucket, std::string_view key, const FileState& file);
void erase_mount_file(store::Txn& txn, std::int64_t bucket, std::string_view key);

struct QueuedChange {
    std::int64_t id = 0;
    std::int64_t bucket = 0;
    std::string key;
    events::Event event;
    Arn target;  // empty: no event waits
};
void queue_change(store::Txn& txn, std::int64_t bucket, std::string_view key, const events::Event& event,
                  const Arn& target);
std::optional<QueuedChange> first_change(store::ReadTxn& txn);
void erase_change(store::Txn& txn, std::int64_t id);
std::int64_t count_changes(store::ReadTxn& txn, std::string_view account);

}  // namespace fogbank::s3
