// Runs a task to its end on this thread.
#pragma once

#include "src/base/task.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include <exception>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "src/base/byte_stream.h"

namespace fogbank::auth::test {

inline std::string drain(ByteStream& stream) {
    boost::asio::io_context context;
    std::string out;
    std::exception_ptr failure;
    boost::asio::co_spawn(
        context,
        [](ByteStream& from, std::string& to) -> Task<void> {
            while (true) {
                const std::string_view piece = co_await from.next();
                if (piece.empty()) co_return;
                to.append(piece);
            }
        }(stream, out),
        [&](std::exception_ptr error) { failure = error; });
    context.run();
    if (failure) std::rethrow_exception(failure);
    return out;
}

// Gives its bytes in pieces of `step`.
class SteppedStream final : public ByteStream {
public:
    SteppedStream(std::string bytes, std::size_t step) : bytes_(std::move(bytes)), step_(step) {}
    Task<std::string_view> next() override {
        const std::string_view piece = std::string_view(bytes_).substr(at_, step_);
        at_ += piece.size();
        co_return piece;
    }
    std::optional<std::uint64_t> length() const override { return bytes_.size(); }

private:
    std::string bytes_;
    std::size_t step_;
    std::size_t at_ = 0;
};

template <class F>
Error thrown(F&& action) {
    try {
        action();
    } catch (const Error& error) {
        return error;
    }
    throw std::logic_error("nothing was thrown");
}

inline std::string detail(const Error& error, std::string_view name) {
    for (const auto& each : error.details()) {
        if (each.name == name) return each.value;
    }
    return "(absent)";
}

}  // namespace fogbank::auth::test
