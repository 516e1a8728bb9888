#include "services/s3/body_source.h"

namespace fogbank::s3 {

namespace {

class BodyStream final : public ByteStream {
public:
    BodyStream(store::BlobStore& blobs, std::vector<BodyPiece> pieces)
        : blobs_(blobs), pieces_(std::move(pieces)) {
        for (const BodyPiece& piece : pieces_) length_ += static_cast<std::uint64_t>(piece.length);
    }
    std::optional<std::uint64_t> length() const override { return length_; }
    Task<std::string_view> next() override {
        while (at_ < pieces_.size()) {
            const BodyPiece& piece = pieces_[at_];
            const auto offset = static_cast<std::uint64_t>(piece.offset);
            const auto size = static_cast<std::uint64_t>(piece.length);
            if (piece.blob.empty()) {
                ++at_;
                if (size > 0) co_return std::string_view(piece.bytes).substr(offset, size);
                continue;
            }
            if (!file_) file_ = blobs_.open(piece.blob, offset, size);
            const std::string_view bytes = co_await file_->next();
            if (!bytes.empty()) co_return bytes;
            file_.reset();
            ++at_;
        }
        co_return std::string_view{};
    }

private:
    store::BlobStore& blobs_;
    std::vector<BodyPiece> pieces_;
    std::uint64_t length_ = 0;
    std::size_t at_ = 0;
    std::unique_ptr<ByteStream> file_;
};

}  // namespace

std::unique_ptr<ByteStream> make_body_stream(store::BlobStore& blobs, std::vector<BodyPiece> pieces) {
    return std::make_unique<BodyStream>(blobs, std::move(pieces));
}

}  // namespace fogbank::s3
