#include "services/s3/select/scan.h"

#include "src/base/xml.h"
#include "src/protocol/event_stream.h"

namespace fogbank::s3::select {

namespace {

constexpr std::size_t kRecordsSize = 64 * 1024;  // bytes of a Records message, about
constexpr std::size_t kTextPiece = 64 * 1024;    // unpacked at a time

Row everything(const Record& record) {
    Row row;
    if (record.fields == nullptr) {
        if (record.json.is_object()) {
            for (const auto [name, value] : record.json.members()) row.emplace_back(name, from_json(value));
        } else {
            row.emplace_back("_1", from_json(record.json));
        }
        return row;
    }
    for (std::size_t i = 0; i < record.fields->size(); ++i) {
        const bool named = record.names != nullptr && i < record.names->size();
        row.emplace_back(named ? (*record.names)[i] : "_" + std::to_string(i + 1), (*record.fields)[i]);
    }
    return row;
}

// docs: without an alias a column keeps the last name of its path; what has none is numbered.
std::string output_name(const Projection& projection, std::size_t index) {
    if (!projection.name.empty()) return projection.name;
    const Expr& expr = *projection.expr;
    if (expr.kind == ExprKind::path && !expr.path.empty() && !expr.path.back().name.empty()) {
        return expr.path.back().name;
    }
    return "_" + std::to_string(index + 1);
}

}  // namespace

Row Results::row_of(const Scope& scope) const {
    if (plan_.query.everything) return everything(scope.record);
    Row row;
    for (std::size_t i = 0; i < plan_.query.projections.size(); ++i) {
        const Projection& projection = plan_.query.projections[i];
        row.emplace_back(output_name(projection, i), evaluate(*projection.expr, scope));
    }
    return row;
}

void Results::write(const Row& row, std::string& out) const {
    const std::size_t before = out.size();
    if (plan_.to_json) {
        write_json(row, plan_.json_delimiter, out);
    } else {
        write_csv(row, plan_.csv, out);
    }
    if (out.size() - before <= kRecordLimit) return;
    throw select_error(
        "OverMaxRecordSize",
        "The length of a record in the input or result is greater than the maxCharsPerRecord limit "
        "of 1 MB.");
}

bool Results::take(const Record& record, std::string& out) {
    if (record.fields != nullptr) {
        // S3Object[*] is S3Object; a CSV has nothing behind it.
        for (const Step& step : plan_.query.from) {
            if (!step.wildcard)
                throw select_error("InvalidKeyPath", "Key path in the SQL expression is invalid.");
        }
        return take_one(record, out);
    }
    const auto& from = plan_.query.from;
    const std::size_t first = !from.empty() && from.front().wildcard ? 1 : 0;
    return unnest(record.json, first, out);
}

// Walks the path of FROM; every value it reaches is a record.
bool Results::unnest(json::Value value, std::size_t step, std::string& out) {
    if (step == plan_.query.from.size()) {
        Record record;
        record.json = value;
        return take_one(record, out);
    }
    const Step& next = plan_.query.from[step];
    if (next.wildcard) {
        if (!value.is_array()) return true;
        for (const json::Value each : value.elements()) {
            if (!unnest(each, step + 1, out)) return false;
        }
        return true;
    }
    if (next.name.empty()) {
        std::int64_t at = 0;
        if (!value.is_array()) return true;
        for (const json::Value each : value.elements()) {
            if (at++ == next.index) return unnest(each, step + 1, out);
        }
        return true;
    }
    if (!value.is_object()) return true;
    const json::Value inner = value.find(next.name);
    return inner ? unnest(inner, step + 1, out) : true;
}

bool Results::take_one(const Record& record, std::string& out) {
    const Query& query = plan_.query;
    const Scope scope{record, plan_.now};
    if (query.limit && count_ >= *query.limit) return false;
    if (query.where && !holds(*query.where, scope)) return true;
    ++count_;
    if (query.aggregates > 0) {
        for (const Projection& projection : query.projections) accumulate(*projection.expr, scope, seen_);
    } else {
        write(row_of(scope), out);
    }
    return !query.limit || count_ < *query.limit;
}

void Results::finish(std::string& out) {
    if (plan_.query.aggregates == 0) return;
    std::vector<Value> values(plan_.query.aggregates);
    for (const Projection& projection : plan_.query.projections) finish_all(*projection.expr, values);
    const Record none;
    write(row_of({none, plan_.now, values}), out);
}

void Results::finish_all(const Expr& expr, std::vector<Value>& values) const {
    select::finish(expr, seen_, values);
}

Answer::Answer(Plan plan, std::unique_ptr<ByteStream> object)
    : plan_(std::move(plan)), object_(std::move(object)), results_(plan_) {}

Task<std::string_view> Answer::next() {
    messages_.clear();
    while (messages_.empty() && !ended_) {
        std::optional<Error> failure;
        try {
            const bool more = co_await read_more();
            if (!more) end();
        } catch (const Error& error) {
            failure = error;
        }
        if (!failure) continue;
        // aws: results that were found before the error are sent before it.
        flush_records();
        protocol::append_event_message(messages_,
                                       {{":message-type", "error"},
                                        {":error-code", failure->code()},
                                        {":error-message", failure->message()}},
                                       {});
        ended_ = true;
    }
    co_return std::string_view(messages_);
}

Task<bool> Answer::read_more() {
    if (!reading_) co_return false;
    const std::string_view piece = co_await object_->next();
    if (piece.empty()) {
        if (plan_.unpacker && scanned_ > 0 && !plan_.unpacker->complete()) {
            throw select_error("TruncatedInput",
                               "Object decompression failed. Check that the object is properly "
                               "compressed using the format specified in the request.");
        }
        plan_.reader->finish([this](const Record& record) { return results_.take(record, records_); });
        co_return false;
    }
    scanned_ += piece.size();
    if (plan_.unpacker) {
        unpack(piece);
    } else {
        scan(piece);
    }
    if (records_.size() >= kRecordsSize) flush_records();
    co_return reading_;
}

void Answer::unpack(std::string_view piece) {
    plan_.unpacker->feed(piece);
    while (reading_) {
        const std::optional<std::string> text = plan_.unpacker->drain(kTextPiece);
        if (!text) {
            throw select_error("InvalidCompressionFormat",
                               std::string(plan_.unpacker->format()) +
                                   " is not applicable to the queried object. Please correct the request and "
                                   "try again.");
        }
        if (text->empty()) return;
        scan(*text);
    }
}

void Answer::scan(std::string_view text) {
    processed_ += text.size();
    reading_ =
        plan_.reader->feed(text, [this](const Record& record) { return results_.take(record, records_); });
    if (records_.size() >= kRecordsSize) flush_records();
}

void Answer::flush_records() {
    for (std::string_view rest = records_; !rest.empty();) {
        const std::string_view piece = rest.substr(0, kRecordsSize);
        rest.remove_prefix(piece.size());
        returned_ += piece.size();
        protocol::append_event_message(messages_,
                                       {{":message-type", "event"},
                                        {":event-type", "Records"},
                                        {":content-type", "application/octet-stream"}},
                                       piece);
    }
    records_.clear();
    if (plan_.progress && !ended_) append_counts("Progress");
}

void Answer::append_counts(const char* type) {
    std::string text;
    xml::Writer writer(text);
    writer.begin(type);
    writer.attribute("xmlns", "");
    writer.element("BytesScanned", std::to_string(scanned_));
    writer.element("BytesProcessed", std::to_string(processed_));
    writer.element("BytesReturned", std::to_string(returned_));
    writer.end(type);
    protocol::append_event_message(
        messages_, {{":message-type", "event"}, {":event-type", type}, {":content-type", "text/xml"}}, text);
}

void Answer::end() {
    results_.finish(records_);
    flush_records();
    append_counts("Stats");
    protocol::append_event_message(messages_, {{":message-type", "event"}, {":event-type", "End"}}, {});
    ended_ = true;
}

}  // namespace fogbank::s3::select
