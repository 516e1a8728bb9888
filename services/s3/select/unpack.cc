#include "services/s3/select/unpack.h"

#include "src/base/gzip.h"

#include <bzlib.h>

#include <stdexcept>

namespace fogbank::s3::select {

namespace {

class GunzipUnpacker final : public Unpacker {
public:
    void feed(std::string_view piece) override { gunzip_.feed(piece); }
    std::optional<std::string> drain(std::size_t limit) override { return gunzip_.drain(limit); }
    bool complete() const override { return gunzip_.complete(); }
    const char* format() const override { return "GZIP"; }

private:
    Gunzip gunzip_;
};

class BunzipUnpacker final : public Unpacker {
public:
    BunzipUnpacker() { begin(); }
    ~BunzipUnpacker() override { BZ2_bzDecompressEnd(&stream_); }
    BunzipUnpacker(const BunzipUnpacker&) = delete;
    BunzipUnpacker& operator=(const BunzipUnpacker&) = delete;

    void feed(std::string_view piece) override {
        input_.assign(piece);
        stream_.next_in = input_.data();
        stream_.avail_in = static_cast<unsigned>(input_.size());
    }

    std::optional<std::string> drain(std::size_t limit) override {
        std::string out(limit, '\0');
        stream_.next_out = out.data();
        stream_.avail_out = static_cast<unsigned>(limit);
        // What is unpacked already may wait for room without any input.
        while (!broken_ && stream_.avail_out > 0 && (stream_.avail_in > 0 || !between_)) {
            if (between_) begin_next();
            const unsigned in = stream_.avail_in;
            const unsigned room = stream_.avail_out;
            const int code = BZ2_bzDecompress(&stream_);
            between_ = code == BZ_STREAM_END;
            broken_ = code != BZ_OK && code != BZ_STREAM_END;
            if (code == BZ_OK && stream_.avail_in == in && stream_.avail_out == room) break;
        }
        if (broken_) return std::nullopt;
        out.resize(limit - stream_.avail_out);
        return out;
    }

    bool complete() const override { return between_ && stream_.avail_in == 0; }
    const char* format() const override { return "BZIP2"; }

private:
    void begin() {
        constexpr int kQuiet = 0;
        constexpr int kFast = 0;
        if (BZ2_bzDecompressInit(&stream_, kQuiet, kFast) != BZ_OK)
            throw std::runtime_error("libbz2 cannot start");
    }
    void begin_next() {
        bz_stream next{};
        next.next_in = stream_.next_in;
        next.avail_in = stream_.avail_in;
        next.next_out = stream_.next_out;
        next.avail_out = stream_.avail_out;
        BZ2_bzDecompressEnd(&stream_);
        stream_ = next;
        begin();
        between_ = false;
    }

    bz_stream stream_{};
    std::string input_;
    bool between_ = false;  // a stream has ended
    bool broken_ = false;
};

}  // namespace

std::unique_ptr<Unpacker> make_gunzip() {
    return std::make_unique<GunzipUnpacker>();
}

std::unique_ptr<Unpacker> make_bunzip() {
    return std::make_unique<BunzipUnpacker>();
}

}  // namespace fogbank::s3::select
