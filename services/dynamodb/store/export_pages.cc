#include "services/dynamodb/store/export_pages.h"

#include "services/dynamodb/export_filter.h"
#include "services/dynamodb/keys.h"
#include "services/dynamodb/model/export_table_to_point_in_time.h"
#include "services/dynamodb/request_text.h"
#include "services/dynamodb/store/history.h"
#include "services/dynamodb/value/codec.h"

#include <set>

namespace fogbank::dynamodb {
namespace {

constexpr std::int64_t kPageItems = 20'000;
constexpr std::size_t kPageBytes = 8U << 20;

// The next keys after `cursor` that stand in the table, or stood there once.
std::set<std::string> next_keys(store::ReadTxn& txn, const Export& job, const std::string& cursor,
                                std::int64_t limit) {
    std::set<std::string> keys;
    for (const auto& row : txn.query("select key from dynamodb_items where table_number = ?1 and key > ?2 "
                                     "order by key limit ?3",
                                     job.table.number, store::Blob{cursor}, limit)) {
        keys.emplace(row.blob(0));
    }
    for (const auto& row :
         txn.query("select distinct key from dynamodb_history where table_number = ?1 and key > ?2 and "
                   "id > ?3 order by key limit ?4",
                   job.table.number, store::Blob{cursor}, job.to_position, limit)) {
        keys.emplace(row.blob(0));
    }
    return keys;
}

std::vector<std::string> next_changed_keys(store::ReadTxn& txn, const Export& job, const std::string& cursor,
                                           std::int64_t limit) {
    std::vector<std::string> keys;
    for (const auto& row :
         txn.query("select distinct key from dynamodb_history where table_number = ?1 and key > ?2 and "
                   "id > ?3 and id <= ?4 order by key limit ?5",
                   job.table.number, store::Blob{cursor}, job.from_position, job.to_position, limit)) {
        keys.emplace_back(row.blob(0));
    }
    return keys;
}

struct Item {
    std::string json;
    std::int64_t size = 0;
};

// The item as it was right after history entry `position`.
std::optional<Item> item_then(store::ReadTxn& txn, const Export& job, const std::string& key,
                              std::int64_t position) {
    PastItem past = item_at(txn, job.table.number, key, position);
    if (past.is_known) {
        if (!past.json) return std::nullopt;
        return Item{std::move(*past.json), past.size};
    }
    auto rows = txn.query("select item, size from dynamodb_items where table_number = ?1 and key = ?2",
                          job.table.number, store::Blob{key});
    if (!rows.next()) return std::nullopt;
    return Item{std::string(rows->text(0)), rows->integer(1)};
}

// Any image of an item that came and went within the export.
std::optional<Item> some_image(store::ReadTxn& txn, const Export& job, const std::string& key) {
    auto rows = txn.query(
        "select item, size from dynamodb_history where table_number = ?1 and key = ?2 and id > ?3 and "
        "id <= ?4 and item is not null limit 1",
        job.table.number, store::Blob{key}, job.from_position, job.to_position);
    if (!rows.next()) return std::nullopt;
    return Item{std::string(rows->text(0)), rows->integer(1)};
}

std::int64_t written_ms(store::ReadTxn& txn, const Export& job, const std::string& key) {
    auto rows = txn.query(
        "select at_ms from dynamodb_history where table_number = ?1 and key = ?2 and id <= ?3 "
        "order by id desc limit 1",
        job.table.number, store::Blob{key}, job.to_position);
    return rows.next() ? rows->integer(0) : 0;
}

void append_change(store::ReadTxn& txn, const Export& job, const std::string& key, bool shows_old,
                   ExportPage& page) {
    const auto before = item_then(txn, job, key, job.from_position);
    const auto after = item_then(txn, job, key, job.to_position);
    const auto image = after ? after : before ? before : some_image(txn, job, key);
    if (!image) return;
    json::Writer out(page.lines);
    out.begin_object().key("Metadata").begin_object().key("WriteTimestampMicros").begin_object();
    out.field("N", std::to_string(written_ms(txn, job, key) * 1000)).end_object().end_object();
    out.key("Keys").raw(to_json(key_of(job.table.keys, decode_stored(image->json))));
    if (before && shows_old) out.key("OldImage").raw(before->json);
    if (after) out.key("NewImage").raw(after->json);
    out.end_object();
    page.lines += '\n';
    ++page.items;
    page.bytes += (before && shows_old ? before->size : 0) + (after ? after->size : 0);
}

bool is_full(const ExportPage& page) {
    return page.items >= kPageItems || page.lines.size() >= kPageBytes;
}

}  // namespace

ExportPage read_items(store::ReadTxn& txn, const Export& job) {
    constexpr std::int64_t kSlice = 500;
    const auto request = parse_request<api::ExportTableToPointInTime>(job.request);
    std::optional<ExportFilter> filter;
    if (request.FilterSpecification) filter.emplace(*request.FilterSpecification, job.table);
    ExportPage page;
    page.last_key = job.cursor;
    std::int64_t seen = 0;
    while (!is_full(page) && seen < kPageItems) {
        const std::set<std::string> keys = next_keys(txn, job, page.last_key, kSlice);
        // Each list goes on where it ends: beyond the shorter one's last key nothing is known yet.
        std::int64_t left = kSlice;
        for (const std::string& key : keys) {
            if (left-- == 0) break;
            page.last_key = key;
            ++seen;
            const auto item = item_then(txn, job, key, job.to_position);
            if (!item) continue;
            const auto shown = filter ? filter->shown(item->json) : std::optional(item->json);
            if (!shown) continue;
            page.lines += R"({"Item":)" + *shown + "}\n";
            ++page.items;
            page.bytes += item->size;
        }
        if (static_cast<std::int64_t>(keys.size()) < kSlice) {
            page.is_last = true;
            break;
        }
    }
    return page;
}

ExportPage read_changes(store::ReadTxn& txn, const Export& job) {
    constexpr std::int64_t kSlice = 500;
    const auto request = parse_request<api::ExportTableToPointInTime>(job.request);
    const bool shows_old = request.IncrementalExportSpecification->ExportViewType != "NEW_IMAGE";
    ExportPage page;
    page.last_key = job.cursor;
    while (!is_full(page)) {
        const auto keys = next_changed_keys(txn, job, page.last_key, kSlice);
        for (const std::string& key : keys) append_change(txn, job, key, shows_old, page);
        if (!keys.empty()) page.last_key = keys.back();
        if (static_cast<std::int64_t>(keys.size()) < kSlice) {
            page.is_last = true;
            break;
        }
    }
    return page;
}

}  // namespace fogbank::dynamodb
