#include "services/dynamodb/value/number.h"

#include <algorithm>
#include <cstddef>
#include <optional>
#include <vector>

namespace fogbank::dynamodb {
namespace {

constexpr int kMaxExponent = 126;   // 9.99E+125 is 0.999E+126
constexpr int kMinExponent = -129;  // 1E-130 is 0.1E-129

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

// Reads an exponent, clamped far outside of the range: its overflow is the number's.
std::optional<int> parse_exponent(std::string_view text) {
    int sign = 1;
    if (!text.empty() && (text[0] == '+' || text[0] == '-')) {
        sign = text[0] == '-' ? -1 : 1;
        text.remove_prefix(1);
    }
    if (text.empty()) return std::nullopt;
    int value = 0;
    for (const char c : text) {
        if (!is_digit(c)) return std::nullopt;
        value = std::min(value * 10 + (c - '0'), 1'000'000);
    }
    return sign * value;
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

std::optional<Number> parse_any(std::string_view text) {
    Number number;
    if (!text.empty() && (text[0] == '+' || text[0] == '-')) {
        number.negative = text[0] == '-';
        text.remove_prefix(1);
    }
    int exponent = 0;
    if (const std::size_t e = text.find_first_of("eE"); e != std::string_view::npos) {
        const auto parsed = parse_exponent(text.substr(e + 1));
        if (!parsed) return std::nullopt;
        exponent = *parsed;
        text = text.substr(0, e);
    }
    const std::size_t point = std::min(text.find('.'), text.size());
    number.digits.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (i == point) continue;
        if (!is_digit(text[i])) return std::nullopt;
        number.digits.push_back(text[i]);
    }
    if (number.digits.empty()) return std::nullopt;
    number.exponent = exponent + static_cast<int>(point);
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

NormalizedNumber checked(const Number& number) {
    if (number.digits.size() > kMaxDigits) {
        return {{}, "Attempting to store more than 38 significant digits in a Number"};
    }
    if (!number.digits.empty() && number.exponent > kMaxExponent) {
        return {{},
                "Number overflow. Attempting to store a number with magnitude larger than supported range"};
    }
    if (!number.digits.empty() && number.exponent < kMinExponent) {
        return {{},
                "Number underflow. Attempting to store a number with magnitude smaller than supported range"};
    }
    return {format(number), {}};
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
    if (is_small_integer(text)) return {std::string(text), {}};
    if (text.empty()) return {{}, "The parameter cannot be converted to a numeric value"};
    const auto number = parse_any(text);
    if (!number) return {{}, "The parameter cannot be converted to a numeric value: " + std::string(text)};
    return checked(*number);
}

Number parse_number(std::string_view canonical) {
    return parse_any(canonical).value_or(Number{});
}

std::strong_ordering compare_numbers(std::string_view a, std::string_view b) {
    const Number left = parse_number(a);
    const Number right = parse_number(b);
    const auto sign = [](const Number& n) { return n.digits.empty() ? 0 : n.negative ? -1 : 1; };
    if (sign(left) != sign(right)) return sign(left) <=> sign(right);
    return left.negative ? compare_magnitudes(right, left) : compare_magnitudes(left, right);
}

std::size_t number_size(std::string_view canonical) {
    // docs: "DynamoDB item sizes and formats": one byte per two significant digits and one more; one for a
    // minus.
    const Number number = parse_number(canonical);
    return (number.digits.size() + 1) / 2 + 1 + (number.negative ? 1 : 0);
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
