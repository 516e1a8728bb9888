#include "services/dynamodb/expression/placeholders.h"

#include "services/dynamodb/refuse.h"
#include "services/dynamodb/value/codec.h"

#include <algorithm>

namespace fogbank::dynamodb::expression {
namespace {

bool is_placeholder(std::string_view key, char mark) {
    if (key.size() < 2 || key[0] != mark) return false;
    return std::all_of(key.begin() + 1, key.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
    });
}

void check_key(std::string_view key, char mark, std::string_view parameter) {
    if (is_placeholder(key, mark)) return;
    refuse(std::string(parameter) + " contains invalid key: Syntax error; key: \"" + std::string(key) + "\"");
}

}  // namespace

Placeholders::Placeholders(const Names& names, const Values& values, Wording wording)
    : names_(names), values_(values) {
    if (names) {
        if (names->empty()) refuse("ExpressionAttributeNames must not be empty");
        for (const auto& [key, name] : *names) check_key(key, '#', "ExpressionAttributeNames");
        for (const auto& [key, name] : *names) {
            if (!name.empty()) continue;
            refuse("ExpressionAttributeNames contains invalid value: " + std::string(kEmptyName) +
                   " for key " + key);
        }
    }
    if (values) {
        if (values->attributes.empty()) refuse("ExpressionAttributeValues must not be empty");
        for (const Attribute& value : values->attributes)
            check_key(value.name, ':', "ExpressionAttributeValues");
        for (const Attribute& value : values->attributes) {
            if (value.value.type() != AttributeValue::Type::invalid) continue;
            const std::string& defect = value.value.defect(wording);
            if (wording == Wording::current) refuse(defect);
            refuse("ExpressionAttributeValues contains invalid value: " + defect + " for key " + value.name);
        }
    }
}

const std::string* Placeholders::name(std::string_view placeholder) {
    if (!names_) return nullptr;
    const auto found = names_->find(placeholder);
    if (found == names_->end()) return nullptr;
    used_.push_back(found->first);
    return &found->second;
}

const AttributeValue* Placeholders::value(std::string_view placeholder) {
    if (!values_) return nullptr;
    const AttributeValue* found = values_->attributes.find(placeholder);
    if (found != nullptr) used_.push_back(placeholder);
    return found;
}

void Placeholders::check_all_used() const {
    const auto check = [this](std::string_view parameter, const auto& map, auto key_of) {
        std::string unused;
        for (const auto& entry : map) {
            const std::string& key = key_of(entry);
            if (std::find(used_.begin(), used_.end(), key) != used_.end()) continue;
            unused += unused.empty() ? key : ", " + key;
        }
        if (unused.empty()) return;
        refuse("Value provided in " + std::string(parameter) + " unused in expressions: keys: {" + unused +
               "}");
    };
    if (names_)
        check("ExpressionAttributeNames", *names_,
              [](const auto& e) -> const std::string& { return e.first; });
    if (values_) {
        check("ExpressionAttributeValues", values_->attributes,
              [](const Attribute& a) -> const std::string& { return a.name; });
    }
}

}  // namespace fogbank::dynamodb::expression
