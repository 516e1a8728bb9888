#include "src/protocol/cbor_body.h"

#include "src/base/bytes.h"
#include "src/base/clock.h"
#include "src/protocol/json_body.h"
#include "src/protocol/request_errors.h"
#include "src/protocol/scalar.h"
#include "src/protocol/service_traits.h"

#include <stdexcept>

namespace fogbank::protocol {

using cbor::Item;
using cbor::Type;
using model::Kind;

namespace {

// aws: the Java SDK writes milliseconds behind the tag that the RFC has for seconds.
bool timestamp(const Item& item, Timestamp& out) {
    if (!timestamp_from_seconds(item.number / 1000, out)) return false;
    if (item.type == Type::integer) out = from_unix_millis(item.integer);
    return true;
}

}  // namespace

void CborDecoder::document(const model::Shape& shape, std::string_view text, void* out) const {
    cbor::Reader reader(text);
    const Item root = reader.next();
    if (root.type != Type::map) throw malformed_json(json_dialect(service_));
    structure(shape, reader, out);
    if (reader.failed() || !reader.at_end()) throw malformed_json(json_dialect(service_));
}

void CborDecoder::value(const model::Shape& shape, const Item& item, cbor::Reader& reader, void* out,
                        Place place) const {
    if (item.type == Type::none) throw malformed_json(json_dialect(service_));
    switch (shape.kind) {
        case Kind::structure:
            if (item.type != Type::map) refuse(shape, item, place);
            structure(shape, reader, out);
            break;
        case Kind::list:
            if (item.type != Type::array) refuse(shape, item, place);
            list(shape, reader, out);
            break;
        case Kind::map:
            if (item.type != Type::map) refuse(shape, item, place);
            map(shape, reader, out);
            break;
        default:
            if (!scalar(shape, item, out)) refuse(shape, item, Place::field);
            break;
    }
}

void CborDecoder::structure(const model::Shape& shape, cbor::Reader& reader, void* out) const {
    std::size_t next = 0;
    while (reader.more()) {
        const Item key = reader.next();
        if (key.type != Type::text) throw malformed_json(json_dialect(service_));
        const model::Member* member = find_member(shape, key.text, next);
        const Item item = reader.next();
        if (member == nullptr || !in_request_body(*member, BodyMembers::all) || item.type == Type::null) {
            reader.skip(item);
            continue;
        }
        value(*member->shape, item, reader, emplace_field(*member, out), Place::field);
    }
}

void CborDecoder::list(const model::Shape& shape, cbor::Reader& reader, void* out) const {
    while (reader.more()) {
        const Item item = reader.next();
        // A null has no place in a vector; AWS's front ends drop it from dense lists.
        if (item.type == Type::null) continue;
        value(*shape.element, item, reader, shape.list->append(out), Place::element);
    }
}

void CborDecoder::map(const model::Shape& shape, cbor::Reader& reader, void* out) const {
    std::string key;
    while (reader.more()) {
        const Item name = reader.next();
        if (name.type != Type::text) throw malformed_json(json_dialect(service_));
        key = name.text;
        const Item item = reader.next();
        if (item.type == Type::null) continue;
        value(*shape.element, item, reader, shape.map->insert(out, key), Place::element);
    }
}

bool CborDecoder::scalar(const model::Shape& shape, const Item& item, void* out) const {
    const bool is_number = item.type == Type::integer || item.type == Type::floating;
    switch (shape.kind) {
        case Kind::string:
            if (item.type != Type::text) return false;
            static_cast<std::string*>(out)->assign(item.text);
            return true;
        case Kind::blob:
            if (item.type != Type::bytes) return false;
            static_cast<Bytes*>(out)->data = item.text;
            return true;
        case Kind::boolean:
            *static_cast<bool*>(out) = item.boolean;
            return item.type == Type::boolean;
        case Kind::integer:
            *static_cast<std::int32_t*>(out) = clamp_to<std::int32_t>(item.number);
            return is_number;
        case Kind::long_integer:
            *static_cast<std::int64_t*>(out) =
                item.type == Type::integer ? item.integer : clamp_to<std::int64_t>(item.number);
            return is_number;
        case Kind::float_number:
            *static_cast<float*>(out) = clamp_to_float(item.number);
            return is_number;
        case Kind::double_number:
            *static_cast<double*>(out) = item.number;
            return is_number;
        case Kind::timestamp:
            return is_number && timestamp(item, *static_cast<Timestamp*>(out));
        default:
            return false;  // documents and types of our own have no CBOR form
    }
}

// Coral's words for a value of another type are those of JSON: they name Java's classes.
void CborDecoder::refuse(const model::Shape& shape, const Item& item, Place place) const {
    std::string text;
    json::Writer writer(text);
    switch (item.type) {
        case Type::boolean:
            writer.boolean(item.boolean);
            break;
        case Type::integer:
            writer.integer(item.integer);
            break;
        case Type::floating:
            writer.raw("0.5");
            break;
        case Type::array:
            writer.raw("[]");
            break;
        case Type::map:
            writer.raw("{}");
            break;
        case Type::text:
            writer.string(item.text);
            break;
        default:
            writer.raw(item.type == Type::null ? "null" : "\"\"");
            break;
    }
    const std::optional<json::Document> found = json::parse(text);
    throw type_error(service_, json_dialect(service_), shape, found ? found->root() : json::Value(),
                     place == Place::field ? ValuePlace::field : ValuePlace::element);
}

namespace {

void encode_value(const model::Shape& shape, const void* value, cbor::Writer& out) {
    switch (shape.kind) {
        case Kind::boolean:
            return out.boolean(*static_cast<const bool*>(value));
        case Kind::integer:
            return out.integer(*static_cast<const std::int32_t*>(value));
        case Kind::long_integer:
            return out.integer(*static_cast<const std::int64_t*>(value));
        case Kind::float_number:
            return out.number(*static_cast<const float*>(value));
        case Kind::double_number:
            return out.number(*static_cast<const double*>(value));
        case Kind::string:
            return out.text(*static_cast<const std::string*>(value));
        case Kind::blob:
            return out.bytes(static_cast<const Bytes*>(value)->data);
        case Kind::timestamp:
            out.tag(cbor::kEpochTag);
            return out.integer(unix_millis(*static_cast<const Timestamp*>(value)));
        case Kind::list: {
            const std::size_t count = shape.list->size(value);
            out.array(count);
            for (std::size_t i = 0; i < count; ++i)
                encode_value(*shape.element, shape.list->at(value, i), out);
            return;
        }
        case Kind::map:
            out.begin_map();
            each_entry(shape, value, [&](std::string_view key, const void* entry) {
                out.text(key);
                encode_value(*shape.element, entry, out);
            });
            return out.end();
        case Kind::structure:
            return encode_cbor_structure(shape, value, out);
        case Kind::document:
        case Kind::custom:
            break;
    }
    throw std::logic_error(std::string("no CBOR form of ") + shape.name);
}

}  // namespace

void encode_cbor_structure(const model::Shape& shape, const void* value, cbor::Writer& out) {
    out.begin_map();
    for (const model::Member& member : shape.members) {
        if (!in_response_body(member, BodyMembers::all)) continue;
        const void* field = field_of(member, value);
        if (field == nullptr) continue;
        out.text(member.wire);
        encode_value(*member.shape, field, out);
    }
    out.end();
}

void encode_cbor(json::Value value, cbor::Writer& out) {
    switch (value.type()) {
        case json::Type::null:
            return out.null();
        case json::Type::boolean:
            return out.boolean(value.boolean());
        case json::Type::integer:
            return out.integer(value.integer());
        case json::Type::number:
            return out.number(value.number());
        case json::Type::string:
            return out.text(value.string());
        case json::Type::array:
            out.array(value.size());
            for (const json::Value element : value.elements()) encode_cbor(element, out);
            return;
        case json::Type::object:
            out.map(value.size());
            for (const auto [name, member] : value.members()) {
                out.text(name);
                encode_cbor(member, out);
            }
            return;
    }
}

}  // namespace fogbank::protocol
