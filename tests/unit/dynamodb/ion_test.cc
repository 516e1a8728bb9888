#include "services/dynamodb/transfers/ion.h"

#include <catch2/catch.hpp>

#include <string>

using namespace fogbank::dynamodb;

TEST_CASE("an item in Ion has each of DynamoDB's types, numbers as decimals, sets with annotations") {
    // docs: "DynamoDB table export output format" has these numbers.
    CHECK(
        ion_of(
            R"({"Item":{"Id":{"N":"103"},"Pages":{"N":"600"},"Price":{"N":"2000"},"Rate":{"N":"-1.5"}}})") ==
        "$ion_1_0 {Item:{Id:103.,Pages:6d2,Price:2d3,Rate:-1.5}}");
    CHECK(ion_of(R"({"Item":{"zero":{"N":"0"},"small":{"N":"0.00000000012"},"less":{"N":"0.0012"}}})") ==
          "$ion_1_0 {Item:{zero:0.,small:12d-11,less:0.0012}}");
    CHECK(
        ion_of(R"({"Item":{"s":{"SS":["a","b"]},"n":{"NS":["1","20"]},"b":{"BS":["aGk="]}}})") ==
        R"($ion_1_0 {Item:{s:$dynamodb_SS::["a","b"],n:$dynamodb_NS::[1.,2d1],b:$dynamodb_BS::[{{aGk=}}]}})");
    CHECK(
        ion_of(
            R"({"Item":{"l":{"L":[{"S":"x"},{"NULL":true}]},"m":{"M":{"t":{"BOOL":true},"e":{"M":{}}}}}})") ==
        R"($ion_1_0 {Item:{l:["x",null],m:{t:true,e:{}}}})");
    CHECK(ion_of("{\"Item\":{\"a b\":{\"S\":\"say "
                 "\\\"hi\\\"\\n\"},\"null\":{\"B\":\"\"},\"it's\":{\"S\":\"\xc3\xa9\"}}}") ==
          "$ion_1_0 {Item:{'a b':\"say \\\"hi\\\"\\x0a\",'null':{{}},'it\\'s':\"\xc3\xa9\"}}");
}

TEST_CASE("a change of an incremental export is a record in Ion") {
    CHECK(ion_of(R"({"Metadata":{"WriteTimestampMicros":{"N":"1684374845117899"}},"Keys":{"pk":{"S":"a"}},)"
                 R"("OldImage":{"pk":{"S":"a"}},"NewImage":{"pk":{"S":"a"},"n":{"N":"1"}}})") ==
          R"($ion_1_0 {Record:{Keys:{pk:"a"},Metadata:{WriteTimestampMicros:1684374845117899.},)"
          R"(OldImage:{pk:"a"},NewImage:{pk:"a",n:1.}}})");
}

TEST_CASE("Ion reads back as what it was written from") {
    const std::string line = GENERATE(
        R"({"Item":{"a":{"S":"x"},"n":{"N":"6"},"d":{"N":"-1.5"},"t":{"BOOL":false},"z":{"NULL":true}}})",
        R"({"Item":{"s":{"SS":["a"]},"n":{"NS":["1","2"]},"b":{"BS":["aGk="]},"one":{"B":"aGk="}}})",
        R"({"Item":{"l":{"L":[{"L":[]},{"M":{"k":{"S":"v"}}}]},"quoted 'name'":{"S":"\"\\\n"}}})");
    const auto back = dynamodb_json_of(ion_of(line));
    REQUIRE(back);
    CHECK(ion_of(*back) == ion_of(line));
}

TEST_CASE("Ion may be written in other ways") {
    const auto [given, wanted] = GENERATE(table<const char*, const char*>({
        {R"({Item:{a:1}})", R"({"Item":{"a":{"N":"1"}}})"},
        {R"(  $ion_1_0 { 'Item' : { "a" : 1_000 , } } // end)", R"({"Item":{"a":{"N":"1000"}}})"},
        {R"({Item:{/* note */ a:'''long ''' '''string'''}})", R"({"Item":{"a":{"S":"long string"}}})"},
        {R"({Item:{a:null.string,b:null}})", R"({"Item":{"a":{"NULL":true},"b":{"NULL":true}}})"},
        {R"({Item:{a:"\u00e9\x41\t\0"}})",
         "{\"Item\":{\"a\":{\"S\":\"\xc3\xa9"
         R"(A\t\u0000"}}})"},
        {R"({Item:{a:{{ aGk = }}}})", R"({"Item":{"a":{"B":"aGk="}}})"},
        {R"({Item:{a:other::"x",b:1.5e-3}})", R"({"Item":{"a":{"S":"x"},"b":{"N":"1.5e-3"}}})"},
    }));
    INFO(given);
    CHECK(dynamodb_json_of(given) == wanted);
}

TEST_CASE("what stands for none of DynamoDB's types is no item") {
    const std::string line = GENERATE(
        as<std::string>(), "", "$ion_1_0", "{}", "{Other:{}}", "{Item:1}", "{Item:{a:symbol}}",
        "{Item:{a:'symbol'}}", "{Item:{a:2020-01-01T}}", "{Item:{a:(1 2)}}", "{Item:{a:{{\"clob\"}}}}",
        "{Item:{a:nan}}", "{Item:{a:+inf}}", "{Item:{a:0x1F}}", "{Item:{a:\"open}}", "{Item:{a:\"\\ud800\"}}",
        "{Item:{a:\"\\q\"}}", "{Item:{a:1}", "{Item:{a:1}} x", "{Item:{a 1}}", "{Item:{a:$dynamodb_SS::[1]}}",
        "{Item:{a:$dynamodb_NS::\"x\"}}", "{Item:{a:1},Item:{b:1}}",
        "{Item:{a:" + std::string(100'000, '[') + "}}", "{Item:{a:" + std::string(100'000, '{') + "}}",
        "{Item:{a:\"\\");
    INFO(line.substr(0, 40));
    CHECK_FALSE(dynamodb_json_of(line));
}
