#include "services/dynamodb/partiql/next_token.h"

#include "services/dynamodb/refuse.h"
#include "services/dynamodb/value/codec.h"
#include "src/base/bytes.h"
#include "src/base/digest.h"
#include "src/base/json.h"

namespace fogbank::dynamodb::partiql {
namespace {

std::string digest_of(const api::ExecuteStatementInput& input) {
    return sha256_hex(text_of(*input.Statement, input.Parameters));
}

[[noreturn]] void refuse_token() {
    refuse("Invalid NextToken");
}

}  // namespace

std::string text_of(const std::string& statement,
                    const std::optional<std::vector<AttributeValue>>& parameters) {
    std::string out;
    json::Writer writer(out);
    writer.begin_array().string(statement);
    if (parameters) {
        for (const AttributeValue& each : *parameters) encode_value(each, writer);
    }
    writer.end_array();
    return out;
}

std::string next_token(const api::ExecuteStatementInput& input, const Place& place) {
    std::string text;
    json::Writer out(text);
    out.begin_object().field("statement", digest_of(input));
    out.field("range", static_cast<std::int64_t>(place.range));
    if (place.key) {
        out.key("key");
        encode_attributes(*place.key, out);
    }
    out.end_object();
    return base64_encode(text);
}

Place place_of(const api::ExecuteStatementInput& input) {
    Place place;
    if (!input.NextToken) return place;
    const auto text = base64_decode(*input.NextToken);
    if (!text) refuse_token();
    const auto document = json::parse(*text);
    if (!document || !document->root().is_object()) refuse_token();
    const json::Value in = document->root();
    const json::Value digest = in.find("statement");
    const json::Value range = in.find("range");
    if (!digest || !digest.is_string() || !range || range.type() != json::Type::integer ||
        range.integer() < 0) {
        refuse_token();
    }
    if (digest.string() != digest_of(input)) refuse("NextToken does not match request");
    place.range = static_cast<std::size_t>(range.integer());
    if (const json::Value key = in.find("key")) {
        if (!key.is_object()) refuse_token();
        place.key = decode_attributes(key);
    }
    return place;
}

}  // namespace fogbank::dynamodb::partiql
