#include "services/s3/select/writer.h"

namespace fogbank::s3::select {

namespace {

bool needs_quotes(const std::string& text, const CsvOutput& options) {
    if (options.quotes == QuoteUse::always) return true;
    for (const std::string* special : {&options.field_delimiter, &options.record_delimiter, &options.quote}) {
        if (!special->empty() && text.find(*special) != std::string::npos) return true;
    }
    return !text.empty() &&
           (text.front() == ' ' || text.back() == ' ' || text.find('\n') != std::string::npos);
}

void write_field(const std::string& text, const CsvOutput& options, std::string& out) {
    if (options.quote.empty() || !needs_quotes(text, options)) {
        out += text;
        return;
    }
    out += options.quote;
    for (const char c : text) {
        if (c == options.quote[0]) out += options.quote_escape;
        out += c;
    }
    out += options.quote;
}

}  // namespace

void write_csv(const Row& row, const CsvOutput& options, std::string& out) {
    bool first = true;
    for (const auto& [name, value] : row) {
        if (!first) out += options.field_delimiter;
        first = false;
        write_field(to_text(value), options, out);
    }
    out += options.record_delimiter;
}

void write_json(const Row& row, const std::string& record_delimiter, std::string& out) {
    json::Writer writer(out);
    writer.begin_object();
    for (const auto& [name, value] : row) {
        if (std::holds_alternative<Missing>(value)) continue;
        writer.key(name);
        to_json(value, writer);
    }
    writer.end_object();
    out += record_delimiter;
}

}  // namespace fogbank::s3::select
