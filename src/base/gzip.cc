#include "src/base/gzip.h"

#include <zlib.h>

#include <algorithm>
#include <stdexcept>

namespace fogbank {

std::string gzip(std::string_view bytes) {
    constexpr int kGzipOnly = 16 + MAX_WBITS;
    constexpr int kMemoryLevel = 8;
    z_stream stream{};
    if (deflateInit2(&stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, kGzipOnly, kMemoryLevel,
                     Z_DEFAULT_STRATEGY) != Z_OK) {
        throw std::runtime_error("zlib cannot start");
    }
    std::string out(deflateBound(&stream, bytes.size()), '\0');
    // zlib reads only, though its member is not const.
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
    stream.avail_in = static_cast<uInt>(bytes.size());
    stream.next_out = reinterpret_cast<Bytef*>(out.data());
    stream.avail_out = static_cast<uInt>(out.size());
    const int result = deflate(&stream, Z_FINISH);
    out.resize(stream.total_out);
    deflateEnd(&stream);
    if (result != Z_STREAM_END) throw std::runtime_error("zlib does not end a stream");
    return out;
}

std::optional<std::string> gunzip(std::string_view bytes, std::size_t limit) {
    constexpr std::size_t kPiece = 256 * 1024;
    Gunzip reader;
    reader.feed(bytes);
    std::string out;
    while (true) {
        const std::optional<std::string> piece = reader.drain(std::min(kPiece, limit + 1 - out.size()));
        if (!piece) return std::nullopt;
        out += *piece;
        if (out.size() > limit) return std::nullopt;
        if (piece->empty()) break;
    }
    if (!reader.complete()) return std::nullopt;
    return out;
}

struct Gunzip::Impl {
    z_stream stream{};
    std::string input;
    bool between = false;  // a member has ended
    bool broken = false;
};

Gunzip::Gunzip() : impl_(std::make_unique<Impl>()) {
    constexpr int kGzipOnly = 16 + MAX_WBITS;
    if (inflateInit2(&impl_->stream, kGzipOnly) != Z_OK) throw std::runtime_error("zlib cannot start");
}

Gunzip::~Gunzip() {
    inflateEnd(&impl_->stream);
}

void Gunzip::feed(std::string_view piece) {
    Impl& impl = *impl_;
    impl.input.assign(piece);
    impl.stream.next_in = reinterpret_cast<Bytef*>(impl.input.data());
    impl.stream.avail_in = static_cast<uInt>(impl.input.size());
}

std::optional<std::string> Gunzip::drain(std::size_t limit) {
    Impl& impl = *impl_;
    std::string out(limit, '\0');
    impl.stream.next_out = reinterpret_cast<Bytef*>(out.data());
    impl.stream.avail_out = static_cast<uInt>(limit);
    while (!impl.broken && impl.stream.avail_in > 0 && impl.stream.avail_out > 0) {
        if (impl.between) inflateReset(&impl.stream);
        impl.between = false;
        const int code = inflate(&impl.stream, Z_NO_FLUSH);
        impl.between = code == Z_STREAM_END;
        impl.broken = code != Z_OK && code != Z_STREAM_END && code != Z_BUF_ERROR;
        if (code == Z_BUF_ERROR) break;
    }
    if (impl.broken) return std::nullopt;
    out.resize(limit - impl.stream.avail_out);
    return out;
}

bool Gunzip::complete() const {
    return impl_->between && impl_->stream.avail_in == 0;
}

}  // namespace fogbank
