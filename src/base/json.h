// JSON in and out, over RapidJSON. Values are views into their Document. Depth is limited: deep nesting is a
// parse error, never a deep stack.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace fogbank::json {

inline constexpr int kMaxDepth = 100;  // far above any AWS model; DynamoDB's own limit is 32

enum class Type { null, boolean, integer, number, string, array, object };

class MemberIterator;
class ElementIterator;

template <class Iterator>
struct Range {
    Iterator first, last;
    Iterator begin() const { return first; }
    Iterator end() const { return last; }
};

class Value {
public:
    Value() = default;  // null
    explicit Value(const void* raw) : raw_(raw) {}

    Type type() const;  // integer: a number without fraction that fits int64
    bool is_null() const { return type() == Type::null; }
    bool is_object() const { return type() == Type::object; }
    bool is_array() const { return type() == Type::array; }
    bool is_string() const { return type() == Type::string; }
    bool is_number() const { return type() == Type::number || type() == Type::integer; }
    // Precondition: the value has the type.
    bool boolean() const;
    std::int64_t integer() const;  // a fraction is cut
    double number() const;
    std::string_view string() const;
    std::size_t size() const;  // of an array or an object
    Range<ElementIterator> elements() const;
    Range<MemberIterator> members() const;
    // The member's value, the last one where the name stands twice; null Value (operator bool false) if
    // absent.
    Value find(std::string_view name) const;
    explicit operator bool() const { return raw_ != nullptr; }

private:
    const void* raw_ = nullptr;  // a rapidjson::Value
};

struct Member {
    std::string_view name;
    Value value;
};

class ElementIterator {
public:
    explicit ElementIterator(const void* at) : at_(at) {}
    Value operator*() const { return Value(at_); }
    ElementIterator& operator++();
    bool operator==(const ElementIterator&) const = default;

private:
    const void* at_;
};

class MemberIterator {
public:
    explicit MemberIterator(const void* at) : at_(at) {}
    Member operator*() const;
    MemberIterator& operator++();
    bool operator==(const MemberIterator&) const = default;

private:
    const void* at_;
};

// Owns the memory of its values.
class Document {
public:
    Document();
    ~Document();
    Document(Document&&) noexcept;
    Document& operator=(Document&&) noexcept;
    Value root() const;

private:
    friend std::optional<Document> parse(std::string_view, int);
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

// Nothing where `text` is not JSON, is not UTF-8, has something after its value or nests deeper than
// `max_depth`.
std::optional<Document> parse(std::string_view text, int max_depth = kMaxDepth);

// Appends JSON text to a string. The caller keeps the order (key before value in objects); commas are ours.
class Writer {
public:
    explicit Writer(std::string& out) : out_(out) {}
    Writer& begin_object();
    Writer& end_object();
    Writer& begin_array();
    Writer& end_array();
    Writer& key(std::string_view name);
    Writer& string(std::string_view text);
    Writer& integer(std::int64_t value);
    Writer& number(double value);  // shortest form that reads back; NaN and infinities as strings
    Writer& boolean(bool value);
    Writer& null();
    Writer& raw(std::string_view json);  // a whole value, inserted as it is
    // key + string, the most frequent pair
    Writer& field(std::string_view name, std::string_view text) { return key(name).string(text); }
    Writer& field(std::string_view name, const char* text) { return key(name).string(text); }
    Writer& field(std::string_view name, std::int64_t value) { return key(name).integer(value); }
    Writer& field(std::string_view name, int value) { return key(name).integer(value); }
    Writer& field(std::string_view name, bool value) { return key(name).boolean(value); }

private:
    void separate();
    std::string& out_;
    bool needs_comma_ = false;
};

void append_string(std::string& out, std::string_view text);  // quoted and escaped
void write(Writer& out, Value value);                         // copies a value

}  // namespace fogbank::json
