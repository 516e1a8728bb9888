#include "emulator/admin/duration.h"
#include "emulator/admin/health_notes.h"
#include "emulator/admin/trace_tree.h"
#include "emulator/version.h"

#include <catch2/catch.hpp>

#include <string>

using namespace fogbank;
using namespace fogbank::emulator;
using namespace std::chrono_literals;

namespace {

bool merge(HealthNotes& notes, std::string_view text) {
    auto document = json::parse(text);
    REQUIRE(document);
    return notes.merge(document->root());
}

const std::string kVersionText(kVersion);

events::Span span(const char* id, const char* cause, const char* name, int at_ms) {
    events::Span made;
    made.trace = "1-00000000-000000000000000000000000";
    made.id = id;
    made.cause = cause;
    made.kind = "call";
    made.account = "000000000000";
    made.service = "s3";
    made.name = name;
    made.outcome = "200";
    made.started = from_unix_millis(at_ms);
    made.duration = 1500us;
    return made;
}

// "PutObject(deliver(Invoke))": the tree's names alone.
std::string names(json::Value spans) {
    std::string out;
    for (json::Value each : spans.elements()) {
        if (!out.empty()) out += ",";
        out += each.find("name").string();
        std::string below = names(each.find("children"));
        if (!below.empty()) out += "(" + below + ")";
    }
    return out;
}

std::string tree_of(const std::vector<events::Span>& spans) {
    std::string body;
    json::Writer out(body);
    write_trace_tree(out, "the-trace", spans);
    auto document = json::parse(body, 1000);
    REQUIRE(document);
    CHECK(document->root().find("trace").string() == "the-trace");
    CHECK(document->root().find("spans").integer() == static_cast<std::int64_t>(spans.size()));
    return names(document->root().find("roots"));
}

}  // namespace

TEST_CASE("durations are numbers with units, seconds where there is none") {
    CHECK(parse_duration("90") == 90s);
    CHECK(parse_duration("90s") == 90s);
    CHECK(parse_duration("500ms") == 500ms);
    CHECK(parse_duration("15m") == 15min);
    CHECK(parse_duration("1h30m") == 90min);
    CHECK(parse_duration("7d") == 7 * 24h);
    CHECK(parse_duration("0") == 0s);
    CHECK(parse_duration("3650d") == 3650 * 24h);
    for (const char* bad : {"", "s", "-1", "-1h", "1.5h", "1 h", "1w", "3651d", "99999999999999999999",
                            "1h-5m", "h1", "9223372036854775807d"}) {
        INFO(bad);
        CHECK_FALSE(parse_duration(bad).has_value());
    }
}

TEST_CASE("health lists services, edition and version") {
    HealthNotes notes;
    CHECK(health_document({{"s3", "available"}, {"sqs", "disabled"}}, notes.groups()) ==
          R"({"services":{"s3":"available","sqs":"disabled"},"edition":"community","version":")" +
              kVersionText + "\"}");
}

TEST_CASE("what is put into health is merged, the last value of a name alone") {
    HealthNotes notes;
    CHECK(merge(notes, R"({"features:initScripts":"initializing","mine":[1,2]})"));
    CHECK(merge(notes, R"({"features":{"initScripts":"initialized","other":true}})"));
    CHECK(merge(notes, R"({"services":{"s3":"running"},"edition":"mine"})"));
    CHECK(health_document({{"s3", "available"}, {"sts", "available"}}, notes.groups()) ==
          R"({"features":{"initScripts":"initialized","other":true})"
          R"(,"services":{"s3":"running","sts":"available"})"
          R"(,"edition":"mine","mine":[1,2],"version":")" +
              kVersionText + "\"}");
}

TEST_CASE("a name stands once in health, as a value or as a group") {
    HealthNotes notes;
    CHECK(merge(notes, R"({"services":"none","features":1})"));
    CHECK(merge(notes, R"({"features":{"a":1}})"));
    CHECK(health_document({{"s3", "available"}}, notes.groups()) ==
          R"({"features":{"a":1},"services":{"s3":"available"},"edition":"community","version":")" +
              kVersionText + "\"}");
}

TEST_CASE("health does not grow without bound") {
    HealthNotes notes;
    std::string many = "{";
    for (int i = 0; i < 1000; ++i) many += (i == 0 ? "\"k" : ",\"k") + std::to_string(i) + "\":1";
    CHECK(merge(notes, many + "}"));
    CHECK_FALSE(merge(notes, R"({"one":"more"})"));
    CHECK(merge(notes, R"({"k7":2})"));
    CHECK(notes.groups().at("").at("k7") == "2");
    CHECK(notes.groups().at("").size() == 1000);
}

TEST_CASE("a trace is drawn as the tree of what caused what") {
    CHECK(tree_of({span("a", "", "PutObject", 1), span("b", "a", "deliver", 2), span("c", "b", "Invoke", 3),
                   span("d", "a", "deliver2", 4)}) == "PutObject(deliver(Invoke),deliver2)");
    CHECK(tree_of({span("a", "", "One", 1), span("b", "", "Two", 2)}) == "One,Two");
    // A cause that the log has dropped, or that calls itself its own, makes a root.
    CHECK(tree_of({span("b", "gone", "Orphan", 1), span("c", "c", "Self", 2)}) == "Orphan,Self");
    CHECK(tree_of({}) == "");
}

TEST_CASE("a trace that goes deeper than any real one is cut, not followed into the stack") {
    std::vector<events::Span> chain;
    for (int i = 0; i < 5000; ++i) {
        std::string id = "s" + std::to_string(i), cause = i == 0 ? "" : "s" + std::to_string(i - 1);
        chain.push_back(span(id.c_str(), cause.c_str(), "x", i));
    }
    std::string tree = tree_of(chain);
    CHECK(tree.size() < 1000);
    CHECK(tree.starts_with("x(x(x"));
}
