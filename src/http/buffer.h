// Input bytes of a connection: those between `begin` and `end` have come and are not yet used.
#pragma once

#include <cstddef>
#include <memory>
#include <string_view>
#include <utility>
#include <vector>

namespace fogbank::http {

struct Buffer {
    std::unique_ptr<char[]> bytes;
    std::size_t capacity = 0;
    std::size_t begin = 0;
    std::size_t end = 0;

    explicit operator bool() const { return bytes != nullptr; }
    bool empty() const { return begin == end; }
    std::size_t size() const { return end - begin; }
    std::string_view view() const { return {bytes.get() + begin, size()}; }
};

// Most requests fit one of these whole, and an idle connection holds no more than one.
inline constexpr std::size_t kSmallBuffer = 4 * 1024;

// Small buffers of one I/O thread, used again and again.
class BufferPool {
public:
    Buffer take() {
        Buffer buffer;
        buffer.capacity = kSmallBuffer;
        if (free_.empty()) {
            buffer.bytes = std::make_unique_for_overwrite<char[]>(kSmallBuffer);
        } else {
            buffer.bytes = std::move(free_.back());
            free_.pop_back();
        }
        return buffer;
    }
    void give_back(Buffer buffer) {
        if (buffer.capacity == kSmallBuffer && free_.size() < kKept) free_.push_back(std::move(buffer.bytes));
    }

private:
    static constexpr std::size_t kKept = 64;
    std::vector<std::unique_ptr<char[]>> free_;
};

}  // namespace fogbank::http
