// What SQL expressions over an object compute with.
#pragma once

#include "src/base/clock.h"
#include "src/base/error.h"
#include "src/base/json.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace fogbank::s3::select {

struct Missing {};  // no such column
struct Null {};
struct Stamp {
    Timestamp at;
};

// json::Value: an array or object only, a view into its record.
using Value = std::variant<Missing, Null, bool, std::int64_t, double, std::string, Stamp, json::Value>;

enum class CaseRule : std::uint8_t { any, exact };  // exact: the name stood in quotes

// One row or JSON value. Views into its reader's memory, until the next one.
struct Record {
    const std::vector<std::string>* names = nullptr;   // of the CSV's header; null: none
    const std::vector<std::string>* fields = nullptr;  // of a CSV row; null: JSON
    json::Value json;
};

// "select" errors are told by a code and a message; all are 400.
Error select_error(const char* code, std::string message);

Value from_json(json::Value value);
Value member(const Value& value, std::string_view name, CaseRule rule);
Value element(const Value& value, std::int64_t index);
// `_1` counts from 1.
Value column(const Record& record, std::string_view name, CaseRule rule);

bool is_absent(const Value& value);  // NULL or MISSING
// As a number where it is one, or text that reads as one.
std::optional<double> as_number(const Value& value);
std::optional<std::int64_t> as_integer(std::string_view text);

// -1, 0, 1; nothing where the two cannot be compared or one is absent.
std::optional<int> compare(const Value& left, const Value& right);

// The value as text in CSV; empty for what is absent.
std::string to_text(const Value& value);
void to_json(const Value& value, json::Writer& out);
std::string format_stamp(const Stamp& stamp);
std::optional<Stamp> parse_stamp(std::string_view text);  // years, months, days and times of ISO 8601

}  // namespace fogbank::s3::select
