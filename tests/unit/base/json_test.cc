#include "src/base/json.h"

#include <catch2/catch.hpp>

#include <cmath>
#include <limits>
#include <string>
#include <vector>

using namespace fogbank;
using namespace std::string_literals;

namespace {

std::string repeat(std::string_view text, int times) {
    std::string out;
    for (int i = 0; i < times; ++i) out += text;
    return out;
}

std::string rewritten(std::string_view text) {
    auto document = json::parse(text);
    REQUIRE(document);
    std::string out;
    json::Writer writer(out);
    json::write(writer, document->root());
    return out;
}

std::string number_text(double value) {
    std::string out;
    json::Writer(out).number(value);
    return out;
}

}  // namespace

TEST_CASE("a document's values have their types and contents") {
    auto document =
        json::parse(R"( {"n":null,"t":true,"f":false,"i":-7,"d":1.5,"s":"x","a":[1,[2]],"o":{"k":"v"}} )");
    REQUIRE(document);
    json::Value root = document->root();
    CHECK(root.is_object());
    CHECK(root.size() == 8);
    CHECK(root.find("n").type() == json::Type::null);
    CHECK(bool(root.find("n")));
    CHECK(root.find("t").boolean());
    CHECK_FALSE(root.find("f").boolean());
    CHECK(root.find("i").type() == json::Type::integer);
    CHECK(root.find("i").integer() == -7);
    CHECK(root.find("d").type() == json::Type::number);
    CHECK(root.find("d").number() == 1.5);
    CHECK(root.find("d").integer() == 1);
    CHECK(root.find("s").string() == "x");
    CHECK(root.find("a").size() == 2);
    CHECK(root.find("o").find("k").string() == "v");
}

TEST_CASE("an absent member is a null value that says so") {
    auto document = json::parse(R"({"a":null})");
    REQUIRE(document);
    json::Value absent = document->root().find("b");
    CHECK_FALSE(bool(absent));
    CHECK(absent.is_null());
    CHECK_FALSE(bool(json::Value()));
}

TEST_CASE("elements and members come in order, and of a name that stands twice the last one counts") {
    auto document = json::parse(R"({"b":1,"a":[10,20,30],"b":2,"":3})");
    REQUIRE(document);
    std::string names;
    for (json::Member member : document->root().members()) names += std::string(member.name) + ",";
    CHECK(names == "b,a,b,,");
    CHECK(document->root().find("b").integer() == 2);
    CHECK(document->root().find("").integer() == 3);
    std::int64_t sum = 0;
    for (json::Value element : document->root().find("a").elements()) sum = sum * 100 + element.integer();
    CHECK(sum == 102030);
    auto empty = json::parse("[{},[]]");
    REQUIRE(empty);
    for (json::Value each : empty->root().elements()) {
        CHECK(each.size() == 0);
        if (!each.is_object()) continue;
        for ([[maybe_unused]] json::Member member : each.members()) FAIL("an empty object has no member");
    }
}

TEST_CASE("what is not exactly one JSON value is refused") {
    for (const char* bad : {"",
                            " ",
                            "{",
                            "}",
                            "[1,]",
                            "{\"a\":1,}",
                            "{a:1}",
                            "{'a':1}",
                            "[1 2]",
                            "nul",
                            "NaN",
                            "Infinity",
                            "-",
                            "01",
                            "1.",
                            ".5",
                            "1e",
                            "+1",
                            "0x10",
                            "{} {}",
                            "{}x",
                            "1,2",
                            "\"a",
                            "\"\\x\"",
                            "\"\\u12\"",
                            "\"\\ud800\"",
                            "\"\\udc00\\ud800\"",
                            "\"\n\"",
                            "// c\n1",
                            "[1]//",
                            "1e400",
                            "\"\xFF\"",
                            "\"\xED\xA0\x80\"",
                            "{\"\xC0\xAF\":1}"}) {
        INFO(bad);
        CHECK_FALSE(json::parse(bad).has_value());
    }
    CHECK_FALSE(json::parse("{}\0"s).has_value());
    CHECK_FALSE(json::parse("\"a\0b\""s).has_value());
}

TEST_CASE("nesting is limited, so that a document cannot exhaust the stack") {
    CHECK(json::parse(repeat("[", 100) + repeat("]", 100)).has_value());
    CHECK_FALSE(json::parse(repeat("[", 101) + repeat("]", 101)).has_value());
    CHECK_FALSE(json::parse(repeat("{\"a\":", 101) + "1" + repeat("}", 101)).has_value());
    CHECK_FALSE(json::parse(repeat("[", 5'000'000)).has_value());
    CHECK_FALSE(json::parse(repeat("{\"a\":[", 1'000'000)).has_value());
    CHECK(json::parse("[[1],[2]]", 2).has_value());
    CHECK_FALSE(json::parse("[[[1]],[2]]", 2).has_value());
    CHECK(json::parse("1", 0).has_value());
    CHECK_FALSE(json::parse("[]", 0).has_value());
    // Siblings do not add up.
    CHECK(json::parse("[" + repeat("[],", 1000) + "[]]", 2).has_value());
}

TEST_CASE("numbers that are too small are 0, those that are too large are refused, however long they are") {
    const std::string zeros(400, '0');
    for (const std::string& tiny : {"0." + zeros + "9963", "-0." + zeros + "1", std::string("1e-400"),
                                    "0." + std::string(100'000, '0') + "5", "0." + zeros + "0"}) {
        const auto document = json::parse("{\"a\":" + tiny + ",\"b\":1}");
        REQUIRE(document);
        CHECK(document->root().find("a").type() == json::Type::number);
        CHECK(document->root().find("a").number() == 0);
        CHECK(document->root().find("b").integer() == 1);
    }
    for (const std::string& huge : {std::string("1e400"), "-1" + zeros, "1" + zeros + ".0"})
        CHECK_FALSE(json::parse("[" + huge + "]"));
    const std::string small = "0." + std::string(323, '0') + "5";
    const auto denormal = json::parse("[5e-324, " + small + ", 1" + std::string(300, '0') + "]");
    REQUIRE(denormal);
    std::vector<double> values;
    for (const json::Value each : denormal->root().elements()) values.push_back(each.number());
    CHECK(values == std::vector<double>{5e-324, 5e-324, 1e300});
    for (const char* broken : {"01", "1.", ".5", "-", "1e", "+1", "1e+", "0x10", "1.e1", "NaN", "Infinity"})
        CHECK_FALSE(json::parse(broken));
}

TEST_CASE("integers keep 64 bits, what is larger becomes a number") {
    struct Case {
        const char* text;
        json::Type type;
        std::int64_t value;
    };
    for (const Case& each :
         {Case{"9223372036854775807", json::Type::integer, INT64_MAX},
          Case{"-9223372036854775808", json::Type::integer, INT64_MIN},
          Case{"9223372036854775808", json::Type::number, INT64_MAX},
          Case{"-9223372036854775809", json::Type::number, INT64_MIN},
          Case{"1e300", json::Type::number, INT64_MAX}, Case{"-1.9", json::Type::number, -1},
          Case{"1e3", json::Type::number, 1000}, Case{"0", json::Type::integer, 0}}) {
        INFO(each.text);
        auto document = json::parse(each.text);
        REQUIRE(document);
        CHECK(document->root().type() == each.type);
        CHECK(document->root().integer() == each.value);
    }
    auto exact = json::parse("0.1");
    REQUIRE(exact);
    CHECK(exact->root().number() == 0.1);
    auto near_limit = json::parse("1.7976931348623157e308");
    REQUIRE(near_limit);
    CHECK(near_limit->root().number() == std::numeric_limits<double>::max());
}

TEST_CASE("escapes are read, NUL and characters beyond the first plane too") {
    auto document = json::parse(R"("\"\\\/\b\f\n\r\t\u0000\u00e4\u20ac\ud83d\ude00")");
    REQUIRE(document);
    CHECK(document->root().string() == "\"\\/\b\f\n\r\t\0\xC3\xA4\xE2\x82\xAC\xF0\x9F\x98\x80"s);
}

TEST_CASE("strings are escaped where JSON asks for it and nowhere else") {
    std::string out;
    json::append_string(out, "\"\\/\b\f\n\r\t\0\x1F\x7F\xC3\xA4</script>"s);
    CHECK(out == "\"\\\"\\\\/\\b\\f\\n\\r\\t\\u0000\\u001f\x7F\xC3\xA4</script>\"");
    auto back = json::parse(out);
    REQUIRE(back);
    CHECK(back->root().string() == "\"\\/\b\f\n\r\t\0\x1F\x7F\xC3\xA4</script>"s);
}

TEST_CASE("a byte that needs an escape is found at any place of a text") {
    for (int code = 0; code < 256; ++code) {
        const char c = static_cast<char>(code);
        const bool is_escaped = code < 0x20 || c == '"' || c == '\\';
        for (std::size_t at = 0; at < 20; ++at) {
            std::string text = "plain text, 20 bytes";
            text[at] = c;
            std::string out;
            json::append_string(out, text);
            CAPTURE(code, at);
            CHECK((out.size() > text.size() + 2) == is_escaped);
            CHECK(out.substr(0, at + 1) == '"' + text.substr(0, at));
            CHECK(out.ends_with(text.substr(at + 1) + '"'));
        }
    }
}

TEST_CASE("the writer puts the commas") {
    std::string out;
    json::Writer writer(out);
    writer.begin_object().field("s", "x").field("i", 1).field("l", std::int64_t{-2}).field("b", true);
    writer.key("a").begin_array().integer(1).begin_object().end_object().begin_array().end_array().null();
    writer.boolean(false).raw("{\"r\":1}").string("e").end_array();
    writer.key("o").begin_object().end_object().field("z", std::string_view("end")).end_object();
    CHECK(out == R"({"s":"x","i":1,"l":-2,"b":true,"a":[1,{},[],null,false,{"r":1},"e"],"o":{},"z":"end"})");
}

TEST_CASE("numbers are written in the shortest form that reads back") {
    CHECK(number_text(0.1) == "0.1");
    CHECK(number_text(1) == "1");
    CHECK(number_text(-2.5) == "-2.5");
    CHECK(number_text(1e21) == "1e+21");
    CHECK(number_text(1764000000.123) == "1764000000.123");
    CHECK(number_text(std::nan("")) == "\"NaN\"");
    CHECK(number_text(INFINITY) == "\"Infinity\"");
    CHECK(number_text(-INFINITY) == "\"-Infinity\"");
}

TEST_CASE("a value is copied to text with nothing lost") {
    CHECK(rewritten(R"( { "a" : [ 1 , 2.5 , null , true , "x\n" ] , "b" : { } } )") ==
          R"({"a":[1,2.5,null,true,"x\n"],"b":{}})");
}

TEST_CASE("an escaped surrogate that stands alone is no text") {
    CHECK_FALSE(json::parse(R"(["\udc00"])"));
    CHECK_FALSE(json::parse(R"(["\ud800"])"));
    CHECK_FALSE(json::parse(R"({"\udc00":1})"));
    CHECK(json::parse(R"(["\ud83d\ude00"])"));
}
