#include "services/dynamodb/model/create_backup.h"
#include "services/dynamodb/model/delete_resource_policy.h"
#include "services/dynamodb/model/delete_table.h"
#include "services/dynamodb/model/describe_continuous_backups.h"
#include "services/dynamodb/model/describe_table.h"
#include "services/dynamodb/model/describe_time_to_live.h"
#include "services/dynamodb/model/list_tags_of_resource.h"
#include "services/dynamodb/model/tag_resource.h"
#include "services/dynamodb/model/update_table.h"
#include "services/dynamodbstreams/model/describe_stream.h"
#include "services/dynamodbstreams/model/get_records.h"
#include "services/dynamodbstreams/model/get_shard_iterator.h"
#include "tests/service/dynamodb/shared.h"

using namespace fogbank;
using namespace fogbank::dynamodb;
using namespace fogbank::dynamodb::test;

namespace {

template <class Op>
typename Op::Input about_table() {
    typename Op::Input input;
    input.TableName = kArn;
    return input;
}

std::string denied_to_owner(const std::string& action, const std::string& resource = kArn) {
    return "AccessDeniedException: User: arn:aws:iam::000000000000:root is not authorized to perform: "
           "dynamodb:" +
           action + " on resource: " + resource + " with an explicit deny in a resource-based policy";
}

std::string stream_of(Shared& shared) {
    auto update = about_table<api::UpdateTable>();
    update.StreamSpecification.emplace().StreamEnabled = true;
    update.StreamSpecification->StreamViewType = "NEW_IMAGE";
    return *shared.fixture.call<api::UpdateTable>(update).TableDescription->LatestStreamArn;
}

}  // namespace

TEST_CASE("another account describes, tags, updates and deletes a table whose policy allows that") {
    Shared shared;
    auto update = about_table<api::UpdateTable>();
    update.DeletionProtectionEnabled = false;
    api::TagResource::Input tag;
    tag.ResourceArn = kArn;
    auto& made = tag.Tags.emplace().emplace_back();
    made.Key = "team";
    made.Value = "red";
    api::ListTagsOfResource::Input tags;
    tags.ResourceArn = kArn;
    CHECK(shared.ask<api::UpdateTable>(update) == denied("UpdateTable"));
    CHECK(shared.ask<api::TagResource>(tag) == denied("TagResource"));
    shared.allow(statement(
        "Allow", R"(["dynamodb:Describe*","dynamodb:UpdateTable","dynamodb:*Tag*","dynamodb:DeleteTable"])"));
    CHECK(shared.ask<api::DescribeTable>(about_table<api::DescribeTable>()) == "accepted");
    CHECK(shared.ask<api::UpdateTable>(update) == "accepted");
    CHECK(shared.ask<api::TagResource>(tag) == "accepted");
    CHECK(shared.ask<api::ListTagsOfResource>(tags) == "accepted");
    CHECK(shared.fixture.call<api::ListTagsOfResource>(tags).Tags->size() == 1);
    // What is of the table's administration is for its own account, whatever the policy says.
    shared.allow(statement("Allow", R"("dynamodb:*")"));
    CHECK(shared.ask<api::DescribeTimeToLive>(about_table<api::DescribeTimeToLive>()) ==
          denied("DescribeTimeToLive"));
    CHECK(shared.ask<api::DescribeContinuousBackups>(about_table<api::DescribeContinuousBackups>()) ==
          denied("DescribeContinuousBackups"));
    auto backup = about_table<api::CreateBackup>();
    backup.BackupName = "backup";
    CHECK(shared.ask<api::CreateBackup>(backup) == denied("CreateBackup"));
    CHECK(shared.ask<api::DeleteTable>(about_table<api::DeleteTable>()) == "accepted");
    CHECK(shared.fixture.refusal<api::DescribeTable>(about_table<api::DescribeTable>()) ==
          "ResourceNotFoundException: Requested resource not found: Table: table not found");
}

TEST_CASE("a Deny keeps the table's own account from operations, too") {
    Shared shared;
    shared.allow(
        R"({"Effect":"Deny","Principal":"*","Action":["dynamodb:DescribeTable","dynamodb:CreateBackup",)"
        R"("dynamodb:DescribeTimeToLive","dynamodb:TagResource"],"Resource":"*"})");
    CHECK(shared.fixture.refusal<api::DescribeTable>(about_table<api::DescribeTable>()) ==
          denied_to_owner("DescribeTable"));
    CHECK(shared.fixture.refusal<api::DescribeTimeToLive>(about_table<api::DescribeTimeToLive>()) ==
          denied_to_owner("DescribeTimeToLive"));
    auto backup = about_table<api::CreateBackup>();
    backup.BackupName = "backup";
    CHECK(shared.fixture.refusal<api::CreateBackup>(backup) == denied_to_owner("CreateBackup"));
    CHECK(shared.fixture.refusal<api::DescribeContinuousBackups>(
              about_table<api::DescribeContinuousBackups>()) == "accepted");
}

TEST_CASE("a policy that would keep its writer from changing it has to be confirmed, and then binds him") {
    Shared shared;
    api::PutResourcePolicy::Input put;
    put.ResourceArn = kArn;
    put.Policy = R"({"Version":"2012-10-17","Statement":[{"Effect":"Deny","Principal":"*",)"
                 R"("Action":"dynamodb:*ResourcePolicy","Resource":"*"}]})";
    CHECK(shared.fixture.refusal<api::PutResourcePolicy>(put) ==
          "ValidationException: One or more parameter values were invalid: The policy would keep you from "
          "changing it: set ConfirmRemoveSelfResourceAccess to confirm that");
    put.ConfirmRemoveSelfResourceAccess = true;
    CHECK(shared.fixture.refusal<api::PutResourcePolicy>(put) == "accepted");
    api::DeleteResourcePolicy::Input erase;
    erase.ResourceArn = kArn;
    CHECK(shared.fixture.refusal<api::DeleteResourcePolicy>(erase) ==
          denied_to_owner("DeleteResourcePolicy"));
}

TEST_CASE("a stream's policy says which other accounts read it, and a Deny binds its own") {
    Shared shared;
    streams_api::DescribeStream::Input describe;
    describe.StreamArn = stream_of(shared);
    const std::string arn = *describe.StreamArn;
    shared.fixture.put(R"({"pk":{"S":"b"}})");
    CHECK(shared.ask<streams_api::DescribeStream>(describe) == denied("DescribeStream", arn));
    // The table's policy does not speak of its stream.
    shared.allow(statement("Allow", R"("dynamodb:*")", "*"));
    CHECK(shared.ask<streams_api::DescribeStream>(describe) == denied("DescribeStream", arn));
    shared.allow(statement("Allow", R"(["dynamodb:DescribeStream","dynamodb:GetShardIterator"])", arn), arn);
    CHECK(shared.ask<streams_api::DescribeStream>(describe) == "accepted");

    streams_api::GetShardIterator::Input start;
    start.StreamArn = arn;
    start.ShardId =
        shared.fixture.call<streams_api::DescribeStream>(describe).StreamDescription->Shards->at(0).ShardId;
    start.ShardIteratorType = "TRIM_HORIZON";
    CHECK(shared.ask<streams_api::GetShardIterator>(start) == "accepted");
    streams_api::GetRecords::Input read;
    read.ShardIterator = shared.fixture.call<streams_api::GetShardIterator>(start).ShardIterator;
    CHECK(shared.ask<streams_api::GetRecords>(read) == denied("GetRecords", arn));
    shared.allow(statement("Allow", R"("dynamodb:GetRecords")", arn), arn);
    shared.fixture.caller.account = kNeighbour;
    CHECK(shared.fixture.call<streams_api::GetRecords>(read).Records->size() == 1);

    shared.fixture.caller.account = "000000000000";
    shared.allow(R"({"Effect":"Deny","Principal":"*","Action":"dynamodb:GetRecords","Resource":"*"})", arn);
    CHECK(shared.fixture.refusal<streams_api::GetRecords>(read) == denied_to_owner("GetRecords", arn));
    CHECK(shared.fixture.refusal<streams_api::DescribeStream>(describe) == "accepted");
}
