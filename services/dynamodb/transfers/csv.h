// Records of a CSV file, as ImportTable reads them.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace fogbank::dynamodb {

// docs: "Amazon S3 import formats for DynamoDB": a field that holds the delimiter, a quote or a line feed
// stands in quotes, where a quote is written twice.
class CsvReader {
public:
    // `text` outlives the reader.
    CsvReader(std::string_view text, char delimiter) : text_(text), delimiter_(delimiter) {}
    // The next record; nothing at the end. Empty lines are no records.
    std::optional<std::vector<std::string>> next();

private:
    std::string next_field();
    bool at_line_end() const;
    void skip_line_end();

    std::string_view text_;
    char delimiter_;
    std::size_t at_ = 0;
};

}  // namespace fogbank::dynamodb
