#include "services/dynamodb/transfers/csv.h"

namespace fogbank::dynamodb {

bool CsvReader::at_line_end() const {
    return at_ >= text_.size() || text_[at_] == '\n' || text_[at_] == '\r';
}

void CsvReader::skip_line_end() {
    if (at_ < text_.size() && text_[at_] == '\r') ++at_;
    if (at_ < text_.size() && text_[at_] == '\n') ++at_;
}

std::string CsvReader::next_field() {
    std::string out;
    if (at_ < text_.size() && text_[at_] == '"') {
        ++at_;
        while (at_ < text_.size()) {
            const char c = text_[at_++];
            if (c == '"') {
                const bool is_doubled = at_ < text_.size() && text_[at_] == '"';
                if (!is_doubled) break;
                ++at_;
            }
            out += c;
        }
    }
    while (!at_line_end() && text_[at_] != delimiter_) out += text_[at_++];
    return out;
}

std::optional<std::vector<std::string>> CsvReader::next() {
    while (at_ < text_.size() && at_line_end()) skip_line_end();
    if (at_ >= text_.size()) return std::nullopt;
    std::vector<std::string> record;
    while (true) {
        record.push_back(next_field());
        if (at_line_end()) break;
        ++at_;  // the delimiter
    }
    skip_line_end();
    return record;
}

}  // namespace fogbank::dynamodb
