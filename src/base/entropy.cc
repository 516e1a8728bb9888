#include "src/base/entropy.h"

#include <sys/random.h>
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
    constexpr char kDigits[] = "0123456789abcdef";
    std::string out(count, '0');
    for (std::size_t at = 0; at < count;) {
        std::uint64_t word = next();
        for (int left = 16; left > 0 && at < count; --left, word >>= 4) out[at++] = kDigits[word & 15];
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
