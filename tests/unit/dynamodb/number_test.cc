#include "services/dynamodb/value/number.h"

#include <catch2/catch.hpp>

#include <string>
#include <vector>

using namespace fogbank::dynamodb;

namespace {

std::string normal(const std::string& text) {
    const NormalizedNumber number = normalize_number(text);
    return number.defect.empty() ? number.text : "! " + number.defect;
}

const std::string kNines(38, '9');

}  // namespace

TEST_CASE("numbers become plain decimals without leading and trailing zeros") {
    const std::vector<std::pair<std::string, std::string>> cases{
        {"0", "0"},
        {"-0", "0"},
        {"0.000", "0"},
        {"1", "1"},
        {"-17", "-17"},
        {"007", "7"},
        {"1.50", "1.5"},
        {"+3", "3"},
        {".5", "0.5"},
        {"5.", "5"},
        {"1e3", "1000"},
        {"1.2E-3", "0.0012"},
        {"-1.5e+2", "-150"},
        {"100", "100"},
        {"0.10", "0.1"},
        {"12345678901234567890", "12345678901234567890"},
        {"00012.3400", "12.34"},
    };
    for (const auto& [given, wanted] : cases) {
        INFO(given);
        CHECK(normal(given) == wanted);
    }
}

TEST_CASE("what is no number is refused in AWS's words") {
    CHECK(normal("") == "! The parameter cannot be converted to a numeric value: ");
    CHECK(normalize_number("").older_defect == "The parameter cannot be converted to a numeric value");
    for (const std::string text : {"abc", "1a", "--1", "1e", "e5", ".", "1.2.3", "NaN", " 1", "0x10"}) {
        CHECK(normal(text) == "! The parameter cannot be converted to a numeric value: " + text);
    }
}

TEST_CASE("38 digits are the limit, zeros at the ends not counted") {
    CHECK(normal(kNines) == kNines);
    CHECK(normal(kNines + "000") == kNines + "000");
    CHECK(normal("0.000" + kNines) == "0.000" + kNines);
    CHECK(normal(kNines + "1") == "! Attempting to store more than 38 significant digits in a Number");
}

TEST_CASE("the range is 1E-130 to 9.99E+125") {
    CHECK(normal("1e125").size() == 126);
    CHECK(normal("9.9999999999999999999999999999999999999E+125") == kNines + std::string(88, '0'));
    CHECK(normal("1e126") ==
          "! Number overflow. Attempting to store a number with magnitude larger than supported range");
    CHECK(normal("-1e99999999999") ==
          "! Number overflow. Attempting to store a number with magnitude larger than supported range");
    CHECK(normal("1e-130") == "0." + std::string(129, '0') + "1");
    CHECK(normal("1e-131") ==
          "! Number underflow. Attempting to store a number with magnitude smaller than supported range");
    CHECK(normal("0e125") == "0");
    CHECK(normal("0e126") ==
          "! Number overflow. Attempting to store a number with magnitude larger than supported range");
    CHECK(normal("0e-131") ==
          "! Number underflow. Attempting to store a number with magnitude smaller than supported range");
}

TEST_CASE("numbers compare by value") {
    const std::vector<std::string> ascending{"-1000", "-20", "-3", "-0.5", "-0.05", "0",  "0.05", "0.5",
                                             "1",     "1.5", "2",  "10",   "10.1",  "99", "100"};
    for (std::size_t i = 0; i < ascending.size(); ++i) {
        for (std::size_t j = 0; j < ascending.size(); ++j) {
            INFO(ascending[i] << " and " << ascending[j]);
            CHECK(compare_numbers(ascending[i], ascending[j]) == (i <=> j));
        }
    }
}

TEST_CASE("sums are exact") {
    const auto sum = [](const char* a, const char* b) { return add_numbers(a, b).text; };
    CHECK(sum("1", "2") == "3");
    CHECK(sum("0.1", "0.2") == "0.3");
    CHECK(sum("999", "1") == "1000");
    CHECK(sum("5", "-5") == "0");
    CHECK(sum("-7", "3") == "-4");
    CHECK(sum("3", "-7") == "-4");
    CHECK(sum("100", "0.001") == "100.001");
    CHECK(sum("0", "-1.5") == "-1.5");
    CHECK(subtract_numbers("1", "0.9").text == "0.1");
    CHECK(subtract_numbers("0", "0").text == "0");
    CHECK(subtract_numbers("-3", "-3").text == "0");
    CHECK(add_numbers("1e0", "1").text == "2");
    CHECK(add_numbers(kNines, "0.1").defect ==
          "Attempting to store more than 38 significant digits in a Number");
}

TEST_CASE("a number takes a byte for two digits, one more, and one for its sign") {
    CHECK(number_size("0") == 1);
    CHECK(number_size("7") == 2);
    CHECK(number_size("12") == 2);
    CHECK(number_size("123") == 3);
    CHECK(number_size("-123") == 4);
    CHECK(number_size("1000") == 2);
}

TEST_CASE("exponents are read in 64 bits, by the older front end in 32") {
    const std::string overflow =
        "Number overflow. Attempting to store a number with magnitude larger than supported range";
    const std::string underflow =
        "Number underflow. Attempting to store a number with magnitude smaller than supported range";
    const auto unconvertible = [](const std::string& text) {
        return "The parameter cannot be converted to a numeric value: " + text;
    };
    struct Case {
        std::string text, current, older;
    };
    for (const Case& each : std::vector<Case>{
             {"1e126", overflow, overflow},
             {"1e2147483647", overflow, underflow},
             {"1e2147483648", overflow, unconvertible("1e2147483648")},
             {"1e-2147483647", underflow, underflow},
             {"1.5e-2147483647", underflow, unconvertible("1.5e-2147483647")},
             {"-1e99999999999", overflow, unconvertible("-1e99999999999")},
             {"1e9223372036854775807", overflow, unconvertible("1e9223372036854775807")},
             {"1e9223372036854775808", unconvertible("1e9223372036854775808"),
              unconvertible("1e9223372036854775808")},
         }) {
        INFO(each.text);
        CHECK(normalize_number(each.text).defect == each.current);
        CHECK(normalize_number(each.text).older_defect == each.older);
    }
}

TEST_CASE("a number's bytes are counted on either side of its point") {
    const std::vector<std::pair<std::string, std::size_t>> cases{{"0", 1},
                                                                 {"1", 2},
                                                                 {"-1", 3},
                                                                 {"12", 2},
                                                                 {"123", 3},
                                                                 {"123456", 4},
                                                                 {"3.14159", 5},
                                                                 {"0.0012", 2},
                                                                 {"-3.14", 4},
                                                                 {"100", 2},
                                                                 {normalize_number("1E125").text, 2},
                                                                 {"12.3", 3}};
    for (const auto& [text, bytes] : cases) {
        INFO(text);
        CHECK(number_size(text) == bytes);
    }
}
