#include "src/base/json.h"

#include "src/base/bytes.h"

#include <fmt/format.h>

// RapidJSON as Debian ships it warns under our flags; its headers are no place for them.
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wold-style-cast"
#pragma GCC diagnostic ignored "-Wconversion"
#pragma GCC diagnostic ignored "-Wshadow"
#pragma GCC diagnostic ignored "-Wclass-memaccess"
#if defined(__SSE2__)
#define RAPIDJSON_SSE2
#elif defined(__ARM_NEON)
#define RAPIDJSON_NEON
#endif
#include <rapidjson/document.h>
#include <rapidjson/memorystream.h>
#include <rapidjson/reader.h>
#pragma GCC diagnostic pop

#include <charconv>
#include <cmath>
#include <cstddef>
#include <cstdlib>
#include <cstring>

namespace fogbank::json {
namespace {

using Raw = rapidjson::Value;
using RawMember = rapidjson::Value::Member;

const Raw& raw_value(const void* raw) {
    return *static_cast<const Raw*>(raw);
}

// Hands SAX events on to a Document and ends the parse where they nest too deep: RapidJSON recurses per
// level, so the bound on depth is the bound on the stack.
class DepthLimited {
public:
    using Ch = char;
    DepthLimited(rapidjson::Document& out, std::string_view text, int limit)
        : out_(out), left_(limit), has_escapes_(text.find("\\u") != std::string_view::npos) {}
    bool Null() { return out_.Null(); }
    bool Bool(bool b) { return out_.Bool(b); }
    // Not called: numbers come as text. The reader wants to see them.
    bool Int(int) { return false; }
    bool Uint(unsigned) { return false; }
    bool Int64(std::int64_t) { return false; }
    bool Uint64(std::uint64_t) { return false; }
    bool Double(double) { return false; }
    bool RawNumber(const char* s, rapidjson::SizeType n, bool) { return number({s, n}); }
    bool String(const char* s, rapidjson::SizeType n, bool copy) {
        return is_text(s, n) && out_.String(s, n, copy);
    }
    bool Key(const char* s, rapidjson::SizeType n, bool copy) {
        return is_text(s, n) && out_.Key(s, n, copy);
    }
    bool StartObject() { return left_-- > 0 && out_.StartObject(); }
    bool StartArray() { return left_-- > 0 && out_.StartArray(); }
    bool EndObject(rapidjson::SizeType n) { return ++left_, out_.EndObject(n); }
    bool EndArray(rapidjson::SizeType n) { return ++left_, out_.EndArray(n); }

private:
    // RapidJSON 1.1 reads far outside of a table for 0.000...1 with more than 340 zeros, so it is not to read
    // numbers at all.
    bool number(std::string_view text) {
        const char* end = text.data() + text.size();
        if (text.find_first_of(".eE") == std::string_view::npos) {
            std::int64_t integer = 0;
            if (std::from_chars(text.data(), end, integer).ec == std::errc()) return out_.Int64(integer);
        }
        double value = 0;
        if (std::from_chars(text.data(), end, value).ec == std::errc::result_out_of_range) {
            value = std::strtod(std::string(text).c_str(), nullptr);  // too small or too large: which?
        }
        return std::isfinite(value) && out_.Double(value);
    }

    // RapidJSON takes an escaped low surrogate that stands alone and makes bytes of it that are no UTF-8.
    bool is_text(const char* s, rapidjson::SizeType n) const {
        return !has_escapes_ || is_valid_utf8({s, n});
    }

    rapidjson::Document& out_;
    int left_;
    bool has_escapes_;
};

bool is_special(char c) {
    return static_cast<unsigned char>(c) < 0x20 || c == '"' || c == '\\';
}

// Whether one of eight bytes may be special: never misses one, and may report the byte after one.
bool may_have_special(std::uint64_t bytes) {
    constexpr std::uint64_t kOnes = 0x0101010101010101;
    constexpr std::uint64_t kTops = 0x8080808080808080;
    const std::uint64_t quote = bytes ^ (kOnes * '"');
    const std::uint64_t backslash = bytes ^ (kOnes * '\\');
    return (((bytes - kOnes * 0x20) | (quote - kOnes) | (backslash - kOnes)) & kTops & ~bytes) != 0;
}

// The first place from `from` on that JSON has to escape; the text's size where there is none.
std::size_t next_special(std::string_view text, std::size_t from) {
    for (; from + 8 <= text.size(); from += 8) {
        std::uint64_t bytes;
        std::memcpy(&bytes, text.data() + from, 8);
        if (!may_have_special(bytes)) continue;
        for (std::size_t i = from; i < from + 8; ++i) {
            if (is_special(text[i])) return i;
        }
    }
    while (from < text.size() && !is_special(text[from])) ++from;
    return from;
}

void append_escape(std::string& out, char c) {
    switch (c) {
        case '"':
            out += "\\\"";
            break;
        case '\\':
            out += "\\\\";
            break;
        case '\n':
            out += "\\n";
            break;
        case '\r':
            out += "\\r";
            break;
        case '\t':
            out += "\\t";
            break;
        case '\b':
            out += "\\b";
            break;
        case '\f':
            out += "\\f";
            break;
        default:
            out += fmt::format("\\u{:04x}", static_cast<unsigned char>(c));
    }
}

}  // namespace

Type Value::type() const {
    if (raw_ == nullptr) return Type::null;
    const Raw& raw = raw_value(raw_);
    switch (raw.GetType()) {
        case rapidjson::kNullType:
            return Type::null;
        case rapidjson::kFalseType:
        case rapidjson::kTrueType:
            return Type::boolean;
        case rapidjson::kObjectType:
            return Type::object;
        case rapidjson::kArrayType:
            return Type::array;
        case rapidjson::kStringType:
            return Type::string;
        case rapidjson::kNumberType:
            return raw.IsInt64() ? Type::integer : Type::number;
    }
    return Type::null;
}

bool Value::boolean() const {
    return raw_value(raw_).GetBool();
}
std::int64_t Value::integer() const {
    const Raw& raw = raw_value(raw_);
    if (raw.IsInt64()) return raw.GetInt64();
    double number = raw.GetDouble();
    constexpr double kEdge = 9223372036854775808.0;  // 2^63
    if (number >= kEdge) return INT64_MAX;
    return number < -kEdge ? INT64_MIN : static_cast<std::int64_t>(number);
}
double Value::number() const {
    return raw_value(raw_).GetDouble();
}
std::string_view Value::string() const {
    const Raw& raw = raw_value(raw_);
    return {raw.GetString(), raw.GetStringLength()};
}
std::size_t Value::size() const {
    const Raw& raw = raw_value(raw_);
    return raw.IsArray() ? raw.Size() : raw.MemberCount();
}

Range<ElementIterator> Value::elements() const {
    const Raw& raw = raw_value(raw_);
    return {ElementIterator(raw.Begin()), ElementIterator(raw.End())};
}
Range<MemberIterator> Value::members() const {
    const Raw& raw = raw_value(raw_);
    const RawMember* first = raw.MemberCount() == 0 ? nullptr : &*raw.MemberBegin();
    return {MemberIterator(first), MemberIterator(first == nullptr ? nullptr : first + raw.MemberCount())};
}
Value Value::find(std::string_view name) const {
    Value found;
    for (Member member : members()) {
        if (member.name == name) found = member.value;
    }
    return found;
}

ElementIterator& ElementIterator::operator++() {
    at_ = static_cast<const Raw*>(at_) + 1;
    return *this;
}
Member MemberIterator::operator*() const {
    const auto* member = static_cast<const RawMember*>(at_);
    return {{member->name.GetString(), member->name.GetStringLength()}, Value(&member->value)};
}
MemberIterator& MemberIterator::operator++() {
    at_ = static_cast<const RawMember*>(at_) + 1;
    return *this;
}

struct Document::Impl {
    static constexpr std::size_t kFirstBytes = 2048;   // of values: about 80, what a small request has
    static constexpr std::size_t kChunkBytes = 16384;  // taken at a time for more
    static constexpr std::size_t kStackBytes = 512;

    std::string text;  // parsed in place: strings of the document are views into it
    alignas(std::max_align_t) char first[kFirstBytes];
    rapidjson::MemoryPoolAllocator<> pool{first, kFirstBytes, kChunkBytes};
    rapidjson::Document document{&pool, kStackBytes};
};

Document::Document() : impl_(std::make_unique_for_overwrite<Impl>()) {}
Document::~Document() = default;
Document::Document(Document&&) noexcept = default;
Document& Document::operator=(Document&&) noexcept = default;
Value Document::root() const {
    return Value(static_cast<const Raw*>(&impl_->document));
}

std::optional<Document> parse(std::string_view text, int max_depth) {
    // The parser reads up to a NUL, and checking UTF-8 beforehand is several times faster than by character.
    if (text.find('\0') != std::string_view::npos || !is_valid_utf8(text)) return std::nullopt;
    constexpr unsigned kFlags = rapidjson::kParseInsituFlag | rapidjson::kParseNumbersAsStringsFlag;
    Document result;
    // The parser loads blocks of 16 bytes, the last one past the end.
    result.impl_->text.reserve(text.size() + 16);
    result.impl_->text.append(text).append(16, '\0');
    rapidjson::InsituStringStream stream(result.impl_->text.data());
    rapidjson::Reader reader;
    bool failed = false;
    auto generate = [&](rapidjson::Document& out) {
        DepthLimited handler(out, text, max_depth);
        failed = reader.Parse<kFlags>(stream, handler).IsError();
        return !failed;
    };
    result.impl_->document.Populate(generate);
    if (failed) return std::nullopt;
    return result;
}

void Writer::separate() {
    if (needs_comma_) out_ += ',';
    needs_comma_ = true;
}
Writer& Writer::begin_object() {
    separate();
    out_ += '{';
    needs_comma_ = false;
    return *this;
}
Writer& Writer::end_object() {
    out_ += '}';
    needs_comma_ = true;
    return *this;
}
Writer& Writer::begin_array() {
    separate();
    out_ += '[';
    needs_comma_ = false;
    return *this;
}
Writer& Writer::end_array() {
    out_ += ']';
    needs_comma_ = true;
    return *this;
}
Writer& Writer::key(std::string_view name) {
    separate();
    append_string(out_, name);
    out_ += ':';
    needs_comma_ = false;
    return *this;
}
Writer& Writer::string(std::string_view text) {
    separate();
    append_string(out_, text);
    return *this;
}
Writer& Writer::integer(std::int64_t value) {
    separate();
    char buffer[24];
    auto end = std::to_chars(buffer, buffer + sizeof buffer, value).ptr;
    out_.append(buffer, end);
    return *this;
}
Writer& Writer::number(double value) {
    if (std::isnan(value)) return string("NaN");
    if (std::isinf(value)) return string(value > 0 ? "Infinity" : "-Infinity");
    separate();
    char buffer[40];
    auto end = std::to_chars(buffer, buffer + sizeof buffer, value).ptr;
    out_.append(buffer, end);
    return *this;
}
Writer& Writer::boolean(bool value) {
    separate();
    out_ += value ? "true" : "false";
    return *this;
}
Writer& Writer::null() {
    separate();
    out_ += "null";
    return *this;
}
Writer& Writer::raw(std::string_view json) {
    separate();
    out_ += json;
    return *this;
}

void append_string(std::string& out, std::string_view text) {
    out += '"';
    std::size_t plain = 0;  // start of the run not yet copied
    for (std::size_t i = next_special(text, 0); i < text.size(); i = next_special(text, plain)) {
        out.append(text, plain, i - plain);
        append_escape(out, text[i]);
        plain = i + 1;
    }
    out.append(text, plain, text.size() - plain);
    out += '"';
}

void write(Writer& out, Value value) {
    switch (value.type()) {
        case Type::null:
            out.null();
            break;
        case Type::boolean:
            out.boolean(value.boolean());
            break;
        case Type::integer:
            out.integer(value.integer());
            break;
        case Type::number:
            out.number(value.number());
            break;
        case Type::string:
            out.string(value.string());
            break;
        case Type::array:
            out.begin_array();
            for (Value element : value.elements()) write(out, element);
            out.end_array();
            break;
        case Type::object:
            out.begin_object();
            for (Member member : value.members()) {
                out.key(member.name);
                write(out, member.value);
            }
            out.end_object();
            break;
    }
}

}  // namespace fogbank::json
