#include "services/dynamodb/model/delete_table.h"
#include "services/dynamodb/model/query.h"
#include "services/dynamodb/model/transact_write_items.h"
#include "services/dynamodb/model/update_item.h"
#include "services/dynamodb/model/update_time_to_live.h"
#include "tests/service/dynamodb/global.h"

using namespace fogbank;
using namespace fogbank::dynamodb;
using namespace fogbank::dynamodb::test;

namespace {

constexpr const char* kOther = "us-east-2";
constexpr const char* kThird = "us-west-2";
const std::string kInvalid = "ValidationException: ";
const std::string kOfStrong = " for global tables with MultiRegionConsistency STRONG. Table: table";

using Regions = std::vector<std::string>;

api::UpdateTable::Input strong_input(const Regions& replicas, const std::string& witness = "") {
    api::UpdateTable::Input input;
    input.TableName = "table";
    input.MultiRegionConsistency = "STRONG";
    input.ReplicaUpdates.emplace();
    for (const std::string& region : replicas) {
        input.ReplicaUpdates->emplace_back().Create.emplace().RegionName = region;
    }
    if (!witness.empty()) {
        input.GlobalTableWitnessUpdates.emplace().emplace_back().Create.emplace().RegionName = witness;
    }
    return input;
}

api::UpdateTable::Input delete_input(const Regions& replicas, const std::string& witness = "") {
    api::UpdateTable::Input input;
    input.TableName = "table";
    input.ReplicaUpdates.emplace();
    for (const std::string& region : replicas) {
        input.ReplicaUpdates->emplace_back().Delete.emplace().RegionName = region;
    }
    if (!witness.empty()) {
        input.GlobalTableWitnessUpdates.emplace().emplace_back().Delete.emplace().RegionName = witness;
    }
    return input;
}

api::UpdateTable::Input protect_input(bool is_protected) {
    api::UpdateTable::Input input;
    input.TableName = "table";
    input.DisassociationProtectionEnabled = is_protected;
    return input;
}

api::UpdateTable::Input disassociate_input(const std::string& region) {
    api::UpdateTable::Input input;
    input.TableName = "table";
    auto& action = input.ReplicaUpdates.emplace().emplace_back().Disassociate.emplace();
    action.RegionName = region;
    action.DisassociationMode = "WAIT_FOR_REPLICATION";
    return input;
}

std::string item_text(const std::string& key, int n) {
    return R"({"n":{"N":")" + std::to_string(n) + R"("},"pk":{"S":")" + key + R"("}})";
}

}  // namespace

TEST_CASE("a strongly consistent global table shows a write in every region at once") {
    Global fixture;
    auto input = Fixture::table_input({});
    Fixture::define(input, "kind", "S");
    input.GlobalSecondaryIndexes.emplace().push_back(Fixture::index("by-kind", "kind", "ALL"));
    fixture.call<api::CreateTable>(input);
    fixture.call<api::UpdateTable>(strong_input({kOther, kThird}));
    const auto home = fixture.described();
    CHECK(home.MultiRegionConsistency == "STRONG");
    CHECK(home.GlobalTableVersion == "2019.11.21");
    CHECK(home.GlobalTableSettingsReplicationMode == "ENABLED_WITH_OVERRIDES");
    CHECK_FALSE(home.StreamSpecification);
    CHECK_FALSE(home.DisassociationProtectionEnabled);
    CHECK(home.Replicas->at(1).ReplicaStatus == "ACTIVE");
    CHECK(fixture.regions() == Regions{kOther, kThird});
    fixture.put(R"({"pk":{"S":"a"},"kind":{"S":"k"},"n":{"N":"1"}})");
    int n = 1;
    for (const char* region : {kOther, kThird}) {
        fixture.in(region);
        CHECK(fixture.get_key("a") ==
              R"({"kind":{"S":"k"},"n":{"N":")" + std::to_string(n++) + R"("},"pk":{"S":"a"}})");
        CHECK(fixture.described().ItemCount == 1);
        CHECK(fixture.described().MultiRegionConsistency == "STRONG");
        api::UpdateItem::Input update;
        update.TableName = "table";
        update.Key = item(R"({"pk":{"S":"a"}})");
        update.UpdateExpression = "ADD n :one";
        update.ExpressionAttributeValues = item(R"({":one":{"N":"1"}})");
        fixture.call<api::UpdateItem>(update);
    }
    api::Query::Input query;
    query.TableName = "table";
    query.IndexName = "by-kind";
    query.KeyConditionExpression = "kind = :k";
    query.ExpressionAttributeValues = item(R"({":k":{"S":"k"}})");
    fixture.in(kHome);
    CHECK(texts(fixture.call<api::Query>(query).Items) ==
          Regions{R"({"kind":{"S":"k"},"n":{"N":"3"},"pk":{"S":"a"}})"});
    auto once = Fixture::put_input(R"({"pk":{"S":"a"}})");
    once.ConditionExpression = "attribute_not_exists(pk)";
    fixture.in(kThird);
    CHECK(fixture.refusal<api::PutItem>(once).starts_with("ConditionalCheckFailedException"));
    fixture.erase_key("a");
    fixture.in(kHome);
    CHECK(fixture.get_key("a") == "none");
}

TEST_CASE("a strongly consistent global table is made and unmade whole, with a witness or without") {
    Global fixture;
    fixture.create_table({});
    const auto refused = [&](const api::UpdateTable::Input& input) {
        return fixture.refusal<api::UpdateTable>(input);
    };
    const std::string three =
        kInvalid +
        "A global table with MultiRegionConsistency STRONG must have exactly three replicas, or two "
        "replicas and a witness";
    CHECK(refused(strong_input({kOther})) == three);
    CHECK(refused(strong_input({kOther, kThird}, "us-west-1")) == three);
    CHECK(refused(strong_input({kOther}, kOther)) ==
          kInvalid + "The witness must be in a region without a replica: us-east-2");
    CHECK(refused(strong_input({kOther, kAway})) ==
          kInvalid +
              "The regions of a global table with MultiRegionConsistency STRONG must be in the same Region "
              "set");
    auto eventual = strong_input({kOther}, kThird);
    eventual.MultiRegionConsistency.reset();
    CHECK(refused(eventual) ==
          kInvalid +
              "GlobalTableWitnessUpdates are for global tables with MultiRegionConsistency STRONG only");
    fixture.put_key("a", 1);
    CHECK(refused(strong_input({kOther}, kThird)) ==
          kInvalid + "A table must be empty to become a global table with MultiRegionConsistency STRONG");
    fixture.erase_key("a");
    fixture.call<api::UpdateTable>(strong_input({kOther}, kThird));
    fixture.in(kOther);
    CHECK(fixture.described().GlobalTableWitnesses->at(0).RegionName == kThird);
    CHECK(fixture.described().GlobalTableWitnesses->at(0).WitnessStatus == "ACTIVE");
    fixture.in(kThird);
    api::DescribeTable::Input describe;
    describe.TableName = "table";
    CHECK(fixture.refusal<api::DescribeTable>(describe).starts_with("ResourceNotFoundException"));
    fixture.in(kHome);
    fixture.put_key("a", 1);
    CHECK(refused(Global::create_input("us-west-1")) ==
          kInvalid + "Adding replicas or witnesses later is not supported" + kOfStrong);
    const std::string whole =
        kInvalid + "Deleting less than all other replicas and the witness is not supported" + kOfStrong;
    CHECK(refused(delete_input({kOther})) == whole);
    CHECK(refused(disassociate_input(kHome)).starts_with(kInvalid + "Disassociate is only supported"));
    fixture.call<api::UpdateTable>(delete_input({kOther}, kThird));
    CHECK_FALSE(fixture.described().MultiRegionConsistency);
    CHECK_FALSE(fixture.described().GlobalTableWitnesses);
    CHECK(fixture.regions().empty());
    CHECK(fixture.get_key("a") == item_text("a", 1));
    fixture.put_key("a", 2);
    fixture.in(kOther);
    CHECK(fixture.refusal<api::DescribeTable>(describe).starts_with("ResourceNotFoundException"));
}

TEST_CASE("a strongly consistent global table takes no transactions, no time to live and no lone deletion") {
    Global fixture;
    fixture.create_table({});
    fixture.call<api::UpdateTable>(strong_input({kOther, kThird}));
    api::TransactWriteItems::Input write;
    auto& put = write.TransactItems.emplace().emplace_back().Put.emplace();
    put.TableName = "table";
    put.Item = item(R"({"pk":{"S":"t"}})");
    CHECK(fixture.refusal<api::TransactWriteItems>(write) ==
          kInvalid + "Transactions are not supported" + kOfStrong);
    api::UpdateTimeToLive::Input expiry;
    expiry.TableName = "table";
    expiry.TimeToLiveSpecification.emplace().Enabled = true;
    expiry.TimeToLiveSpecification->AttributeName = "at";
    CHECK(fixture.refusal<api::UpdateTimeToLive>(expiry) ==
          kInvalid + "Time to live is not supported" + kOfStrong);
    api::DeleteTable::Input erase;
    erase.TableName = "table";
    CHECK(fixture.refusal<api::DeleteTable>(erase) ==
          kInvalid + "Deleting one replica alone is not supported" + kOfStrong);
    CHECK(fixture.refusal<api::UpdateTable>(protect_input(false))
              .starts_with(kInvalid + "DisassociationProtectionEnabled is only supported"));
    api::UpdateTable::Input stream;
    stream.TableName = "table";
    stream.StreamSpecification.emplace().StreamEnabled = true;
    stream.StreamSpecification->StreamViewType = "KEYS_ONLY";
    fixture.in(kOther);
    fixture.call<api::UpdateTable>(stream);
    fixture.in(kHome);
    fixture.put_key("a", 1);
    fixture.in(kOther);
    CHECK(fixture.events() == Regions{R"(INSERT {"pk":{"S":"a"}})"});
}

TEST_CASE("a replica leaves its global table with its items where it is not protected") {
    Global fixture;
    fixture.create_table({});
    CHECK(fixture.refusal<api::UpdateTable>(protect_input(false))
              .starts_with(kInvalid + "DisassociationProtectionEnabled is only supported"));
    fixture.add_replica(kAway);
    fixture.add_replica(kThird);
    CHECK(fixture.described().DisassociationProtectionEnabled == true);
    CHECK(fixture.refusal<api::UpdateTable>(disassociate_input(kAway)) ==
          kInvalid + "Disassociate is for the replica in the region of the request: us-east-1");
    CHECK(fixture.refusal<api::UpdateTable>(disassociate_input(kHome)) ==
          kInvalid +
              "Replica cannot be disassociated as it is currently protected against disassociation. Disable "
              "disassociation protection first.");
    auto mixed = protect_input(false);
    mixed.TableClass = "STANDARD";
    CHECK(fixture.refusal<api::UpdateTable>(mixed) ==
          kInvalid + "DisassociationProtectionEnabled cannot be combined with other changes of a table");
    fixture.call<api::UpdateTable>(protect_input(false));
    CHECK(fixture.described().DisassociationProtectionEnabled == false);
    fixture.in(kAway);
    CHECK(fixture.described().DisassociationProtectionEnabled == true);
    fixture.put_key("away", 1);
    fixture.in(kHome);
    fixture.put_key("home", 2);
    fixture.call<api::UpdateTable>(disassociate_input(kHome));
    CHECK(fixture.regions().empty());
    CHECK_FALSE(fixture.described().DisassociationProtectionEnabled);
    // Written before, and arrived at the latest now; and after, which stays where it is.
    fixture.put_key("home", 3);
    fixture.put_key("alone", 4);
    fixture.harness.await_idle();
    CHECK(fixture.get_key("away") == item_text("away", 1));
    CHECK(fixture.get_key("home") == item_text("home", 3));
    fixture.in(kAway);
    CHECK(fixture.regions() == Regions{kThird});
    CHECK(fixture.get_key("home") == item_text("home", 2));
    CHECK(fixture.get_key("alone") == "none");
    fixture.call<api::UpdateTable>(protect_input(false));
    fixture.call<api::UpdateTable>(disassociate_input(kAway));
    CHECK(fixture.regions().empty());
    fixture.in(kThird);
    CHECK(fixture.regions().empty());
    CHECK(fixture.get_key("home") == item_text("home", 2));
}
