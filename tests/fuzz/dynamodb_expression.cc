// DynamoDB's expressions: no text may crash the parsers, nor what they made the evaluators.
#include "services/dynamodb/expression/evaluate.h"
#include "services/dynamodb/expression/parser.h"
#include "services/dynamodb/value/codec.h"
#include "src/base/error.h"

#include <cstddef>
#include <cstdint>
#include <string_view>

using namespace fogbank;
using namespace fogbank::dynamodb;

namespace {

const expression::Placeholders::Names kNames = model::Map<std::string>{{"#a", "a"}, {"#b", "b"}};

const expression::Placeholders::Values& values() {
    static const expression::Placeholders::Values kValues =
        Item::of(decode_stored(R"({":n":{"N":"1"},":s":{"S":"s"},":b":{"B":"AA=="},":l":{"L":[]},)"
                               R"(":m":{"M":{}},":z":{"SS":["s"]}})"));
    return kValues;
}

const AttributeMap& item() {
    static const AttributeMap kItem = decode_stored(
        R"({"a":{"S":"s"},"b":{"M":{"a":{"L":[{"N":"1"},{"S":"s"}]}}},"n":{"N":"5"},"z":{"SS":["s","t"]}})");
    return kItem;
}

void run(char kind, std::string_view text) {
    expression::Placeholders placeholders(kNames, values(), Wording::current);
    if (kind == 'p') {
        expression::project(expression::parse_projection(text, placeholders), item());
    } else if (kind == 'u') {
        expression::apply(expression::parse_update(text, placeholders), item());
    } else {
        expression::evaluate(expression::parse_condition(expression::Kind::condition, text, placeholders),
                             item());
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    const std::string_view input(reinterpret_cast<const char*>(data), size);
    try {
        run(input[0], input.substr(1));
    } catch (const Error&) {
        // An answer.
    }
    return 0;
}
