// JSON to and from generated structs: one walk over the tables, for aws json and rest-json alike.
#pragma once

#include "src/base/json.h"
#include "src/model/shape.h"
#include "src/protocol/service_traits.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <string_view>

namespace fogbank::protocol {

// Which members of a top-level structure stand in the body: all of them in aws json, those without another
// place in rest-json. Nested structures have no other place.
enum class BodyMembers { all, unlocated };

inline bool in_request_body(const model::Member& member, BodyMembers members) {
    if (member.holder == nullptr) return false;  // streams
    return members == BodyMembers::all || member.location == model::Location::body;
}
// A response has no labels and no query, so members bound to these are in its body (Smithy: "httpQuery is
// ignored when resolving the bindings of an operation's output").
inline bool in_response_body(const model::Member& member, BodyMembers members) {
    return in_request_body(member, members) || member.location == model::Location::uri ||
           member.location == model::Location::querystring;
}

class JsonDecoder {
public:
    explicit JsonDecoder(const model::Service& service)
        : service_(service), dialect_(json_dialect(service)) {}

    // Parses `text` and fills `out`. Throws SerializationException.
    void document(const model::Shape& shape, std::string_view text, void* out, BodyMembers members) const;

private:
    // Where a value stands decides the words of a type error in JSON 1.0 front ends.
    enum class Place { field, element };
    void value(const model::Shape& shape, model::TimestampFormat format, json::Value in, void* out,
               Place place) const;
    void structure(const model::Shape& shape, json::Value in, void* out, BodyMembers members) const;
    void list(const model::Shape& shape, json::Value in, void* out) const;
    void map(const model::Shape& shape, json::Value in, void* out) const;
    void scalar(const model::Shape& shape, model::TimestampFormat format, json::Value in, void* out) const;
    void number(const model::Shape& shape, json::Value in, void* out) const;
    void blob(const model::Shape& shape, json::Value in, void* out) const;
    void timestamp(const model::Shape& shape, model::TimestampFormat format, json::Value in, void* out) const;
    [[noreturn]] void refuse(const model::Shape& shape, json::Value in, Place place) const;

    const model::Service& service_;
    JsonDialect dialect_;
};

// Appends a value of any shape.
void encode_json(const model::Shape& shape, const void* value, json::Writer& out);
void encode_json_structure(const model::Shape& shape, const void* value, json::Writer& out,
                           BodyMembers members);

// The member with that name on the wire, or null. `next` is where the search starts: clients tend to send
// members in the model's order.
const model::Member* find_member(const model::Shape& shape, std::string_view name, std::size_t& next);

// aws: front ends cut numbers to the type (kinesalite's suite: ShardCount 2147483648 is read as 2147483647).
template <class T>
T clamp_to(double value) {
    constexpr double kLow = static_cast<double>(std::numeric_limits<T>::min());
    if (std::isnan(value)) return 0;
    if (value <= kLow) return std::numeric_limits<T>::min();
    if (value >= -kLow) return std::numeric_limits<T>::max();
    return static_cast<T>(value);
}
inline float clamp_to_float(double value) {
    constexpr double kMost = std::numeric_limits<float>::max();
    if (std::isfinite(value)) value = std::min(std::max(value, -kMost), kMost);
    return static_cast<float>(value);
}

// Appends a map's entries or a list's elements without type erasure noise elsewhere.
template <class F>
void each_entry(const model::Shape& map_shape, const void* map, F visit) {
    map_shape.map->each(map, &visit, [](void* context, std::string_view key, const void* value) {
        (*static_cast<F*>(context))(key, value);
    });
}

inline const void* field_of(const model::Member& member, const void* structure) {
    return member.holder->get(static_cast<const char*>(structure) + member.offset);
}
inline void* emplace_field(const model::Member& member, void* structure) {
    return member.holder->emplace(static_cast<char*>(structure) + member.offset);
}

}  // namespace fogbank::protocol
