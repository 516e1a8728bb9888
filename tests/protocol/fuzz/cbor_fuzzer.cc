// Feeds the CBOR decoder with bytes. Nothing may crash, hang or throw anything but Error; what was decoded is
// written, and reads back to the same bytes.
#include "src/protocol/cbor_body.h"
#include "tests/unit/protocol/sample_service.h"

#include <cstdint>
#include <string>
#include <string_view>

namespace {

using namespace fogbank;

std::string written(const protocol_test::Sample& sample) {
    std::string out;
    cbor::Writer writer(out);
    protocol::encode_cbor_structure(*protocol_test::kinesis_operation().output, &sample, writer);
    return out;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const model::Operation& operation = protocol_test::kinesis_operation();
    const protocol::CborDecoder decoder(*operation.service);
    protocol_test::Sample sample;
    try {
        decoder.document(*operation.input, {reinterpret_cast<const char*>(data), size}, &sample);
    } catch (const Error&) {
        return 0;
    }
    const std::string once = written(sample);
    protocol_test::Sample again;
    decoder.document(*operation.input, once, &again);
    if (written(again) != once) __builtin_trap();
    return 0;
}
