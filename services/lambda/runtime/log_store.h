// What functions print, per function, in bounded files: <folder>/<account>/<region>/<function>.log.
#pragma once

#include <cstdint>
#include <mutex>
#include <string>
#include <string_view>

namespace fogbank::lambda {

struct LogPiece {
    std::string text;
    std::int64_t next_offset = 0;  // where the next read goes on
};

class LogStore {
public:
    static constexpr std::int64_t kFileLimit = 4 << 20;  // above it the file becomes <function>.log.1
    static constexpr std::int64_t kPieceLimit = 256 << 10;

    explicit LogStore(std::string folder) : folder_(std::move(folder)) {}

    void append(std::string_view account, std::string_view region, std::string_view function,
                std::string_view text);

    // From `offset` on; a negative offset means that many bytes before the end. An offset beyond the end (the
    // file began anew) reads from the start.
    LogPiece read(std::string_view account, std::string_view region, std::string_view function,
                  std::int64_t offset) const;

    void erase(std::string_view account);  // empty: all

private:
    std::string path(std::string_view account, std::string_view region, std::string_view function) const;

    std::string folder_;
    std::mutex mutex_;
};

}  // namespace fogbank::lambda
