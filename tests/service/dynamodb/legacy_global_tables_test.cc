#include "services/dynamodb/model/create_global_table.h"
#include "services/dynamodb/model/delete_table.h"
#include "services/dynamodb/model/describe_global_table.h"
#include "services/dynamodb/model/describe_global_table_settings.h"
#include "services/dynamodb/model/list_global_tables.h"
#include "services/dynamodb/model/update_global_table.h"
#include "services/dynamodb/model/update_global_table_settings.h"
#include "tests/service/dynamodb/global.h"

using namespace fogbank;
using namespace fogbank::dynamodb;
using namespace fogbank::dynamodb::test;

namespace {

constexpr const char* kFar = "ap-southeast-2";
const std::string kInvalid = "ValidationException: One or more parameter values were invalid: ";
const std::string kGone =
    "GlobalTableNotFoundException: Global table not found: Global table with name: 'table' does not exist.";

using Regions = std::vector<std::string>;

class Legacy : public Global {
public:
    void create_tables(const Regions& where, const api::CreateTable::Input& input) {
        for (const std::string& region : where) {
            in(region);
            call<api::CreateTable>(input);
        }
        in(kHome);
    }
    void create_tables(const Regions& where) {
        create_tables(where, table_input({"table", "pk", "", "NEW_AND_OLD_IMAGES"}));
    }

    static api::CreateGlobalTable::Input join_input(const Regions& where) {
        api::CreateGlobalTable::Input input;
        input.GlobalTableName = "table";
        input.ReplicationGroup.emplace();
        for (const std::string& region : where) input.ReplicationGroup->emplace_back().RegionName = region;
        return input;
    }
    auto join(const Regions& where) {
        return *call<api::CreateGlobalTable>(join_input(where)).GlobalTableDescription;
    }
    std::string join_refusal(const Regions& where) {
        return refusal<api::CreateGlobalTable>(join_input(where));
    }

    static api::UpdateGlobalTable::Input update_input(const Regions& added, const Regions& removed) {
        api::UpdateGlobalTable::Input input;
        input.GlobalTableName = "table";
        input.ReplicaUpdates.emplace();
        for (const std::string& region : added) {
            input.ReplicaUpdates->emplace_back().Create.emplace().RegionName = region;
        }
        for (const std::string& region : removed) {
            input.ReplicaUpdates->emplace_back().Delete.emplace().RegionName = region;
        }
        return input;
    }

    static api::DescribeGlobalTable::Input describe_input() {
        api::DescribeGlobalTable::Input input;
        input.GlobalTableName = "table";
        return input;
    }
    static Regions regions_of(const api::GlobalTableDescription& description) {
        Regions out;
        for (const auto& each : *description.ReplicationGroup) out.push_back(*each.RegionName);
        return out;
    }
    Regions group() {
        return regions_of(*call<api::DescribeGlobalTable>(describe_input()).GlobalTableDescription);
    }
    Regions listed(const std::optional<std::string>& region) {
        api::ListGlobalTables::Input input;
        input.RegionName = region;
        Regions out;
        const auto page = call<api::ListGlobalTables>(input);
        for (const auto& each : *page.GlobalTables) out.push_back(*each.GlobalTableName);
        return out;
    }
};

// The clock of the harness stands still.
std::string marked(const std::string& key, int n, const std::string& region, const std::string& time) {
    return R"({"aws:rep:deleting":{"BOOL":false},"aws:rep:updateregion":{"S":")" + region +
           R"("},"aws:rep:updatetime":{"N":")" + time + R"("},"n":{"N":")" + std::to_string(n) +
           R"("},"pk":{"S":")" + key + R"("}})";
}

std::string updatetime(const std::string& stored) {
    const AttributeMap item = decode_stored(stored);
    return item.find("aws:rep:updatetime")->text();
}

}  // namespace

TEST_CASE("tables of several regions become a global table of version 2017.11.29") {
    Legacy fixture;
    fixture.create_tables({kHome, kAway, kFar});
    const auto made = fixture.join({kHome, kAway});
    CHECK(made.GlobalTableStatus == "CREATING");
    CHECK(made.GlobalTableArn == "arn:aws:dynamodb::000000000000:global-table/table");
    CHECK(made.GlobalTableName == "table");
    CHECK(Legacy::regions_of(made) == Regions{kHome, kAway});
    CHECK(unix_millis(*made.CreationDateTime) == unix_millis(fixture.harness.clock().now()));
    fixture.in(kAway);
    const auto found =
        *fixture.call<api::DescribeGlobalTable>(Legacy::describe_input()).GlobalTableDescription;
    CHECK(found.GlobalTableStatus == "ACTIVE");
    CHECK(Legacy::regions_of(found) == Regions{kHome, kAway});
    CHECK_FALSE(fixture.described().GlobalTableVersion);
    CHECK_FALSE(fixture.described().Replicas);
    CHECK(fixture.listed(std::nullopt) == Regions{"table"});
    CHECK(fixture.listed(kAway) == Regions{"table"});
    CHECK(fixture.listed(kFar).empty());
    CHECK(fixture.join_refusal({kFar}) ==
          "GlobalTableAlreadyExistsException: Global table already exists: Global table with name: 'table' "
          "already exists.");
    CHECK(fixture.refusal<api::UpdateTable>(Global::create_input("eu-north-1")) ==
          "ValidationException: Table 'table' is a replica of a global table of version 2017.11.29: use "
          "UpdateGlobalTable and UpdateGlobalTableSettings");
    api::UpdateTable::Input stop;
    stop.TableName = "table";
    stop.StreamSpecification.emplace().StreamEnabled = false;
    CHECK(fixture.refusal<api::UpdateTable>(stop) ==
          kInvalid + "Disabling Stream is not allowed for a Global Table replica.");
}

TEST_CASE(
    "a write to a global table of version 2017.11.29 reaches the others, and is marked by a second one") {
    Legacy fixture;
    fixture.create_tables({kHome, kAway});
    fixture.join({kHome, kAway});
    fixture.put_key("a", 1);
    fixture.harness.await_idle();
    const std::string stored = fixture.get_key("a");
    const std::string time = updatetime(stored);
    const std::int64_t now_ms = unix_millis(fixture.harness.clock().now());
    CHECK(time.substr(0, time.find('.')) == std::to_string(now_ms / 1000));
    CHECK(time.size() == time.find('.') + 7);
    CHECK(stored == marked("a", 1, kHome, time));
    fixture.in(kAway);
    CHECK(fixture.get_key("a") == stored);
    fixture.put_key("a", 2);
    fixture.harness.await_idle();
    CHECK(fixture.get_key("a") == marked("a", 2, kAway, updatetime(fixture.get_key("a"))));
    fixture.in(kHome);
    CHECK(fixture.get_key("a") == marked("a", 2, kAway, updatetime(fixture.get_key("a"))));
    fixture.erase_key("a");
    fixture.harness.await_idle();
    CHECK(fixture.get_key("a") == "none");
    const std::string key = R"( {"pk":{"S":"a"}})";
    CHECK(fixture.events() == Regions{"INSERT" + key, "MODIFY" + key, "MODIFY" + key, "REMOVE" + key});
    fixture.in(kAway);
    CHECK(fixture.get_key("a") == "none");
    CHECK(fixture.described().ItemCount == 0);
    CHECK(fixture.events() ==
          Regions{"INSERT" + key, "MODIFY" + key, "MODIFY" + key, "MODIFY" + key, "REMOVE" + key});
}

TEST_CASE("replicas join and leave a global table of version 2017.11.29, and keep their tables") {
    Legacy fixture;
    fixture.create_tables({kHome, kAway, kFar});
    fixture.join({kHome});
    const auto refused = [&](const Regions& added, const Regions& removed) {
        return fixture.refusal<api::UpdateGlobalTable>(Legacy::update_input(added, removed));
    };
    CHECK(refused({kHome}, {}) ==
          "ReplicaAlreadyExistsException: Replica already exists: the global table has a replica in region "
          "'us-east-1'.");
    CHECK(refused({}, {kAway}) ==
          "ReplicaNotFoundException: Replica not found: the global table has no replica in region "
          "'eu-west-1'.");
    CHECK(refused({"eu-north-1"}, {}) ==
          "TableNotFoundException: Table not found: Table with name: 'table' does not exist in region: "
          "'eu-north-1'.");
    CHECK(refused({}, {}) == kInvalid + "ReplicaUpdates must not be empty");
    const auto changed =
        *fixture.call<api::UpdateGlobalTable>(Legacy::update_input({kAway, kFar}, {})).GlobalTableDescription;
    CHECK(changed.GlobalTableStatus == "UPDATING");
    CHECK(fixture.group() == Regions{kHome, kAway, kFar});
    fixture.put_key("a", 1);
    fixture.harness.await_idle();
    fixture.in(kFar);
    CHECK(fixture.get_key("a") != "none");
    fixture.call<api::UpdateGlobalTable>(Legacy::update_input({}, {kFar}));
    fixture.put_key("b", 2);
    fixture.harness.await_idle();
    CHECK(fixture.get_key("a") != "none");
    CHECK(fixture.get_key("b") == R"({"n":{"N":"2"},"pk":{"S":"b"}})");
    fixture.in(kHome);
    CHECK(fixture.get_key("b") == "none");
    CHECK(refused({kFar}, {}) == kInvalid + "Table 'table' in region us-east-1 must be empty");
    fixture.in(kAway);
    api::DeleteTable::Input gone;
    gone.TableName = "table";
    fixture.call<api::DeleteTable>(gone);
    CHECK(fixture.group() == Regions{kHome});
    const auto last =
        *fixture.call<api::UpdateGlobalTable>(Legacy::update_input({}, {kHome})).GlobalTableDescription;
    CHECK(last.GlobalTableStatus == "DELETING");
    CHECK(last.ReplicationGroup->empty());
    CHECK(fixture.refusal<api::DescribeGlobalTable>(Legacy::describe_input()) == kGone);
    fixture.in(kHome);
    CHECK(fixture.get_key("a") != "none");
}

TEST_CASE("tables that are not alike or not empty do not become a global table") {
    Legacy fixture;
    CHECK(fixture.refusal<api::DescribeGlobalTable>(Legacy::describe_input()) == kGone);
    CHECK(fixture.join_refusal({}) == kInvalid + "ReplicationGroup must name at least one region");
    CHECK(fixture.join_refusal({kHome}) ==
          "TableNotFoundException: Table not found: Table with name: 'table' does not exist in region: "
          "'us-east-1'.");
    fixture.create_tables({kHome});
    fixture.create_tables({kAway}, Fixture::table_input({"table", "pk", "", "NEW_IMAGE"}));
    fixture.create_tables({kFar}, Fixture::table_input({"table", "id", "", "NEW_AND_OLD_IMAGES"}));
    auto indexed = Fixture::table_input({"table", "pk", "", "NEW_AND_OLD_IMAGES"});
    Fixture::define(indexed, "g", "S");
    indexed.GlobalSecondaryIndexes.emplace().push_back(Fixture::index("by-g", "g", "ALL"));
    fixture.create_tables({"eu-north-1"}, indexed);
    auto provisioned = Fixture::table_input({"table", "pk", "", "NEW_AND_OLD_IMAGES"});
    provisioned.BillingMode = "PROVISIONED";
    provisioned.ProvisionedThroughput.emplace();
    provisioned.ProvisionedThroughput->ReadCapacityUnits = 5;
    provisioned.ProvisionedThroughput->WriteCapacityUnits = 5;
    fixture.create_tables({"eu-south-1"}, provisioned);
    CHECK(fixture.join_refusal({kHome, kHome}) ==
          kInvalid + "ReplicationGroup names region us-east-1 more than once");
    CHECK(fixture.join_refusal({kHome, kAway}) ==
          kInvalid + "Table 'table' in region eu-west-1 must have a stream of view type NEW_AND_OLD_IMAGES");
    CHECK(fixture.join_refusal({kHome, kFar}) ==
          kInvalid + "Table 'table' in region ap-southeast-2 must have the key schema of the other replicas");
    CHECK(fixture.join_refusal({kHome, "eu-north-1"}) ==
          kInvalid +
              "Table 'table' in region eu-north-1 must have the secondary indexes of the other replicas");
    CHECK(fixture.join_refusal({kHome, "eu-south-1"}) ==
          kInvalid + "Table 'table' in region eu-south-1 must have the write capacity of the other replicas");
    fixture.put_key("a", 1);
    CHECK(fixture.join_refusal({kHome}) == kInvalid + "Table 'table' in region us-east-1 must be empty");
}

TEST_CASE("settings of a global table of version 2017.11.29 change all of its replicas") {
    Legacy fixture;
    auto table = Fixture::table_input({"table", "pk", "", "NEW_AND_OLD_IMAGES"});
    Fixture::define(table, "g", "S");
    table.GlobalSecondaryIndexes.emplace().push_back(Fixture::index("by-g", "g", "ALL"));
    fixture.create_tables({kHome, kAway}, table);
    fixture.join({kHome, kAway});
    const auto settings = [&] {
        api::DescribeGlobalTableSettings::Input input;
        input.GlobalTableName = "table";
        return *fixture.call<api::DescribeGlobalTableSettings>(input).ReplicaSettings;
    };
    CHECK(settings().at(0).ReplicaBillingModeSummary->BillingMode == "PAY_PER_REQUEST");
    CHECK(settings().at(0).ReplicaProvisionedWriteCapacityUnits == 0);

    api::UpdateGlobalTableSettings::Input update;
    update.GlobalTableName = "table";
    update.GlobalTableProvisionedWriteCapacityUnits = 7;
    CHECK(fixture.refusal<api::UpdateGlobalTableSettings>(update).starts_with(
        kInvalid + "Neither ReadCapacityUnits, WriteCapacityUnits nor auto scaling"));
    update.GlobalTableBillingMode = "PROVISIONED";
    CHECK(fixture.refusal<api::UpdateGlobalTableSettings>(update) ==
          kInvalid +
              "ReadCapacityUnits and WriteCapacityUnits must both be specified when BillingMode is "
              "PROVISIONED: table 'table' in region us-east-1");
    auto& index = update.GlobalTableGlobalSecondaryIndexSettingsUpdate.emplace().emplace_back();
    index.IndexName = "by-g";
    index.ProvisionedWriteCapacityUnits = 3;
    update.ReplicaSettingsUpdate.emplace();
    for (const char* region : {kHome, kAway}) {
        auto& replica = update.ReplicaSettingsUpdate->emplace_back();
        replica.RegionName = region;
        replica.ReplicaProvisionedReadCapacityUnits = region == kHome ? 10 : 20;
        auto& reads = replica.ReplicaGlobalSecondaryIndexSettingsUpdate.emplace().emplace_back();
        reads.IndexName = "by-g";
        reads.ProvisionedReadCapacityUnits = 4;
    }
    auto& scaling = update.GlobalTableProvisionedWriteCapacityAutoScalingSettingsUpdate.emplace();
    scaling.MinimumUnits = 5;
    scaling.MaximumUnits = 50;
    const auto changed = fixture.call<api::UpdateGlobalTableSettings>(update);
    CHECK(changed.ReplicaSettings->at(0).ReplicaStatus == "UPDATING");
    const auto found = settings();
    REQUIRE(found.size() == 2);
    CHECK(found[0].ReplicaStatus == "ACTIVE");
    CHECK(found[1].RegionName == kAway);
    CHECK(found[1].ReplicaProvisionedReadCapacityUnits == 20);
    CHECK(found[1].ReplicaProvisionedWriteCapacityUnits == 7);
    CHECK(found[1].ReplicaProvisionedWriteCapacityAutoScalingSettings->MaximumUnits == 50);
    CHECK(found[1].ReplicaProvisionedReadCapacityAutoScalingSettings->AutoScalingDisabled == true);
    CHECK(found[1].ReplicaGlobalSecondaryIndexSettings->at(0).ProvisionedWriteCapacityUnits == 3);
    fixture.in(kAway);
    CHECK(fixture.described().ProvisionedThroughput->ReadCapacityUnits == 20);
    CHECK(fixture.described().ProvisionedThroughput->WriteCapacityUnits == 7);

    api::UpdateGlobalTableSettings::Input wrong;
    wrong.GlobalTableName = "table";
    wrong.ReplicaSettingsUpdate.emplace().emplace_back().RegionName = kFar;
    CHECK(fixture.refusal<api::UpdateGlobalTableSettings>(wrong).starts_with("ReplicaNotFoundException"));
    wrong.ReplicaSettingsUpdate->at(0).RegionName = kHome;
    wrong.ReplicaSettingsUpdate->at(0)
        .ReplicaGlobalSecondaryIndexSettingsUpdate.emplace()
        .emplace_back()
        .IndexName = "none";
    CHECK(fixture.refusal<api::UpdateGlobalTableSettings>(wrong).starts_with("IndexNotFoundException"));
}
