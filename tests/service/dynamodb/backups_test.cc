#include "services/dynamodb/model/create_backup.h"
#include "services/dynamodb/model/create_table.h"
#include "services/dynamodb/model/delete_backup.h"
#include "services/dynamodb/model/delete_item.h"
#include "services/dynamodb/model/delete_table.h"
#include "services/dynamodb/model/describe_backup.h"
#include "services/dynamodb/model/describe_table.h"
#include "services/dynamodb/model/list_backups.h"
#include "services/dynamodb/model/query.h"
#include "services/dynamodb/model/restore_table_from_backup.h"
#include "services/dynamodb/model/restore_table_to_point_in_time.h"
#include "services/dynamodb/model/scan.h"
#include "services/dynamodb/model/update_continuous_backups.h"
#include "tests/service/dynamodb/support.h"

#include <thread>

using namespace fogbank;
using namespace fogbank::dynamodb;
using namespace fogbank::dynamodb::test;

namespace {

class Backups : public Fixture {
public:
    std::string back_up(const std::string& name) {
        api::CreateBackup::Input input;
        input.TableName = "table";
        input.BackupName = name;
        const auto details = call<api::CreateBackup>(input).BackupDetails;
        CHECK(details->BackupStatus == "CREATING");
        return *details->BackupArn;
    }

    api::BackupDescription described(const std::string& arn) {
        api::DescribeBackup::Input input;
        input.BackupArn = arn;
        return *call<api::DescribeBackup>(input).BackupDescription;
    }

    // Waits for the background work: it ends when the backup is there.
    std::string finished_backup(const std::string& name) {
        std::string arn = back_up(name);
        wait([&] { return described(arn).BackupDetails->BackupStatus == "AVAILABLE"; });
        return arn;
    }

    std::string status(const std::string& table) {
        api::DescribeTable::Input input;
        input.TableName = table;
        return *call<api::DescribeTable>(input).Table->TableStatus;
    }

    template <class Done>
    void wait(Done done) {
        const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(30);
        while (!done()) {
            if (std::chrono::steady_clock::now() > deadline) FAIL("the background work does not end");
            std::this_thread::yield();
        }
    }

    static api::RestoreTableFromBackup::Input restore(const std::string& arn) {
        api::RestoreTableFromBackup::Input input;
        input.BackupArn = arn;
        input.TargetTableName = "restored";
        return input;
    }

    void recover(bool enabled) {
        api::UpdateContinuousBackups::Input input;
        input.TableName = "table";
        input.PointInTimeRecoverySpecification.emplace();
        input.PointInTimeRecoverySpecification->PointInTimeRecoveryEnabled = enabled;
        call<api::UpdateContinuousBackups>(input);
    }

    static api::RestoreTableToPointInTime::Input recovery_to(std::optional<Timestamp> time) {
        api::RestoreTableToPointInTime::Input input;
        input.SourceTableName = "table";
        input.TargetTableName = "restored";
        if (time) input.RestoreDateTime = *time;
        if (!time) input.UseLatestRestorableTime = true;
        return input;
    }

    void put_number(int key, int value) {
        put(R"({"pk":{"S":")" + std::to_string(key) + R"("},"n":{"N":")" + std::to_string(value) + R"("}})");
    }

    void erase(int key) {
        api::DeleteItem::Input input;
        input.TableName = "table";
        input.Key = item(R"({"pk":{"S":")" + std::to_string(key) + R"("}})");
        call<api::DeleteItem>(input);
    }

    std::int64_t sum(const std::string& table) {
        api::Scan::Input input;
        input.TableName = table;
        std::int64_t out = 0;
        for (const std::string& each : texts(call<api::Scan>(input).Items))
            out += std::stoll(decode_stored(each).find("n")->text());
        return out;
    }
};

}  // namespace

TEST_CASE("a backup holds the table as it was when it was asked for, whatever is written meanwhile") {
    Backups fixture;
    auto input = Backups::table_input({});
    Backups::define(input, "g", "S");
    input.GlobalSecondaryIndexes = {Backups::index("by-g", "g", "ALL")};
    fixture.call<api::CreateTable>(input);
    for (int i = 0; i < 500; ++i) fixture.put_number(i, 1);
    fixture.put(R"({"pk":{"S":"x"},"g":{"S":"g"},"n":{"N":"1000"}})");
    const std::string arn = fixture.back_up("first");
    for (int i = 0; i < 500; i += 3) fixture.put_number(i, 7);
    for (int i = 1; i < 500; i += 3) fixture.erase(i);
    for (int i = 1000; i < 1050; ++i) fixture.put_number(i, 3);
    fixture.wait([&] { return fixture.described(arn).BackupDetails->BackupStatus == "AVAILABLE"; });
    CHECK(fixture.described(arn).SourceTableDetails->ItemCount == 501);

    api::DeleteTable::Input drop;
    drop.TableName = "table";
    fixture.call<api::DeleteTable>(drop);  // a backup outlives its table
    CHECK(fixture.call<api::RestoreTableFromBackup>(Backups::restore(arn)).TableDescription->TableStatus ==
          "CREATING");
    fixture.wait([&] { return fixture.status("restored") == "ACTIVE"; });
    CHECK(fixture.sum("restored") == 1500);
    api::Query::Input query;
    query.TableName = "restored";
    query.IndexName = "by-g";
    query.KeyConditionExpression = "g = :g";
    query.ExpressionAttributeValues = item(R"({":g":{"S":"g"}})");
    CHECK(texts(fixture.call<api::Query>(query).Items) ==
          std::vector<std::string>{R"({"g":{"S":"g"},"n":{"N":"1000"},"pk":{"S":"x"}})"});
    api::DescribeTable::Input describe;
    describe.TableName = "restored";
    CHECK(fixture.call<api::DescribeTable>(describe).Table->ItemCount == 501);
}

TEST_CASE("backups are listed in the order of their making, by pages, and deleted for good") {
    Backups fixture;
    fixture.create_table({});
    const std::string first = fixture.finished_backup("same");
    fixture.harness.advance(std::chrono::seconds(1));
    const std::string second = fixture.finished_backup("same");
    CHECK(first != second);
    api::ListBackups::Input list;
    list.Limit = 1;
    auto page = fixture.call<api::ListBackups>(list);
    REQUIRE(page.BackupSummaries->size() == 1);
    CHECK(page.BackupSummaries->at(0).BackupArn == first);
    list.ExclusiveStartBackupArn = page.LastEvaluatedBackupArn;
    page = fixture.call<api::ListBackups>(list);
    REQUIRE(page.BackupSummaries->size() == 1);
    CHECK(page.BackupSummaries->at(0).BackupArn == second);
    CHECK_FALSE(page.LastEvaluatedBackupArn);

    api::DeleteBackup::Input erase;
    erase.BackupArn = first;
    CHECK(fixture.call<api::DeleteBackup>(erase).BackupDescription->BackupDetails->BackupStatus == "DELETED");
    api::DescribeBackup::Input describe;
    describe.BackupArn = first;
    const std::string gone = "BackupNotFoundException: Backup not found: " + first;
    CHECK(fixture.refusal<api::DescribeBackup>(describe) == gone);
    CHECK(fixture.refusal<api::DeleteBackup>(erase) == gone);
    CHECK(fixture.refusal<api::RestoreTableFromBackup>(Backups::restore(first)) == gone);
}

TEST_CASE("backups and restores refuse what AWS refuses") {
    Backups fixture;
    api::CreateBackup::Input create;
    create.TableName = "table";
    create.BackupName = "backup";
    CHECK(fixture.refusal<api::CreateBackup>(create) == "TableNotFoundException: Table not found: table");
    auto table = Backups::table_input({});
    Backups::define(table, "g", "S");
    table.GlobalSecondaryIndexes = {Backups::index("by-g", "g", "ALL")};
    fixture.call<api::CreateTable>(table);
    const std::string arn = fixture.finished_backup("backup");
    auto input = Backups::restore(arn);
    input.TargetTableName = "table";
    CHECK(fixture.refusal<api::RestoreTableFromBackup>(input) ==
          "TableAlreadyExistsException: Table already exists: table");
    input = Backups::restore(arn);
    input.BillingModeOverride = "PROVISIONED";
    CHECK(fixture.refusal<api::RestoreTableFromBackup>(input) ==
          "ValidationException: Must override ProvisionedThroughput if BillingMode is overridden to "
          "PROVISIONED");
    input = Backups::restore(arn);
    input.GlobalSecondaryIndexOverride = {Backups::index("other", "g", "ALL")};
    CHECK(
        fixture.refusal<api::RestoreTableFromBackup>(input) ==
        "ValidationException: Index other does not match a secondary index that existed in the source table "
        "and cannot be created during the restore operation");
    input = Backups::restore("arn:aws:dynamodb:us-east-1:000000000000:table/table");
    CHECK(fixture.refusal<api::RestoreTableFromBackup>(input) == "ValidationException: Invalid Backup ARN");
    input = Backups::restore(arn);
    input.GlobalSecondaryIndexOverride.emplace();
    fixture.harness.advance(std::chrono::minutes(1));
    fixture.call<api::RestoreTableFromBackup>(input);
    fixture.wait([&] { return fixture.status("restored") == "ACTIVE"; });
    api::DescribeTable::Input describe;
    describe.TableName = "restored";
    const auto restored = fixture.call<api::DescribeTable>(describe).Table;
    CHECK_FALSE(restored->GlobalSecondaryIndexes);
    REQUIRE(restored->RestoreSummary);
    CHECK(restored->RestoreSummary->RestoreInProgress == false);
    CHECK(restored->RestoreSummary->SourceBackupArn == arn);
    CHECK(restored->RestoreSummary->RestoreDateTime < restored->CreationDateTime);
    CHECK(restored->AttributeDefinitions->size() == 1);
}

TEST_CASE("a table comes back as it was at a point in time") {
    Backups fixture;
    fixture.create_table({});
    for (int i = 0; i < 300; ++i) fixture.put_number(i, 1);
    CHECK(fixture.refusal<api::RestoreTableToPointInTime>(Backups::recovery_to(std::nullopt)) ==
          "PointInTimeRecoveryUnavailableException: Point in time recovery is not enabled for table 'table'");
    fixture.recover(true);
    fixture.harness.advance(std::chrono::minutes(10));
    fixture.put_number(0, 100);
    const Timestamp then = fixture.harness.clock().now();
    fixture.harness.advance(std::chrono::minutes(10));
    for (int i = 0; i < 300; i += 2) fixture.put_number(i, 9);
    for (int i = 1; i < 300; i += 2) fixture.erase(i);
    fixture.put_number(999, 50);
    fixture.harness.advance(std::chrono::minutes(10));

    CHECK(
        fixture.refusal<api::RestoreTableToPointInTime>(Backups::recovery_to(fixture.harness.clock().now()))
            .starts_with("InvalidRestoreTimeException: RestoreDateTime: 2026-01-02T03:34:05Z must be within "
                         "EarliestRestorableDateTime: 2026-01-02T03:04:05Z and LatestRestorableDateTime: "
                         "2026-01-02T03:29:05Z"));
    fixture.call<api::RestoreTableToPointInTime>(Backups::recovery_to(then));
    fixture.put_number(3, 77);  // of no concern to what is being restored
    fixture.wait([&] { return fixture.status("restored") == "ACTIVE"; });
    CHECK(fixture.sum("restored") == 299 + 100);

    auto latest = Backups::recovery_to(std::nullopt);
    latest.TargetTableName = "latest";
    fixture.call<api::RestoreTableToPointInTime>(latest);
    fixture.wait([&] { return fixture.status("latest") == "ACTIVE"; });
    CHECK(fixture.sum("latest") == 150 * 9 + 50);
}

TEST_CASE("deleting a table with point-in-time recovery leaves a system backup of its items") {
    Backups fixture;
    fixture.create_table({});
    for (int i = 0; i < 250; ++i) fixture.put_number(i, 2);
    fixture.recover(true);
    api::DeleteTable::Input drop;
    drop.TableName = "table";
    fixture.call<api::DeleteTable>(drop);
    api::ListBackups::Input list;
    CHECK(fixture.call<api::ListBackups>(list).BackupSummaries->empty());
    list.BackupType = "SYSTEM";
    const auto found = fixture.call<api::ListBackups>(list).BackupSummaries;
    REQUIRE(found->size() == 1);
    CHECK(found->at(0).BackupName == "table$DeletedTableBackup");
    const std::string arn = *found->at(0).BackupArn;
    CHECK(arn.ends_with("-00000000"));
    fixture.wait([&] { return fixture.described(arn).BackupDetails->BackupStatus == "AVAILABLE"; });
    fixture.call<api::RestoreTableFromBackup>(Backups::restore(arn));
    fixture.wait([&] { return fixture.status("restored") == "ACTIVE"; });
    CHECK(fixture.sum("restored") == 500);
}
