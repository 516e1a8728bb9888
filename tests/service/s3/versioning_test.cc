#include "tests/service/s3/fixture.h"

#include "services/s3/model/copy_object.h"
#include "services/s3/model/delete_bucket.h"
#include "services/s3/model/delete_object.h"
#include "services/s3/model/delete_objects.h"
#include "services/s3/model/get_bucket_versioning.h"
#include "services/s3/model/head_object.h"
#include "services/s3/model/list_objects_v2.h"
#include "services/s3/model/put_bucket_notification_configuration.h"
#include "services/s3/model/put_bucket_versioning.h"
#include "src/base/digest.h"

namespace fogbank::s3::test {

namespace {

const std::string kLarge(300'000, 'L');  // lives in a file

void set_versioning(S3& s3, const std::string& status) {
    api::PutBucketVersioning::Input input;
    input.Bucket = "bucket";
    input.VersioningConfiguration.emplace().Status = status;
    s3.call<api::PutBucketVersioning>(input);
}

api::GetObject::Input version_input(const std::string& key, const std::string& version) {
    auto input = S3::get_input("bucket", key);
    input.VersionId = version;
    return input;
}

api::DeleteObject::Output erase(S3& s3, const std::string& key, std::optional<std::string> version = {}) {
    api::DeleteObject::Input input;
    input.Bucket = "bucket";
    input.Key = key;
    input.VersionId = std::move(version);
    return s3.call<api::DeleteObject>(input);
}

std::string header(const Error& error, std::string_view name) {
    for (const auto& [key, value] : error.headers()) {
        if (key == name) return value;
    }
    return "(absent)";
}

std::vector<std::string> keys(S3& s3) {
    api::ListObjectsV2::Input input;
    input.Bucket = "bucket";
    const auto output = s3.call<api::ListObjectsV2>(input);
    std::vector<std::string> out;
    if (output.Contents) {
        for (const auto& object : *output.Contents) out.push_back(*object.Key);
    }
    return out;
}

}  // namespace

TEST_CASE("A bucket has no versioning until it is enabled, and cannot lose it again") {
    S3 s3;
    s3.create("bucket");
    api::GetBucketVersioning::Input get;
    get.Bucket = "bucket";
    CHECK_FALSE(s3.call<api::GetBucketVersioning>(get).Status);
    set_versioning(s3, "Enabled");
    CHECK(*s3.call<api::GetBucketVersioning>(get).Status == "Enabled");
    set_versioning(s3, "Suspended");
    CHECK(*s3.call<api::GetBucketVersioning>(get).Status == "Suspended");
    CHECK_FALSE(s3.call<api::GetBucketVersioning>(get).MFADelete);

    api::PutBucketVersioning::Input put;
    put.Bucket = "bucket";
    put.VersioningConfiguration.emplace();
    CHECK(s3.refused<api::PutBucketVersioning>(put).code() == "IllegalVersioningConfigurationException");
    put.VersioningConfiguration->Status = "Off";
    CHECK(s3.refused<api::PutBucketVersioning>(put).code() == "MalformedXML");
    put.VersioningConfiguration->Status = "Enabled";
    put.VersioningConfiguration->MFADelete = "Enabled";
    CHECK(s3.refused<api::PutBucketVersioning>(put).message() ==
          "Mfa Authentication must be used for this request");
    put.MFA = "serial 123456";
    CHECK(s3.refused<api::PutBucketVersioning>(put).http_status() == 501);
    put.VersioningConfiguration->MFADelete = "Disabled";
    CHECK_NOTHROW(s3.call<api::PutBucketVersioning>(put));
}

TEST_CASE("Every put of a versioned bucket keeps what was there, large and small") {
    S3 s3;
    s3.create("bucket");
    s3.put("bucket", "k", "before");
    set_versioning(s3, "Enabled");
    const std::string first = *s3.put("bucket", "k", kLarge).VersionId;
    const std::string second = *s3.put("bucket", "k", "second").VersionId;
    CHECK(first.size() == 32);
    CHECK(first != second);
    const auto current = s3.get("bucket", "k");
    CHECK(current.body == "second");
    CHECK(*current.output.VersionId == second);
    CHECK(s3.get(version_input("k", first)).body == kLarge);
    CHECK(*s3.get(version_input("k", first)).output.VersionId == first);
    CHECK(s3.get(version_input("k", second)).body == "second");
    CHECK(s3.get(version_input("k", "null")).body == "before");
    CHECK(*s3.get(version_input("k", "null")).output.VersionId == "null");

    std::string unknown = second;
    unknown[0] = unknown[0] == 'x' ? 'y' : 'x';
    const Error missing = s3.refused<api::GetObject>(version_input("k", unknown));
    CHECK(missing.code() == "NoSuchVersion");
    CHECK(missing.http_status() == 404);
    CHECK(detail(missing, "VersionId") == unknown);
    CHECK(s3.refused<api::GetObject>(version_input("k", "nonsense")).message() ==
          "Invalid version id specified");
    CHECK(s3.refused<api::GetObject>(version_input("k", "")).message() ==
          "Version id cannot be the empty string");
    CHECK(keys(s3) == std::vector<std::string>{"k"});
}

TEST_CASE("A delete marker hides the key, and erasing it brings the object back") {
    S3 s3;
    s3.create("bucket");
    set_versioning(s3, "Enabled");
    const std::string version = *s3.put("bucket", "k", "x").VersionId;
    const auto erased = erase(s3, "k");
    CHECK(*erased.DeleteMarker);
    const std::string marker = *erased.VersionId;
    CHECK(keys(s3).empty());

    const Error hidden = s3.refused<api::GetObject>(S3::get_input("bucket", "k"));
    CHECK(hidden.code() == "NoSuchKey");
    CHECK(header(hidden, "x-amz-delete-marker") == "true");
    CHECK(header(hidden, "x-amz-version-id") == marker);
    const Error refused = s3.refused<api::GetObject>(version_input("k", marker));
    CHECK(refused.code() == "MethodNotAllowed");
    CHECK(refused.http_status() == 405);
    CHECK(header(refused, "Allow") == "DELETE");
    CHECK(header(refused, "x-amz-delete-marker") == "true");
    CHECK(s3.get(version_input("k", version)).body == "x");

    const auto gone = erase(s3, "k", marker);
    CHECK(*gone.DeleteMarker);
    CHECK(*gone.VersionId == marker);
    CHECK(s3.get("bucket", "k").body == "x");
    // A key that never was gets a marker too.
    CHECK(*erase(s3, "never").DeleteMarker);
}

TEST_CASE("Erasing the newest version makes the one below it current") {
    S3 s3;
    s3.create("bucket");
    set_versioning(s3, "Enabled");
    const std::string first = *s3.put("bucket", "k", kLarge).VersionId;
    const std::string second = *s3.put("bucket", "k", "second").VersionId;
    const auto gone = erase(s3, "k", second);
    CHECK_FALSE(gone.DeleteMarker);
    CHECK(*gone.VersionId == second);
    CHECK(s3.get("bucket", "k").body == kLarge);
    CHECK(keys(s3) == std::vector<std::string>{"k"});
    // Erasing it again is content, as AWS is.
    CHECK(*erase(s3, "k", second).VersionId == second);
    const std::string third = *s3.put("bucket", "k", "third").VersionId;
    erase(s3, "k", first);
    CHECK(s3.get("bucket", "k").body == "third");
    erase(s3, "k", third);
    CHECK(s3.refused<api::GetObject>(S3::get_input("bucket", "k")).code() == "NoSuchKey");
    CHECK(s3.refused<api::GetObject>(version_input("k", third)).code() == "NoSuchVersion");
}

TEST_CASE("A suspended bucket writes and deletes the null version and keeps the others") {
    S3 s3;
    s3.create("bucket");
    set_versioning(s3, "Enabled");
    const std::string kept = *s3.put("bucket", "k", "kept").VersionId;
    set_versioning(s3, "Suspended");
    CHECK_FALSE(s3.put("bucket", "k", kLarge).VersionId);
    CHECK_FALSE(s3.put("bucket", "k", "null again").VersionId);
    CHECK(s3.get("bucket", "k").body == "null again");
    CHECK(*s3.get("bucket", "k").output.VersionId == "null");
    CHECK(s3.get(version_input("k", kept)).body == "kept");

    const auto erased = erase(s3, "k");
    CHECK(*erased.DeleteMarker);
    CHECK(*erased.VersionId == "null");
    CHECK(s3.refused<api::GetObject>(version_input("k", "null")).http_status() == 405);
    // The null version takes the null marker's place.
    s3.put("bucket", "k", "once more");
    CHECK(s3.get(version_input("k", "null")).body == "once more");
    erase(s3, "k", "null");
    CHECK(s3.get("bucket", "k").body == "kept");
    set_versioning(s3, "Enabled");
    CHECK(s3.put("bucket", "k", "new").VersionId);
    CHECK(s3.get(version_input("k", kept)).body == "kept");
}

TEST_CASE("A write condition judges the current object, not what a delete marker hides") {
    S3 s3;
    s3.create("bucket");
    set_versioning(s3, "Enabled");
    s3.put("bucket", "k", "x");
    auto input = S3::put_input("bucket", "k");
    input.IfNoneMatch = "*";
    CHECK(s3.refused_body<api::PutObject>(input, "y").code() == "PreconditionFailed");
    erase(s3, "k");
    CHECK_NOTHROW(s3.put(input, "y"));
}

TEST_CASE("DeleteObjects erases versions and tells of the markers it made and erased") {
    S3 s3;
    s3.create("bucket");
    set_versioning(s3, "Enabled");
    const std::string first = *s3.put("bucket", "a", "1").VersionId;
    s3.put("bucket", "b", "1");
    const std::string marker = *erase(s3, "c").VersionId;
    api::DeleteObjects::Input input;
    input.Bucket = "bucket";
    auto& objects = input.Delete.emplace().Objects.emplace();
    objects.resize(4);
    objects[0].Key = "a";
    objects[0].VersionId = first;
    objects[1].Key = "b";
    objects[2].Key = "c";
    objects[2].VersionId = marker;
    objects[3].Key = "d";
    objects[3].VersionId = "nonsense";
    const auto output = s3.call<api::DeleteObjects>(input);
    REQUIRE(output.Deleted->size() == 3);
    CHECK(*output.Deleted->at(0).VersionId == first);
    CHECK_FALSE(output.Deleted->at(0).DeleteMarker);
    CHECK_FALSE(output.Deleted->at(1).VersionId);
    CHECK(*output.Deleted->at(1).DeleteMarker);
    CHECK(output.Deleted->at(1).DeleteMarkerVersionId->size() == 32);
    CHECK(*output.Deleted->at(2).DeleteMarkerVersionId == marker);
    REQUIRE(output.Errors->size() == 1);
    CHECK(*output.Errors->at(0).Code == "NoSuchVersion");
}

TEST_CASE("A version can be copied, also over its own key") {
    S3 s3;
    s3.create("bucket");
    set_versioning(s3, "Enabled");
    const std::string old = *s3.put("bucket", "k", kLarge).VersionId;
    s3.put("bucket", "k", "new");
    api::CopyObject::Input input;
    input.Bucket = "bucket";
    input.Key = "k";
    input.CopySource = "bucket/k?versionId=" + old;
    const auto output = s3.call<api::CopyObject>(input);
    CHECK(*output.CopySourceVersionId == old);
    CHECK(output.VersionId->size() == 32);
    CHECK(s3.get("bucket", "k").body == kLarge);
    erase(s3, "k", old);
    CHECK(s3.get("bucket", "k").body == kLarge);
    const std::string marker = *erase(s3, "k").VersionId;
    input.Key = "other";
    input.CopySource = "bucket/k?versionId=" + marker;
    CHECK(s3.refused<api::CopyObject>(input).code() == "InvalidRequest");
    input.CopySource = "bucket/k";
    CHECK(s3.refused<api::CopyObject>(input).code() == "NoSuchKey");
    input.CopySource = "bucket/k?versionId=" + old;
    CHECK(s3.refused<api::CopyObject>(input).code() == "NoSuchVersion");
}

TEST_CASE("A bucket with nothing but versions is not empty") {
    S3 s3;
    s3.create("bucket");
    set_versioning(s3, "Enabled");
    const std::string marker = *erase(s3, "k").VersionId;
    api::DeleteBucket::Input input;
    input.Bucket = "bucket";
    const Error error = s3.refused<api::DeleteBucket>(input);
    CHECK(error.code() == "BucketNotEmpty");
    CHECK(error.message() ==
          "The bucket you tried to delete is not empty. You must delete all versions in the bucket.");
    erase(s3, "k", marker);
    CHECK_NOTHROW(s3.call<api::DeleteBucket>(input));
}

TEST_CASE("Events of a versioned bucket name the version, and a delete marker is an event of its own") {
    S3 s3;
    s3.create("bucket");
    set_versioning(s3, "Enabled");
    api::PutBucketNotificationConfiguration::Input notify;
    notify.Bucket = "bucket";
    auto& rule =
        notify.NotificationConfiguration.emplace().LambdaFunctionConfigurations.emplace().emplace_back();
    rule.LambdaFunctionArn = "arn:aws:lambda:us-east-1:000000000000:function:allowed";
    rule.Events.emplace() = {"s3:ObjectCreated:*", "s3:ObjectRemoved:*"};
    s3.call<api::PutBucketNotificationConfiguration>(notify);
    s3.outbox.events.clear();
    const std::string version = *s3.put("bucket", "k", "x").VersionId;
    const std::string marker = *erase(s3, "k").VersionId;
    erase(s3, "k", version);
    REQUIRE(s3.outbox.events.size() == 3);
    const auto object = [&](std::size_t at) {
        const auto document = json::parse(s3.outbox.events[at].payload);
        for (const json::Value record : document->root().find("Records").elements()) {
            const json::Value found = record.find("s3").find("object");
            const json::Value etag = found.find("eTag");
            return std::string(record.find("eventName").string()) + " " +
                   std::string(found.find("versionId").string()) + " " +
                   (etag ? std::string(etag.string()) : "-");
        }
        return std::string();
    };
    CHECK(object(0) == "ObjectCreated:Put " + version + " " + md5_hex("x"));
    CHECK(object(1) == "ObjectRemoved:DeleteMarkerCreated " + marker + " d41d8cd98f00b204e9800998ecf8427e");
    CHECK(object(2) == "ObjectRemoved:Delete " + version + " -");
}

}  // namespace fogbank::s3::test
