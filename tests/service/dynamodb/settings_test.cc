#include "services/dynamodb/model/create_table.h"
#include "services/dynamodb/model/delete_resource_policy.h"
#include "services/dynamodb/model/describe_continuous_backups.h"
#include "services/dynamodb/model/describe_contributor_insights.h"
#include "services/dynamodb/model/get_resource_policy.h"
#include "services/dynamodb/model/list_contributor_insights.h"
#include "services/dynamodb/model/put_resource_policy.h"
#include "services/dynamodb/model/update_continuous_backups.h"
#include "services/dynamodb/model/update_contributor_insights.h"
#include "tests/service/dynamodb/support.h"

using namespace fogbank;
using namespace fogbank::dynamodb;
using namespace fogbank::dynamodb::test;

namespace {

const std::string kArn = "arn:aws:dynamodb:us-east-1:000000000000:table/table";
const std::string kNoPolicy =
    "PolicyNotFoundException: Resource-based policy not found for the provided ResourceArn: ";

api::UpdateContinuousBackups::Input recovery(bool enabled, std::optional<std::int32_t> days) {
    api::UpdateContinuousBackups::Input input;
    input.TableName = "table";
    input.PointInTimeRecoverySpecification.emplace();
    input.PointInTimeRecoverySpecification->PointInTimeRecoveryEnabled = enabled;
    input.PointInTimeRecoverySpecification->RecoveryPeriodInDays = days;
    return input;
}

api::UpdateContributorInsights::Input insights(const std::string& action, const std::string& index) {
    api::UpdateContributorInsights::Input input;
    input.TableName = "table";
    input.ContributorInsightsAction = action;
    if (!index.empty()) input.IndexName = index;
    return input;
}

api::PutResourcePolicy::Input policy(const std::string& arn, const std::string& text) {
    api::PutResourcePolicy::Input input;
    input.ResourceArn = arn;
    input.Policy = text;
    return input;
}

std::string read_policy(const std::string& account) {
    return R"({"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":")" + account +
           R"("},"Action":"dynamodb:GetItem","Resource":"*"}]})";
}

}  // namespace

TEST_CASE("point-in-time recovery has a window of days, which starts anew when it is enabled again") {
    Fixture fixture;
    CHECK(fixture.refusal<api::UpdateContinuousBackups>(recovery(true, {})) ==
          "TableNotFoundException: Table not found: table");
    fixture.create_table({});
    api::DescribeContinuousBackups::Input describe;
    describe.TableName = "table";
    const auto described = [&] {
        const auto found =
            fixture.call<api::DescribeContinuousBackups>(describe).ContinuousBackupsDescription;
        CHECK(found->ContinuousBackupsStatus == "ENABLED");
        return *found->PointInTimeRecoveryDescription;
    };
    CHECK(described().PointInTimeRecoveryStatus == "DISABLED");
    CHECK_FALSE(described().RecoveryPeriodInDays);
    const Timestamp start = fixture.harness.clock().now();
    fixture.call<api::UpdateContinuousBackups>(recovery(true, {}));
    CHECK(described().RecoveryPeriodInDays == 35);
    CHECK(described().EarliestRestorableDateTime == start);
    CHECK(described().LatestRestorableDateTime == start);
    fixture.harness.advance(std::chrono::hours(48));
    CHECK(described().LatestRestorableDateTime == start + std::chrono::hours(48) - std::chrono::minutes(5));
    fixture.call<api::UpdateContinuousBackups>(recovery(true, 1));
    CHECK(described().EarliestRestorableDateTime == start + std::chrono::hours(24));
    CHECK(fixture.refusal<api::UpdateContinuousBackups>(recovery(false, 7)) ==
          "ValidationException: Invalid Request: Cannot specify RecoveryPeriodInDays when disabling "
          "point-in-time recovery.");
    fixture.call<api::UpdateContinuousBackups>(recovery(false, {}));
    fixture.call<api::UpdateContinuousBackups>(recovery(true, {}));
    CHECK(described().RecoveryPeriodInDays == 35);
    CHECK(described().EarliestRestorableDateTime == start + std::chrono::hours(48));
}

TEST_CASE("contributor insights are kept for a table and each of its global indexes") {
    Fixture fixture;
    auto input = Fixture::table_input({"table", "pk", "sk", ""});
    Fixture::define(input, "g", "S");
    input.GlobalSecondaryIndexes = {Fixture::index("by-g", "g", "ALL")};
    fixture.call<api::CreateTable>(input);
    CHECK(fixture.call<api::UpdateContributorInsights>(insights("ENABLE", "")).ContributorInsightsStatus ==
          "ENABLING");
    CHECK(fixture.call<api::UpdateContributorInsights>(insights("ENABLE", "")).ContributorInsightsStatus ==
          "ENABLED");
    fixture.call<api::UpdateContributorInsights>(insights("ENABLE", "by-g"));
    api::DescribeContributorInsights::Input describe;
    describe.TableName = "table";
    const auto described = fixture.call<api::DescribeContributorInsights>(describe);
    CHECK(described.ContributorInsightsStatus == "ENABLED");
    CHECK(described.ContributorInsightsRuleList->size() == 4);
    api::ListContributorInsights::Input list;
    list.MaxResults = 1;
    auto page = fixture.call<api::ListContributorInsights>(list);
    REQUIRE(page.ContributorInsightsSummaries->size() == 1);
    CHECK_FALSE(page.ContributorInsightsSummaries->at(0).IndexName);
    list.NextToken = page.NextToken;
    page = fixture.call<api::ListContributorInsights>(list);
    REQUIRE(page.ContributorInsightsSummaries->size() == 1);
    CHECK(page.ContributorInsightsSummaries->at(0).IndexName == "by-g");
    CHECK_FALSE(page.NextToken);
    fixture.call<api::UpdateContributorInsights>(insights("DISABLE", ""));
    list = {};
    CHECK(fixture.call<api::ListContributorInsights>(list).ContributorInsightsSummaries->size() == 1);
    CHECK(fixture.refusal<api::UpdateContributorInsights>(insights("ENABLE", "none")) ==
          "ResourceNotFoundException: Requested resource not found: Index: none not found for table: table");
}

TEST_CASE("a resource policy keeps its revision until its text changes") {
    Fixture fixture;
    const std::string text = read_policy("111111111111");
    CHECK(fixture.refusal<api::PutResourcePolicy>(policy(kArn, text)) ==
          "ResourceNotFoundException: Requested resource not found: Table: table not found");
    fixture.create_table({});
    api::GetResourcePolicy::Input get;
    get.ResourceArn = kArn;
    CHECK(fixture.refusal<api::GetResourcePolicy>(get) == kNoPolicy + kArn);
    const auto first = fixture.call<api::PutResourcePolicy>(policy(kArn, text)).RevisionId;
    CHECK(fixture.call<api::PutResourcePolicy>(policy(kArn, text)).RevisionId == first);
    const std::string other = read_policy("222222222222");
    const auto second = fixture.call<api::PutResourcePolicy>(policy(kArn, other)).RevisionId;
    CHECK(second != first);
    CHECK(fixture.call<api::GetResourcePolicy>(get).Policy == other);
    auto expected = policy(kArn, text);
    expected.ExpectedRevisionId = first;
    CHECK(fixture.refusal<api::PutResourcePolicy>(expected) ==
          kNoPolicy + "Requested update for policy with revision id " + *first +
              ", but the policy associated to target table table has revision id " + *second + ".");
    api::DeleteResourcePolicy::Input erase;
    erase.ResourceArn = kArn;
    CHECK(fixture.call<api::DeleteResourcePolicy>(erase).RevisionId == second);
    CHECK_FALSE(fixture.call<api::DeleteResourcePolicy>(erase).RevisionId);
}

TEST_CASE("resource policies are of tables and streams of one's own") {
    Fixture fixture;
    fixture.create_table({});
    const auto refused = [&](const std::string& arn) {
        return fixture.refusal<api::PutResourcePolicy>(policy(arn, read_policy("111111111111")));
    };
    const std::string invalid = "ValidationException: One or more parameter values were invalid: ";
    CHECK(refused("table") == invalid + "ARNs must start with 'arn:': table");
    const std::string region = "arn:aws:dynamodb:eu-west-1:000000000000:table/table";
    CHECK(refused(region) == invalid + "Invalid resource Arn: " + region);
    CHECK(refused("arn:aws:dynamodb:us-east-1:999999999999:table/table") ==
          "ValidationException: This action is only supported by accounts that match the resource "
          "owner\u2019s account.");
    CHECK(refused(kArn + "/index/i") ==
          invalid +
              "Invalid resource arn provided, only table or stream is accepted. Provided resource arn: " +
              kArn + "/index/i");
    CHECK(
        refused(kArn + "/stream/2000-01-01T00:00:00.000") ==
        "ResourceNotFoundException: Requested resource not found: Stream: 2000-01-01T00:00:00.000 not found "
        "for Table: table");
}
