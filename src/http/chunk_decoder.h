// The chunked transfer coding of request bodies: a state machine that may be fed at any split.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace fogbank::http {

class ChunkDecoder {
public:
    // Takes bytes off the front of `input` until it has a piece of the body, the body ends, the input is used
    // up or is malformed. Returns the piece, a part of the input; empty in the other cases.
    std::string_view take(std::string_view& input);
    bool done() const { return state_ == State::done; }
    bool malformed() const { return state_ == State::malformed; }

private:
    enum class State {
        size_start,
        size,
        extension,
        size_lf,
        data,
        data_cr,
        data_lf,
        trailer_start,
        trailer,
        trailer_lf,
        end_lf,
        done,
        malformed
    };
    void step(char c);
    void step_size(char c);
    void step_trailer(char c);

    State state_ = State::size_start;
    std::uint64_t left_ = 0;    // of the current chunk
    std::size_t overhead_ = 0;  // extensions and trailers so far in this line or trailer section
};

}  // namespace fogbank::http
