// One small operation in every protocol, with tables written by hand.
#pragma once

#include "src/base/bytes.h"
#include "src/model/shape.h"
#include "src/protocol/codec.h"

#include <optional>
#include <string>
#include <vector>

namespace fogbank::protocol_test {

struct Nested {
    std::optional<std::string> Name;
    model::Box<Nested> Child;
};

struct Sample {
    std::optional<std::string> Text;
    std::optional<std::int32_t> Count;
    std::optional<std::int64_t> Big;
    std::optional<double> Ratio;
    std::optional<bool> Flag;
    std::optional<Bytes> Data;
    std::optional<Timestamp> When;
    std::optional<std::vector<std::string>> Words;
    std::optional<model::Map<std::string>> Labels;
    std::optional<Nested> Inner;
    std::optional<std::vector<Nested>> Items;
    std::optional<model::Map<std::vector<std::string>>> Groups;
};

// As Sample, with members in every place of an HTTP message.
struct Located {
    std::optional<std::string> Key;
    std::optional<std::int32_t> Limit;
    std::optional<Timestamp> Since;
    std::optional<model::Map<std::string>> Meta;
    std::optional<std::string> Note;
    std::optional<Nested> Body;
};

// The services live as long as the program.
const model::Operation& dynamodb_operation();  // JSON 1.0, "DynamoDB_20120810"
const model::Operation& kinesis_operation();   // JSON 1.1, "Kinesis_20131202"
const model::Operation& lambda_operation();    // rest-json: PUT /2015-03-31/things/{Key}
const model::Operation& s3_operation();        // rest-xml: PUT /{Key}?thing
const model::Operation& sts_operation();       // query, Sample in and out

// "Code: message" of what decoding `body` throws; "decoded" where it throws nothing.
std::string refusal(const model::Operation& operation, std::string_view body);
Sample decode_sample(const model::Operation& operation, std::string_view body);

// Status line, headers and body, as text.
std::string text_of(const http::Response& response);

}  // namespace fogbank::protocol_test
