// What a request asks for, checked.
#include "services/s3/select/scan.h"

#include "services/s3/errors.h"

namespace fogbank::s3::select {

namespace {

std::string one_character(const std::optional<std::string>& given, const char* otherwise, const char* name) {
    if (!given || given->empty()) return otherwise;
    if (given->size() > 1) {
        throw select_error("InvalidRequestParameter", "The value of a parameter in " + std::string(name) +
                                                          " element is invalid. Check the service API "
                                                          "documentation and try again.");
    }
    return *given;
}

std::string delimiter(const std::optional<std::string>& given, const char* name) {
    if (!given || given->empty()) return "\n";
    if (given->size() > 2) return one_character(given, "", name);
    return *given;
}

CsvInput csv_input(const api::CSVInput& input) {
    CsvInput out;
    if (input.FileHeaderInfo) {
        if (*input.FileHeaderInfo == "USE") {
            out.header = HeaderUse::use;
        } else if (*input.FileHeaderInfo == "IGNORE") {
            out.header = HeaderUse::ignore;
        } else if (*input.FileHeaderInfo != "NONE") {
            throw select_error("InvalidFileHeaderInfo",
                               "The FileHeaderInfo is invalid. Only NONE, USE, and IGNORE are supported.");
        }
    }
    out.strips_return = !input.RecordDelimiter || input.RecordDelimiter->empty();
    out.record_delimiter = delimiter(input.RecordDelimiter, "RecordDelimiter");
    out.field_delimiter = one_character(input.FieldDelimiter, ",", "FieldDelimiter").front();
    out.quote = one_character(input.QuoteCharacter, "\"", "QuoteCharacter").front();
    out.quote_escape = one_character(input.QuoteEscapeCharacter, "\"", "QuoteEscapeCharacter").front();
    out.comment = one_character(input.Comments, "#", "Comments").front();
    out.delimiters_in_quotes = input.AllowQuotedRecordDelimiter.value_or(false);
    return out;
}

ScanRange scan_range(const api::SelectObjectContent::Input& input, std::int64_t size) {
    ScanRange out;
    if (!input.ScanRange) return out;
    const auto& range = *input.ScanRange;
    const Error invalid =
        select_error("InvalidScanRange",
                     "The value of a parameter in ScanRange element is invalid. Check the service "
                     "API documentation and try again.");
    if (!range.Start && !range.End) throw invalid;
    if (range.Start.value_or(0) < 0 || range.End.value_or(0) < 0) throw invalid;
    if (range.Start && range.End && *range.Start > *range.End) throw invalid;
    if (range.Start) {
        out.start = static_cast<std::uint64_t>(*range.Start);
        if (range.End) out.end = static_cast<std::uint64_t>(*range.End);
    } else {
        // docs: only an End counts from the end of the object.
        out.start = static_cast<std::uint64_t>(std::max<std::int64_t>(0, size - *range.End));
    }
    return out;
}

void plan_input(const api::SelectObjectContent::Input& input, std::int64_t size, Plan& plan) {
    const api::InputSerialization& serialization = *input.InputSerialization;
    const std::string compression = serialization.CompressionType.value_or("NONE");
    if (compression == "GZIP") plan.unpacker = make_gunzip();
    if (compression == "BZIP2") plan.unpacker = make_bunzip();
    if (compression != "NONE" && !plan.unpacker) {
        throw select_error(
            "InvalidCompressionFormat",
            "The file is not in a supported compression format. Only GZIP and BZIP2 are supported.");
    }
    if (serialization.Parquet) throw not_implemented("Parquet");
    const ScanRange range = scan_range(input, size);
    const bool document = serialization.JSON && serialization.JSON->Type.value_or("") == "DOCUMENT";
    if (input.ScanRange && (plan.unpacker || document)) {
        throw select_error("UnsupportedScanRangeInput",
                           "ScanRange queries are supported for uncompressed CSV and JSON lines only.");
    }
    if (serialization.CSV && !serialization.JSON) {
        plan.reader = std::make_unique<CsvReader>(csv_input(*serialization.CSV), range);
        return;
    }
    if (!serialization.JSON || serialization.CSV) {
        throw select_error("InvalidDataSource",
                           "Invalid data source type. Only CSV, JSON, and Parquet are supported.");
    }
    const std::string type = serialization.JSON->Type.value_or("");
    if (type != "LINES" && type != "DOCUMENT") {
        throw select_error("InvalidJsonType",
                           "The JsonType is invalid. Only DOCUMENT and LINES are supported.");
    }
    plan.reader = std::make_unique<JsonReader>(document ? JsonType::document : JsonType::lines, range);
}

void plan_output(const api::OutputSerialization& serialization, Plan& plan) {
    if (serialization.JSON && !serialization.CSV) {
        plan.to_json = true;
        const auto& given = serialization.JSON->RecordDelimiter;
        if (given && !given->empty()) plan.json_delimiter = *given;
        return;
    }
    if (!serialization.CSV || serialization.JSON) {
        throw select_error("ObjectSerializationConflict",
                           "The SelectRequest entity can contain only one of the following: CSV or JSON.");
    }
    const api::CSVOutput& csv = *serialization.CSV;
    if (csv.QuoteFields && *csv.QuoteFields == "ALWAYS") {
        plan.csv.quotes = QuoteUse::always;
    } else if (csv.QuoteFields && *csv.QuoteFields != "ASNEEDED") {
        throw select_error("InvalidQuoteFields",
                           "The QuoteFields is invalid. Only ALWAYS and ASNEEDED are supported.");
    }
    plan.csv.record_delimiter = csv.RecordDelimiter.value_or("\n");
    plan.csv.field_delimiter = one_character(csv.FieldDelimiter, ",", "FieldDelimiter");
    plan.csv.quote = one_character(csv.QuoteCharacter, "\"", "QuoteCharacter");
    plan.csv.quote_escape = one_character(csv.QuoteEscapeCharacter, "\"", "QuoteEscapeCharacter");
}

}  // namespace

Plan make_plan(const api::SelectObjectContent::Input& input, Timestamp now, std::int64_t size) {
    if (!input.ExpressionType || *input.ExpressionType != "SQL") {
        throw select_error("InvalidExpressionType",
                           "The ExpressionType is invalid. Only SQL expressions are supported.");
    }
    Plan plan;
    plan.now = now;
    plan_input(input, size, plan);
    plan_output(*input.OutputSerialization, plan);
    plan.progress = input.RequestProgress && input.RequestProgress->Enabled.value_or(false);
    plan.query = parse(*input.Expression);
    return plan;
}

}  // namespace fogbank::s3::select
