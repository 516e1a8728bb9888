#include "services/s3/store/mount_store.h"

#include "src/base/clock.h"

namespace fogbank::s3 {

namespace {

MountRow read_mount(const store::Statement& row) {
    return {row.integer(0), std::string(row.text(1)), std::string(row.text(2)), std::string(row.text(3)),
            std::string(row.text(4))};
}

// From the column `at` on.
FileState read_file(const store::Statement& row, int at) {
    FileState out{row.integer(at), row.integer(at + 1), std::string(row.text(at + 2))};
    if (!row.is_null(at + 3)) {
        out.written_size = row.integer(at + 3);
        out.written_ns = row.integer(at + 4);
    }
    return out;
}

}  // namespace

std::vector<MountRow> list_mounts(store::ReadTxn& txn) {
    std::vector<MountRow> out;
    for (const auto& row :
         txn.query("select m.bucket, b.name, b.account, b.region, m.folder from s3_mounts m join "
                   "s3_buckets b on b.id = m.bucket order by b.name")) {
        out.push_back(read_mount(row));
    }
    return out;
}

std::optional<MountRow> find_mount(store::ReadTxn& txn, std::int64_t bucket) {
    auto rows = txn.query(
        "select m.bucket, b.name, b.account, b.region, m.folder from s3_mounts m join s3_buckets "
        "b on b.id = m.bucket where m.bucket = ?1",
        bucket);
    if (!rows.next()) return std::nullopt;
    return read_mount(*rows);
}

void insert_mount(store::Txn& txn, std::int64_t bucket, std::string_view folder) {
    txn.execute("insert into s3_mounts (bucket, folder) values (?1, ?2)", bucket, folder);
    txn.execute(
        "insert into s3_mount_queue (bucket, key, event_id, type, account, time_ms, trace_id, trace_cause, "
        "trace_depth, payload, target) select bucket, key, '', '', '', 0, '', '', 0, '', '' from s3_versions "
        "where bucket = ?1 and is_current = 1",
        bucket);
    txn.notify(kMountChannel);
}

void erase_mount(store::Txn& txn, std::int64_t bucket) {
    txn.execute("delete from s3_mounts where bucket = ?1", bucket);
    txn.execute("delete from s3_mount_files where bucket = ?1", bucket);
}

std::optional<FileState> find_mount_file(store::ReadTxn& txn, std::int64_t bucket, std::string_view key) {
    auto rows = txn.query(
        "select size, modified_ns, etag, written_size, written_ns from s3_mount_files where bucket = ?1 and "
        "key = ?2",
        bucket, store::Blob{key});
    if (!rows.next()) return std::nullopt;
    return read_file(*rows, 0);
}

std::map<std::string, FileState> list_mount_files(store::ReadTxn& txn, std::int64_t bucket) {
    std::map<std::string, FileState> out;
    for (const auto& row :
         txn.query("select key, size, modified_ns, etag, written_size, written_ns from s3_mount_files where "
                   "bucket = ?1",
                   bucket)) {
        out.emplace(std::string(row.blob(0)), read_file(row, 1));
    }
    return out;
}

void announce_mount_file(store::Txn& txn, std::int64_t bucket, std::string_view key, const FileState& file) {
    // No file has a size below 0: there was none.
    txn.execute(
        "insert into s3_mount_files (bucket, key, size, modified_ns, etag, written_size, written_ns) values "
        "(?1, ?2, -1, 0, '', ?3, ?4) on conflict (bucket, key) do update set written_size = ?3, written_ns = "
        "?4",
        bucket, store::Blob{key}, file.size, file.modified_ns);
}

void announce_taken_file(store::Txn& txn, std::int64_t bucket, std::string_view key, const FileState& file,
                         std::string_view taken_by) {
    txn.execute(
        "insert into s3_mount_files (bucket, key, size, modified_ns, etag, taken_size, taken_ns, taken_by) "
        "values (?1, ?2, -1, 0, '', ?3, ?4, ?5) on conflict (bucket, key) do update set taken_size = ?3, "
        "taken_ns = ?4, taken_by = ?5",
        bucket, store::Blob{key}, file.size, file.modified_ns, taken_by);
}

void note_taken_file(store::Txn& txn, std::int64_t bucket, std::string_view key, std::string_view taken_by,
                     std::string_view etag) {
    txn.execute(
        "update s3_mount_files set size = taken_size, modified_ns = taken_ns, etag = ?4, written_size = "
        "null, "
        "written_ns = null, taken_size = null, taken_ns = null, taken_by = null where bucket = ?1 and key = "
        "?2 and taken_by = ?3",
        bucket, store::Blob{key}, taken_by, etag);
}

void put_mount_file(store::Txn& txn, std::int64_t bucket, std::string_view key, const FileState& file) {
    txn.execute(
        "insert into s3_mount_files (bucket, key, size, modified_ns, etag) values (?1, ?2, ?3, ?4, ?5) on "
        "conflict (bucket, key) do update set size = ?3, modified_ns = ?4, etag = ?5, written_size = null, "
        "written_ns = null",
        bucket, store::Blob{key}, file.size, file.modified_ns, std::string_view(file.etag));
}

void erase_mount_file(store::Txn& txn, std::int64_t bucket, std::string_view key) {
    txn.execute("delete from s3_mount_files where bucket = ?1 and key = ?2", bucket, store::Blob{key});
}

void queue_change(store::Txn& txn, std::int64_t bucket, std::string_view key, const events::Event& event,
                  const Arn& target) {
    txn.execute(
        "insert into s3_mount_queue (bucket, key, event_id, type, account, time_ms, trace_id, trace_cause, "
        "trace_depth, payload, target) values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
        bucket, store::Blob{key}, std::string_view(event.id), std::string_view(event.type),
        std::string_view(event.account), unix_millis(event.time), std::string_view(event.trace.id),
        std::string_view(event.trace.cause), std::int64_t{event.trace.depth}, std::string_view(event.payload),
        std::string_view(target.text()));
    txn.notify(kMountChannel);
}

std::optional<QueuedChange> first_change(store::ReadTxn& txn) {
    auto rows = txn.query(
        "select q.id, q.bucket, q.key, q.event_id, q.type, q.account, q.time_ms, q.trace_id, q.trace_cause, "
        "q.trace_depth, q.payload, q.target, b.name from s3_mount_queue q left join s3_buckets b on b.id = "
        "q.bucket "
        "order by q.id limit 1");
    if (!rows.next()) return std::nullopt;
    QueuedChange out;
    out.id = rows->integer(0);
    out.bucket = rows->integer(1);
    out.key = rows->blob(2);
    out.event.id = rows->text(3);
    out.event.type = rows->text(4);
    out.event.account = rows->text(5);
    out.event.time = from_unix_millis(rows->integer(6));
    out.event.trace = {std::string(rows->text(7)), std::string(rows->text(8)),
                       static_cast<int>(rows->integer(9))};
    out.event.payload = rows->text(10);
    if (!rows->is_null(12)) out.event.source = Arn("aws", "s3", "", "", rows->text(12));
    if (const auto target = Arn::parse(rows->text(11))) out.target = *target;
    return out;
}

void erase_change(store::Txn& txn, std::int64_t id) {
    txn.execute("delete from s3_mount_queue where id = ?1", id);
}

std::int64_t count_changes(store::ReadTxn& txn, std::string_view account) {
    auto rows = txn.query(
        "select count(*) from s3_mount_queue q join s3_buckets b on b.id = q.bucket where ?1 = '' or "
        "b.account = ?1",
        account);
    rows.next();
    return rows->integer(0);
}

}  // namespace fogbank::s3
