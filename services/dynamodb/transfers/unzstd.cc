#include "services/dynamodb/transfers/unzstd.h"

#include <zstd.h>

#include <memory>
#include <stdexcept>

namespace fogbank::dynamodb {

std::optional<std::string> unzstd(std::string_view bytes, std::size_t limit) {
    constexpr std::size_t kPiece = 256 * 1024;
    const std::unique_ptr<ZSTD_DStream, decltype(&ZSTD_freeDStream)> stream(ZSTD_createDStream(),
                                                                            &ZSTD_freeDStream);
    if (stream == nullptr) throw std::runtime_error("libzstd has no memory");
    ZSTD_inBuffer in{bytes.data(), bytes.size(), 0};
    std::string out;
    std::size_t left = 1;  // 0: at the end of a frame
    while (true) {
        const std::size_t done = out.size();
        out.resize(done + kPiece);
        ZSTD_outBuffer piece{out.data() + done, kPiece, 0};
        left = ZSTD_decompressStream(stream.get(), &piece, &in);
        out.resize(done + piece.pos);
        if (ZSTD_isError(left) != 0 || out.size() > limit) return std::nullopt;
        if (in.pos == in.size && piece.pos < kPiece) break;
    }
    if (left != 0) return std::nullopt;
    return out;
}

}  // namespace fogbank::dynamodb
