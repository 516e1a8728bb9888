// S3's POST forms: no body, in whatever pieces, may crash the reader or make it give other bytes than whole.
#include "services/s3/post/form.h"
#include "src/base/error.h"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

using namespace fogbank;
using namespace fogbank::s3::post;

namespace {

struct Outcome {
    std::string file, error;
    Fields fields;
    bool operator==(const Outcome&) const = default;
};

Outcome scan(std::string_view form, std::size_t step) {
    Outcome out;
    FormScanner scanner("B");
    try {
        for (; !form.empty(); form.remove_prefix(form.size() < step ? form.size() : step)) {
            scanner.feed(form.substr(0, step));
            out.file += scanner.take_file();
        }
        scanner.finish();
    } catch (const Error& error) {
        out.error = error.code();
        return {{}, out.error, {}};
    }
    out.fields = scanner.fields();
    return out;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    const std::string_view input(reinterpret_cast<const char*>(data) + 1, size - 1);
    form_boundary(input);
    const Outcome whole = scan(input, size);
    const Outcome pieces = scan(input, data[0] % 16 + 1);
    // The limit in front of the file is judged piece by piece, so only forms within it compare.
    if (size < kFieldsLimit / 2 && !(whole == pieces)) std::abort();
    return 0;
}
