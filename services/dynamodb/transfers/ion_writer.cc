#include "services/dynamodb/transfers/ion.h"

#include "src/base/json.h"

#include <algorithm>
#include <array>

namespace fogbank::dynamodb {
namespace {

constexpr std::string_view kVersion = "$ion_1_0";

bool is_letter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

void append_escaped(std::string_view text, char quote, std::string& out) {
    constexpr std::string_view kHex = "0123456789abcdef";
    constexpr unsigned kFirstPrintable = 0x20;
    out += quote;
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (c == quote || c == '\\') {
            out += '\\';
            out += c;
        } else if (byte < kFirstPrintable) {
            out += "\\x";
            out += kHex[byte >> 4U];
            out += kHex[byte & 15U];
        } else {
            out += c;
        }
    }
    out += quote;
}

void append_name(std::string_view name, std::string& out) {
    constexpr std::array<std::string_view, 4> kKeywords = {"null", "true", "false", "nan"};
    const auto is_part = [](char c) { return is_letter(c) || (c >= '0' && c <= '9'); };
    const bool is_plain = !name.empty() && is_letter(name[0]) &&
                          std::all_of(name.begin(), name.end(), is_part) &&
                          std::find(kKeywords.begin(), kKeywords.end(), name) == kKeywords.end();
    if (is_plain) {
        out += name;
    } else {
        append_escaped(name, '\'', out);
    }
}

// `number` is a plain decimal, as it is stored. docs: 103 is "103.", 600 is "6d2".
void append_decimal(std::string_view number, std::string& out) {
    constexpr std::size_t kMostZeros = 6;
    if (number.starts_with('-')) {
        out += '-';
        number.remove_prefix(1);
    }
    const std::size_t point = number.find('.');
    if (point == std::string_view::npos) {
        const std::size_t last = number.find_last_not_of('0');
        const std::size_t zeros = last == std::string_view::npos ? 0 : number.size() - last - 1;
        out += number.substr(0, number.size() - zeros);
        out += zeros == 0 ? "." : "d" + std::to_string(zeros);
        return;
    }
    const std::size_t first = number.find_first_not_of("0.");
    if (first == std::string_view::npos || first < point || first - point - 1 < kMostZeros) {
        out += number;
        return;
    }
    out += number.substr(first);
    out += "d-" + std::to_string(number.size() - point - 1);
}

void append_struct(json::Value attributes, std::string& out);

void append_scalar(std::string_view type, json::Value value, std::string& out) {
    if (type[0] == 'N') {
        append_decimal(value.string(), out);
    } else if (type[0] == 'B') {
        out += "{{";
        out += value.string();
        out += "}}";
    } else {
        append_escaped(value.string(), '"', out);
    }
}

// `typed` has one member: {"S":"a"}.
void append_value(json::Value typed, std::string& out) {
    const auto [type, value] = *typed.members().begin();
    if (type == "NULL") {
        out += "null";
    } else if (type == "BOOL") {
        out += value.boolean() ? "true" : "false";
    } else if (type == "M") {
        append_struct(value, out);
    } else if (value.is_array()) {
        if (type != "L") out.append("$dynamodb_").append(type).append("::");
        out += '[';
        bool is_first = true;
        for (const json::Value each : value.elements()) {
            if (!is_first) out += ',';
            is_first = false;
            type == "L" ? append_value(each, out) : append_scalar(type, each, out);
        }
        out += ']';
    } else {
        append_scalar(type, value, out);
    }
}

void append_struct(json::Value attributes, std::string& out) {
    out += '{';
    bool is_first = true;
    for (const auto& [name, value] : attributes.members()) {
        if (!is_first) out += ',';
        is_first = false;
        append_name(name, out);
        out += ':';
        append_value(value, out);
    }
    out += '}';
}

}  // namespace

std::string ion_of(std::string_view line) {
    std::string out = std::string(kVersion) + ' ';
    const auto document = json::parse(line);
    if (!document) return out;
    const json::Value root = document->root();
    if (const json::Value item = root.find("Item")) {
        out += "{Item:";
        append_struct(item, out);
        return out += '}';
    }
    out += "{Record:{Keys:";
    append_struct(root.find("Keys"), out);
    out += ",Metadata:";
    append_struct(root.find("Metadata"), out);
    for (const char* image : {"OldImage", "NewImage"}) {
        const json::Value found = root.find(image);
        if (!found) continue;
        out.append(",").append(image).append(":");
        append_struct(found, out);
    }
    return out += "}}";
}

}  // namespace fogbank::dynamodb
