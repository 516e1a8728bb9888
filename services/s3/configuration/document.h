// The stored form of a configuration: the XML that AWS's clients send and get, made by the model's tables.
#pragma once

#include "src/model/shape.h"

#include <string>
#include <string_view>

namespace fogbank::s3 {

// `value` is of the C++ type of `shape`.
std::string to_document(const model::Shape& shape, const void* value);

// Fills `out`, a default value of `shape`. A document may be read as another shape with the same elements:
// what PutBucketCors takes is what GetBucketCors answers.
void from_document(const model::Service& service, const model::Shape& shape, std::string_view document,
                   void* out);

// The same for the output of `Op`: into its payload member, or into its own members where it has none.
template <class Op>
typename Op::Output output_from_document(std::string_view document) {
    typename Op::Output output;
    const model::Operation& operation = Op::descriptor();
    if (const model::Member* payload = operation.output->payload) {
        void* field = payload->holder->emplace(reinterpret_cast<char*>(&output) + payload->offset);
        from_document(*operation.service, *payload->shape, document, field);
    } else {
        from_document(*operation.service, *operation.output, document, &output);
    }
    return output;
}

// The shape of the document that `Op` takes.
template <class Op>
const model::Shape& document_shape() {
    return *Op::descriptor().input->payload->shape;
}

}  // namespace fogbank::s3
