// Inputs of operations as JSON text in rows, and as what tells one request from another.
#pragma once

#include "services/dynamodb/model/service.h"
#include "src/protocol/json_body.h"

#include <string>
#include <string_view>

namespace fogbank::dynamodb {

template <class Op>
std::string request_text(const typename Op::Input& input) {
    std::string text;
    json::Writer out(text);
    protocol::encode_json_structure(*Op::descriptor().input, &input, out, protocol::BodyMembers::all);
    return text;
}

template <class Op>
typename Op::Input parse_request(std::string_view text) {
    typename Op::Input input;
    protocol::JsonDecoder(api::service())
        .document(*Op::descriptor().input, text, &input, protocol::BodyMembers::all);
    return input;
}

}  // namespace fogbank::dynamodb
