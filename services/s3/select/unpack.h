// Compressed objects: gzip and bzip2, piece by piece.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace fogbank::s3::select {

class Unpacker {
public:
    virtual ~Unpacker() = default;
    // Takes more input, in pieces of any size. What came before must have been drained.
    virtual void feed(std::string_view piece) = 0;
    // Up to `limit` bytes of the text; empty where more input is needed. Nothing where the input is not of
    // the format.
    virtual std::optional<std::string> drain(std::size_t limit) = 0;
    // True where the input may end here.
    virtual bool complete() const = 0;
    // "GZIP"
    virtual const char* format() const = 0;
};

std::unique_ptr<Unpacker> make_gunzip();
// Streams that follow each other are one text, as bzip2 itself reads them.
std::unique_ptr<Unpacker> make_bunzip();

}  // namespace fogbank::s3::select
