#include "services/dynamodb/store/item_reads.h"

#include "services/dynamodb/expression/evaluate.h"
#include "services/dynamodb/keys.h"
#include "services/dynamodb/value/codec.h"

#include <algorithm>

namespace fogbank::dynamodb {
namespace {

constexpr std::size_t kReadUnit = 4096;

// Above every key: keys are at most about 3 KB, escapes included twice that.
const std::string& end_of_keys() {
    static const std::string kEnd(8192, '\xff');
    return kEnd;
}

}  // namespace

FoundItem read_item(store::ReadTxn& txn, const Table& table, const std::string& key) {
    FoundItem found;
    auto rows = txn.query(
        "select t.version, i.size, i.item from dynamodb_tables t "
        "left join dynamodb_items i on i.table_number = t.number and i.key = ?2 where t.number = ?1",
        table.number, store::Blob{key});
    if (!rows.next() || rows->integer(0) != table.version) {
        found.is_stale = true;
    } else if (!rows->is_null(1)) {
        found.exists = true;
        found.size = static_cast<std::size_t>(rows->integer(1));
        found.json = rows->text(2);
    }
    return found;
}

RangeReader::RangeReader(Request request) : request_(std::move(request)) {
    for (auto& row : request_.past) {
        const bool is_inside =
            row.first >= request_.low && (request_.high.empty() || row.first < request_.high);
        if (is_inside) past_.emplace_back(row.first, std::move(row.second));
    }
    if (request_.order == Order::descending) std::reverse(past_.begin(), past_.end());
}

bool RangeReader::take_past(std::string_view key) {
    const bool ascends = request_.order == Order::ascending;
    while (next_past_ < past_.size() && !is_full()) {
        const auto& [place, row] = past_[next_past_];
        const bool is_later = !key.empty() && (ascends ? place > key : place < key);
        if (is_later) return false;
        ++next_past_;
        if (row) {
            last_json_ = row->json;
            take_of(place, row->size);
        }
        if (place == key) return true;
    }
    return is_full();
}

store::Rows RangeReader::open(store::ReadTxn& txn, std::int64_t rows) const {
    const std::int64_t number = request_.table->number;
    const store::Blob low{request_.low};
    const store::Blob high{request_.high.empty() ? std::string_view(end_of_keys()) : request_.high};
    const bool ascends = request_.order == Order::ascending;
    if (request_.index == nullptr) {
        return txn.query(
            ascends ? "select key, size, item from dynamodb_items "
                      "where table_number = ?1 and key >= ?2 and key < ?3 order by key limit ?4"
                    : "select key, size, item from dynamodb_items "
                      "where table_number = ?1 and key >= ?2 and key < ?3 order by key desc limit ?4",
            number, low, high, rows);
    }
    return txn.query(ascends
                         ? "select x.key, i.size, i.item from dynamodb_index_entries x "
                           "join dynamodb_items i on i.table_number = x.table_number and i.key = x.item_key "
                           "where x.table_number = ?1 and x.key >= ?2 and x.key < ?3 and x.index_number = ?5 "
                           "order by x.key limit ?4"
                         : "select x.key, i.size, i.item from dynamodb_index_entries x "
                           "join dynamodb_items i on i.table_number = x.table_number and i.key = x.item_key "
                           "where x.table_number = ?1 and x.key >= ?2 and x.key < ?3 and x.index_number = ?5 "
                           "order by x.key desc limit ?4",
                     number, low, high, rows, request_.index->number);
}

bool RangeReader::is_full() const {
    return bytes_ >= kPageBytes || (request_.limit > 0 && scanned_ >= request_.limit);
}

void RangeReader::take(std::string_view json, std::size_t size) {
    ++scanned_;
    const Index* index = request_.index;
    const bool is_partial = index != nullptr && index->projection != ProjectionType::all;
    const bool is_cut = is_partial && !request_.shows_whole_items;
    const bool is_shown = request_.content == Content::items;
    if (!is_partial && request_.filter == nullptr && (request_.projection == nullptr || !is_shown)) {
        bytes_ += size;
        ++count_;
        if (is_shown) items_.push_back(Item::of_json(std::string(json)));
        return;
    }
    AttributeMap item = decode_stored(json);
    if (is_partial) {
        AttributeMap part = projected(*request_.table, *index, item);
        bytes_ += item_size(part);
        if (is_cut) {
            item = std::move(part);
        } else {
            fetched_units_ += static_cast<std::int64_t>((size + kReadUnit - 1) / kReadUnit);
        }
    } else {
        bytes_ += size;
    }
    if (request_.filter != nullptr && !expression::evaluate(*request_.filter, item)) return;
    ++count_;
    if (!is_shown) return;
    if (request_.projection != nullptr) item = expression::project(*request_.projection, item);
    items_.push_back(Item::of(std::move(item)));
}

void RangeReader::take_of(std::string_view key, std::size_t size) {
    const std::size_t before = bytes_;
    take(last_json_, size);
    if (request_.partitions == Partitions::not_counted) return;
    const std::string_view partition = key.substr(0, kPartitionBytes);
    const auto found = partitions_.find(partition);
    if (found != partitions_.end()) {
        found->second += bytes_ - before;
    } else {
        partitions_.emplace(partition, bytes_ - before);
    }
}

RangeReader::Progress RangeReader::step(store::ReadTxn& txn, std::int64_t rows) {
    if (!is_current(txn, *request_.table)) return Progress::stale;
    if (request_.limit > 0) rows = std::min(rows, request_.limit - scanned_);
    std::int64_t seen = 0;
    std::string last_key;
    {
        auto cursor = open(txn, rows);
        while (!is_full() && cursor.next()) {
            ++seen;
            last_key = cursor->blob(0);
            if (!past_.empty() && take_past(last_key)) continue;
            last_json_ = cursor->text(2);
            take_of(last_key, static_cast<std::size_t>(cursor->integer(1)));
        }
    }
    if (seen < rows && !past_.empty()) take_past({});
    if (is_full()) {
        stopped_early_ = true;
        return Progress::done;
    }
    if (seen < rows) return Progress::done;
    if (request_.order == Order::ascending) {
        request_.low = last_key + '\0';
    } else {
        request_.high = last_key;
    }
    return Progress::more;
}

std::optional<AttributeMap> RangeReader::last_key() const {
    if (!stopped_early_) return std::nullopt;
    const AttributeMap item = decode_stored(last_json_);
    if (request_.index == nullptr) return key_of(request_.table->keys, item);
    return index_key_of(*request_.table, *request_.index, item);
}

}  // namespace fogbank::dynamodb
