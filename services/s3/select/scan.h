// A query over an object: its bytes in, the messages of the answer out.
#pragma once

#include "services/s3/model/select_object_content.h"
#include "services/s3/select/evaluate.h"
#include "services/s3/select/query.h"
#include "services/s3/select/readers.h"
#include "services/s3/select/unpack.h"
#include "services/s3/select/writer.h"
#include "src/base/byte_stream.h"

#include <memory>
#include <optional>
#include <string>

namespace fogbank::s3::select {

struct Plan {
    Query query;
    std::unique_ptr<Reader> reader;
    std::unique_ptr<Unpacker> unpacker;  // of a compressed object
    bool progress = false;
    bool to_json = false;
    CsvOutput csv;
    std::string json_delimiter = "\n";
    Timestamp now;
};

// Checks the request in AWS's order. `size` is the object's: a scan range may count from its end.
Plan make_plan(const api::SelectObjectContent::Input& input, Timestamp now, std::int64_t size);

// The rows that a query makes of records.
class Results {
public:
    explicit Results(const Plan& plan) : plan_(plan), seen_(plan.query.aggregates) {}
    // False once LIMIT is reached.
    bool take(const Record& record, std::string& out);
    // What is known only once all is read.
    void finish(std::string& out);

private:
    bool take_one(const Record& record, std::string& out);
    bool unnest(json::Value value, std::size_t step, std::string& out);
    void write(const Row& row, std::string& out) const;
    Row row_of(const Scope& scope) const;
    void finish_all(const Expr& expr, std::vector<Value>& values) const;

    const Plan& plan_;
    std::vector<Accumulator> seen_;
    std::int64_t count_ = 0;
};

// The answer's body. An error of the data is a message of its own, as the status has left already.
class Answer final : public ByteStream {
public:
    Answer(Plan plan, std::unique_ptr<ByteStream> object);
    Task<std::string_view> next() override;
    std::optional<std::uint64_t> length() const override { return std::nullopt; }

private:
    Task<bool> read_more();  // false at the end
    void unpack(std::string_view piece);
    void scan(std::string_view text);
    void end();
    void flush_records();
    void append_counts(const char* type);

    Plan plan_;
    std::unique_ptr<ByteStream> object_;
    Results results_;
    std::string records_;   // not sent yet
    std::string messages_;  // of the piece that next() gave
    std::uint64_t scanned_ = 0, processed_ = 0, returned_ = 0;
    bool reading_ = true;
    bool ended_ = false;
};

}  // namespace fogbank::s3::select
