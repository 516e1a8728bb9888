#include "tests/service/s3/fixture.h"

#include "services/s3/model/copy_object.h"
#include "services/s3/model/delete_object.h"
#include "services/s3/model/delete_object_tagging.h"
#include "services/s3/model/get_object_tagging.h"
#include "services/s3/model/put_bucket_notification_configuration.h"
#include "services/s3/model/put_bucket_versioning.h"
#include "services/s3/model/put_object_tagging.h"

namespace fogbank::s3::test {

namespace {

using Tags = std::vector<std::pair<std::string, std::string>>;

api::PutObjectTagging::Input tagging_input(const Tags& tags) {
    api::PutObjectTagging::Input input;
    input.Bucket = "bucket";
    input.Key = "k";
    auto& set = input.Tagging.emplace().TagSet.emplace();
    for (const auto& [key, value] : tags) {
        api::Tag& tag = set.emplace_back();
        tag.Key = key;
        tag.Value = value;
    }
    return input;
}

Tags tags_of(S3& s3, const std::string& key = "k") {
    api::GetObjectTagging::Input input;
    input.Bucket = "bucket";
    input.Key = key;
    Tags out;
    const auto output = s3.call<api::GetObjectTagging>(input);
    for (const api::Tag& tag : *output.TagSet) out.emplace_back(*tag.Key, *tag.Value);
    return out;
}

}  // namespace

TEST_CASE("Tags are put, counted, read and deleted, and leave the object as it was") {
    S3 s3;
    s3.create("bucket");
    auto put = S3::put_input("bucket", "k");
    put.Tagging = "b%20c=x%2Fy&a=1";
    s3.put(put, "body");
    CHECK(tags_of(s3) == Tags{{"a", "1"}, {"b c", "x/y"}});
    const Timestamp modified = *s3.get("bucket", "k").output.LastModified;
    s3.harness.clock().set(modified + std::chrono::hours(1));
    s3.call<api::PutObjectTagging>(tagging_input({{"color", "blue/red"}}));
    CHECK(tags_of(s3) == Tags{{"color", "blue/red"}});
    const auto got = s3.get("bucket", "k");
    CHECK(*got.output.TagCount == 1);
    CHECK(*got.output.LastModified == modified);
    CHECK(got.body == "body");
    api::DeleteObjectTagging::Input erase;
    erase.Bucket = "bucket";
    erase.Key = "k";
    s3.call<api::DeleteObjectTagging>(erase);
    CHECK(tags_of(s3).empty());
    CHECK_FALSE(s3.get("bucket", "k").output.TagCount);
    erase.Key = "absent";
    CHECK(s3.refused<api::DeleteObjectTagging>(erase).code() == "NoSuchKey");
}

TEST_CASE("Tags over AWS's limits are refused in AWS's words") {
    S3 s3;
    s3.create("bucket");
    s3.put("bucket", "k", "x");
    Tags eleven;
    for (int i = 0; i < 11; ++i) eleven.emplace_back("k" + std::to_string(i), "v");
    const Error many = s3.refused<api::PutObjectTagging>(tagging_input(eleven));
    CHECK(many.code() == "BadRequest");
    CHECK(many.message() == "Object tags cannot be greater than 10");
    eleven.pop_back();
    CHECK_NOTHROW(s3.call<api::PutObjectTagging>(tagging_input(eleven)));
    const auto code = [&](const Tags& tags) {
        return s3.refused<api::PutObjectTagging>(tagging_input(tags)).message();
    };
    CHECK(code({{std::string(129, 'k'), "v"}}) == "The TagKey you have provided is invalid");
    CHECK(code({{"k", std::string(257, 'v')}}) == "The TagValue you have provided is invalid");
    CHECK(code({{"k", "1"}, {"k", "2"}}) == "Cannot provide multiple Tags with the same key");
    CHECK(code({{"aws:k", "1"}}) == "System tags cannot be added/updated by requester");
    CHECK_NOTHROW(
        s3.call<api::PutObjectTagging>(tagging_input({{std::string(128, 'k'), std::string(256, 'v')}})));
}

TEST_CASE("A copy takes the tags along or replaces them") {
    S3 s3;
    s3.create("bucket");
    auto put = S3::put_input("bucket", "k");
    put.Tagging = "a=1";
    s3.put(put, "x");
    api::CopyObject::Input copy;
    copy.Bucket = "bucket";
    copy.Key = "copy";
    copy.CopySource = "bucket/k";
    copy.Tagging = "b=2";
    s3.call<api::CopyObject>(copy);
    CHECK(tags_of(s3, "copy") == Tags{{"a", "1"}});
    copy.TaggingDirective = "REPLACE";
    s3.call<api::CopyObject>(copy);
    CHECK(tags_of(s3, "copy") == Tags{{"b", "2"}});
}

TEST_CASE("Each version has tags of its own, a delete marker has none, and events tell of changes") {
    S3 s3;
    s3.create("bucket");
    api::PutBucketVersioning::Input versioning;
    versioning.Bucket = "bucket";
    versioning.VersioningConfiguration.emplace().Status = "Enabled";
    s3.call<api::PutBucketVersioning>(versioning);
    api::PutBucketNotificationConfiguration::Input notify;
    notify.Bucket = "bucket";
    auto& rules = notify.NotificationConfiguration.emplace().LambdaFunctionConfigurations.emplace();
    rules.emplace_back().LambdaFunctionArn = "arn:aws:lambda:us-east-1:000000000000:function:allowed";
    rules[0].Events.emplace() = {"s3:ObjectTagging:*"};
    s3.call<api::PutBucketNotificationConfiguration>(notify);
    s3.outbox.events.clear();

    const std::string first = *s3.put("bucket", "k", "1").VersionId;
    s3.put("bucket", "k", "2");
    auto input = tagging_input({{"a", "1"}});
    input.VersionId = first;
    CHECK(*s3.call<api::PutObjectTagging>(input).VersionId == first);
    CHECK(tags_of(s3).empty());
    api::GetObjectTagging::Input get;
    get.Bucket = "bucket";
    get.Key = "k";
    get.VersionId = first;
    CHECK(s3.call<api::GetObjectTagging>(get).TagSet->size() == 1);
    api::DeleteObjectTagging::Input erase;
    erase.Bucket = "bucket";
    erase.Key = "k";
    erase.VersionId = first;
    s3.call<api::DeleteObjectTagging>(erase);
    REQUIRE(s3.outbox.events.size() == 2);
    CHECK(s3.outbox.events[0].type == "s3:ObjectTagging:Put");
    CHECK(s3.outbox.events[0].payload.find("\"versionId\":\"" + first + "\"") != std::string::npos);
    CHECK(s3.outbox.events[1].type == "s3:ObjectTagging:Delete");
    api::DeleteObject::Input mark;
    mark.Bucket = "bucket";
    mark.Key = "k";
    get.VersionId = s3.call<api::DeleteObject>(mark).VersionId;
    CHECK(s3.refused<api::GetObjectTagging>(get).http_status() == 405);
    get.VersionId.reset();
    CHECK(s3.refused<api::GetObjectTagging>(get).code() == "NoSuchKey");
    input.VersionId.reset();
    const Error refused = s3.refused<api::PutObjectTagging>(input);
    CHECK(refused.code() == "MethodNotAllowed");
    CHECK(detail(refused, "Method") == "PUT");
    erase.VersionId.reset();
    CHECK(detail(s3.refused<api::DeleteObjectTagging>(erase), "Method") == "DELETE");
    erase.Key = "absent";
    CHECK(s3.refused<api::DeleteObjectTagging>(erase).code() == "NoSuchKey");
}

}  // namespace fogbank::s3::test
