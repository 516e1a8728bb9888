#include "src/auth/policy_conditions.h"

#include "src/base/bytes.h"
#include "src/base/clock.h"
#include "src/base/text.h"

#include <arpa/inet.h>
#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

namespace fogbank::auth {

namespace {

// Before a character that stands for itself in a pattern. It is no character of a policy: JSON's texts may
// hold it escaped only, and there it would quote what follows, which then stands for itself too.
constexpr char kQuote = '\x01';

using Test = bool (*)(std::string_view wanted, std::string_view actual);

std::optional<double> number_of(std::string_view text) {
    double value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size() || !std::isfinite(value))
        return std::nullopt;
    return value;
}

// docs: "Date condition operators": ISO 8601 in any of its forms, or Unix seconds.
std::optional<double> date_of(std::string_view text) {
    if (const auto time = parse_iso8601(text)) return unix_seconds_fraction(*time);
    if (text.size() == 10 && text[4] == '-') {
        const auto time = parse_iso8601(std::string(text) + "T00:00:00Z");
        if (time) return unix_seconds_fraction(*time);
    }
    return number_of(text);
}

template <auto parse, class Compare>
bool compare(std::string_view wanted, std::string_view actual) {
    const auto a = parse(actual);
    const auto w = parse(wanted);
    return a && w && Compare()(*a, *w);
}

bool same(std::string_view wanted, std::string_view actual) {
    return wanted == actual;
}
bool same_any_case(std::string_view wanted, std::string_view actual) {
    return equal_in_any_case(wanted, actual);
}
bool same_bytes(std::string_view wanted, std::string_view actual) {
    const auto bytes = base64_decode(wanted);
    return bytes && *bytes == actual;
}

struct Operator {
    std::string_view name;
    Test test;
    bool negated;
};

constexpr std::array<Operator, 27> kOperators = {{
    {"StringEquals", same, false},
    {"StringNotEquals", same, true},
    {"StringEqualsIgnoreCase", same_any_case, false},
    {"StringNotEqualsIgnoreCase", same_any_case, true},
    {"StringLike", matches_pattern, false},
    {"StringNotLike", matches_pattern, true},
    {"NumericEquals", compare<number_of, std::equal_to<>>, false},
    {"NumericNotEquals", compare<number_of, std::equal_to<>>, true},
    {"NumericLessThan", compare<number_of, std::less<>>, false},
    {"NumericLessThanEquals", compare<number_of, std::less_equal<>>, false},
    {"NumericGreaterThan", compare<number_of, std::greater<>>, false},
    {"NumericGreaterThanEquals", compare<number_of, std::greater_equal<>>, false},
    {"DateEquals", compare<date_of, std::equal_to<>>, false},
    {"DateNotEquals", compare<date_of, std::equal_to<>>, true},
    {"DateLessThan", compare<date_of, std::less<>>, false},
    {"DateLessThanEquals", compare<date_of, std::less_equal<>>, false},
    {"DateGreaterThan", compare<date_of, std::greater<>>, false},
    {"DateGreaterThanEquals", compare<date_of, std::greater_equal<>>, false},
    {"Bool", same_any_case, false},
    {"BinaryEquals", same_bytes, false},
    {"IpAddress", in_address_range, false},
    {"NotIpAddress", in_address_range, true},
    {"ArnEquals", matches_arn, false},
    {"ArnNotEquals", matches_arn, true},
    {"ArnLike", matches_arn, false},
    {"ArnNotLike", matches_arn, true},
    // Judged before values are looked at.
    {"Null", same_any_case, false},
}};

const Operator* find_operator(std::string_view name) {
    for (const Operator& each : kOperators) {
        if (each.name == name) return &each;
    }
    return nullptr;
}

// Texts that are compared whole may hold a quote of expand(): what it quotes stands for itself there anyway.
std::string unquoted(std::string text) {
    std::erase(text, kQuote);
    return text;
}

std::vector<std::string> wanted_values(const PolicyCondition& condition, const RequestValues& values,
                                       Variables variables, bool pattern) {
    if (variables == Variables::literal) return condition.values;
    std::vector<std::string> out;
    for (const std::string& value : condition.values) {
        auto expanded = expand(value, values);
        if (expanded) out.push_back(pattern ? std::move(*expanded) : unquoted(std::move(*expanded)));
    }
    return out;
}

template <bool any_case>
bool same_character(char a, char b) {
    if (a == b) return true;
    if (!any_case) return false;
    return lower_case(a) == lower_case(b);
}

// Goes back to the last star only: linear in text times pattern at worst, no recursion.
template <bool any_case>
bool match(std::string_view pattern, std::string_view text) {
    std::size_t p = 0;
    std::size_t t = 0;
    std::size_t star = std::string_view::npos;
    std::size_t resume = 0;
    while (t < text.size()) {
        const bool quoted = p + 1 < pattern.size() && pattern[p] == kQuote;
        if (p < pattern.size() && !quoted && pattern[p] == '*') {
            star = p++;
            resume = t;
        } else if (quoted && same_character<any_case>(pattern[p + 1], text[t])) {
            p += 2;
            ++t;
        } else if (p < pattern.size() && !quoted &&
                   (pattern[p] == '?' || same_character<any_case>(pattern[p], text[t]))) {
            ++p;
            ++t;
        } else if (star != std::string_view::npos) {
            p = star + 1;
            t = ++resume;
        } else {
            return false;
        }
    }
    while (p < pattern.size() && pattern[p] == '*') ++p;
    return p == pattern.size();
}

struct Address {
    std::array<unsigned char, 16> bytes{};
    int bits = 0;  // 32 or 128; 0: none
};

Address address_of(std::string_view text) {
    const std::string copy(text);
    Address out;
    if (::inet_pton(AF_INET, copy.c_str(), out.bytes.data()) == 1) {
        out.bits = 32;
    } else if (::inet_pton(AF_INET6, copy.c_str(), out.bytes.data()) == 1) {
        out.bits = 128;
    }
    return out;
}

}  // namespace

bool matches_pattern(std::string_view pattern, std::string_view text) {
    return match<false>(pattern, text);
}

bool matches_pattern_any_case(std::string_view pattern, std::string_view text) {
    return match<true>(pattern, text);
}

bool matches_arn(std::string_view pattern, std::string_view arn) {
    for (int part = 0; part < 5; ++part) {
        const std::size_t p = pattern.find(':');
        const std::size_t a = arn.find(':');
        if (p == std::string_view::npos || a == std::string_view::npos) return false;
        if (!matches_pattern(pattern.substr(0, p), arn.substr(0, a))) return false;
        pattern.remove_prefix(p + 1);
        arn.remove_prefix(a + 1);
    }
    return matches_pattern(pattern, arn);
}

bool in_address_range(std::string_view range, std::string_view address) {
    const std::size_t slash = range.find('/');
    const Address network = address_of(range.substr(0, slash));
    const Address one = address_of(address);
    if (network.bits == 0 || network.bits != one.bits) return false;
    int bits = network.bits;
    if (slash != std::string_view::npos) {
        const std::string_view text = range.substr(slash + 1);
        const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), bits);
        if (error != std::errc() || end != text.data() + text.size() || bits < 0 || bits > network.bits)
            return false;
    }
    for (std::size_t at = 0; bits > 0; ++at, bits -= 8) {
        const unsigned mask = bits >= 8 ? 0xffU : 0xffU << (8 - bits) & 0xffU;
        if ((network.bytes[at] & mask) != (one.bytes[at] & mask)) return false;
    }
    return true;
}

std::optional<std::string> expand(std::string_view pattern, const RequestValues& values) {
    std::string out;
    while (true) {
        const std::size_t open = pattern.find("${");
        out += pattern.substr(0, open);
        if (open == std::string_view::npos) return out;
        const std::size_t close = pattern.find('}', open);
        if (close == std::string_view::npos) return out + std::string(pattern.substr(open));
        const std::string_view inside = pattern.substr(open + 2, close - open - 2);
        pattern.remove_prefix(close + 1);
        std::string value;
        if (inside == "*" || inside == "?" || inside == "$") {
            value = inside;
        } else {
            // ${key, 'default'}
            const std::size_t comma = inside.find(',');
            std::string_view key = inside.substr(0, comma);
            while (key.ends_with(' ')) key.remove_suffix(1);
            const auto found = values(lower_case(key));
            if (found && found->size() == 1) {
                value = found->front();
            } else {
                if (comma == std::string_view::npos) return std::nullopt;
                const std::size_t first = inside.find('\'', comma);
                const std::size_t last = inside.rfind('\'');
                if (first == std::string_view::npos || last <= first) return std::nullopt;
                value = inside.substr(first + 1, last - first - 1);
            }
        }
        for (const char c : value) {
            if (c == '*' || c == '?') out += kQuote;
            out += c;
        }
    }
}

bool is_condition_operator(std::string_view name) {
    return find_operator(name) != nullptr;
}

bool holds(const PolicyCondition& condition, const RequestValues& values, Variables variables) {
    const Operator* test = find_operator(condition.test);
    if (test == nullptr) return false;
    const auto actual = values(lower_case(condition.key));
    if (condition.test == "Null") {
        const std::string_view absent = actual ? "false" : "true";
        return std::any_of(condition.values.begin(), condition.values.end(),
                           [&](const std::string& wanted) { return lower_case(wanted) == absent; });
    }
    if (!actual || actual->empty()) {
        if (condition.if_exists || condition.quantifier == Quantifier::all) return true;
        // docs: a key that is absent does not match; what is negated then holds, but not for any value.
        return test->negated && condition.quantifier == Quantifier::one;
    }
    const bool pattern = test->test == &matches_pattern || test->test == &matches_arn;
    const std::vector<std::string> wanted = wanted_values(condition, values, variables, pattern);
    const auto passes = [&](const std::string& value) {
        const bool found = std::any_of(wanted.begin(), wanted.end(),
                                       [&](const std::string& each) { return test->test(each, value); });
        return found != test->negated;
    };
    if (condition.quantifier == Quantifier::any) return std::any_of(actual->begin(), actual->end(), passes);
    return std::all_of(actual->begin(), actual->end(), passes);
}

}  // namespace fogbank::auth
