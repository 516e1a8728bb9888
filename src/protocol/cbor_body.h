// CBOR to and from generated structs: the JSON protocols' bodies as application/x-amz-cbor-1.1, which the
// Java SDK sends to Kinesis. As JSON, but blobs are byte strings and times tagged milliseconds.
#pragma once

#include "src/base/cbor.h"
#include "src/base/json.h"
#include "src/model/shape.h"

#include <string>
#include <string_view>

namespace fogbank::protocol {

class CborDecoder {
public:
    explicit CborDecoder(const model::Service& service) : service_(service) {}

    // Parses `text`, one map, and fills `out`, a structure. Throws SerializationException.
    void document(const model::Shape& shape, std::string_view text, void* out) const;

private:
    enum class Place { field, element };
    // `item` was just read; `reader` stands behind its head.
    void value(const model::Shape& shape, const cbor::Item& item, cbor::Reader& reader, void* out,
               Place place) const;
    void structure(const model::Shape& shape, cbor::Reader& reader, void* out) const;
    void list(const model::Shape& shape, cbor::Reader& reader, void* out) const;
    void map(const model::Shape& shape, cbor::Reader& reader, void* out) const;
    bool scalar(const model::Shape& shape, const cbor::Item& item, void* out) const;
    [[noreturn]] void refuse(const model::Shape& shape, const cbor::Item& item, Place place) const;

    const model::Service& service_;
};

void encode_cbor_structure(const model::Shape& shape, const void* value, cbor::Writer& out);

// A value of JSON as CBOR: details of errors.
void encode_cbor(json::Value value, cbor::Writer& out);

}  // namespace fogbank::protocol
