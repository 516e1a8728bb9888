#include "services/s3/body_source.h"

#include <unistd.h>
#include <algorithm>
#include <stdexcept>

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

constexpr std::size_t kFilePiece = 64 * 1024;

class FileStream final : public ByteStream {
public:
    explicit FileStream(const http::FileBody& file) : file_(file), left_(file.length) {}
    ~FileStream() override { ::close(file_.descriptor); }
    FileStream(const FileStream&) = delete;
    FileStream& operator=(const FileStream&) = delete;
    std::optional<std::uint64_t> length() const override { return file_.length; }
    Task<std::string_view> next() override {
        piece_.resize(static_cast<std::size_t>(std::min<std::uint64_t>(left_, kFilePiece)));
        const std::uint64_t at = file_.offset + file_.length - left_;
        const ssize_t got =
            piece_.empty() ? 0
                           : ::pread(file_.descriptor, piece_.data(), piece_.size(), static_cast<off_t>(at));
        if (got < 0 || (got == 0 && left_ > 0))
            throw std::runtime_error("the file of an object cannot be read");
        left_ -= static_cast<std::uint64_t>(got);
        co_return std::string_view(piece_).substr(0, static_cast<std::size_t>(got));
    }

private:
    http::FileBody file_;
    std::uint64_t left_;
    std::string piece_;
};

}  // namespace

std::unique_ptr<ByteStream> stream_of(Payload payload) {
    if (auto* text = std::get_if<std::string>(&payload)) return make_string_stream(std::move(*text));
    if (const auto* file = std::get_if<http::FileBody>(&payload)) return std::make_unique<FileStream>(*file);
    if (auto* stream = std::get_if<std::unique_ptr<ByteStream>>(&payload)) return std::move(*stream);
    return make_string_stream({});
}

std::unique_ptr<ByteStream> make_body_stream(store::BlobStore& blobs, std::vector<BodyPiece> pieces) {
    return std::make_unique<BodyStream>(blobs, std::move(pieces));
}

}  // namespace fogbank::s3
