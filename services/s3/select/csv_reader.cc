#include "services/s3/select/readers.h"

namespace fogbank::s3::select {

namespace {

Error over_size() {
    return select_error(
        "OverMaxRecordSize",
        "The length of a record in the input or result is greater than the maxCharsPerRecord limit "
        "of 1 MB.");
}

}  // namespace

bool CsvReader::feed(std::string_view piece, const RecordSink& sink) {
    for (const char c : piece) {
        if (done_) return false;
        ++at_;
        if (++record_size_ > kRecordLimit) throw over_size();
        take(c);
        const std::string& end = options_.record_delimiter;
        const bool breaks = !in_quotes_ || was_escape_ || !options_.delimiters_in_quotes;
        if (c == end.back() && breaks && field_.ends_with(end)) {
            field_.resize(field_.size() - end.size());
            if (!end_record(sink)) return false;
        }
    }
    return !done_;
}

// A quote inside quotes ends them, unless it escapes what comes next; that is known with the next character
// only.
void CsvReader::take(char c) {
    const bool quote = c == options_.quote;
    if (in_quotes_) {
        if (was_escape_) {
            was_escape_ = false;
            if (quote) {
                field_ += c;
                return;
            }
            if (options_.quote_escape != options_.quote) {
                field_ += options_.quote_escape;
            } else {
                in_quotes_ = false;  // the quote before ended the field's text
            }
        } else if (c == options_.quote_escape) {
            was_escape_ = true;
            return;
        } else if (quote) {
            in_quotes_ = false;
            return;
        }
        if (in_quotes_) {
            field_ += c;
            return;
        }
    }
    if (quote && field_.empty() && !quoted_) {
        in_quotes_ = quoted_ = true;
        return;
    }
    if (c == options_.field_delimiter) return end_field();
    field_ += c;
}

void CsvReader::end_field() {
    if (fields_.size() >= kColumnLimit) {
        throw select_error("OverMaxColumn",
                           "The number of columns in the result is greater than the maximum.");
    }
    fields_.push_back(std::move(field_));
    field_.clear();
    quoted_ = false;
}

bool CsvReader::end_record(const RecordSink& sink) {
    in_quotes_ = was_escape_ = false;
    if (options_.strips_return && field_.ends_with('\r')) field_.pop_back();
    const bool empty = fields_.empty() && field_.empty() && !quoted_;
    end_field();
    const std::uint64_t start = record_start_;
    record_start_ = at_;
    record_size_ = 0;
    std::vector<std::string> row;
    row.swap(fields_);
    if (empty || (!row[0].empty() && row[0].front() == options_.comment)) return true;
    if (!header_read_) {
        header_read_ = true;
        if (options_.header == HeaderUse::use) names_ = std::move(row);
        if (options_.header != HeaderUse::none) return true;
    }
    if (start < range_.start) return true;
    if (start > range_.end) {
        done_ = true;
        return false;
    }
    Record record;
    record.names = options_.header == HeaderUse::use ? &names_ : nullptr;
    record.fields = &row;
    done_ = !sink(record);
    return !done_;
}

void CsvReader::finish(const RecordSink& sink) {
    if (done_) return;
    if (in_quotes_ && !was_escape_) {
        throw select_error("CSVParsingError",
                           "Encountered an error parsing the CSV file: an unclosed quote.");
    }
    if (!field_.empty() || !fields_.empty() || quoted_) end_record(sink);
}

}  // namespace fogbank::s3::select
