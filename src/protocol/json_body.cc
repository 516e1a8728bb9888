#include "src/protocol/json_body.h"

#include "src/protocol/request_errors.h"
#include "src/protocol/scalar.h"

#include <cmath>
#include <cstring>
#include <limits>

namespace fogbank::protocol {
namespace {

using model::Kind;
using model::TimestampFormat;

bool has_name(const model::Member& member, std::string_view name) {
    return std::strncmp(member.wire, name.data(), name.size()) == 0 && member.wire[name.size()] == '\0';
}

}  // namespace

const model::Member* find_member(const model::Shape& shape, std::string_view name, std::size_t& next) {
    const std::size_t count = shape.members.size();
    if (name.find('\0') != std::string_view::npos) return nullptr;
    for (std::size_t i = 0; i < count; ++i) {
        const std::size_t at = next + i < count ? next + i : next + i - count;
        if (has_name(shape.members[at], name)) {
            next = at + 1 == count ? 0 : at + 1;
            return &shape.members[at];
        }
    }
    return nullptr;
}

void JsonDecoder::document(const model::Shape& shape, std::string_view text, void* out,
                           BodyMembers members) const {
    // aws: DynamoDB reads values of 100 levels, two of JSON each, before it says that they are too deep.
    constexpr int kMaxDepth = 1000;
    const std::optional<json::Document> parsed = json::parse(text, kMaxDepth);
    if (!parsed) throw malformed_json(dialect_);
    const json::Value root = parsed->root();
    if (shape.kind != Kind::structure) {
        value(shape, TimestampFormat::unix_timestamp, root, out, Place::field);
        return;
    }
    if (!root.is_object()) throw malformed_json(dialect_);
    structure(shape, root, out, members);
}

void JsonDecoder::value(const model::Shape& shape, TimestampFormat format, json::Value in, void* out,
                        Place place) const {
    const json::Type type = in.type();
    switch (shape.kind) {
        case Kind::structure:
            if (type != json::Type::object) refuse(shape, in, place);
            structure(shape, in, out, BodyMembers::all);
            break;
        case Kind::list:
            if (type != json::Type::array) refuse(shape, in, place);
            list(shape, in, out);
            break;
        case Kind::map:
            if (type != json::Type::object) refuse(shape, in, place);
            map(shape, in, out);
            break;
        case Kind::document: {
            json::Writer text(static_cast<model::JsonText*>(out)->text);
            json::write(text, in);
            break;
        }
        case Kind::custom:
            if (shape.custom->is_object && place == Place::field && type != json::Type::object &&
                type != json::Type::array) {
                refuse(shape, in, place);
            }
            shape.custom->decode_json(in, out);
            break;
        default:
            scalar(shape, format, in, out);
            break;
    }
}

void JsonDecoder::structure(const model::Shape& shape, json::Value in, void* out, BodyMembers members) const {
    std::size_t next = 0;
    for (const auto [name, member_value] : in.members()) {
        const model::Member* member = find_member(shape, name, next);
        if (member == nullptr || !in_request_body(*member, members)) continue;
        if (member_value.is_null() && member->shape->kind != Kind::document) continue;
        const TimestampFormat format = timestamp_format(*member, TimestampFormat::unix_timestamp);
        value(*member->shape, format, member_value, emplace_field(*member, out), Place::field);
    }
}

void JsonDecoder::list(const model::Shape& shape, json::Value in, void* out) const {
    const TimestampFormat format = timestamp_format(*shape.element, TimestampFormat::unix_timestamp);
    for (const json::Value element : in.elements()) {
        // A null has no place in a vector; AWS's front ends drop it from dense lists.
        if (element.is_null() && shape.element->kind != Kind::document) continue;
        value(*shape.element, format, element, shape.list->append(out), Place::element);
    }
}

void JsonDecoder::map(const model::Shape& shape, json::Value in, void* out) const {
    const TimestampFormat format = timestamp_format(*shape.element, TimestampFormat::unix_timestamp);
    for (const auto [key, entry] : in.members()) {
        if (entry.is_null() && shape.element->kind != Kind::document) continue;
        value(*shape.element, format, entry, shape.map->insert(out, key), Place::element);
    }
}

void JsonDecoder::scalar(const model::Shape& shape, TimestampFormat format, json::Value in, void* out) const {
    const json::Type type = in.type();
    switch (shape.kind) {
        case Kind::string:
            if (type != json::Type::string) refuse(shape, in, Place::field);
            static_cast<std::string*>(out)->assign(in.string());
            break;
        case Kind::boolean:
            if (type == json::Type::boolean) {
                *static_cast<bool*>(out) = in.boolean();
            } else if (type != json::Type::string || !boolean_word(in.string(), *static_cast<bool*>(out))) {
                refuse(shape, in, Place::field);
            }
            break;
        case Kind::blob:
            blob(shape, in, out);
            break;
        case Kind::timestamp:
            timestamp(shape, format, in, out);
            break;
        default:
            number(shape, in, out);
            break;
    }
}

namespace {

// Whether a number has a place in the integer type, its fraction cut off.
bool fits(Kind kind, json::Value in) {
    if (kind != Kind::integer && kind != Kind::long_integer) return true;
    if (kind == Kind::long_integer && in.type() == json::Type::integer) return true;
    const double end = kind == Kind::integer ? 0x1p31 : 0x1p63;
    const double whole = std::trunc(in.number());
    return whole >= -end && whole < end;
}

}  // namespace

void JsonDecoder::number(const model::Shape& shape, json::Value in, void* out) const {
    double value = 0;
    if (in.is_number()) {
        value = in.number();
    } else {
        const bool floating = shape.kind == Kind::float_number || shape.kind == Kind::double_number;
        const bool special = floating && in.is_string() && parse_special_floating(in.string(), value);
        if (!special) refuse(shape, in, Place::field);
    }
    // DynamoDB refuses an integer that its type cannot hold; JSON 1.1 front ends cut it off
    // ("TruncatingBigNumber", kinesalite's suite).
    if (dialect_ == JsonDialect::namespaced && !fits(shape.kind, in)) refuse(shape, in, Place::field);
    switch (shape.kind) {
        case Kind::integer:
            *static_cast<std::int32_t*>(out) = clamp_to<std::int32_t>(value);
            break;
        case Kind::long_integer:
            *static_cast<std::int64_t*>(out) = in.integer();
            break;
        case Kind::double_number:
            *static_cast<double*>(out) = value;
            break;
        default:
            *static_cast<float*>(out) = clamp_to_float(value);
    }
}

void JsonDecoder::blob(const model::Shape& shape, json::Value in, void* out) const {
    if (!in.is_string()) refuse(shape, in, Place::field);
    static_cast<Bytes*>(out)->data = decode_base64(dialect_, in.string());
}

void JsonDecoder::timestamp(const model::Shape& shape, TimestampFormat format, json::Value in,
                            void* out) const {
    Timestamp& time = *static_cast<Timestamp*>(out);
    bool good = false;
    if (in.is_number()) {
        good = timestamp_from_seconds(in.number(), time);
    } else if (in.is_string() && format != TimestampFormat::unix_timestamp) {
        good = parse_timestamp(in.string(), format, time);
    }
    if (!good) refuse(shape, in, Place::field);
}

void JsonDecoder::refuse(const model::Shape& shape, json::Value in, Place place) const {
    throw type_error(service_, dialect_, shape, in,
                     place == Place::field ? ValuePlace::field : ValuePlace::element);
}

namespace {

void encode_with_format(const model::Shape& shape, TimestampFormat format, const void* value,
                        json::Writer& out);

void encode_list(const model::Shape& shape, const void* value, json::Writer& out) {
    const TimestampFormat format = timestamp_format(*shape.element, TimestampFormat::unix_timestamp);
    out.begin_array();
    const std::size_t count = shape.list->size(value);
    for (std::size_t i = 0; i < count; ++i) {
        encode_with_format(*shape.element, format, shape.list->at(value, i), out);
    }
    out.end_array();
}

void encode_map(const model::Shape& shape, const void* value, json::Writer& out) {
    const TimestampFormat format = timestamp_format(*shape.element, TimestampFormat::unix_timestamp);
    out.begin_object();
    each_entry(shape, value, [&](std::string_view key, const void* entry) {
        out.key(key);
        encode_with_format(*shape.element, format, entry, out);
    });
    out.end_object();
}

void encode_with_format(const model::Shape& shape, TimestampFormat format, const void* value,
                        json::Writer& out) {
    switch (shape.kind) {
        case Kind::boolean:
            out.boolean(*static_cast<const bool*>(value));
            break;
        case Kind::integer:
            out.integer(*static_cast<const std::int32_t*>(value));
            break;
        case Kind::long_integer:
            out.integer(*static_cast<const std::int64_t*>(value));
            break;
        case Kind::double_number:
            out.number(*static_cast<const double*>(value));
            break;
        case Kind::float_number: {
            const float number = *static_cast<const float*>(value);
            if (!std::isfinite(number)) {
                out.number(static_cast<double>(number));
                break;
            }
            std::string text;  // a float's own shortest form: as a double 1.1f reads 1.100000023841858
            append_floating(text, number);
            out.raw(text);
            break;
        }
        case Kind::string:
            out.string(*static_cast<const std::string*>(value));
            break;
        case Kind::blob:
            out.string(base64_encode(static_cast<const Bytes*>(value)->data));
            break;
        case Kind::timestamp: {
            std::string text;
            append_timestamp(text, *static_cast<const Timestamp*>(value), format);
            if (format == TimestampFormat::unix_timestamp) {
                out.raw(text);
            } else {
                out.string(text);
            }
            break;
        }
        case Kind::list:
            encode_list(shape, value, out);
            break;
        case Kind::map:
            encode_map(shape, value, out);
            break;
        case Kind::structure:
            encode_json_structure(shape, value, out, BodyMembers::all);
            break;
        case Kind::document: {
            const std::string& text = static_cast<const model::JsonText*>(value)->text;
            out.raw(text.empty() ? std::string_view("null") : std::string_view(text));
            break;
        }
        case Kind::custom:
            shape.custom->encode_json(value, out);
            break;
    }
}

}  // namespace

void encode_json(const model::Shape& shape, const void* value, json::Writer& out) {
    encode_with_format(shape, timestamp_format(shape, TimestampFormat::unix_timestamp), value, out);
}

void encode_json_structure(const model::Shape& shape, const void* value, json::Writer& out,
                           BodyMembers members) {
    out.begin_object();
    for (const model::Member& member : shape.members) {
        if (!in_response_body(member, members)) continue;
        const void* field = field_of(member, value);
        if (field == nullptr) continue;
        out.key(member.wire);
        encode_with_format(*member.shape, timestamp_format(member, TimestampFormat::unix_timestamp), field,
                           out);
    }
    out.end_object();
}

}  // namespace fogbank::protocol
