#include "src/base/entropy.h"

#include <sys/random.h>

#include <algorithm>
#include <cstring>
#include <mutex>
#include <random>
#include <string_view>

namespace fogbank {
namespace {

// Each thread takes its numbers from a block of its own: requests on two threads never wait for each other.
struct Block {
    static constexpr std::size_t kWords = 256;
    std::uint64_t words[kWords];
    std::size_t used = kWords;
};

class SystemEntropy final : public Entropy {
public:
    std::uint64_t next() override {
        thread_local Block block;
        if (block.used == Block::kWords) {
            // getrandom may be interrupted above 256 bytes.
            while (::getrandom(block.words, sizeof block.words, 0) !=
                   static_cast<ssize_t>(sizeof block.words)) {
            }
            block.used = 0;
        }
        return block.words[block.used++];
    }
};

class SeededEntropy final : public Entropy {
public:
    explicit SeededEntropy(std::uint64_t seed) : engine_(seed) {}
    std::uint64_t next() override {
        std::scoped_lock lock(mutex_);
        return engine_();
    }

private:
    std::mutex mutex_;
    std::mt19937_64 engine_;
};

// Sixteen digits at once: each byte of `spread` takes half a byte of the word, and becomes its digit.
void spell_hex(std::uint64_t word, char* out) {
    for (int half = 0; half < 2; ++half, word >>= 32, out += 8) {
        std::uint64_t spread = word & 0xffffffff;
        spread = (spread | spread << 16) & 0x0000ffff0000ffff;
        spread = (spread | spread << 8) & 0x00ff00ff00ff00ff;
        spread = (spread | spread << 4) & 0x0f0f0f0f0f0f0f0f;
        // 1 in each byte above 9, which makes '0' + 10 the letter 'a'.
        const std::uint64_t letters = ((spread + 0x0606060606060606) >> 4) & 0x0101010101010101;
        spread += 0x3030303030303030 + letters * ('a' - '0' - 10);
        std::memcpy(out, &spread, 8);
    }
}

std::string digits(Entropy& entropy, std::size_t count, std::string_view alphabet, int bits) {
    std::string out;
    out.reserve(count);
    std::uint64_t word = 0;
    int left = 0;
    while (out.size() < count) {
        if (left < bits) {
            word = entropy.next();
            left = 64;
        }
        std::uint64_t digit = word & ((1ULL << bits) - 1);
        word >>= bits;
        left -= bits;
        if (digit < alphabet.size()) out += alphabet[digit];
    }
    return out;
}

}  // namespace

// A digit is half a byte and each is used, so a word is sixteen of them.
std::string Entropy::hex(std::size_t count) {
    std::string out(count, '0');
    for (std::size_t at = 0; at < count; at += 16) {
        char digits[16];
        spell_hex(next(), digits);
        out.replace(at, std::min<std::size_t>(16, count - at), digits, std::min<std::size_t>(16, count - at));
    }
    return out;
}
std::string Entropy::base32(std::size_t count) {
    return digits(*this, count, "0123456789ABCDEFGHIJKLMNOPQRSTUV", 5);
}
std::string Entropy::alphanumeric(std::size_t count) {
    return digits(*this, count, "abcdefghijklmnopqrstuvwxyz0123456789", 6);
}

std::string Entropy::uuid() {
    std::string out = hex(36);
    out[8] = out[13] = out[18] = out[23] = '-';
    out[14] = '4';
    out[19] = "89ab"[next() & 3];
    return out;
}

double Entropy::fraction() {
    return static_cast<double>(next() >> 11) * 0x1.0p-53;
}

std::unique_ptr<Entropy> make_system_entropy() {
    return std::make_unique<SystemEntropy>();
}
std::unique_ptr<Entropy> make_seeded_entropy(std::uint64_t seed) {
    return std::make_unique<SeededEntropy>(seed);
}

}  // namespace fogbank
