// S3 Select: no expression and no CSV or JSON may crash the parser, the readers or the evaluator.
#include "services/s3/select/evaluate.h"
#include "services/s3/select/readers.h"
#include "services/s3/select/writer.h"
#include "src/base/error.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

using namespace fogbank;
using namespace fogbank::s3::select;

namespace {

void run(const Query& query, Reader& reader, std::string_view data) {
    std::vector<Accumulator> seen(query.aggregates);
    std::string out;
    const RecordSink sink = [&](const Record& record) {
        const Scope scope{record, from_unix_seconds(std::int64_t{0})};
        if (query.where && !holds(*query.where, scope)) return true;
        for (const Projection& projection : query.projections) {
            if (query.aggregates > 0) {
                accumulate(*projection.expr, scope, seen);
            } else {
                write_json({{"a", evaluate(*projection.expr, scope)}}, "\n", out);
            }
        }
        return true;
    };
    try {
        reader.feed(data.substr(0, data.size() / 2), sink);
        reader.feed(data.substr(data.size() / 2), sink);
        reader.finish(sink);
    } catch (const Error&) {
        // An answer.
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view input(reinterpret_cast<const char*>(data), size);
    const std::size_t split = std::min(input.find('\n'), size);
    try {
        const Query query = parse(input.substr(0, split));
        CsvInput options;
        options.header = HeaderUse::use;
        CsvReader csv(options, {});
        run(query, csv, input.substr(split));
        JsonReader json(JsonType::lines, {});
        run(query, json, input.substr(split));
    } catch (const Error&) {
        // An answer.
    }
    return 0;
}
