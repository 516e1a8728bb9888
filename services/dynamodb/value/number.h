// DynamoDB's numbers: decimals of up to 38 significant digits, from 1E-130 to 9.99...E+125 in magnitude.
// Values carry them as canonical text (plain decimal, no leading or trailing zeros), so equal numbers are
// equal texts.
#pragma once

#include <compare>
#include <string>
#include <string_view>

namespace fogbank::dynamodb {

inline constexpr int kMaxDigits = 38;  // docs: Supported data types, "up to 38 digits of precision"

// +-0.DIGITS x 10^exponent; neither first nor last digit is 0; zero has no digits and no sign.
struct Number {
    bool negative = false;
    int exponent = 0;
    std::string digits;
};

// What normalize() returns: `text`, or both defects.
struct NormalizedNumber {
    std::string text;    // canonical
    std::string defect;  // AWS's message
    // The message of the operations that read numbers as Java's BigDecimal does (Wording::older).
    std::string older_defect;
};

NormalizedNumber normalize_number(std::string_view text);

// Precondition: `canonical` comes from normalize_number().
Number parse_number(std::string_view canonical);
std::strong_ordering compare_numbers(std::string_view a, std::string_view b);
// The bytes that AWS counts for a number.
std::size_t number_size(std::string_view canonical);
NormalizedNumber add_numbers(std::string_view a, std::string_view b);
NormalizedNumber subtract_numbers(std::string_view a, std::string_view b);

}  // namespace fogbank::dynamodb
