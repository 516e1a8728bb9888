// gzip, piece by piece, over zlib.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace fogbank {

// Takes compressed bytes in pieces of any size; members that follow each other are one text.
class Gunzip {
public:
    Gunzip();
    ~Gunzip();
    Gunzip(const Gunzip&) = delete;
    Gunzip& operator=(const Gunzip&) = delete;
    // Takes more input. What came before must have been drained.
    void feed(std::string_view piece);
    // Up to `limit` bytes of the text; empty where more input is needed. Nothing where the input is no gzip.
    std::optional<std::string> drain(std::size_t limit);
    // True where the input may end here.
    bool complete() const;

private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace fogbank
