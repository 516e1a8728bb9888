#include "src/base/clock.h"
#include "tests/unit/protocol/sample_service.h"

#include <catch2/catch.hpp>

namespace fogbank::protocol_test {

TEST_CASE("A form's paths become members, lists in the order of their numbers") {
    const Sample sample = decode_sample(
        sts_operation(),
        "Action=PutThing&Version=2011-06-15&Text=a+b%26c&Count=5&Flag=true&Data=AP8%3D&When=2014-04-29T18%"
        "3A30%3A38Z"
        "&Words.member.10=ten&Words.member.2=two&Words.member.1=one&Words.memberx.3=no&Words-x=no"
        "&Labels.entry.1.key=k&Labels.entry.1.value=v&Inner.Name=n&Inner.Child.Name=m&Items.member.1.Name=i"
        "&Groups.entry.1.key=g&Groups.entry.1.value.member.1=w");
    CHECK(sample.Text == "a b&c");
    CHECK(sample.Count == 5);
    CHECK(sample.Flag == true);
    CHECK(sample.Data->data == std::string("\0\xff", 2));
    CHECK(unix_seconds(*sample.When) == 1398796238);
    CHECK(*sample.Words == std::vector<std::string>{"one", "two", "ten"});
    CHECK(*sample.Labels == model::Map<std::string>{{"k", "v"}});
    CHECK(sample.Inner->Child->Name == "m");
    CHECK(sample.Items->at(0).Name == "i");
    CHECK(sample.Groups->at("g") == std::vector<std::string>{"w"});
}

TEST_CASE("A form with a value of the wrong type, bad UTF-8 or endless paths is malformed input") {
    std::string deep = "Inner";
    for (int i = 0; i < 100'000; ++i) deep += ".Child";
    const auto [body, message] = GENERATE_COPY(table<std::string, const char*>({
        {"Count=x", "'x' can not be converted to an Integer"},
        {"Count=99999999999", "'99999999999' can not be converted to an Integer"},
        {"Flag=maybe", "'maybe' can not be converted to a Boolean"},
        {"When=soon", "'soon' can not be converted to milliseconds since epoch"},
        {"Data=%3D", "'=' can not be converted to a Blob"},
        {"Text=%ff", "Invalid UTF-8"},
        {deep + ".Name=x", "The parameters nest too deep"},
    }));
    INFO(body.substr(0, 60));
    CHECK(refusal(sts_operation(), body) == "MalformedInput: " + std::string(message));
}

TEST_CASE("Gaps and huge numbers in a form's lists cost nothing") {
    const Sample sample = decode_sample(
        sts_operation(),
        "Words.member.4294967295=b&Words.member.7=a&Words.member.99999999999=c&Words.member.0=d");
    CHECK(*sample.Words == std::vector<std::string>{"a", "b"});
}

TEST_CASE("An answer of the query protocol is wrapped and carries the request id") {
    Sample sample;
    sample.Text = "<a>";
    sample.When = from_unix_millis(1398796238120);
    sample.Words = std::vector<std::string>{"x", "y"};
    sample.Labels = model::Map<std::string>{{"k", "v"}};
    http::Response out;
    protocol::encode_response(sts_operation(), &sample, {"RID", {}}, out);
    CHECK(text_of(out) ==
          "200\nx-amzn-RequestId: RID\nContent-Type: text/xml\n\n"
          "<PutThingResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><PutThingResult>"
          "<Text>&lt;a&gt;</Text><When>2014-04-29T18:30:38.120Z</When><Words><member>x</member><member>y</"
          "member>"
          "</Words><Labels><entry><key>k</key><value>v</value></entry></Labels></"
          "PutThingResult><ResponseMetadata>"
          "<RequestId>RID</RequestId></ResponseMetadata></PutThingResponse>");
}

TEST_CASE("An error of the query protocol says whose fault it is") {
    http::Response out;
    protocol::encode_error(*sts_operation().service, Error("InvalidAction", 400, "no <such> action"),
                           {"RID", {}}, out);
    CHECK(text_of(out) ==
          "400\nx-amzn-RequestId: RID\nContent-Type: text/xml\n\n"
          "<ErrorResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><Error><Type>Sender</Type>"
          "<Code>InvalidAction</Code><Message>no &lt;such&gt; "
          "action</Message></Error><RequestId>RID</RequestId>"
          "</ErrorResponse>");
}

}  // namespace fogbank::protocol_test
