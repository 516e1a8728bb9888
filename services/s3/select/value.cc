#include "services/s3/select/value.h"

#include "src/base/text.h"

#include <charconv>
#include <cmath>

namespace fogbank::s3::select {

namespace {

template <class T>
int order(const T& left, const T& right) {
    return left < right ? -1 : right < left ? 1 : 0;
}

std::string number_text(double value) {
    if (value == std::floor(value) && std::abs(value) < 1e15) {
        return std::to_string(static_cast<std::int64_t>(value));
    }
    std::string out;
    json::Writer(out).number(value);
    return out;
}

}  // namespace

Error select_error(const char* code, std::string message) {
    return Error(code, 400, std::move(message));
}

Value from_json(json::Value value) {
    switch (value.type()) {
        case json::Type::null:
            return Null{};
        case json::Type::boolean:
            return value.boolean();
        case json::Type::integer:
            return value.integer();
        case json::Type::number:
            return value.number();
        case json::Type::string:
            return std::string(value.string());
        default:
            return value;
    }
}

Value member(const Value& value, std::string_view name, CaseRule rule) {
    const auto* object = std::get_if<json::Value>(&value);
    if (object == nullptr || !object->is_object()) return Missing{};
    if (const json::Value exact = object->find(name)) return from_json(exact);
    if (rule == CaseRule::exact) return Missing{};
    for (const auto [each, inner] : object->members()) {
        if (equal_in_any_case(each, name)) return from_json(inner);
    }
    return Missing{};
}

Value element(const Value& value, std::int64_t index) {
    const auto* array = std::get_if<json::Value>(&value);
    if (array == nullptr || !array->is_array() || index < 0) return Missing{};
    for (const json::Value each : array->elements()) {
        if (index-- == 0) return from_json(each);
    }
    return Missing{};
}

Value column(const Record& record, std::string_view name, CaseRule rule) {
    if (record.fields == nullptr) return member(from_json(record.json), name, rule);
    const auto& fields = *record.fields;
    if (record.names != nullptr) {
        const auto& names = *record.names;
        for (std::size_t i = 0; i < names.size() && i < fields.size(); ++i) {
            const bool same = rule == CaseRule::exact ? names[i] == name : equal_in_any_case(names[i], name);
            if (same) return fields[i];
        }
    }
    if (name.starts_with('_')) {
        const auto position = as_integer(name.substr(1));
        if (position && *position >= 1 && static_cast<std::size_t>(*position) <= fields.size()) {
            return fields[static_cast<std::size_t>(*position) - 1];
        }
    }
    return Missing{};
}

bool is_absent(const Value& value) {
    return std::holds_alternative<Missing>(value) || std::holds_alternative<Null>(value);
}

std::optional<std::int64_t> as_integer(std::string_view text) {
    if (text.starts_with('+')) text.remove_prefix(1);
    std::int64_t out = 0;
    const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), out);
    if (text.empty() || code != std::errc() || end != text.data() + text.size()) return std::nullopt;
    return out;
}

std::optional<double> as_number(const Value& value) {
    if (const auto* integer = std::get_if<std::int64_t>(&value)) return static_cast<double>(*integer);
    if (const auto* number = std::get_if<double>(&value)) return *number;
    const auto* text = std::get_if<std::string>(&value);
    if (text == nullptr || text->empty()) return std::nullopt;
    double out = 0;
    const auto [end, code] = std::from_chars(text->data(), text->data() + text->size(), out);
    if (code != std::errc() || end != text->data() + text->size() || !std::isfinite(out)) return std::nullopt;
    return out;
}

std::optional<int> compare(const Value& left, const Value& right) {
    if (is_absent(left) || is_absent(right)) return std::nullopt;
    const auto* a = std::get_if<std::int64_t>(&left);
    const auto* b = std::get_if<std::int64_t>(&right);
    if (a != nullptr && b != nullptr) return order(*a, *b);
    const auto* text_a = std::get_if<std::string>(&left);
    const auto* text_b = std::get_if<std::string>(&right);
    if (text_a != nullptr && text_b != nullptr) return order(*text_a, *text_b);
    const auto* flag_a = std::get_if<bool>(&left);
    const auto* flag_b = std::get_if<bool>(&right);
    if (flag_a != nullptr && flag_b != nullptr) return order(*flag_a, *flag_b);
    const auto* stamp_a = std::get_if<Stamp>(&left);
    const auto* stamp_b = std::get_if<Stamp>(&right);
    if (stamp_a != nullptr && stamp_b != nullptr) return order(stamp_a->at, stamp_b->at);
    const auto x = as_number(left);
    const auto y = as_number(right);
    if (!x || !y) return std::nullopt;
    return order(*x, *y);
}

std::string format_stamp(const Stamp& stamp) {
    return format_iso8601(stamp.at);
}

std::optional<Stamp> parse_stamp(std::string_view text) {
    // docs: Ion's timestamps: 2007T, 2007-02T, 2007-02-23, 2007-02-23T, 2007-02-23T12:14Z and finer.
    std::string full(text);
    if (full.size() == 5 && full[4] == 'T') full = full.substr(0, 4) + "-01-01T";
    if (full.size() == 8 && full[7] == 'T') full = full.substr(0, 7) + "-01T";
    if (full.size() == 10) full += 'T';
    if (full.size() == 11) full += "00:00:00Z";
    // Seconds may be left out in front of the zone.
    if (full.size() > 16 && full[13] == ':' && full[16] != ':') full.insert(16, ":00");
    const auto time = parse_iso8601(full);
    if (!time) return std::nullopt;
    return Stamp{*time};
}

std::string to_text(const Value& value) {
    if (const auto* text = std::get_if<std::string>(&value)) return *text;
    if (const auto* flag = std::get_if<bool>(&value)) return *flag ? "true" : "false";
    if (const auto* integer = std::get_if<std::int64_t>(&value)) return std::to_string(*integer);
    if (const auto* number = std::get_if<double>(&value)) return number_text(*number);
    if (const auto* stamp = std::get_if<Stamp>(&value)) return format_stamp(*stamp);
    if (std::holds_alternative<json::Value>(value)) {
        std::string out;
        json::Writer writer(out);
        to_json(value, writer);
        return out;
    }
    return {};
}

void to_json(const Value& value, json::Writer& out) {
    if (const auto* inner = std::get_if<json::Value>(&value)) {
        json::write(out, *inner);
    } else if (const auto* flag = std::get_if<bool>(&value)) {
        out.boolean(*flag);
    } else if (const auto* integer = std::get_if<std::int64_t>(&value)) {
        out.integer(*integer);
    } else if (const auto* number = std::get_if<double>(&value)) {
        out.raw(number_text(*number));
    } else if (is_absent(value)) {
        out.null();
    } else {
        out.string(to_text(value));
    }
}

}  // namespace fogbank::s3::select
