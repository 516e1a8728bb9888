#include "src/base/byte_stream.h"

namespace fogbank {
namespace {

class StringStream final : public ByteStream {
public:
    explicit StringStream(std::string bytes) : bytes_(std::move(bytes)) {}
    Task<std::string_view> next() override {
        if (read_) co_return std::string_view();
        read_ = true;
        co_return bytes_;
    }
    std::optional<std::uint64_t> length() const override { return bytes_.size(); }

private:
    std::string bytes_;
    bool read_ = false;
};

}  // namespace

Task<std::string> read_all(ByteStream& stream, std::uint64_t limit, const Error& too_large) {
    std::string all;
    if (auto length = stream.length()) {
        if (*length > limit) throw too_large;
        all.reserve(*length);
    }
    while (true) {
        std::string_view piece = co_await stream.next();
        if (piece.empty()) co_return all;
        if (all.size() + piece.size() > limit) throw too_large;
        all += piece;
    }
}

std::unique_ptr<ByteStream> make_string_stream(std::string bytes) {
    return std::make_unique<StringStream>(std::move(bytes));
}

}  // namespace fogbank
