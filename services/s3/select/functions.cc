// S3 Select's functions. docs: S3 User Guide, "SQL functions".
#include "services/s3/select/evaluate.h"

#include "src/base/bytes.h"

#include <fmt/format.h>
#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <cmath>
#include <limits>

namespace fogbank::s3::select {

namespace {

namespace chrono = std::chrono;

// What a Timestamp can hold, with room: nanoseconds end in 2262.
constexpr std::int64_t kFirstYear = 1700;
constexpr std::int64_t kLastYear = 2260;
constexpr std::int64_t kFarthest = 8'500'000'000;  // seconds from 1970

Error wrong_arguments(const std::string& function) {
    return select_error("EvaluatorInvalidArguments",
                        "Incorrect number or type of arguments in the function call " + function + ".");
}

Error cast_failed() {
    return select_error(
        "CastFailed",
        "Attempt to convert from one data type to another using CAST failed in the SQL expression.");
}

struct Civil {
    chrono::year_month_day day;
    chrono::hh_mm_ss<chrono::seconds> time;
};

Civil civil(Timestamp at) {
    const std::int64_t seconds = unix_seconds(at);
    const chrono::sys_seconds whole{chrono::seconds(seconds)};
    const auto day = chrono::floor<chrono::days>(whole);
    return {chrono::year_month_day(day), chrono::hh_mm_ss<chrono::seconds>(whole - day)};
}

const Stamp& stamp_of(const Expr& call, const Value& value) {
    if (const auto* stamp = std::get_if<Stamp>(&value)) return *stamp;
    throw wrong_arguments(call.op);
}

std::int64_t months_of(const Civil& at) {
    return static_cast<std::int64_t>(static_cast<int>(at.day.year())) * 12 +
           static_cast<std::int64_t>(static_cast<unsigned>(at.day.month())) - 1;
}

Value date_add(const Expr& call, const Value& quantity, const Value& value) {
    const auto number = as_number(quantity);
    if (!number || std::abs(*number) > 1e9) throw wrong_arguments(call.op);
    const auto by = static_cast<std::int64_t>(*number);
    const Timestamp at = stamp_of(call, value).at;
    if (call.part == "YEAR" || call.part == "MONTH") {
        const Civil start = civil(at);
        const std::int64_t months = months_of(start) + by * (call.part == "YEAR" ? 12 : 1);
        if (months < kFirstYear * 12 || months >= kLastYear * 12) throw wrong_arguments(call.op);
        const chrono::year year{static_cast<int>(months / 12)};
        const chrono::month month{static_cast<unsigned>(months % 12) + 1};
        const chrono::day last = chrono::year_month_day_last(year, chrono::month_day_last(month)).day();
        const chrono::year_month_day moved{year, month, std::min(start.day.day(), last)};
        const auto days = chrono::sys_days(moved) - chrono::sys_days(start.day);
        return Stamp{at + days};
    }
    const std::int64_t unit = call.part == "DAY"      ? 86'400
                              : call.part == "HOUR"   ? 3'600
                              : call.part == "MINUTE" ? 60
                                                      : 1;
    const std::int64_t moved = unix_seconds(at) + by * unit;
    if (std::abs(moved) > kFarthest) throw wrong_arguments(call.op);
    return Stamp{at + chrono::seconds(by * unit)};
}

Value date_diff(const Expr& call, const Value& from, const Value& to) {
    const Timestamp first = stamp_of(call, from).at;
    const Timestamp second = stamp_of(call, to).at;
    if (call.part == "YEAR" || call.part == "MONTH") {
        const std::int64_t months = months_of(civil(second)) - months_of(civil(first));
        return call.part == "YEAR" ? months / 12 : months;
    }
    const std::int64_t unit = call.part == "DAY"      ? 86'400
                              : call.part == "HOUR"   ? 3'600
                              : call.part == "MINUTE" ? 60
                                                      : 1;
    return (unix_seconds(second) - unix_seconds(first)) / unit;
}

constexpr std::array<const char*, 12> kMonths = {"January",   "February", "March",    "April",
                                                 "May",       "June",     "July",     "August",
                                                 "September", "October",  "November", "December"};

// One run of a pattern letter. docs: "Date functions", TO_STRING.
std::string format_run(char letter, std::size_t count, const Civil& at) {
    const int year = static_cast<int>(at.day.year());
    const unsigned month = static_cast<unsigned>(at.day.month());
    const auto hours = at.time.hours().count();
    const auto padded = [count](auto value) { return fmt::format("{:0{}}", value, count > 1 ? 2 : 1); };
    switch (letter) {
        case 'y':
            return count == 2 ? fmt::format("{:02}", year % 100)
                              : fmt::format("{:0{}}", year, count == 4 ? 4 : 1);
        case 'M':
            if (count == 3) return std::string(kMonths[month - 1], 3);
            if (count == 4) return kMonths[month - 1];
            if (count == 5) return std::string(kMonths[month - 1], 1);
            return padded(month);
        case 'd':
            return padded(static_cast<unsigned>(at.day.day()));
        case 'a':
            return hours < 12 ? "AM" : "PM";
        case 'h':
            return padded(hours % 12 == 0 ? 12 : hours % 12);
        case 'H':
            return padded(hours);
        case 'm':
            return padded(at.time.minutes().count());
        case 's':
            return padded(at.time.seconds().count());
        case 'S':
            return std::string(count, '0');
        case 'n':
            return "0";
        case 'X':
            return "Z";
        case 'x':
            return count == 1 ? "+00" : count == 3 || count == 5 ? "+00:00" : "+0000";
        default:
            return std::string(count, letter);
    }
}

Value to_string(const Expr& call, const Value& value, const Value& pattern) {
    const Civil at = civil(stamp_of(call, value).at);
    const auto* text = std::get_if<std::string>(&pattern);
    if (text == nullptr) throw wrong_arguments(call.op);
    std::string out;
    for (std::size_t i = 0; i < text->size();) {
        const char letter = (*text)[i];
        if (letter == '\'') {
            const std::size_t end = std::min(text->find('\'', i + 1), text->size());
            out += text->substr(i + 1, end - i - 1);
            i = end + 1;
            continue;
        }
        std::size_t count = 1;
        while (i + count < text->size() && (*text)[i + count] == letter) ++count;
        out += format_run(letter, count, at);
        i += count;
    }
    return out;
}

// Positions of code points: SQL counts characters, not bytes.
std::vector<std::size_t> characters(std::string_view text) {
    std::vector<std::size_t> out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if ((static_cast<unsigned char>(text[i]) & 0xc0) != 0x80) out.push_back(i);
    }
    out.push_back(text.size());
    return out;
}

Value substring(const Expr& call, std::span<const Value> args) {
    const auto* text = std::get_if<std::string>(&args[0]);
    const auto start = as_number(args[1]);
    const auto length = args.size() > 2 ? as_number(args[2]) : std::optional<double>(1e15);
    if (text == nullptr || !start || !length || *length < 0) throw wrong_arguments(call.op);
    const std::vector<std::size_t> places = characters(*text);
    const double count = static_cast<double>(places.size() - 1);
    // docs: a start below 1 begins before the text; the length counts from there.
    const double first = std::clamp(*start - 1, 0.0, count);
    const double last = std::clamp(*start - 1 + *length, first, count);
    const std::size_t from = places[static_cast<std::size_t>(first)];
    return text->substr(from, places[static_cast<std::size_t>(last)] - from);
}

Value trim(const Expr& call, std::span<const Value> args) {
    const auto* text = std::get_if<std::string>(&args[0]);
    const auto* set = args.size() > 1 ? std::get_if<std::string>(&args[1]) : nullptr;
    if (text == nullptr || (args.size() > 1 && set == nullptr)) throw wrong_arguments(call.op);
    const std::string wanted = set != nullptr ? *set : " ";
    std::string_view rest = *text;
    const auto in_set = [&](char c) { return wanted.find(c) != std::string::npos; };
    while (call.part != "TRAILING" && !rest.empty() && in_set(rest.front())) rest.remove_prefix(1);
    while (call.part != "LEADING" && !rest.empty() && in_set(rest.back())) rest.remove_suffix(1);
    return std::string(rest);
}

Value change_case(std::string text, bool upper) {
    for (char& c : text) {
        if (upper && c >= 'a' && c <= 'z') c = static_cast<char>(c & ~0x20);
        if (!upper && c >= 'A' && c <= 'Z') c = static_cast<char>(c | 0x20);
    }
    return text;
}

Value call_on_present(const Expr& call, std::span<const Value> args) {
    const std::string& name = call.op;
    if (name == "DATE_ADD") return date_add(call, args[0], args[1]);
    if (name == "DATE_DIFF") return date_diff(call, args[0], args[1]);
    if (name == "SUBSTRING") return substring(call, args);
    if (name == "TRIM") return trim(call, args);
    if (name == "TO_STRING") {
        if (args.size() != 2) throw wrong_arguments(name);
        return to_string(call, args[0], args[1]);
    }
    const auto* text = args.size() == 1 ? std::get_if<std::string>(&args[0]) : nullptr;
    if (text == nullptr) throw wrong_arguments(name);
    if (name == "LOWER" || name == "UPPER") return change_case(*text, name == "UPPER");
    if (name == "TO_TIMESTAMP") {
        const auto stamp = parse_stamp(*text);
        if (!stamp) throw wrong_arguments(name);
        return *stamp;
    }
    return static_cast<std::int64_t>(utf8_length(*text));
}

Value cast_to_integer(const Value& value) {
    if (const auto* flag = std::get_if<bool>(&value)) return std::int64_t{*flag ? 1 : 0};
    if (const auto* text = std::get_if<std::string>(&value)) {
        if (const auto whole = as_integer(*text)) return *whole;
    }
    const auto number = as_number(value);
    constexpr double kLimit = 9.2e18;
    if (!number || std::abs(*number) > kLimit) throw cast_failed();
    return static_cast<std::int64_t>(*number);
}

Value cast_to_boolean(const Value& value) {
    if (const auto* text = std::get_if<std::string>(&value)) {
        const Value low = change_case(*text, false);
        if (std::get<std::string>(low) == "true") return true;
        if (std::get<std::string>(low) == "false") return false;
        throw cast_failed();
    }
    const auto number = as_number(value);
    if (!number) throw cast_failed();
    return *number != 0;
}

}  // namespace

Value call_function(const Expr& call, std::span<const Value> args, Timestamp now) {
    if (call.op == "UTCNOW") return Stamp{now};
    if (call.op == "COALESCE") {
        for (const Value& value : args) {
            if (!is_absent(value)) return value;
        }
        return Null{};
    }
    if (call.op == "NULLIF") {
        if (args.size() != 2) throw wrong_arguments(call.op);
        return compare(args[0], args[1]) == 0 ? Value(Null{}) : args[0];
    }
    if (args.empty()) throw wrong_arguments(call.op);
    for (const Value& value : args) {
        if (is_absent(value)) return Null{};
    }
    return call_on_present(call, args);
}

Value cast(const Value& value, std::string_view type) {
    if (is_absent(value)) return value;
    if (type == "STRING") return to_text(value);
    if (type == "INT" || type == "INTEGER") return cast_to_integer(value);
    if (type == "BOOL" || type == "BOOLEAN") {
        if (std::holds_alternative<bool>(value)) return value;
        return cast_to_boolean(value);
    }
    if (type == "TIMESTAMP") {
        if (std::holds_alternative<Stamp>(value)) return value;
        const auto* text = std::get_if<std::string>(&value);
        const auto stamp = text != nullptr ? parse_stamp(*text) : std::nullopt;
        if (!stamp) throw cast_failed();
        return *stamp;
    }
    const auto number = as_number(value);
    if (!number) throw cast_failed();
    return *number;
}

Value extract(const Value& value, std::string_view part) {
    if (is_absent(value)) return Null{};
    const auto* stamp = std::get_if<Stamp>(&value);
    if (stamp == nullptr) throw wrong_arguments("EXTRACT");
    const Civil at = civil(stamp->at);
    if (part == "YEAR") return std::int64_t{static_cast<int>(at.day.year())};
    if (part == "MONTH") return std::int64_t{static_cast<unsigned>(at.day.month())};
    if (part == "DAY") return std::int64_t{static_cast<unsigned>(at.day.day())};
    if (part == "HOUR") return std::int64_t{at.time.hours().count()};
    if (part == "MINUTE") return std::int64_t{at.time.minutes().count()};
    if (part == "SECOND") return std::int64_t{at.time.seconds().count()};
    return std::int64_t{0};  // times are kept in UTC
}

// Two pointers and the place of the last '%': linear but for the text behind it.
bool like(std::string_view text, std::string_view pattern, std::optional<char> escape) {
    std::size_t t = 0;
    std::size_t p = 0;
    std::size_t star = std::string_view::npos;
    std::size_t retry = 0;
    while (t < text.size()) {
        const bool escaped = escape && p + 1 < pattern.size() && pattern[p] == *escape;
        if (!escaped && p < pattern.size() && pattern[p] == '%') {
            star = p++;
            retry = t;
            continue;
        }
        const std::size_t literal = escaped ? p + 1 : p;
        const bool any_one = !escaped && p < pattern.size() && pattern[p] == '_';
        if (any_one || (literal < pattern.size() && pattern[literal] == text[t])) {
            ++t;
            // '_' is a character, which may be several bytes.
            while (any_one && t < text.size() && (static_cast<unsigned char>(text[t]) & 0xc0) == 0x80) ++t;
            p = literal + 1;
            continue;
        }
        if (star == std::string_view::npos) return false;
        p = star + 1;
        t = ++retry;
    }
    while (p < pattern.size() && pattern[p] == '%') ++p;
    return p == pattern.size();
}

}  // namespace fogbank::s3::select
