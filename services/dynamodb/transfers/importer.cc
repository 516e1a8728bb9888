#include "services/dynamodb/transfers/importer.h"

#include "services/dynamodb/model/import_table.h"
#include "services/dynamodb/request_text.h"
#include "services/dynamodb/store/item_writes.h"
#include "services/dynamodb/transfers/csv.h"
#include "services/dynamodb/transfers/ion.h"
#include "services/dynamodb/transfers/unzstd.h"
#include "services/dynamodb/value/codec.h"
#include "src/base/gzip.h"
#include "src/base/json.h"

#include <algorithm>

namespace fogbank::dynamodb {
namespace {

using Request = api::ImportTable::Input;

constexpr std::size_t kSlice = 200;               // items a transaction
constexpr std::size_t kObjectLimit = 1ULL << 30;  // bytes of one object, unpacked
constexpr const char* kUnreadable = "InputUnreadable";

// An object's records as items; nothing for one that is none.
using Records = std::vector<std::optional<AttributeMap>>;

std::optional<AttributeMap> item_of(json::Value given) {
    try {
        AttributeMap item = decode_attributes(given);
        if (find_defect(item, Wording::older) != nullptr || item.find("") != nullptr) return std::nullopt;
        return item;
    } catch (const Error&) {
        return std::nullopt;  // a value of the wrong JSON type
    }
}

// docs: "Amazon S3 import formats for DynamoDB": an item a line, in a member "Item".
enum class LineFormat { json, ion };

Records parse_lines(std::string_view text, LineFormat format) {
    Records out;
    while (!text.empty()) {
        const std::size_t end = text.find('\n');
        std::string_view line = text.substr(0, end);
        text = end == std::string_view::npos ? std::string_view() : text.substr(end + 1);
        if (line.find_first_not_of(" \t\r") == std::string_view::npos) continue;
        std::optional<std::string> converted;
        if (format == LineFormat::ion) {
            converted = dynamodb_json_of(line);
            line = converted ? std::string_view(*converted) : std::string_view();
        }
        const auto document = json::parse(line);
        const json::Value item =
            document && document->root().is_object() ? document->root().find("Item") : json::Value();
        if (item && item.is_object()) {
            out.push_back(item_of(item));
        } else {
            out.emplace_back();
        }
    }
    return out;
}

// docs: attributes are strings, but for those that are keys of the table or an index.
std::optional<AttributeMap> item_of_record(const Table& table, const std::vector<std::string>& names,
                                           const std::vector<std::string>& fields) {
    if (names.size() != fields.size()) return std::nullopt;
    std::string text;
    json::Writer out(text);
    out.begin_object();
    for (std::size_t i = 0; i < names.size(); ++i) {
        const auto key = std::find_if(table.attributes.begin(), table.attributes.end(),
                                      [&](const KeyAttribute& each) { return each.name == names[i]; });
        const char type = key == table.attributes.end() ? 'S' : key->type;
        out.key(names[i]).begin_object().field(std::string(1, type), fields[i]).end_object();
    }
    out.end_object();
    const auto document = json::parse(text);
    if (!document) return std::nullopt;  // a field that is no UTF-8
    return item_of(document->root());
}

Records parse_csv(const Table& table, const Request& request, std::string_view text) {
    const auto* options = request.InputFormatOptions && request.InputFormatOptions->Csv
                              ? &*request.InputFormatOptions->Csv
                              : nullptr;
    const char delimiter = options != nullptr && options->Delimiter ? (*options->Delimiter)[0] : ',';
    CsvReader reader(text, delimiter);
    std::vector<std::string> names;
    if (options != nullptr && options->HeaderList) {
        names = *options->HeaderList;
    } else {
        names = reader.next().value_or(std::vector<std::string>());
    }
    Records out;
    while (const auto fields = reader.next()) out.push_back(item_of_record(table, names, *fields));
    return out;
}

// Whether the item could be put.
bool put(store::Txn& txn, const TablePtr& table, const AttributeMap& item) {
    if (item_size(item) > kMaxItemBytes) return false;
    try {
        const ItemWrite write = prepare_put(table, item);
        Writer by;
        by.kind = Writer::Kind::copy;
        run(txn, write, by);
        return true;
    } catch (const Error&) {
        return false;  // keys that do not fit
    }
}

// Imports a slice of `records` from job.done on, and moves the job.
Import import_slice(store::Txn& txn, Import job, const Records& records) {
    const TablePtr table = load_table(txn, job.table_number);
    if (table == nullptr) return job;
    const std::size_t begin = static_cast<std::size_t>(job.done);
    const std::size_t end = std::min(begin + kSlice, records.size());
    for (std::size_t i = begin; i < end; ++i) {
        const bool is_put = records[i] && put(txn, table, *records[i]);
        ++job.processed;
        ++(is_put ? job.imported : job.errors);
    }
    job.done = static_cast<std::int64_t>(end);
    move_import(txn, job);
    return job;
}

}  // namespace

Task<bool> Importer::step() {
    const std::optional<Import> job = database_.read([](store::ReadTxn& txn) { return next_import(txn); });
    if (!job) co_return false;
    Failure failure;
    try {
        co_await import_next(*job);
    } catch (const Error& error) {
        failure = {error.code() == kUnreadable ? error.code() : "S3" + error.code(), error.message()};
    }
    if (!failure.code.empty()) co_await end(*job, failure);
    co_return true;
}

Task<void> Importer::import_next(Import job) {
    const auto request = parse_request<api::ImportTable>(job.request);
    const auto& source = *request.S3BucketSource;
    const Bucket bucket{job.account, job.region, *source.S3Bucket, source.S3BucketOwner};
    const std::string prefix = source.S3KeyPrefix.value_or("");
    const std::optional<S3::Found> found = co_await s3_.next(bucket, prefix, job.last_key);
    if (!found) {
        const Failure none;
        co_await end(job, none);
        co_return;
    }
    std::string text;
    if (found->size > 0) text = co_await s3_.get(bucket, found->key);
    const std::string compression = request.InputCompressionType.value_or("NONE");
    if (compression != "NONE" && !text.empty()) {
        std::optional<std::string> unpacked =
            compression == "GZIP" ? gunzip(text, kObjectLimit) : unzstd(text, kObjectLimit);
        if (!unpacked) {
            throw Error(kUnreadable, 400,
                        "The object " + found->key + " is no " + compression + ", or is too large.");
        }
        text = std::move(*unpacked);
    }
    const TablePtr table =
        database_.read([&](store::ReadTxn& txn) { return load_table(txn, job.table_number); });
    if (table == nullptr) co_return;  // reset meanwhile, and the job with it
    const LineFormat format = request.InputFormat == "ION" ? LineFormat::ion : LineFormat::json;
    const Records records =
        request.InputFormat == "CSV" ? parse_csv(*table, request, text) : parse_lines(text, format);
    while (static_cast<std::size_t>(job.done) < records.size()) {
        auto body = [&](store::Txn& txn) { return import_slice(txn, job, records); };
        const Import moved = co_await database_.write(body);
        if (moved.done == job.done) co_return;
        job = moved;
    }
    job.last_key = found->key;
    job.done = 0;
    job.bytes += static_cast<std::int64_t>(text.size());
    auto store = [&](store::Txn& txn) { move_import(txn, job); };
    co_await database_.write(store);
}

Task<void> Importer::end(const Import& job, const Failure& failure) {
    const std::int64_t now_ms = unix_millis(clock_.now());
    auto store = [&](store::Txn& txn) { end_import(txn, job, failure, now_ms); };
    co_await database_.write(store);
}

}  // namespace fogbank::dynamodb
