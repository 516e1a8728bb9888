// The bodies of AWS's vectors for Smithy's RPC v2 protocol. It is another protocol than Kinesis's CBOR, but
// the same format: its bodies have to decode to the vectors' values. Times differ: seconds there,
// milliseconds here.
#include "src/base/bytes.h"
#include "src/protocol/cbor_body.h"
#include "tests/protocol/dynamic_model.h"
#include "tests/protocol/dynamic_value.h"

#include <catch2/catch.hpp>

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <sstream>

namespace fogbank::protocol_test {
namespace {

const std::filesystem::path kVectors = FOGBANK_PROTOCOL_VECTORS;

// Bodies with times in seconds.
constexpr std::array<std::string_view, 2> kTimes = {"RpcV2CborLists",
                                                    "RpcV2CborDateTimeWithFractionalSeconds"};

std::string text_of(json::Value value) {
    return value && value.is_string() ? std::string(value.string()) : "";
}

bool has_times(std::string_view id) {
    return std::find(kTimes.begin(), kTimes.end(), id) != kTimes.end();
}

struct Tally {
    int read = 0;
    int with_times = 0;
    int written = 0;
};

// Decodes `body`; where the two differ.
std::string check(const model::Service& service, const model::Shape& shape, const std::string& body,
                  json::Value expected) {
    Structure value;
    try {
        protocol::CborDecoder(service).document(shape, body, value.get());
    } catch (const Error& error) {
        return "refused: " + error.code() + " " + error.message();
    }
    return difference(shape, value.get(), expected, "body");
}

void run_case(const DynamicModel& model, json::Value item, Tally& tally) {
    const bool is_input = static_cast<bool>(item.find("params"));
    const json::Value expected = item.find(is_input ? "params" : "result");
    const json::Value wire = item.find(is_input ? "serialized" : "response");
    const std::string id = text_of(item.find("id"));
    const std::optional<std::string> body = base64_decode(text_of(wire.find("body")));
    REQUIRE(body);
    const model::Operation& operation = model.operation(text_of(item.find("given").find("name")));
    const model::Shape& shape = is_input ? *operation.input : *operation.output;
    INFO(id);
    if (!body->empty() && has_times(id)) {
        ++tally.with_times;
        CHECK(check(model.service(), shape, *body, expected) != "");
    } else if (!body->empty()) {
        ++tally.read;
        CHECK(check(model.service(), shape, *body, expected) == "");
    }
    Structure output;
    build(shape, expected, output.get());
    std::string written;
    cbor::Writer writer(written);
    protocol::encode_cbor_structure(shape, output.get(), writer);
    ++tally.written;
    CHECK(check(model.service(), shape, written, expected) == "");
}

}  // namespace

TEST_CASE("CBOR bodies agree with AWS's vectors of another CBOR protocol, times aside") {
    Tally tally;
    for (const char* file : {"input/smithy-rpc-v2-cbor.json", "output/smithy-rpc-v2-cbor.json"}) {
        std::ifstream in(kVectors / file);
        if (!in) FAIL("no " << (kVectors / file) << ": run scripts/setup");
        std::ostringstream text;
        text << in.rdbuf();
        const auto parsed = json::parse(text.str());
        REQUIRE(parsed);
        for (const json::Value suite : parsed->root().elements()) {
            const DynamicModel model(suite);
            for (const json::Value item : suite.find("cases").elements()) {
                if (!item.find("error")) run_case(model, item, tally);
            }
        }
    }
    std::cout << "CBOR bodies: " << tally.read << " read, " << tally.with_times << " with times, "
              << tally.written << " written and read back\n";
    CHECK(tally.read == 40);
    CHECK(tally.with_times == 3);
    CHECK(tally.written == 47);
}

}  // namespace fogbank::protocol_test
