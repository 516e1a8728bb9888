#include "services/s3/select/readers.h"

namespace fogbank::s3::select {

namespace {

bool is_space(char c) {
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

Error broken() {
    return select_error("JSONParsingError", "Error parsing JSON file. Please check the file and try again.");
}

}  // namespace

bool JsonReader::feed(std::string_view piece, const RecordSink& sink) {
    for (const char c : piece) {
        if (done_) return false;
        ++at_;
        if (text_.empty()) {
            if (is_space(c)) continue;
            start_ = at_ - 1;
        } else if (depth_ == 0 && !in_string_ && (is_space(c) || c == '{' || c == '[' || c == '"')) {
            // A bare value, a number say, ends with what follows it.
            if (!end_value(sink)) return false;
            if (is_space(c)) continue;
            start_ = at_ - 1;
        }
        if (text_.size() >= limit_) {
            throw select_error("OverMaxRecordSize",
                               "The length of a record in the input or result is greater than the "
                               "maxCharsPerRecord limit of 1 MB.");
        }
        text_ += c;
        if (in_string_) {
            const bool ends = c == '"' && !escaped_;
            escaped_ = c == '\\' && !escaped_;
            if (!ends) continue;
            in_string_ = false;
        } else if (c == '"') {
            in_string_ = true;
            continue;
        } else if (c == '{' || c == '[') {
            ++depth_;
            continue;
        } else if (c == '}' || c == ']') {
            if (--depth_ < 0) throw broken();
        } else {
            continue;
        }
        if (depth_ == 0 && !end_value(sink)) return false;
    }
    return !done_;
}

bool JsonReader::end_value(const RecordSink& sink) {
    const auto document = json::parse(text_);
    if (!document) throw broken();
    text_.clear();
    if (start_ < range_.start) return true;
    if (start_ > range_.end) {
        done_ = true;
        return false;
    }
    Record record;
    record.json = document->root();
    done_ = !sink(record);
    return !done_;
}

void JsonReader::finish(const RecordSink& sink) {
    if (done_ || text_.empty()) return;
    if (depth_ != 0 || in_string_) throw broken();
    end_value(sink);
}

}  // namespace fogbank::s3::select
