// gzip over zlib: whole, or piece by piece.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace fogbank {

std::string gzip(std::string_view bytes);
// Nothing where `bytes` is no gzip, is cut off, or holds more than `limit` bytes.
std::optional<std::string> gunzip(std::string_view bytes, std::size_t limit);

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
