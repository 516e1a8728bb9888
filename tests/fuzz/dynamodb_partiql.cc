// DynamoDB's PartiQL: no text may crash the parser, nor what it made the evaluators.
#include "services/dynamodb/expression/evaluate.h"
#include "services/dynamodb/partiql/statement.h"
#include "services/dynamodb/value/codec.h"
#include "src/base/error.h"

#include <cstddef>
#include <cstdint>
#include <string_view>

using namespace fogbank;
using namespace fogbank::dynamodb;

namespace {

// The first byte says how many parameters the request has.
std::optional<std::vector<AttributeValue>> parameters_of(std::uint8_t count) {
    std::vector<AttributeValue> out;
    for (int i = 0; i < count % 4; ++i) out.push_back(AttributeValue::string("s"));
    if (out.empty()) return std::nullopt;
    return out;
}

const AttributeMap& item() {
    static const AttributeMap kItem = decode_stored(
        R"({"a":{"S":"s"},"b":{"M":{"a":{"L":[{"N":"1"},{"S":"s"}]}}},"n":{"N":"5"},"z":{"SS":["s","t"]}})");
    return kItem;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    const std::string_view input(reinterpret_cast<const char*>(data), size);
    const auto parameters = parameters_of(data[0]);
    try {
        const partiql::Statement statement = partiql::parse(input.substr(1), parameters);
        if (statement.where) expression::evaluate(*statement.where, item());
        expression::apply(statement.update, item());
    } catch (const Error&) {
        // An answer.
    }
    return 0;
}
