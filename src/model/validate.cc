#include "src/model/validate.h"

#include "src/base/bytes.h"
#include "src/model/pattern.h"
#include "src/model/value_text.h"

#include <algorithm>
#include <cstdint>

namespace fogbank::model {
namespace {

// aws: lists ten violations at most (Kinesis PutRecords with 501 bad records).
constexpr std::size_t kMaxViolations = 10;

// A request is at most a few megabytes, but a message that repeats it whole helps nobody.
constexpr std::size_t kMaxValueText = 64 * 1024;

// Where a value stands; a chain on the stack, written out only for a violation.
struct Path {
    const Path* parent;
    std::string_view name;  // of the member, or the key of the map's entry
    std::size_t index;      // of the list's element, from 1; 0 for others
    bool is_member;

    std::string text() const {
        std::string out = parent != nullptr ? parent->text() + "." : "";
        if (is_member) return out + lower_camel(name);
        // aws: 'requestItems.abc.member.1.member.putRequest': an entry and an element are called "member".
        return out + (index > 0 ? std::to_string(index) : std::string(name)) + ".member";
    }
};

std::string length_at_least(std::int64_t min) {
    return "Member must have length greater than or equal to " + std::to_string(min);
}
std::string length_at_most(std::int64_t max) {
    return "Member must have length less than or equal to " + std::to_string(max);
}
std::string value_at_least(std::int64_t min) {
    return "Member must have value greater than or equal to " + std::to_string(min);
}
std::string value_at_most(std::int64_t max) {
    return "Member must have value less than or equal to " + std::to_string(max);
}
std::string in_pattern(const char* pattern) {
    return std::string("Member must satisfy regular expression pattern: ") + pattern;
}
std::string in_set(std::span<const char* const> values) {
    std::string out = "Member must satisfy enum value set: [";
    for (std::size_t i = 0; i < values.size(); ++i) out.append(i > 0 ? ", " : "").append(values[i]);
    return out + "]";
}

bool is_number(const Shape& shape) {
    return shape.kind == Kind::integer || shape.kind == Kind::long_integer ||
           shape.kind == Kind::float_number || shape.kind == Kind::double_number;
}

bool has_constraint(const Shape& shape) {
    return shape.min || shape.max || shape.pattern != nullptr || !shape.enum_values.empty();
}

// What a value breaks.
struct Broken {
    bool set = false;
    bool pattern = false;
    bool min = false;
    bool max = false;
    bool any() const { return set || pattern || min || max; }
};

void check_length(const Shape& shape, std::size_t length, Broken& out) {
    const auto signed_length = static_cast<std::int64_t>(length);
    out.min = shape.min && signed_length < *shape.min;
    out.max = shape.max && signed_length > *shape.max;
}

template <class T>
void check_range(const Shape& shape, T value, Broken& out) {
    out.min = shape.min && value < static_cast<T>(*shape.min);
    out.max = shape.max && value > static_cast<T>(*shape.max);
}

void check_string(const Shape& shape, std::string_view value, Broken& out) {
    if (shape.min || shape.max) {
        // Java counts UTF-16 units, of which n bytes of UTF-8 hold between n/3 and n: most values need no
        // count.
        const auto bytes = static_cast<std::int64_t>(value.size());
        const bool surely_inside =
            (!shape.max || bytes <= *shape.max) && (!shape.min || (bytes + 2) / 3 >= *shape.min);
        if (!surely_inside) check_length(shape, utf16_length(value), out);
    }
    out.pattern = shape.pattern != nullptr && !matches(shape.pattern, value);
    const auto equals = [value](const char* allowed) { return value == allowed; };
    out.set = !shape.enum_values.empty() && std::ranges::none_of(shape.enum_values, equals);
}

Broken check(const Shape& shape, const void* value) {
    Broken out;
    switch (shape.kind) {
        case Kind::string:
            check_string(shape, *static_cast<const std::string*>(value), out);
            break;
        case Kind::blob:
            check_length(shape, static_cast<const Bytes*>(value)->data.size(), out);
            break;
        case Kind::list:
            check_length(shape, shape.list->size(value), out);
            break;
        case Kind::map:
            check_length(shape, shape.map->size(value), out);
            break;
        case Kind::integer:
            check_range<std::int64_t>(shape, *static_cast<const std::int32_t*>(value), out);
            break;
        case Kind::long_integer:
            check_range(shape, *static_cast<const std::int64_t*>(value), out);
            break;
        case Kind::float_number:
            check_range<double>(shape, *static_cast<const float*>(value), out);
            break;
        case Kind::double_number:
            check_range(shape, *static_cast<const double*>(value), out);
            break;
        default:
            break;
    }
    return out;
}

// All constraints of a list's elements or a map's keys or values, as AWS lists them where one is broken:
// "[Member must have length less than or equal to 25, Member must have length greater than or equal to 1]".
std::string constraint_list(const Shape& shape) {
    std::vector<std::string> parts;
    if (shape.max) parts.push_back(is_number(shape) ? value_at_most(*shape.max) : length_at_most(*shape.max));
    if (shape.min)
        parts.push_back(is_number(shape) ? value_at_least(*shape.min) : length_at_least(*shape.min));
    if (shape.pattern != nullptr) parts.push_back(in_pattern(shape.pattern));
    if (!shape.enum_values.empty()) parts.push_back(in_set(shape.enum_values));
    std::string out = "[";
    for (const std::string& part : parts) out.append(out.size() > 1 ? ", " : "").append(part);
    return out + "]";
}

std::uint32_t java_hash(std::string_view text) {
    std::uint32_t hash = 0;
    for (char c : text) hash = hash * 31 + static_cast<unsigned char>(c);
    return hash ^ (hash >> 16);
}

// aws: members come in the order of a java.util.HashMap (Java 8) over their lower-camel names, whatever the
// model's order is. Seen in recordings of 2026: 'writeCapacityUnits' before 'readCapacityUnits',
// 'attributeType' before 'attributeName', 'indexName', 'keySchema', 'projection'; 'attributeName' before
// 'keyType'.
std::vector<const Member*> java_order(std::span<const Member> members) {
    std::uint32_t buckets = 16;
    while (members.size() * 4 > buckets * 3) buckets *= 2;
    std::vector<const Member*> out;
    for (const Member& member : members) out.push_back(&member);
    std::ranges::stable_sort(out, {}, [buckets](const Member* member) {
        return java_hash(lower_camel(member->name)) & (buckets - 1);
    });
    return out;
}

class Walk {
public:
    // Stops after `limit` violations.
    explicit Walk(std::size_t limit) : limit_(limit) {}

    void structure(const Shape& shape, const void* value, const Path* path) {
        if (limit_ == 1) {  // the usual case finds nothing, so the order does not matter
            for (const Member& member : shape.members) this->member(member, value, path);
            return;
        }
        for (const Member* member : java_order(shape.members)) this->member(*member, value, path);
    }

    std::vector<std::string> found;

private:
    bool done() const { return found.size() >= limit_; }

    void member(const Member& member, const void* structure, const Path* parent) {
        if (done() || member.holder == nullptr) return;
        const Path path{parent, member.name, 0, true};
        const void* value = member.holder->get(static_cast<const char*>(structure) + member.offset);
        if (value == nullptr) {
            if (member.required) add(*member.shape, nullptr, path, "Member must not be null");
            return;
        }
        own(*member.shape, value, path);
        inside(*member.shape, value, path);
    }

    // The constraints of the value itself.
    // aws: the pattern comes before the length (ListTables: "... pattern: [a-zA-Z0-9_.-]+; ... length greater
    // than or equal to 3"). DescribeTable has the two the other way round; nothing in the model tells which.
    void own(const Shape& shape, const void* value, const Path& path) {
        if (!has_constraint(shape)) return;
        const Broken broken = check(shape, value);
        if (!broken.any()) return;
        if (broken.set) add(shape, value, path, in_set(shape.enum_values));
        if (broken.pattern) add(shape, value, path, in_pattern(shape.pattern));
        if (broken.max)
            add(shape, value, path,
                is_number(shape) ? value_at_most(*shape.max) : length_at_most(*shape.max));
        if (broken.min)
            add(shape, value, path,
                is_number(shape) ? value_at_least(*shape.min) : length_at_least(*shape.min));
    }

    void inside(const Shape& shape, const void* value, const Path& path) {
        switch (shape.kind) {
            case Kind::structure:
                return structure(shape, value, &path);
            case Kind::list:
                return list(shape, value, path);
            case Kind::map:
                return map(shape, value, path);
            default:
                return;
        }
    }

    void list(const Shape& shape, const void* value, const Path& path) {
        const std::size_t size = shape.list->size(value);
        const Shape& element = *shape.element;
        for (std::size_t i = 0; has_constraint(element) && i < size; ++i) {
            if (!check(element, shape.list->at(value, i)).any()) continue;
            add(shape, value, path, "Member must satisfy constraint: " + constraint_list(element));
            break;
        }
        for (std::size_t i = 0; is_deep(element) && i < size && !done(); ++i) {
            inside(element, shape.list->at(value, i), Path{&path, {}, i + 1, false});
        }
    }

    void map(const Shape& shape, const void* value, const Path& path) {
        struct State {
            Walk& walk;
            const Shape& shape;
            const Path& path;
            bool bad_key = false;
            bool bad_value = false;
        } state{*this, shape, path};
        if (has_constraint(*shape.key) || has_constraint(*shape.element)) {
            shape.map->each(value, &state, [](void* context, std::string_view key, const void* entry) {
                State& at = *static_cast<State*>(context);
                Broken broken;
                check_string(*at.shape.key, key, broken);
                at.bad_key = at.bad_key || broken.any();
                at.bad_value = at.bad_value || check(*at.shape.element, entry).any();
            });
        }
        if (state.bad_key)
            add(shape, value, path, "Map keys must satisfy constraint: " + constraint_list(*shape.key));
        if (state.bad_value) {
            add(shape, value, path, "Map value must satisfy constraint: " + constraint_list(*shape.element));
        }
        if (!is_deep(*shape.element)) return;
        shape.map->each(value, &state, [](void* context, std::string_view key, const void* entry) {
            State& at = *static_cast<State*>(context);
            if (!at.walk.done()) at.walk.inside(*at.shape.element, entry, Path{&at.path, key, 0, false});
        });
    }

    static bool is_deep(const Shape& shape) {
        return shape.kind == Kind::structure || shape.kind == Kind::list || shape.kind == Kind::map;
    }

    void add(const Shape& shape, const void* value, const Path& path, const std::string& constraint) {
        if (done()) return;
        std::string out = "Value ";
        // aws: Cognito's "Value at 'password' failed to satisfy constraint", also where it is absent.
        if (!shape.sensitive && value == nullptr) out += "null ";
        if (!shape.sensitive && value != nullptr) {
            out += '\'';
            append_value(out, shape, value, kMaxValueText);
            out += "' ";
        }
        found.push_back(out.append("at '").append(path.text()).append("' failed to satisfy constraint: ") +
                        constraint);
    }

    std::size_t limit_;
};

}  // namespace

std::vector<std::string> violations(const Shape& shape, const void* value) {
    Walk first(1);
    first.structure(shape, value, nullptr);
    if (first.found.empty()) return {};
    Walk all(kMaxViolations);
    all.structure(shape, value, nullptr);
    return std::move(all.found);
}

std::string validation_message(const std::vector<std::string>& violations) {
    if (violations.empty()) return "";
    std::string out =
        std::to_string(violations.size()) +
        (violations.size() == 1 ? " validation error detected: " : " validation errors detected: ");
    for (const std::string& violation : violations) {
        if (&violation != &violations.front()) out += "; ";
        out += violation;
    }
    return out;
}

}  // namespace fogbank::model
