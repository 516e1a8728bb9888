#include "src/base/cbor.h"

#include "src/base/bytes.h"

#include <bit>
#include <cmath>
#include <limits>

namespace fogbank::cbor {
namespace {

// The major types, RFC 8949 section 3.1.
enum Major : unsigned { positive, negative, byte_string, text_string, list, dictionary, tagged, simple };

constexpr unsigned kIndefinite = 31;
constexpr unsigned char kBreak = 0xff;

constexpr std::int64_t kMost = std::numeric_limits<std::int64_t>::max();

// IEEE 754 binary16: RFC 8949, appendix D.
double half(std::uint64_t bits) {
    const auto exponent = static_cast<int>((bits >> 10) & 0x1f);
    const auto mantissa = static_cast<double>(bits & 0x3ff);
    double value = 0;
    if (exponent == 0) {
        value = std::ldexp(mantissa, -24);
    } else if (exponent != 31) {
        value = std::ldexp(mantissa + 1024, exponent - 25);
    } else {
        value = mantissa == 0 ? std::numeric_limits<double>::infinity()
                              : std::numeric_limits<double>::quiet_NaN();
    }
    return (bits & 0x8000) != 0 ? -value : value;
}

void set_integer(Item& out, bool is_negative, std::uint64_t argument) {
    const bool fits = argument <= static_cast<std::uint64_t>(kMost);
    const std::int64_t magnitude = fits ? static_cast<std::int64_t>(argument) : kMost;
    out.type = Type::integer;
    out.integer = is_negative ? -1 - magnitude : magnitude;
    out.number = is_negative ? -1.0 - static_cast<double>(argument) : static_cast<double>(argument);
}

}  // namespace

Item Reader::fail() {
    failed_ = true;
    open_.clear();
    return {};
}

bool Reader::read_head(Head& head) {
    if (position_ == data_.size()) return false;
    const auto first = static_cast<unsigned char>(data_[position_++]);
    head.major = first >> 5;
    head.info = first & 0x1f;
    head.argument = head.info;
    if (head.info < 24 || head.info == kIndefinite) return true;
    if (head.info > 27) return false;
    const std::size_t size = std::size_t{1} << (head.info - 24);
    if (data_.size() - position_ < size) return false;
    head.argument = 0;
    for (std::size_t i = 0; i < size; ++i) {
        head.argument = head.argument << 8 | static_cast<unsigned char>(data_[position_++]);
    }
    return true;
}

bool Reader::open(const Head& head) {
    const bool is_map = head.major == dictionary;
    const bool indefinite = head.info == kIndefinite;
    const std::uint64_t left = data_.size() - position_;
    if (open_.size() == kMaxDepth) return false;
    // Each item takes a byte at least.
    if (!indefinite && head.argument > (is_map ? left / 2 : left)) return false;
    open_.push_back({is_map ? head.argument * 2 : head.argument, indefinite, is_map, false});
    return true;
}

bool Reader::read_string(const Head& head, Item& out) {
    out.type = head.major == text_string ? Type::text : Type::bytes;
    const auto take = [this](std::uint64_t length, std::string_view& piece) {
        if (length > data_.size() - position_) return false;
        piece = data_.substr(position_, static_cast<std::size_t>(length));
        position_ += static_cast<std::size_t>(length);
        return true;
    };
    if (head.info != kIndefinite) {
        if (!take(head.argument, out.text)) return false;
    } else {
        joined_.clear();
        Head chunk{};
        while (read_head(chunk) && !(chunk.major == simple && chunk.info == kIndefinite)) {
            std::string_view piece;
            if (chunk.major != head.major || chunk.info == kIndefinite || !take(chunk.argument, piece))
                return false;
            joined_ += piece;
        }
        if (chunk.major != simple || chunk.info != kIndefinite) return false;
        out.text = joined_;
    }
    return out.type == Type::bytes || is_valid_utf8(out.text);
}

bool Reader::read_simple(const Head& head, Item& out) const {
    switch (head.info) {
        case 20:
        case 21:
            out.type = Type::boolean;
            out.boolean = head.info == 21;
            return true;
        case 22:
        case 23:  // undefined
            out.type = Type::null;
            return true;
        case 25:
            out.number = half(head.argument);
            break;
        case 26:
            out.number = std::bit_cast<float>(static_cast<std::uint32_t>(head.argument));
            break;
        case 27:
            out.number = std::bit_cast<double>(head.argument);
            break;
        default:
            return false;  // a break where none may stand, or a simple value that nobody has given a meaning
    }
    out.type = Type::floating;
    return true;
}

Item Reader::next() {
    if (failed_) return {};
    if (++items_ > kMaxItems) return fail();
    if (!open_.empty()) {
        Container& container = open_.back();
        if (!container.indefinite) {
            if (container.left == 0) return fail();  // more() was not asked
            --container.left;
        }
        container.at_value = container.is_map && !container.at_value;
    }
    Item out;
    Head head{};
    if (!read_head(head)) return fail();
    while (head.major == tagged) {
        if (head.info == kIndefinite) return fail();
        out.tag = head.argument;
        if (!read_head(head)) return fail();
    }
    bool good = true;
    switch (head.major) {
        case positive:
        case negative:
            good = head.info != kIndefinite;
            set_integer(out, head.major == negative, head.argument);
            break;
        case byte_string:
        case text_string:
            good = read_string(head, out);
            break;
        case list:
        case dictionary:
            good = open(head);
            out.type = head.major == list ? Type::array : Type::map;
            break;
        default:
            good = read_simple(head, out);
            break;
    }
    return good ? out : fail();
}

bool Reader::more() {
    if (failed_ || open_.empty()) return false;
    const Container& container = open_.back();
    if (!container.indefinite) {
        if (container.left > 0) return true;
    } else {
        if (position_ == data_.size()) {
            fail();
            return false;
        }
        if (static_cast<unsigned char>(data_[position_]) != kBreak) return true;
        if (container.at_value) {  // a key without its value
            fail();
            return false;
        }
        ++position_;
    }
    open_.pop_back();
    return false;
}

void Reader::skip(const Item& item) {
    if (item.type != Type::array && item.type != Type::map) return;
    const std::size_t outside = open_.size() - 1;
    while (!failed_ && open_.size() > outside) {
        if (more()) next();
    }
}

void Writer::head(unsigned major, std::uint64_t argument) {
    const auto put = [this](std::uint64_t value, int bytes) {
        for (int i = bytes - 1; i >= 0; --i) out_ += static_cast<char>(value >> (8 * i) & 0xff);
    };
    const auto first = [&](unsigned info) { out_ += static_cast<char>(major << 5 | info); };
    if (argument < 24) {
        first(static_cast<unsigned>(argument));
    } else if (argument <= 0xff) {
        first(24);
        put(argument, 1);
    } else if (argument <= 0xffff) {
        first(25);
        put(argument, 2);
    } else if (argument <= 0xffff'ffff) {
        first(26);
        put(argument, 4);
    } else {
        first(27);
        put(argument, 8);
    }
}

void Writer::text(std::string_view value) {
    head(text_string, value.size());
    out_ += value;
}

void Writer::bytes(std::string_view value) {
    head(byte_string, value.size());
    out_ += value;
}

void Writer::integer(std::int64_t value) {
    if (value >= 0) return head(positive, static_cast<std::uint64_t>(value));
    head(negative, static_cast<std::uint64_t>(-1 - value));
}

void Writer::number(double value) {
    out_ += '\xfb';
    const auto bits = std::bit_cast<std::uint64_t>(value);
    for (int shift = 56; shift >= 0; shift -= 8) out_ += static_cast<char>(bits >> shift & 0xff);
}

void Writer::number(float value) {
    out_ += '\xfa';
    const auto bits = std::bit_cast<std::uint32_t>(value);
    for (int shift = 24; shift >= 0; shift -= 8) out_ += static_cast<char>(bits >> shift & 0xff);
}

}  // namespace fogbank::cbor
