// Lifecycle rules on a manual clock: nobody calls, time passes.
#include "services/s3/jobs.h"

#include "services/s3/model/create_multipart_upload.h"
#include "services/s3/model/delete_bucket.h"
#include "services/s3/model/delete_bucket_lifecycle.h"
#include "services/s3/model/delete_object.h"
#include "services/s3/model/get_object.h"
#include "services/s3/model/head_object.h"
#include "services/s3/model/list_multipart_uploads.h"
#include "services/s3/model/list_object_versions.h"
#include "services/s3/model/put_bucket_lifecycle_configuration.h"
#include "services/s3/model/put_bucket_notification_configuration.h"
#include "services/s3/model/put_bucket_versioning.h"
#include "tests/service/s3/fixture.h"

#include <algorithm>

namespace fogbank::s3::test {

namespace {

class Aging {
public:
    Aging() {
        for (events::PendingSource* source : jobs.sources())
            s3.harness.dispatcher().add_pending_source(*source);
        s3.harness.start_dispatcher();
        jobs.start();
        s3.create("bucket");
    }
    ~Aging() { s3.harness.run(jobs.stop()); }

    void rules(std::vector<api::LifecycleRule> rules) {
        api::PutBucketLifecycleConfiguration::Input input;
        input.Bucket = "bucket";
        input.LifecycleConfiguration.emplace().Rules = std::move(rules);
        s3.call<api::PutBucketLifecycleConfiguration>(input);
    }
    void versioned() {
        api::PutBucketVersioning::Input input;
        input.Bucket = "bucket";
        input.VersioningConfiguration.emplace().Status = "Enabled";
        s3.call<api::PutBucketVersioning>(input);
    }
    void notify() {
        api::PutBucketNotificationConfiguration::Input input;
        input.Bucket = "bucket";
        auto& function =
            input.NotificationConfiguration.emplace().LambdaFunctionConfigurations.emplace().emplace_back();
        function.LambdaFunctionArn = "arn:aws:lambda:us-east-1:000000000000:function:allowed";
        function.Events = {"s3:LifecycleExpiration:*", "s3:LifecycleTransition"};
        s3.call<api::PutBucketNotificationConfiguration>(input);
    }
    bool stands(const std::string& key) {
        try {
            s3.get("bucket", key);
            return true;
        } catch (const Error&) {
            return false;
        }
    }
    // Versions and delete markers of the bucket.
    std::pair<std::size_t, std::size_t> versions() {
        api::ListObjectVersions::Input input;
        input.Bucket = "bucket";
        const auto output = s3.call<api::ListObjectVersions>(input);
        std::pair<std::size_t, std::size_t> out;
        if (!output.Entries) return out;
        for (const auto& entry : *output.Entries) ++(entry.Version ? out.first : out.second);
        return out;
    }
    void days(int count) { s3.harness.advance(std::chrono::hours(24 * count)); }

    S3 s3;
    Jobs jobs{
        {s3.harness.database(), s3.harness.blobs(), s3.harness.clock(), s3.harness.entropy(), s3.service},
        s3.harness.executor()};
};

api::LifecycleRule rule(const char* id, const char* prefix = "") {
    api::LifecycleRule out;
    out.ID = id;
    out.Status = "Enabled";
    out.Filter.emplace().Prefix = prefix;
    return out;
}

}  // namespace

TEST_CASE("Objects expire at the midnight after their days, and each is an event") {
    Aging aging;
    aging.notify();
    aging.s3.put("bucket", "logs/old", "x");
    aging.s3.put("bucket", "kept", "x");
    api::LifecycleRule expiry = rule("r", "logs/");
    expiry.Expiration.emplace().Days = 2;
    aging.rules({expiry});
    aging.days(1);
    aging.s3.put("bucket", "logs/new", std::string(100'000, 'x'));
    CHECK(aging.stands("logs/old"));
    aging.days(2);
    CHECK_FALSE(aging.stands("logs/old"));
    CHECK(aging.stands("logs/new"));
    CHECK(aging.stands("kept"));
    aging.days(1);
    CHECK_FALSE(aging.stands("logs/new"));
    CHECK(aging.stands("kept"));
    REQUIRE(aging.s3.outbox.events.size() == 2);
    CHECK(aging.s3.outbox.events[0].type == "s3:LifecycleExpiration:Delete");
    CHECK(aging.s3.outbox.events[0].payload.find("\"principalId\":\"s3.amazonaws.com\"") !=
          std::string::npos);
}

TEST_CASE("Answers tell when an object expires, and by which rule") {
    Aging aging;
    api::LifecycleRule expiry = rule("r 1", "logs/");
    expiry.Expiration.emplace().Days = 2;
    CHECK_FALSE(aging.s3.put("bucket", "logs/a", "x").Expiration);
    aging.rules({expiry});
    const auto put = aging.s3.put("bucket", "logs/a", "x");
    REQUIRE(put.Expiration);
    CHECK(put.Expiration->starts_with("expiry-date=\""));
    CHECK(put.Expiration->ends_with(" 00:00:00 GMT\", rule-id=\"r 1\""));
    CHECK(aging.s3.get("bucket", "logs/a").output.Expiration == put.Expiration);
    CHECK_FALSE(aging.s3.put("bucket", "kept", "x").Expiration);
    api::DeleteBucketLifecycle::Input input;
    input.Bucket = "bucket";
    aging.s3.call<api::DeleteBucketLifecycle>(input);
    CHECK_FALSE(aging.s3.get("bucket", "logs/a").output.Expiration);
}

TEST_CASE("With versions an object is hidden first, then erased, then its marker goes") {
    Aging aging;
    aging.notify();
    aging.versioned();
    for (int i = 0; i < 300; ++i) aging.s3.put("bucket", "k" + std::to_string(i), "x");
    for (int i = 0; i < 250; ++i) aging.s3.put("bucket", "many", std::to_string(i));
    api::LifecycleRule expiry = rule("expire");
    expiry.Expiration.emplace().Days = 1;
    expiry.NoncurrentVersionExpiration.emplace().NoncurrentDays = 1;
    api::LifecycleRule markers = rule("markers");
    markers.Expiration.emplace().ExpiredObjectDeleteMarker = true;
    aging.rules({expiry, markers});
    CHECK(aging.versions().second == 0);
    aging.days(2);
    CHECK_FALSE(aging.stands("k0"));
    CHECK_FALSE(aging.stands("many"));
    const auto& events = aging.s3.outbox.events;
    CHECK(std::count_if(events.begin(), events.end(), [](const events::Event& event) {
              return event.type == "s3:LifecycleExpiration:DeleteMarkerCreated";
          }) == 301);
    CHECK(aging.versions().second == 301);
    aging.days(4);
    CHECK(aging.versions() == std::pair<std::size_t, std::size_t>{0, 0});
}

TEST_CASE("The newest noncurrent versions may stay") {
    Aging aging;
    aging.versioned();
    for (int i = 0; i < 5; ++i) aging.s3.put("bucket", "k", std::to_string(i));
    api::LifecycleRule keep = rule("keep");
    keep.NoncurrentVersionExpiration.emplace().NoncurrentDays = 1;
    keep.NoncurrentVersionExpiration->NewerNoncurrentVersions = 2;
    aging.rules({keep});
    aging.days(3);
    CHECK(aging.versions().first == 3);
    CHECK(aging.s3.get("bucket", "k").body == "4");
}

TEST_CASE("Objects move to another class, and uploads that nobody completes go") {
    Aging aging;
    aging.notify();
    aging.s3.put("bucket", "large", std::string(200'000, 'x'));
    aging.s3.put("bucket", "small", "x");
    api::CreateMultipartUpload::Input upload;
    upload.Bucket = "bucket";
    upload.Key = "upload";
    aging.s3.call<api::CreateMultipartUpload>(upload);
    api::LifecycleRule move = rule("move");
    move.Transitions.emplace().resize(1);
    (*move.Transitions)[0].Days = 30;
    (*move.Transitions)[0].StorageClass = "STANDARD_IA";
    move.AbortIncompleteMultipartUpload.emplace().DaysAfterInitiation = 3;
    aging.rules({move});
    api::ListMultipartUploads::Input list;
    list.Bucket = "bucket";
    CHECK(aging.s3.call<api::ListMultipartUploads>(list).Uploads->size() == 1);
    aging.days(5);
    CHECK_FALSE(aging.s3.call<api::ListMultipartUploads>(list).Uploads);
    CHECK_FALSE(aging.s3.get("bucket", "large").output.StorageClass);
    aging.days(30);
    CHECK(aging.s3.get("bucket", "large").output.StorageClass == "STANDARD_IA");
    CHECK_FALSE(aging.s3.get("bucket", "small").output.StorageClass);
    REQUIRE(aging.s3.outbox.events.size() == 1);
    CHECK(aging.s3.outbox.events[0].type == "s3:LifecycleTransition");
    CHECK(aging.s3.outbox.events[0].payload.find(
              R"("lifecycleEventData":{"transitionEventData":{"destinationStorageClass":"STANDARD_IA"}})") !=
          std::string::npos);
}

TEST_CASE("Rules that are deleted, or whose bucket is, act no more") {
    Aging aging;
    aging.s3.put("bucket", "k", "x");
    api::LifecycleRule expiry = rule("r");
    expiry.Expiration.emplace().Days = 1;
    aging.rules({expiry});
    api::DeleteBucketLifecycle::Input input;
    input.Bucket = "bucket";
    aging.s3.call<api::DeleteBucketLifecycle>(input);
    aging.days(10);
    CHECK(aging.stands("k"));
    aging.rules({expiry});
    api::DeleteObject::Input erase;
    erase.Bucket = "bucket";
    erase.Key = "k";
    aging.s3.call<api::DeleteObject>(erase);
    api::DeleteBucket::Input gone;
    gone.Bucket = "bucket";
    aging.s3.call<api::DeleteBucket>(gone);
    aging.days(10);
}

}  // namespace fogbank::s3::test
