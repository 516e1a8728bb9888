#include "tests/service/s3/fixture.h"

#include "services/s3/model/copy_object.h"
#include "services/s3/model/delete_object.h"
#include "services/s3/model/get_bucket_notification_configuration.h"
#include "services/s3/model/put_bucket_notification_configuration.h"
#include "services/s3/model/put_object.h"
#include "src/base/digest.h"

namespace fogbank::s3::test {

namespace {

constexpr const char* kAllowed = "arn:aws:lambda:us-east-1:000000000000:function:allowed";

api::PutBucketNotificationConfiguration::Input notify_input(std::vector<std::string> events) {
    api::PutBucketNotificationConfiguration::Input input;
    input.Bucket = "bucket";
    auto& rule =
        input.NotificationConfiguration.emplace().LambdaFunctionConfigurations.emplace().emplace_back();
    rule.LambdaFunctionArn = kAllowed;
    rule.Events = std::move(events);
    return input;
}

void filter(api::LambdaFunctionConfiguration& rule, const char* name, const char* value) {
    if (!rule.Filter) rule.Filter.emplace().Key.emplace().FilterRules.emplace();
    auto& each = rule.Filter->Key->FilterRules->emplace_back();
    each.Name = name;
    each.Value = value;
}

}  // namespace

TEST_CASE("A put that matches prefix and suffix appends AWS's record to the outbox") {
    S3 s3;
    s3.create("bucket");
    auto input = notify_input({"s3:ObjectCreated:*"});
    auto& rule = input.NotificationConfiguration->LambdaFunctionConfigurations->front();
    rule.Id = "rule-1";
    filter(rule, "prefix", "in put/");
    filter(rule, "Suffix", ".csv");
    s3.call<api::PutBucketNotificationConfiguration>(input);

    s3.put("bucket", "other/a.csv", "x");
    s3.put("bucket", "in put/a.txt", "x");
    CHECK(s3.outbox.events.empty());
    s3.put("bucket", "in put/a b+c.csv", "hello");
    REQUIRE(s3.outbox.events.size() == 1);
    const events::Event& event = s3.outbox.events[0];
    CHECK(event.type == "s3:ObjectCreated:Put");
    CHECK(event.source.text() == "arn:aws:s3:::bucket");
    CHECK(event.account == "000000000000");
    CHECK(s3.outbox.targets[0].text() == kAllowed);

    const auto document = json::parse(event.payload);
    REQUIRE(document);
    const json::Value record = *document->root().find("Records").elements().begin();
    CHECK(record.find("eventVersion").string() == "2.1");
    CHECK(record.find("eventSource").string() == "aws:s3");
    CHECK(record.find("awsRegion").string() == "us-east-1");
    CHECK(record.find("eventTime").string() == "2026-01-02T03:04:05.000Z");
    CHECK(record.find("eventName").string() == "ObjectCreated:Put");
    CHECK(record.find("userIdentity").find("principalId").string() == "AWS:000000000000");
    CHECK(record.find("requestParameters").find("sourceIPAddress").string() == "127.0.0.1");
    CHECK_FALSE(record.find("responseElements").find("x-amz-request-id").string().empty());
    CHECK_FALSE(record.find("responseElements").find("x-amz-id-2").string().empty());
    const json::Value s3_part = record.find("s3");
    CHECK(s3_part.find("s3SchemaVersion").string() == "1.0");
    CHECK(s3_part.find("configurationId").string() == "rule-1");
    CHECK(s3_part.find("bucket").find("name").string() == "bucket");
    CHECK(s3_part.find("bucket").find("arn").string() == "arn:aws:s3:::bucket");
    CHECK(s3_part.find("object").find("key").string() == "in+put/a+b%2Bc.csv");
    CHECK(s3_part.find("object").find("size").integer() == 5);
    CHECK(s3_part.find("object").find("eTag").string() == md5_hex("hello"));
    CHECK(s3_part.find("object").find("sequencer").string().size() == 18);
}

TEST_CASE("Sequencers grow, and deletes and copies have events of their own") {
    S3 s3;
    s3.create("bucket");
    s3.call<api::PutBucketNotificationConfiguration>(
        notify_input({"s3:ObjectCreated:*", "s3:ObjectRemoved:*"}));
    s3.put("bucket", "k", "x");
    api::CopyObject::Input copy;
    copy.Bucket = "bucket";
    copy.Key = "k2";
    copy.CopySource = "bucket/k";
    s3.call<api::CopyObject>(copy);
    api::DeleteObject::Input remove;
    remove.Bucket = "bucket";
    remove.Key = "k";
    s3.call<api::DeleteObject>(remove);
    s3.call<api::DeleteObject>(remove);  // nothing is there any more: no event
    REQUIRE(s3.outbox.events.size() == 3);
    CHECK(s3.outbox.events[0].type == "s3:ObjectCreated:Put");
    CHECK(s3.outbox.events[1].type == "s3:ObjectCreated:Copy");
    CHECK(s3.outbox.events[2].type == "s3:ObjectRemoved:Delete");
    CHECK(s3.outbox.events[0].id < s3.outbox.events[1].id);
    CHECK(s3.outbox.events[1].id < s3.outbox.events[2].id);
    CHECK(s3.outbox.events[2].payload.find("eTag") == std::string::npos);
}

TEST_CASE("A refused put leaves the outbox untouched") {
    S3 s3;
    s3.create("bucket");
    s3.call<api::PutBucketNotificationConfiguration>(notify_input({"s3:ObjectCreated:Put"}));
    auto input = S3::put_input("bucket", "k");
    input.IfMatch = "\"x\"";
    CHECK(s3.refused_body<api::PutObject>(input, "x").code() == "NoSuchKey");
    CHECK(s3.outbox.events.empty());
}

TEST_CASE("The configuration is given back with ids and capitalized filter names") {
    S3 s3;
    s3.create("bucket");
    auto input = notify_input({"s3:ObjectCreated:Put"});
    filter(input.NotificationConfiguration->LambdaFunctionConfigurations->front(), "suffix", ".csv");
    s3.call<api::PutBucketNotificationConfiguration>(input);
    api::GetBucketNotificationConfiguration::Input get;
    get.Bucket = "bucket";
    auto output = s3.call<api::GetBucketNotificationConfiguration>(get);
    REQUIRE(output.LambdaFunctionConfigurations->size() == 1);
    const auto& rule = output.LambdaFunctionConfigurations->front();
    CHECK_FALSE(rule.Id->empty());
    CHECK(*rule.LambdaFunctionArn == kAllowed);
    CHECK(*rule.Filter->Key->FilterRules->front().Name == "Suffix");
    CHECK(*rule.Filter->Key->FilterRules->front().Value == ".csv");
    input.NotificationConfiguration->LambdaFunctionConfigurations->clear();
    s3.call<api::PutBucketNotificationConfiguration>(input);
    CHECK_FALSE(s3.call<api::GetBucketNotificationConfiguration>(get).LambdaFunctionConfigurations);
    s3.put("bucket", "a.csv", "x");
    CHECK(s3.outbox.events.empty());
}

TEST_CASE("A function that S3 may not invoke is refused, unless the caller skips the check") {
    S3 s3;
    s3.create("bucket");
    auto input = notify_input({"s3:ObjectCreated:Put"});
    auto& rule = input.NotificationConfiguration->LambdaFunctionConfigurations->front();
    rule.LambdaFunctionArn = "arn:aws:lambda:us-east-1:000000000000:function:other";
    const Error error = s3.refused<api::PutBucketNotificationConfiguration>(input);
    CHECK(error.code() == "InvalidArgument");
    CHECK(error.message() == "Unable to validate the following destination configurations");
    CHECK(detail(error, "ArgumentName1") == *rule.LambdaFunctionArn);
    CHECK(detail(error, "ArgumentValue1") ==
          "Not authorized to invoke function [arn:aws:lambda:us-east-1:000000000000:function:other]");
    input.SkipDestinationValidation = true;
    CHECK_NOTHROW(s3.call<api::PutBucketNotificationConfiguration>(input));
}

TEST_CASE("Mistakes in a configuration are refused in AWS's words") {
    S3 s3;
    s3.create("bucket");
    auto input = notify_input({"s3:ObjectWritten"});
    CHECK(s3.refused<api::PutBucketNotificationConfiguration>(input).message() ==
          "The event 's3:ObjectWritten' is not supported for notifications");
    input = notify_input({"s3:ObjectCreated:Put"});
    filter(input.NotificationConfiguration->LambdaFunctionConfigurations->front(), "infix", "x");
    CHECK(s3.refused<api::PutBucketNotificationConfiguration>(input).message() ==
          "filter rule name must be either prefix or suffix");
    input = notify_input({"s3:ObjectCreated:Put"});
    auto& rules = *input.NotificationConfiguration->LambdaFunctionConfigurations;
    rules.push_back(rules.front());
    rules.back().Events = std::vector<std::string>{"s3:ObjectCreated:*"};
    CHECK(s3.refused<api::PutBucketNotificationConfiguration>(input).message() ==
          "Configuration is ambiguously defined. Cannot have overlapping suffixes in two rules if the "
          "prefixes are "
          "overlapping for the same event type.");
    filter(rules.front(), "suffix", ".jpg");
    filter(rules.back(), "suffix", ".png");
    CHECK_NOTHROW(s3.call<api::PutBucketNotificationConfiguration>(input));
    api::PutBucketNotificationConfiguration::Input queue;
    queue.Bucket = "bucket";
    queue.NotificationConfiguration.emplace().QueueConfigurations.emplace().emplace_back().QueueArn = "arn";
    queue.NotificationConfiguration->QueueConfigurations->front().Events = std::vector<std::string>{};
    CHECK(s3.refused<api::PutBucketNotificationConfiguration>(queue).http_status() == 501);
}

}  // namespace fogbank::s3::test
