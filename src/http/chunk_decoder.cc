#include "src/http/chunk_decoder.h"

#include <algorithm>

namespace fogbank::http {

namespace {

// Extensions and trailers are read and dropped; a sender has no reason for more than a few hundred bytes.
constexpr std::size_t kOverheadLimit = 16 * 1024;

int hex_digit(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

}  // namespace

std::string_view ChunkDecoder::take(std::string_view& input) {
    while (!input.empty() && state_ != State::done && state_ != State::malformed) {
        if (state_ == State::data) {
            const std::size_t size = static_cast<std::size_t>(std::min<std::uint64_t>(left_, input.size()));
            const std::string_view piece = input.substr(0, size);
            input.remove_prefix(size);
            left_ -= size;
            if (left_ == 0) state_ = State::data_cr;
            return piece;
        }
        step(input.front());
        input.remove_prefix(1);
    }
    return {};
}

void ChunkDecoder::step(char c) {
    switch (state_) {
        case State::size_start:
        case State::size:
        case State::extension:
        case State::size_lf:
            step_size(c);
            break;
        case State::data_cr:
            state_ = c == '\r' ? State::data_lf : State::malformed;
            break;
        case State::data_lf:
            state_ = c == '\n' ? State::size_start : State::malformed;
            break;
        default:
            step_trailer(c);
            break;
    }
}

void ChunkDecoder::step_size(char c) {
    if (state_ == State::size_lf) {
        state_ = c != '\n' ? State::malformed : left_ == 0 ? State::trailer_start : State::data;
        overhead_ = 0;
        return;
    }
    if (state_ == State::extension) {
        if (c == '\r') {
            state_ = State::size_lf;
        } else if (c == '\n' || ++overhead_ > kOverheadLimit) {
            state_ = State::malformed;
        }
        return;
    }
    const int digit = hex_digit(c);
    if (digit >= 0) {
        if (left_ >> 56 != 0) {  // the next digit could overflow
            state_ = State::malformed;
            return;
        }
        left_ = left_ * 16 + static_cast<std::uint64_t>(digit);
        // Zeros in front add nothing to the size; they are bounded as extensions are.
        state_ = ++overhead_ > kOverheadLimit ? State::malformed : State::size;
        return;
    }
    if (state_ == State::size_start) {
        state_ = State::malformed;
    } else if (c == '\r') {
        state_ = State::size_lf;
    } else {
        state_ = c == ';' || c == ' ' || c == '\t' ? State::extension : State::malformed;
    }
}

void ChunkDecoder::step_trailer(char c) {
    if (++overhead_ > kOverheadLimit) {
        state_ = State::malformed;
        return;
    }
    switch (state_) {
        case State::trailer_start:
            state_ = c == '\r' ? State::end_lf : c == '\n' ? State::malformed : State::trailer;
            break;
        case State::trailer:
            if (c == '\r') state_ = State::trailer_lf;
            if (c == '\n') state_ = State::malformed;
            break;
        case State::trailer_lf:
            state_ = c == '\n' ? State::trailer_start : State::malformed;
            break;
        case State::end_lf:
            state_ = c == '\n' ? State::done : State::malformed;
            break;
        default:
            state_ = State::malformed;
            break;
    }
}

}  // namespace fogbank::http
