// Bytes of an object into records, as they come.
#pragma once

#include "services/s3/select/value.h"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace fogbank::s3::select {

inline constexpr std::size_t kRecordLimit = 1 << 20;     // bytes; docs: "SelectObjectContent", limits
inline constexpr std::size_t kDocumentLimit = 16 << 20;  // of a JSON document, which is read whole
inline constexpr std::size_t kColumnLimit = 10'000;

// Where a scan range begins and ends: records that begin within are read whole.
struct ScanRange {
    std::uint64_t start = 0;
    std::uint64_t end = UINT64_MAX;  // inclusive
};

// Gets each record; false ends the reading.
using RecordSink = std::function<bool(const Record&)>;

class Reader {
public:
    virtual ~Reader() = default;
    // False once nothing more is wanted. Throws CSVParsingError and its kin.
    virtual bool feed(std::string_view piece, const RecordSink& sink) = 0;
    virtual void finish(const RecordSink& sink) = 0;
};

enum class HeaderUse : std::uint8_t { none, ignore, use };

struct CsvInput {
    HeaderUse header = HeaderUse::none;
    std::string record_delimiter = "\n";
    char field_delimiter = ',';
    char quote = '"';
    char quote_escape = '"';
    char comment = '#';
    bool delimiters_in_quotes = false;
    bool strips_return = true;  // where the record delimiter is AWS's default
};

class CsvReader final : public Reader {
public:
    CsvReader(CsvInput options, ScanRange range) : options_(std::move(options)), range_(range) {}
    bool feed(std::string_view piece, const RecordSink& sink) override;
    void finish(const RecordSink& sink) override;
    const std::vector<std::string>& names() const { return names_; }

private:
    void take(char c);
    void end_field();
    bool end_record(const RecordSink& sink);

    CsvInput options_;
    ScanRange range_;
    std::vector<std::string> names_;
    std::vector<std::string> fields_;
    std::string field_;
    std::size_t record_size_ = 0;
    std::uint64_t at_ = 0;            // bytes taken
    std::uint64_t record_start_ = 0;  // of the record under way
    bool in_quotes_ = false;
    bool quoted_ = false;      // the field began with a quote
    bool was_escape_ = false;  // the last character may escape the next, or end the quotes
    bool header_read_ = false;
    bool done_ = false;
};

enum class JsonType : std::uint8_t { lines, document };

// JSON values one after the other, whatever space is between them.
class JsonReader final : public Reader {
public:
    JsonReader(JsonType type, ScanRange range)
        : limit_(type == JsonType::lines ? kRecordLimit : kDocumentLimit), range_(range) {}
    bool feed(std::string_view piece, const RecordSink& sink) override;
    void finish(const RecordSink& sink) override;

private:
    bool end_value(const RecordSink& sink);

    std::size_t limit_;
    ScanRange range_;
    std::string text_;  // of the value under way
    std::uint64_t at_ = 0;
    std::uint64_t start_ = 0;
    int depth_ = 0;
    bool in_string_ = false;
    bool escaped_ = false;
    bool done_ = false;
};

}  // namespace fogbank::s3::select
