// Short forms for values, items and refusals.
#pragma once

#include "services/dynamodb/value/codec.h"
#include "src/base/error.h"

#include <catch2/catch.hpp>

#include <string>

namespace fogbank::dynamodb::test {

inline AttributeMap item(const std::string& json) {
    return decode_stored(json);
}

inline Item values(const std::string& json) {
    return Item::of(decode_stored(json));
}

// The message of the Error that `action` throws; empty where it throws none.
template <class Action>
std::string refusal(Action action) {
    try {
        action();
    } catch (const Error& error) {
        return error.message();
    }
    return {};
}

}  // namespace fogbank::dynamodb::test
