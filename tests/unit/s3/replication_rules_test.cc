#include <catch2/catch.hpp>

#include "services/s3/configuration/checks.h"
#include "services/s3/replication/rules.h"
#include "src/base/entropy.h"
#include "src/base/error.h"

namespace fogbank::s3::replication {

namespace {

api::ReplicationRule rule(const char* id, const char* to, int priority, const char* prefix = "") {
    api::ReplicationRule out;
    out.ID = id;
    out.Status = "Enabled";
    out.Priority = priority;
    out.Filter.emplace().Prefix = prefix;
    out.DeleteMarkerReplication.emplace().Status = "Disabled";
    out.Destination.emplace().Bucket = std::string("arn:aws:s3:::") + to;
    return out;
}

api::ReplicationConfiguration configuration(std::vector<api::ReplicationRule> rules) {
    api::ReplicationConfiguration out;
    out.Role = "arn:aws:iam::000000000000:role/r";
    out.Rules = std::move(rules);
    return out;
}

std::unique_ptr<Entropy> entropy() {
    return make_seeded_entropy(1);
}

std::string refusal(api::ReplicationConfiguration given) {
    try {
        check_replication(given, *entropy());
    } catch (const Error& error) {
        return error.code();
    }
    return "";
}

}  // namespace

TEST_CASE("A version goes to each bucket once, by the rule of highest priority") {
    auto low = rule("low", "one", 1);
    auto high = rule("high", "one", 2);
    high.Destination->StorageClass = "GLACIER";
    auto other = rule("other", "two", 3, "logs/");
    auto off = rule("off", "three", 4);
    off.Status = "Disabled";
    const auto all = configuration({low, high, other, off});
    const auto plain = destinations(all, "k", {}, Change::object);
    REQUIRE(plain.size() == 1);
    CHECK(plain[0].bucket == "one");
    CHECK(plain[0].storage_class == "GLACIER");
    CHECK(destinations(all, "logs/a", {}, Change::object).size() == 2);
    CHECK(destinations(all, "k", {}, Change::delete_marker).empty());
}

TEST_CASE(
    "Tags must all be there; delete markers go where a rule says so, or by rules of the first version") {
    auto tagged = rule("t", "one", 1);
    tagged.Filter->Prefix.reset();
    auto& all = tagged.Filter->And.emplace();
    all.Prefix = "a";
    all.Tags.emplace().resize(1);
    (*all.Tags)[0].Key = "x";
    (*all.Tags)[0].Value = "1";
    CHECK(destinations(configuration({tagged}), "ab", {{"x", "1"}}, Change::object).size() == 1);
    CHECK(destinations(configuration({tagged}), "ab", {{"x", "2"}}, Change::object).empty());
    auto markers = rule("m", "one", 1);
    markers.DeleteMarkerReplication->Status = "Enabled";
    CHECK(destinations(configuration({markers}), "k", {}, Change::delete_marker).size() == 1);
    api::ReplicationRule first = rule("f", "one", 1);
    first.Filter.reset();
    first.Priority.reset();
    first.DeleteMarkerReplication.reset();
    first.Prefix = "";
    CHECK(destinations(configuration({first}), "k", {}, Change::delete_marker).size() == 1);
    CHECK(refusal(configuration({first})).empty());
}

TEST_CASE("Configurations are refused as AWS refuses them") {
    CHECK(refusal(configuration({rule("a", "one", 1)})).empty());
    CHECK(refusal(configuration({})) == "MalformedXML");
    CHECK(refusal(configuration({rule("a", "one", 1), rule("a", "two", 2)})) == "InvalidArgument");
    CHECK(refusal(configuration({rule("a", "one", 1), rule("b", "two", 1)})) == "InvalidRequest");
    auto without = rule("a", "one", 1);
    without.DeleteMarkerReplication.reset();
    CHECK(refusal(configuration({without})) == "InvalidRequest");
    auto both = rule("a", "one", 1);
    both.Prefix = "x";
    CHECK(refusal(configuration({both})) == "MalformedXML");
    auto existing = rule("a", "one", 1);
    existing.ExistingObjectReplication.emplace().Status = "Enabled";
    CHECK(refusal(configuration({existing})) == "NotImplemented");
    auto replicas = rule("a", "one", 1);
    replicas.SourceSelectionCriteria.emplace().ReplicaModifications.emplace().Status = "Enabled";
    CHECK(refusal(configuration({replicas})) == "NotImplemented");
    auto role = configuration({rule("a", "one", 1)});
    role.Role = "arn:aws:iam::000000000000:user/u";
    CHECK(refusal(role) == "InvalidArgument");
    auto arn = rule("a", "one", 1);
    arn.Destination->Bucket = "one";
    CHECK(refusal(configuration({arn})) == "InvalidArgument");
    auto unnamed = configuration({rule("", "one", 1)});
    check_replication(unnamed, *entropy());
    CHECK(unnamed.Rules->front().ID == entropy()->uuid());
}

TEST_CASE("A version is COMPLETED when all its buckets have it, FAILED when one refused") {
    CHECK(shown_status(pending_status(2)) == "PENDING");
    CHECK(next_status("PENDING 2", false) == "PENDING 1");
    CHECK(next_status("PENDING 1", false) == "COMPLETED");
    CHECK(next_status("PENDING 2", true) == "FAILED");
    CHECK(next_status("FAILED", false) == "FAILED");
}

}  // namespace fogbank::s3::replication
