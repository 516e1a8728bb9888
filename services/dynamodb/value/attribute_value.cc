#include "services/dynamodb/value/attribute_value.h"

#include "services/dynamodb/value/number.h"

#include <algorithm>
#include <array>

namespace fogbank::dynamodb {
namespace {

using Type = AttributeValue::Type;

constexpr std::array<std::string_view, 11> kTypeNames{"",  "S", "N",  "B",  "BOOL", "NULL",
                                                      "M", "L", "SS", "NS", "BS"};
constexpr std::size_t kDocumentOverhead = 3;  // bytes of a list or map, and one more per element

bool same_elements(AttributeValue::Set a, AttributeValue::Set b) {
    if (a.size() != b.size()) return false;
    std::sort(a.begin(), a.end());
    std::sort(b.begin(), b.end());
    return a == b;
}

template <class Attributes>
auto position(Attributes& attributes, std::string_view name) {
    return std::lower_bound(
        attributes.begin(), attributes.end(), name,
        [](const Attribute& attribute, std::string_view key) { return attribute.name < key; });
}

}  // namespace

const AttributeValue* AttributeMap::find(std::string_view name) const {
    const auto at = position(attributes_, name);
    return at != attributes_.end() && at->name == name ? &at->value : nullptr;
}

AttributeValue* AttributeMap::find(std::string_view name) {
    const auto at = position(attributes_, name);
    return at != attributes_.end() && at->name == name ? &at->value : nullptr;
}

void AttributeMap::set(std::string_view name, AttributeValue value) {
    const auto at = position(attributes_, name);
    if (at != attributes_.end() && at->name == name) {
        at->value = std::move(value);
    } else {
        attributes_.insert(at, Attribute{std::string(name), std::move(value)});
    }
}

bool AttributeMap::erase(std::string_view name) {
    const auto at = position(attributes_, name);
    if (at == attributes_.end() || at->name != name) return false;
    attributes_.erase(at);
    return true;
}

void AttributeMap::append(std::string name, AttributeValue value) {
    attributes_.push_back(Attribute{std::move(name), std::move(value)});
}

void AttributeMap::sort() {
    const auto less = [](const Attribute& a, const Attribute& b) { return a.name < b.name; };
    if (!std::is_sorted(attributes_.begin(), attributes_.end(), less)) {
        std::stable_sort(attributes_.begin(), attributes_.end(), less);
    }
    // From the back: of equal names the last stays.
    for (std::size_t i = attributes_.size(); i-- > 1;) {
        if (attributes_[i - 1].name == attributes_[i].name) {
            attributes_.erase(attributes_.begin() + static_cast<std::ptrdiff_t>(i - 1));
        }
    }
}

void AttributeMap::reserve(std::size_t count) {
    attributes_.reserve(count);
}

std::vector<Attribute>::const_iterator AttributeMap::begin() const {
    return attributes_.begin();
}

std::vector<Attribute>::const_iterator AttributeMap::end() const {
    return attributes_.end();
}

bool AttributeMap::operator==(const AttributeMap& other) const {
    return attributes_ == other.attributes_;
}

AttributeValue AttributeValue::boolean(bool value) {
    AttributeValue out(Type::BOOL, std::string());
    out.truth_ = value;
    return out;
}

AttributeValue AttributeValue::very_deep(std::string message) {
    AttributeValue out = invalid(std::move(message));
    out.truth_ = true;
    return out;
}

bool AttributeValue::operator==(const AttributeValue& other) const {
    if (type_ != other.type_) return false;
    if (is_set()) return same_elements(set(), other.set());
    return truth_ == other.truth_ && content_ == other.content_;
}

std::string_view type_name(Type type) {
    return kTypeNames[static_cast<std::size_t>(type)];
}

std::optional<Type> parse_type_name(std::string_view name) {
    for (std::size_t i = 1; i < kTypeNames.size(); ++i) {
        if (kTypeNames[i] == name) return static_cast<Type>(i);
    }
    return std::nullopt;
}

std::optional<std::strong_ordering> compare_values(const AttributeValue& a, const AttributeValue& b) {
    if (a.type() != b.type()) return std::nullopt;
    switch (a.type()) {
        case Type::S:
        case Type::B:
            return a.text().compare(b.text()) <=> 0;
        case Type::N:
            return compare_numbers(a.text(), b.text());
        default:
            return std::nullopt;
    }
}

std::size_t value_size(const AttributeValue& value) {
    std::size_t size = 0;
    switch (value.type()) {
        case Type::S:
        case Type::B:
            return value.text().size();
        case Type::N:
            return number_size(value.text());
        case Type::BOOL:
        case Type::null:
            return 1;
        case Type::SS:
        case Type::BS:
            for (const std::string& element : value.set()) size += element.size();
            return size;
        case Type::NS:
            for (const std::string& element : value.set()) size += number_size(element);
            return size;
        case Type::L:
            size = kDocumentOverhead;
            for (const AttributeValue& element : value.list()) size += value_size(element) + 1;
            return size;
        case Type::M:
            return kDocumentOverhead + item_size(value.map()) + value.map().size();
        case Type::invalid:
            break;
    }
    return 0;
}

std::size_t item_size(const AttributeMap& attributes) {
    std::size_t size = 0;
    for (const Attribute& attribute : attributes) size += attribute.name.size() + value_size(attribute.value);
    return size;
}

}  // namespace fogbank::dynamodb
