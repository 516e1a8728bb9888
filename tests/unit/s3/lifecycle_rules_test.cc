#include <catch2/catch.hpp>

#include "services/s3/lifecycle/rules.h"
#include "src/base/clock.h"

namespace fogbank::s3::lifecycle {

namespace {

std::int64_t ms(const char* time) {
    return unix_millis(*parse_iso8601(time));
}

api::LifecycleRule rule(const char* id, const char* prefix = "") {
    api::LifecycleRule out;
    out.ID = id;
    out.Status = "Enabled";
    out.Filter.emplace().Prefix = prefix;
    return out;
}

Facts object(const char* key = "k", std::int64_t size = 200'000) {
    Facts out;
    out.key = key;
    out.size = size;
    out.modified_ms = ms("2026-01-01T10:00:00Z");
    out.storage_class = "STANDARD";
    return out;
}

Action action(const Rules& rules, const Facts& facts, const char* now) {
    return decide(rules, facts, ms(now)).action;
}

}  // namespace

TEST_CASE("Days end at the midnight after them") {
    CHECK(midnight_after(ms("2026-01-01T10:00:00Z")) == ms("2026-01-02T00:00:00Z"));
    CHECK(midnight_after(ms("2026-01-01T00:00:00Z")) == ms("2026-01-02T00:00:00Z"));
    Rules rules{rule("r")};
    rules[0].Expiration.emplace().Days = 3;
    CHECK(action(rules, object(), "2026-01-04T23:59:59Z") == Action::none);
    CHECK(decide(rules, object(), ms("2026-01-02T00:00:00Z")).next_ms == ms("2026-01-05T00:00:00Z"));
    CHECK(action(rules, object(), "2026-01-05T00:00:00Z") == Action::expire);
    CHECK(expiration_header(rules, object()) ==
          R"(expiry-date="Mon, 05 Jan 2026 00:00:00 GMT", rule-id="r")");
}

TEST_CASE("A rule applies by status, prefix, tags and size") {
    Rules rules{rule("r", "logs/")};
    rules[0].Expiration.emplace().Days = 1;
    const char* late = "2026-02-01T00:00:00Z";
    CHECK(action(rules, object("logs/a"), late) == Action::expire);
    CHECK(action(rules, object("other"), late) == Action::none);
    rules[0].Status = "Disabled";
    CHECK(action(rules, object("logs/a"), late) == Action::none);
    Rules both{rule("r")};
    both[0].Expiration.emplace().Days = 1;
    auto& all = both[0].Filter.emplace().And.emplace();
    all.Tags.emplace().resize(2);
    (*all.Tags)[0].Key = "a";
    (*all.Tags)[0].Value = "1";
    (*all.Tags)[1].Key = "b";
    (*all.Tags)[1].Value = "2";
    all.ObjectSizeGreaterThan = 10;
    all.ObjectSizeLessThan = 20;
    Facts facts = object("k", 15);
    CHECK(action(both, facts, late) == Action::none);
    facts.tags = {{"b", "2"}, {"a", "1"}, {"c", "3"}};
    CHECK(action(both, facts, late) == Action::expire);
    facts.size = 10;
    CHECK(action(both, facts, late) == Action::none);
    facts.size = 20;
    CHECK(action(both, facts, late) == Action::none);
}

TEST_CASE("Transitions go to colder classes only, the coldest that is due, and not for small objects") {
    Rules rules{rule("r")};
    rules[0].Transitions.emplace().resize(2);
    (*rules[0].Transitions)[0].Days = 30;
    (*rules[0].Transitions)[0].StorageClass = "STANDARD_IA";
    (*rules[0].Transitions)[1].Days = 60;
    (*rules[0].Transitions)[1].StorageClass = "GLACIER";
    Facts facts = object();
    CHECK(decide(rules, facts, ms("2026-02-10T00:00:00Z")).storage_class == "STANDARD_IA");
    CHECK(decide(rules, facts, ms("2026-04-10T00:00:00Z")).storage_class == "GLACIER");
    facts.storage_class = "GLACIER";
    CHECK(action(rules, facts, "2026-04-10T00:00:00Z") == Action::none);
    CHECK(action(rules, object("k", 1000), "2026-04-10T00:00:00Z") == Action::none);
    rules[0].Filter->Prefix.reset();
    rules[0].Filter->ObjectSizeGreaterThan = 1;
    CHECK(action(rules, object("k", 1000), "2026-04-10T00:00:00Z") == Action::transition);
}

TEST_CASE("Noncurrent versions go by the day they were replaced, and the newest of them may stay") {
    Rules rules{rule("r")};
    auto& expiration = rules[0].NoncurrentVersionExpiration.emplace();
    expiration.NoncurrentDays = 2;
    expiration.NewerNoncurrentVersions = 1;
    Facts facts = object();
    facts.current = false;
    facts.noncurrent_since_ms = ms("2026-03-01T10:00:00Z");
    facts.newer_noncurrent = 1;
    CHECK(action(rules, facts, "2026-03-03T23:00:00Z") == Action::none);
    CHECK(action(rules, facts, "2026-03-04T00:00:00Z") == Action::erase_version);
    facts.newer_noncurrent = 0;
    CHECK(action(rules, facts, "2026-04-04T00:00:00Z") == Action::none);
}

TEST_CASE("A delete marker with nothing below it goes where a rule says so") {
    Rules rules{rule("r")};
    rules[0].Expiration.emplace().ExpiredObjectDeleteMarker = true;
    Facts marker = object("k", 0);
    marker.delete_marker = true;
    CHECK(action(rules, marker, "2026-01-01T11:00:00Z") == Action::none);
    marker.alone = true;
    CHECK(action(rules, marker, "2026-01-01T11:00:00Z") == Action::erase_marker);
    Rules days{rule("r")};
    days[0].Expiration.emplace().Days = 1;
    CHECK(action(days, marker, "2026-01-02T11:00:00Z") == Action::none);
    CHECK(action(days, marker, "2026-01-03T00:00:00Z") == Action::erase_marker);
}

TEST_CASE("Erasing comes before a transition, a transition before a delete marker") {
    Rules rules{rule("expire"), rule("move")};
    rules[0].Expiration.emplace().Days = 1;
    rules[1].Transitions.emplace().resize(1);
    (*rules[1].Transitions)[0].Days = 0;
    (*rules[1].Transitions)[0].StorageClass = "GLACIER";
    const Decision decision = decide(rules, object(), ms("2026-02-01T00:00:00Z"));
    CHECK(decision.action == Action::transition);
    CHECK(decision.rule == "move");
}

TEST_CASE("Uploads are aborted after their days, by the earliest rule") {
    Rules rules{rule("late"), rule("early", "a")};
    rules[0].AbortIncompleteMultipartUpload.emplace().DaysAfterInitiation = 7;
    rules[1].AbortIncompleteMultipartUpload.emplace().DaysAfterInitiation = 1;
    const auto due = abort_due(rules, "abc", ms("2026-01-01T10:00:00Z"));
    REQUIRE(due);
    CHECK(due->at_ms == ms("2026-01-03T00:00:00Z"));
    CHECK(due->rule == "early");
    CHECK(abort_due(rules, "xyz", 0)->rule == "late");
    CHECK_FALSE(abort_due({rule("none")}, "k", 0));
}

}  // namespace fogbank::s3::lifecycle
