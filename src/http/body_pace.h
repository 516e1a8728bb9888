// How long a request's body may take: a while without a byte, and not for ever one byte at a time.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>

namespace fogbank::http {

class BodyPace {
public:
    explicit BodyPace(std::chrono::milliseconds limit) : limit_(limit), left_(limit) {}

    // What the next wait for bytes may take.
    std::chrono::milliseconds left() const { return left_; }

    // A wait took `waited` and brought `bytes`: each gives a millisecond back, up to the limit.
    void note(std::chrono::milliseconds waited, std::size_t bytes) {
        const auto most = static_cast<std::size_t>(limit_.count());
        const std::chrono::milliseconds earned(std::min(bytes, most));
        left_ = std::clamp(left_ - waited + earned, std::chrono::milliseconds(0), limit_);
    }

private:
    std::chrono::milliseconds limit_;
    std::chrono::milliseconds left_;
};

}  // namespace fogbank::http
