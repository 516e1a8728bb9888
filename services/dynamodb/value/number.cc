#include "services/dynamodb/value/number.h"

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <utility>
#include <vector>

namespace fogbank::dynamodb {
namespace {

constexpr int kMaxExponent = 126;   // 9.99E+125 is 0.999E+126
constexpr int kMinExponent = -129;  // 1E-130 is 0.1E-129

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

constexpr std::int64_t kMaxInt = std::numeric_limits<std::int32_t>::max();
constexpr std::int64_t kMinInt = std::numeric_limits<std::int32_t>::min();

constexpr const char* kOverflow =
    "Number overflow. Attempting to store a number with magnitude larger than supported range";
constexpr const char* kUnderflow =
    "Number underflow. Attempting to store a number with magnitude smaller than supported range";

constexpr const char* kTooPrecise = "Attempting to store more than 38 significant digits in a Number";

// The text of a number, taken apart: digits x 10^(exponent - fraction).
struct Parts {
    bool negative = false;
    std::string digits;
    std::int64_t fraction = 0;  // digits behind the point
    std::int64_t exponent = 0;

    // Where the first digit that counts stands, from the point: 1 for 5, 0 for 0.5. aws: zero has the place
    // of its last digit, so 0e126 is too large (conformance suite, captured 2026-10).
    std::int64_t magnitude() const {
        const std::size_t zeros = digits.find_first_not_of('0');
        const std::size_t precision = zeros == std::string::npos ? 1 : digits.size() - zeros;
        return static_cast<std::int64_t>(precision) - fraction + exponent;
    }

    std::size_t significant_digits() const {
        const std::size_t first = digits.find_first_not_of('0');
        return first == std::string::npos ? 0 : digits.find_last_not_of('0') + 1 - first;
    }
};

// Nothing where the text is no exponent, or none of 64 bits.
std::optional<std::int64_t> parse_exponent(std::string_view text) {
    const bool negative = text.starts_with('-');
    if (negative || text.starts_with('+')) text.remove_prefix(1);
    if (text.empty() || !is_digit(text[0])) return std::nullopt;
    std::int64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
    // Far outside of every range, and sums with it stay within 64 bits.
    constexpr std::int64_t kFar = 1'000'000'000'000'000;
    value = std::min(value, kFar);
    return negative ? -value : value;
}

// Drops zeros at both ends, keeping the value.
void trim(Number& number) {
    const std::size_t first = number.digits.find_first_not_of('0');
    if (first == std::string::npos) {
        number = Number{};
        return;
    }
    number.digits.erase(0, first);
    number.exponent -= static_cast<int>(first);
    number.digits.erase(number.digits.find_last_not_of('0') + 1);
}

std::optional<Parts> parse_parts(std::string_view text) {
    Parts parts;
    if (!text.empty() && (text[0] == '+' || text[0] == '-')) {
        parts.negative = text[0] == '-';
        text.remove_prefix(1);
    }
    if (const std::size_t e = text.find_first_of("eE"); e != std::string_view::npos) {
        const auto exponent = parse_exponent(text.substr(e + 1));
        if (!exponent) return std::nullopt;
        parts.exponent = *exponent;
        text = text.substr(0, e);
    }
    const std::size_t point = std::min(text.find('.'), text.size());
    parts.digits.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (i == point) continue;
        if (!is_digit(text[i])) return std::nullopt;
        parts.digits.push_back(text[i]);
    }
    if (parts.digits.empty()) return std::nullopt;
    parts.fraction = static_cast<std::int64_t>(parts.digits.size() - point);
    return parts;
}

// Precondition: the magnitude is in range.
Number number_of(Parts parts) {
    Number number;
    number.negative = parts.negative;
    number.exponent =
        static_cast<int>(parts.exponent + static_cast<std::int64_t>(parts.digits.size()) - parts.fraction);
    number.digits = std::move(parts.digits);
    trim(number);
    return number;
}

// Plain notation, as DynamoDB answers.
std::string format(const Number& number) {
    if (number.digits.empty()) return "0";
    std::string out = number.negative ? "-" : "";
    const int size = static_cast<int>(number.digits.size());
    if (number.exponent <= 0) {
        out += "0.";
        out.append(static_cast<std::size_t>(-number.exponent), '0');
        out += number.digits;
    } else if (number.exponent >= size) {
        out += number.digits;
        out.append(static_cast<std::size_t>(number.exponent - size), '0');
    } else {
        const auto whole = static_cast<std::size_t>(number.exponent);
        out.append(number.digits, 0, whole);
        out += '.';
        out.append(number.digits, whole);
    }
    return out;
}

NormalizedNumber refused(std::string defect) {
    return {{}, defect, defect};
}

NormalizedNumber checked(const Number& number) {
    if (number.digits.size() > kMaxDigits) return refused(kTooPrecise);
    if (!number.digits.empty() && number.exponent > kMaxExponent) return refused(kOverflow);
    if (!number.digits.empty() && number.exponent < kMinExponent) return refused(kUnderflow);
    return {format(number), {}, {}};
}

const char* range_defect(std::int64_t magnitude) {
    return magnitude > kMaxExponent ? kOverflow : magnitude < kMinExponent ? kUnderflow : "";
}

// aws: BigDecimal's exponent and scale have 32 bits, and precision minus scale wraps around (conformance
// suite, captured 2026-10: 1e2147483647 underflows, 1e2147483648 cannot be converted).
std::string older_range_defect(const Parts& parts, const std::string& unconvertible) {
    const std::int64_t scale = parts.fraction - parts.exponent;
    const bool fits =
        parts.exponent >= kMinInt && parts.exponent <= kMaxInt && scale >= kMinInt && scale <= kMaxInt;
    if (!fits) return unconvertible;
    return range_defect(static_cast<std::int32_t>(static_cast<std::uint32_t>(parts.magnitude())));
}

// Most numbers are small whole ones, and those are canonical as they stand.
bool is_small_integer(std::string_view text) {
    if (text.size() > 1 && text[0] == '-') text.remove_prefix(1);
    if (text.empty() || text.size() > 18 || text[0] < '1') return false;
    return std::all_of(text.begin(), text.end(), is_digit);
}

std::strong_ordering compare_magnitudes(const Number& a, const Number& b) {
    if (a.digits.empty() || b.digits.empty()) return a.digits.size() <=> b.digits.size();
    if (a.exponent != b.exponent) return a.exponent <=> b.exponent;
    return a.digits.compare(b.digits) <=> 0;
}

// The digits of `number` over positions [low, high) of ten, lowest position first.
std::vector<int> aligned(const Number& number, int low, int high) {
    std::vector<int> out(static_cast<std::size_t>(high - low), 0);
    for (std::size_t i = 0; i < number.digits.size(); ++i) {
        const int position = number.exponent - 1 - static_cast<int>(i);
        out[static_cast<std::size_t>(position - low)] = number.digits[i] - '0';
    }
    return out;
}

// |a| + sign * |b|, where |a| >= |b| for sign -1.
Number combine(const Number& a, const Number& b, int sign) {
    const auto lowest = [](const Number& n) { return n.exponent - static_cast<int>(n.digits.size()); };
    const int low = std::min(lowest(a), lowest(b));
    const int high = std::max(a.exponent, b.exponent) + 1;
    std::vector<int> sum = aligned(a, low, high);
    const std::vector<int> other = aligned(b, low, high);
    int carry = 0;
    for (std::size_t i = 0; i < sum.size(); ++i) {
        int digit = sum[i] + sign * other[i] + carry;
        carry = digit < 0 ? -1 : digit / 10;
        sum[i] = digit - carry * 10;
    }
    Number out;
    out.negative = a.negative;
    out.exponent = high;
    for (auto digit = sum.rbegin(); digit != sum.rend(); ++digit) {
        out.digits.push_back(static_cast<char>('0' + *digit));
    }
    trim(out);
    return out;
}

NormalizedNumber sum(const Number& a, const Number& b) {
    if (a.digits.empty()) return checked(b);
    if (b.digits.empty()) return checked(a);
    if (a.negative == b.negative) return checked(combine(a, b, 1));
    if (compare_magnitudes(a, b) < 0) return checked(combine(b, a, -1));
    return checked(combine(a, b, -1));
}

}  // namespace

NormalizedNumber normalize_number(std::string_view text) {
    if (is_small_integer(text)) return {std::string(text), {}, {}};
    const std::string intro = "The parameter cannot be converted to a numeric value";
    const std::string unconvertible = intro + ": " + std::string(text);
    if (text.empty()) return {{}, unconvertible, intro};
    auto parts = parse_parts(text);
    if (!parts) return refused(unconvertible);
    if (parts->significant_digits() > kMaxDigits) return refused(kTooPrecise);
    const std::int64_t magnitude = parts->magnitude();
    if (magnitude > kMaxExponent || magnitude < kMinExponent) {
        return {{}, range_defect(magnitude), older_range_defect(*parts, unconvertible)};
    }
    return checked(number_of(std::move(*parts)));
}

Number parse_number(std::string_view canonical) {
    auto parts = parse_parts(canonical);
    return parts ? number_of(std::move(*parts)) : Number{};
}

std::strong_ordering compare_numbers(std::string_view a, std::string_view b) {
    const Number left = parse_number(a);
    const Number right = parse_number(b);
    const auto sign = [](const Number& n) { return n.digits.empty() ? 0 : n.negative ? -1 : 1; };
    if (sign(left) != sign(right)) return sign(left) <=> sign(right);
    return left.negative ? compare_magnitudes(right, left) : compare_magnitudes(left, right);
}

std::size_t number_size(std::string_view canonical) {
    // aws: a byte for two digits, on either side of the point for itself, and one more; one for a minus.
    // Measured at the limit of 400 KB in 2026-08 (conformance suite); docs ("DynamoDB item sizes and
    // formats") do not say that the point parts the digits.
    const Number number = parse_number(canonical);
    const auto digits = static_cast<int>(number.digits.size());
    const int whole = std::clamp(number.exponent, 0, digits);
    return static_cast<std::size_t>((whole + 1) / 2 + (digits - whole + 1) / 2 + 1 +
                                    (number.negative ? 1 : 0));
}

NormalizedNumber add_numbers(std::string_view a, std::string_view b) {
    return sum(parse_number(a), parse_number(b));
}

NormalizedNumber subtract_numbers(std::string_view a, std::string_view b) {
    Number right = parse_number(b);
    right.negative = !right.negative && !right.digits.empty();
    return sum(parse_number(a), right);
}

}  // namespace fogbank::dynamodb
