// Results as CSV or JSON.
#pragma once

#include "services/s3/select/query.h"

#include <string>
#include <utility>
#include <vector>

namespace fogbank::s3::select {

using Row = std::vector<std::pair<std::string, Value>>;  // names and values, in order

enum class QuoteUse : std::uint8_t { as_needed, always };

struct CsvOutput {
    QuoteUse quotes = QuoteUse::as_needed;
    std::string record_delimiter = "\n";
    std::string field_delimiter = ",";
    std::string quote = "\"";
    std::string quote_escape = "\"";
};

void write_csv(const Row& row, const CsvOutput& options, std::string& out);
// What is MISSING is left out.
void write_json(const Row& row, const std::string& record_delimiter, std::string& out);

}  // namespace fogbank::s3::select
