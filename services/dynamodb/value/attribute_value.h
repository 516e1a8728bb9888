// DynamoDB's values, compact: what an item is made of. Numbers are canonical text, binary is raw bytes.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace fogbank::dynamodb {

struct Attribute;
class AttributeValue;

// aws: what checks the values of a request has two wordings (conformance suite, captured 2026-10-09 in four
// regions). PutItem, UpdateItem, DeleteItem, GetItem, BatchGetItem and Query have the current one;
// BatchWriteItem, Scan, the transactions and PartiQL the older.
enum class Wording : std::uint8_t { current, older };

// Attributes by name, sorted.
class AttributeMap {
public:
    // Defined below, where Attribute is complete.
    AttributeMap() noexcept;
    AttributeMap(const AttributeMap& other);
    AttributeMap(AttributeMap&& other) noexcept;
    AttributeMap& operator=(const AttributeMap& other);
    AttributeMap& operator=(AttributeMap&& other) noexcept;
    ~AttributeMap();

    const AttributeValue* find(std::string_view name) const;
    AttributeValue* find(std::string_view name);
    void set(std::string_view name, AttributeValue value);  // adds or replaces
    bool erase(std::string_view name);
    // For decoders: adds without looking; sort() afterwards, where the last of a name that stands twice wins.
    void append(std::string name, AttributeValue value);
    void sort();
    void reserve(std::size_t count);
    std::size_t size() const;
    bool empty() const;
    std::vector<Attribute>::const_iterator begin() const;
    std::vector<Attribute>::const_iterator end() const;
    bool operator==(const AttributeMap& other) const;

private:
    std::vector<Attribute> attributes_;
};

class AttributeValue {
public:
    // `invalid` is a value that the request had and AWS refuses after its other checks; defect() is the
    // refusal.
    enum class Type : std::uint8_t { invalid, S, N, B, BOOL, null, M, L, SS, NS, BS };
    using List = std::vector<AttributeValue>;
    using Set = std::vector<std::string>;

    AttributeValue() = default;  // invalid, without a message
    static AttributeValue string(std::string text) { return {Type::S, std::move(text)}; }
    static AttributeValue number(std::string canonical) { return {Type::N, std::move(canonical)}; }
    static AttributeValue number(std::int64_t value) { return {Type::N, std::to_string(value)}; }
    static AttributeValue binary(std::string bytes) { return {Type::B, std::move(bytes)}; }
    static AttributeValue boolean(bool value);
    static AttributeValue null() { return {Type::null, std::string()}; }
    static AttributeValue map(AttributeMap attributes) { return {Type::M, std::move(attributes)}; }
    static AttributeValue list(List elements) { return {Type::L, std::move(elements)}; }
    static AttributeValue set(Type type, Set elements) { return {type, std::move(elements)}; }
    static AttributeValue invalid(std::string message) { return {Type::invalid, Set{std::move(message)}}; }
    static AttributeValue invalid(std::string current, std::string older) {
        return {Type::invalid, Set{std::move(current), std::move(older)}};
    }

    // Refused for its depth, and deeper than the newer of AWS's front ends reads.
    static AttributeValue very_deep(std::string message);
    bool is_very_deep() const { return type_ == Type::invalid && truth_; }

    Type type() const { return type_; }
    bool is_set() const { return type_ == Type::SS || type_ == Type::NS || type_ == Type::BS; }
    // Preconditions: the value has the type.
    const std::string& text() const { return std::get<std::string>(content_); }  // S, N, B
    const std::string& defect(Wording wording) const {                           // invalid, decoded
        return wording == Wording::older ? set().back() : set().front();
    }
    bool truth() const { return truth_; }  // BOOL
    const Set& set() const { return std::get<Set>(content_); }
    const List& list() const { return std::get<List>(content_); }
    const AttributeMap& map() const { return std::get<AttributeMap>(content_); }
    List& list() { return std::get<List>(content_); }
    AttributeMap& map() { return std::get<AttributeMap>(content_); }

    // Sets are equal in any order.
    bool operator==(const AttributeValue& other) const;

private:
    using Content = std::variant<std::string, Set, List, AttributeMap>;
    AttributeValue(Type type, Content content) : content_(std::move(content)), type_(type) {}
    Content content_;
    Type type_ = Type::invalid;
    bool truth_ = false;
};

struct Attribute {
    std::string name;
    AttributeValue value;
    bool operator==(const Attribute&) const = default;
};

inline AttributeMap::AttributeMap() noexcept = default;
inline AttributeMap::AttributeMap(const AttributeMap& other) = default;
inline AttributeMap::AttributeMap(AttributeMap&& other) noexcept = default;
inline AttributeMap& AttributeMap::operator=(const AttributeMap& other) = default;
inline AttributeMap& AttributeMap::operator=(AttributeMap&& other) noexcept = default;
inline AttributeMap::~AttributeMap() = default;
inline std::size_t AttributeMap::size() const {
    return attributes_.size();
}
inline bool AttributeMap::empty() const {
    return attributes_.empty();
}

// "S", "NULL" ...: the name on the wire.
std::string_view type_name(AttributeValue::Type type);
std::optional<AttributeValue::Type> parse_type_name(std::string_view name);

// The order of S, N and B among their own type; nothing for other pairs.
std::optional<std::strong_ordering> compare_values(const AttributeValue& a, const AttributeValue& b);

// Bytes by AWS's formula (docs: "DynamoDB item sizes and formats").
std::size_t value_size(const AttributeValue& value);
std::size_t item_size(const AttributeMap& attributes);

// What stands for AWS's item maps in inputs and outputs: attributes, or the JSON text that storage keeps,
// which leaves as it is.
struct Item {
    AttributeMap attributes;
    std::string json;  // where not empty, the item; `attributes` is empty then

    static Item of(AttributeMap attributes) { return {std::move(attributes), {}}; }
    static Item of_json(std::string json) { return {{}, std::move(json)}; }
};

}  // namespace fogbank::dynamodb
