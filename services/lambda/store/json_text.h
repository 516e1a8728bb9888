// Structures of the model as text in rows.
#pragma once

#include "services/lambda/model/service.h"
#include "src/protocol/json_body.h"

#include <string>
#include <string_view>

namespace fogbank::lambda {

// `Op` is an operation whose output is the structure.
template <class Op>
std::string to_json(const typename Op::Output& value) {
    std::string text;
    json::Writer out(text);
    protocol::encode_json_structure(*Op::descriptor().output, &value, out, protocol::BodyMembers::all);
    return text;
}

template <class Op>
typename Op::Output from_json(std::string_view text) {
    typename Op::Output value;
    protocol::JsonDecoder(api::service())
        .document(*Op::descriptor().output, text, &value, protocol::BodyMembers::all);
    return value;
}

}  // namespace fogbank::lambda
