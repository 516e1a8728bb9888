#include "services/dynamodb/model/delete_table.h"
#include "services/dynamodb/model/describe_global_table.h"
#include "services/dynamodb/model/describe_table_replica_auto_scaling.h"
#include "services/dynamodb/model/describe_time_to_live.h"
#include "services/dynamodb/model/query.h"
#include "services/dynamodb/model/scan.h"
#include "services/dynamodb/model/update_table_replica_auto_scaling.h"
#include "services/dynamodb/model/update_time_to_live.h"
#include "services/dynamodb/store/stamps.h"
#include "tests/service/dynamodb/global.h"

using namespace fogbank;
using namespace fogbank::dynamodb;
using namespace fogbank::dynamodb::test;

namespace {

std::string item_text(const std::string& key, int n) {
    return R"({"n":{"N":")" + std::to_string(n) + R"("},"pk":{"S":")" + key + R"("}})";
}

}  // namespace

TEST_CASE("a replica gets what the table holds, and then each region gets the writes of the others") {
    Global fixture;
    fixture.create_table({});
    for (int i = 0; i < 450; ++i) fixture.put_key("old" + std::to_string(i), i);
    fixture.add_replica(kAway);
    const auto home = fixture.described();
    CHECK(home.GlobalTableVersion == "2019.11.21");
    CHECK(home.StreamSpecification->StreamViewType == "NEW_AND_OLD_IMAGES");
    CHECK(fixture.regions() == std::vector<std::string>{kAway});

    fixture.in(kAway);
    CHECK(fixture.regions() == std::vector<std::string>{kHome});
    CHECK(fixture.described().ItemCount == 450);
    CHECK(fixture.described().TableArn == "arn:aws:dynamodb:eu-west-1:000000000000:table/table");
    CHECK(fixture.get_key("old449") == item_text("old449", 449));
    fixture.put_key("away", 1);
    fixture.in(kHome);
    fixture.put_key("home", 2);
    fixture.erase_key("old0");
    fixture.harness.await_idle();
    CHECK(fixture.get_key("away") == item_text("away", 1));
    fixture.in(kAway);
    CHECK(fixture.get_key("home") == item_text("home", 2));
    CHECK(fixture.get_key("old0") == "none");
    CHECK(fixture.described().ItemCount == 451);
    CHECK(fixture.events() == std::vector<std::string>{R"(INSERT {"pk":{"S":"away"}})",
                                                       R"(INSERT {"pk":{"S":"home"}})",
                                                       R"(REMOVE {"pk":{"S":"old0"}})"});
}

TEST_CASE("writes of one item in three regions end with the same item everywhere: the last one") {
    Global fixture;
    fixture.create_table({});
    fixture.add_replica(kAway);
    fixture.add_replica("ap-southeast-2");
    const std::vector<std::string> all{kHome, kAway, "ap-southeast-2"};
    // At the same time, before anything has arrived: the greatest region wins.
    for (const std::string& region : all) {
        fixture.in(region);
        fixture.put_key("same", static_cast<int>(region.size()));
    }
    fixture.in("ap-southeast-2");
    fixture.harness.clock().set(fixture.harness.clock().now() + std::chrono::seconds(1));
    fixture.put_key("later", 14);
    fixture.harness.await_idle();
    std::vector<std::string> same, later;
    for (const std::string& region : all) {
        fixture.in(region);
        same.push_back(fixture.get_key("same"));
        later.push_back(fixture.get_key("later"));
    }
    CHECK(same[0] == same[1]);
    CHECK(same[1] == same[2]);
    CHECK(later == std::vector<std::string>(3, item_text("later", 14)));
}

TEST_CASE("a write that arrives late does not undo a later deletion") {
    Global fixture;
    fixture.create_table({});
    fixture.add_replica(kAway);
    auto& database = fixture.harness.database();
    fixture.in(kAway);
    fixture.put_key("a", 1);
    fixture.harness.await_idle();
    fixture.harness.clock().set(fixture.harness.clock().now() + std::chrono::seconds(10));
    fixture.in(kHome);
    fixture.erase_key("a");
    fixture.harness.await_idle();
    // What the other region wrote five seconds ago comes only now.
    events::Event event;
    event.id = "late";
    event.account = fixture.caller.account;
    event.payload = R"({"region":"eu-west-1","at_ms":)" +
                    std::to_string(unix_millis(fixture.harness.clock().now()) - 5000) +
                    R"(,"sequence":99,"keys":{"pk":{"S":"a"}},"item":{"pk":{"S":"a"},"n":{"N":"9"}}})";
    const Arn target = *Arn::parse("arn:aws:dynamodb:us-east-1:000000000000:table/table");
    auto deliver = [&](store::Txn& txn) {
        fixture.service().replication().accept(txn, event, target);
        return 0;
    };
    fixture.harness.run(database.write(deliver));
    CHECK(fixture.get_key("a") == "none");
}

TEST_CASE("indexes, billing and time to live are shared by all replicas") {
    Global fixture;
    fixture.create_table({});
    fixture.put(R"({"pk":{"S":"a"},"g":{"S":"x"}})");
    fixture.add_replica(kAway);
    api::UpdateTable::Input index;
    index.TableName = "table";
    api::AttributeDefinition& definition = index.AttributeDefinitions.emplace().emplace_back();
    definition.AttributeName = "g";
    definition.AttributeType = "S";
    const auto wanted = Fixture::index("by-g", "g", "ALL");
    auto& made = index.GlobalSecondaryIndexUpdates.emplace().emplace_back().Create.emplace();
    made.IndexName = wanted.IndexName;
    made.KeySchema = wanted.KeySchema;
    made.Projection = wanted.Projection;
    fixture.call<api::UpdateTable>(index);
    api::UpdateTimeToLive::Input ttl;
    ttl.TableName = "table";
    ttl.TimeToLiveSpecification.emplace();
    ttl.TimeToLiveSpecification->Enabled = true;
    ttl.TimeToLiveSpecification->AttributeName = "due";
    fixture.call<api::UpdateTimeToLive>(ttl);

    fixture.in(kAway);
    fixture.wait_for(
        [&] { return fixture.described().GlobalSecondaryIndexes->at(0).IndexStatus == "ACTIVE"; });
    api::Query::Input query;
    query.TableName = "table";
    query.IndexName = "by-g";
    query.KeyConditionExpression = "g = :g";
    query.ExpressionAttributeValues = item(R"({":g":{"S":"x"}})");
    CHECK(fixture.call<api::Query>(query).Count == 1);
    api::DescribeTimeToLive::Input describe;
    describe.TableName = "table";
    CHECK(fixture.call<api::DescribeTimeToLive>(describe).TimeToLiveDescription->AttributeName == "due");
}

TEST_CASE("a replica is changed and deleted through the others, or leaves with its table") {
    Global fixture;
    fixture.create_table({});
    fixture.add_replica(kAway);
    fixture.add_replica("ap-southeast-2");
    api::UpdateTable::Input update;
    update.TableName = "table";
    auto& change = update.ReplicaUpdates.emplace().emplace_back().Update.emplace();
    change.RegionName = kAway;
    change.TableClassOverride = "STANDARD_INFREQUENT_ACCESS";
    const auto changed = *fixture.call<api::UpdateTable>(update).TableDescription;
    CHECK(changed.Replicas->at(0).ReplicaTableClassSummary->TableClass == "STANDARD_INFREQUENT_ACCESS");

    api::UpdateTable::Input erase;
    erase.TableName = "table";
    erase.ReplicaUpdates.emplace().emplace_back().Delete.emplace().RegionName = kAway;
    fixture.call<api::UpdateTable>(erase);
    CHECK(fixture.regions() == std::vector<std::string>{"ap-southeast-2"});
    CHECK(fixture.refusal<api::UpdateTable>(erase) ==
          "ValidationException: Update global table operation failed because one or more replicas were not "
          "part of the global table.");
    fixture.in("ap-southeast-2");
    CHECK(fixture.regions() == std::vector<std::string>{kHome});
    api::DeleteTable::Input gone;
    gone.TableName = "table";
    fixture.call<api::DeleteTable>(gone);
    fixture.in(kHome);
    CHECK(fixture.regions().empty());
    fixture.in(kAway);
    api::DescribeTable::Input describe;
    describe.TableName = "table";
    CHECK(fixture.refusal<api::DescribeTable>(describe).starts_with("ResourceNotFoundException"));
}

TEST_CASE("ReplicaUpdates are refused where AWS or Fogbank does not take them") {
    Global fixture;
    fixture.create_table({});
    CHECK(fixture.refusal<api::UpdateTable>(Global::create_input(kHome)) ==
          "ValidationException: Cannot add, delete, or update the local region through ReplicaUpdates. Use "
          "CreateTable, DeleteTable, or UpdateTable as required.");
    fixture.in(kAway);
    fixture.create_table({});
    fixture.in(kHome);
    CHECK(fixture.refusal<api::UpdateTable>(Global::create_input(kAway)) ==
          "ValidationException: Failed to create a the new replica of table with name: 'table' because one "
          "or more replicas already existed as tables.");
    auto mixed = Global::create_input("ap-southeast-2");
    mixed.DeletionProtectionEnabled = true;
    CHECK(fixture.refusal<api::UpdateTable>(mixed) ==
          "ValidationException: ReplicaUpdates cannot be combined with other changes of a table");
    auto mode = Global::create_input("ap-southeast-2");
    mode.GlobalTableSettingsReplicationMode = "ENABLED";
    CHECK(fixture.refusal<api::UpdateTable>(mode) ==
          "ValidationException: GlobalTableSettingsReplicationMode is not supported by Fogbank");
    api::DescribeGlobalTable::Input describe;
    describe.GlobalTableName = "table";
    CHECK(fixture.refusal<api::DescribeGlobalTable>(describe) ==
          "GlobalTableNotFoundException: Global table not found: Global table with name: 'table' does not "
          "exist.");
    fixture.add_replica("ap-southeast-2");
    api::DescribeTableReplicaAutoScaling::Input scaling;
    scaling.TableName = "table";
    const auto found =
        *fixture.call<api::DescribeTableReplicaAutoScaling>(scaling).TableAutoScalingDescription;
    CHECK(found.Replicas->at(1).RegionName == "ap-southeast-2");
}

TEST_CASE("auto scaling of replicas is kept and shown: writes for all regions, reads for each") {
    Global fixture;
    auto input = Fixture::table_input({});
    input.BillingMode = "PROVISIONED";
    input.ProvisionedThroughput.emplace().ReadCapacityUnits = 5;
    input.ProvisionedThroughput->WriteCapacityUnits = 5;
    fixture.call<api::CreateTable>(input);
    fixture.add_replica(kAway);
    api::UpdateTableReplicaAutoScaling::Input update;
    update.TableName = "table";
    auto& writes = update.ProvisionedWriteCapacityAutoScalingUpdate.emplace();
    writes.MinimumUnits = 5;
    writes.MaximumUnits = 50;
    writes.ScalingPolicyUpdate.emplace().TargetTrackingScalingPolicyConfiguration.emplace().TargetValue = 70;
    auto& replica = update.ReplicaUpdates.emplace().emplace_back();
    replica.RegionName = kAway;
    replica.ReplicaProvisionedReadCapacityAutoScalingUpdate.emplace().MaximumUnits = 9;
    CHECK(fixture.call<api::UpdateTableReplicaAutoScaling>(update).TableAutoScalingDescription->TableStatus ==
          "UPDATING");
    fixture.in(kAway);
    api::DescribeTableReplicaAutoScaling::Input describe;
    describe.TableName = "table";
    const auto found =
        *fixture.call<api::DescribeTableReplicaAutoScaling>(describe).TableAutoScalingDescription;
    REQUIRE(found.Replicas->size() == 2);
    for (const auto& each : *found.Replicas) {
        const auto& settings = *each.ReplicaProvisionedWriteCapacityAutoScalingSettings;
        CHECK(settings.MaximumUnits == 50);
        CHECK(settings.ScalingPolicies->at(0).TargetTrackingScalingPolicyConfiguration->TargetValue == 70);
    }
    CHECK(found.Replicas->at(0).RegionName == kAway);
    CHECK(found.Replicas->at(0).ReplicaProvisionedReadCapacityAutoScalingSettings->MaximumUnits == 9);
    CHECK_FALSE(found.Replicas->at(1).ReplicaProvisionedReadCapacityAutoScalingSettings);
    writes.MinimumUnits = 51;
    CHECK(fixture.refusal<api::UpdateTableReplicaAutoScaling>(update) ==
          "ValidationException: One or more parameter values were invalid: MinimumUnits must not be greater "
          "than MaximumUnits");
}
