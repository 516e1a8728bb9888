// Every kind of event that can occur here, and what it tells besides the object.
#include "services/s3/jobs.h"
#include "services/s3/model/complete_multipart_upload.h"
#include "services/s3/model/create_multipart_upload.h"
#include "services/s3/model/delete_object_tagging.h"
#include "services/s3/model/put_bucket_notification_configuration.h"
#include "services/s3/model/put_bucket_ownership_controls.h"
#include "services/s3/model/put_object_acl.h"
#include "services/s3/model/put_object_retention.h"
#include "services/s3/model/put_object_tagging.h"
#include "services/s3/model/restore_object.h"
#include "tests/service/s3/fixture.h"

namespace fogbank::s3::test {

namespace {

class Told {
public:
    Told() {
        for (events::PendingSource* source : jobs.sources())
            s3.harness.dispatcher().add_pending_source(*source);
        s3.harness.start_dispatcher();
        jobs.start();
        api::CreateBucket::Input create;
        create.Bucket = "bucket";
        create.ObjectLockEnabledForBucket = true;
        create.ObjectOwnership = "ObjectWriter";
        s3.call<api::CreateBucket>(create);
        api::PutBucketNotificationConfiguration::Input input;
        input.Bucket = "bucket";
        auto& function =
            input.NotificationConfiguration.emplace().LambdaFunctionConfigurations.emplace().emplace_back();
        function.LambdaFunctionArn = "arn:aws:lambda:us-east-1:000000000000:function:allowed";
        function.Events = {"s3:ObjectRestore:*", "s3:ObjectAcl:Put", "s3:ObjectTagging:*",
                           "s3:ObjectRetention:Put"};
        s3.call<api::PutBucketNotificationConfiguration>(input);
    }
    ~Told() { s3.harness.run(jobs.stop()); }

    // "ObjectRestore:Post 2.1" of all that were told since the last call.
    std::vector<std::string> told() {
        std::vector<std::string> out;
        for (const events::Event& event : s3.outbox.events) {
            const auto document = json::parse(event.payload);
            const json::Value record = *document->root().find("Records").elements().begin();
            out.push_back(std::string(record.find("eventName").string()) + " " +
                          std::string(record.find("eventVersion").string()));
            last = event.payload;
        }
        s3.outbox.events.clear();
        return out;
    }

    S3 s3;
    Jobs jobs{
        {s3.harness.database(), s3.harness.blobs(), s3.harness.clock(), s3.harness.entropy(), s3.service},
        s3.harness.executor()};
    std::string last;
};

using Lines = std::vector<std::string>;

template <class Op>
typename Op::Input on_k() {
    typename Op::Input input;
    input.Bucket = "bucket";
    input.Key = "k";
    return input;
}

api::RestoreObject::Input restore(int days) {
    auto input = on_k<api::RestoreObject>();
    input.RestoreRequest.emplace().Days = days;
    return input;
}

}  // namespace

TEST_CASE("A restored copy is told of when it stands and when its days are over") {
    Told told;
    auto put = S3::put_input("bucket", "k");
    put.StorageClass = "GLACIER";
    told.s3.put(put, "hello");
    told.s3.call<api::RestoreObject>(restore(1));
    CHECK(told.told() == Lines{"ObjectRestore:Post 2.1", "ObjectRestore:Completed 2.1"});
    CHECK(told.last.find(R"("glacierEventData":{"restoreEventData":{"lifecycleRestorationExpiryTime":)"
                         R"("2026-01-04T00:00:00.000Z","lifecycleRestoreStorageClass":"GLACIER"}})") !=
          std::string::npos);
    told.s3.call<api::RestoreObject>(restore(3));  // longer
    CHECK(told.told().empty());
    told.s3.harness.advance(std::chrono::hours(48));
    CHECK(told.told().empty());
    CHECK(told.s3.get("bucket", "k").body == "hello");
    told.s3.harness.advance(std::chrono::hours(48));
    CHECK(told.told() == Lines{"ObjectRestore:Delete 2.3"});
    CHECK(told.last.find(R"("principalId":"s3.amazonaws.com")") != std::string::npos);
    CHECK(told.last.find("\"versionId\"") != std::string::npos);
    told.s3.harness.advance(std::chrono::hours(480));
    CHECK(told.told().empty());
    told.s3.call<api::RestoreObject>(restore(1));
    CHECK(told.told().size() == 2);
}

TEST_CASE("A restored copy goes untold where its object went first") {
    Told told;
    told.s3.create("plain");
    auto put = S3::put_input("bucket", "k");
    put.StorageClass = "DEEP_ARCHIVE";
    told.s3.put(put, "x");
    put.Bucket = "plain";
    told.s3.put(put, "x");
    auto input = restore(1);
    input.Bucket = "plain";
    told.s3.call<api::RestoreObject>(input);
    told.s3.put("plain", "k", "replaced");
    told.s3.harness.advance(std::chrono::hours(72));
    CHECK(told.told().empty());
}

TEST_CASE("Changes of tags, ACLs and retentions are told, an ACL only where it changes") {
    Told told;
    told.s3.put("bucket", "k", "x");
    auto acl = on_k<api::PutObjectAcl>();
    acl.ACL = "private";
    told.s3.call<api::PutObjectAcl>(acl);
    CHECK(told.told().empty());
    acl.ACL = "bucket-owner-read";
    told.s3.call<api::PutObjectAcl>(acl);
    told.s3.call<api::PutObjectAcl>(acl);
    CHECK(told.told() == Lines{"ObjectAcl:Put 2.3"});
    auto tags = on_k<api::PutObjectTagging>();
    auto& tag = tags.Tagging.emplace().TagSet.emplace().emplace_back();
    tag.Key = "a";
    tag.Value = "1";
    told.s3.call<api::PutObjectTagging>(tags);
    told.s3.call<api::DeleteObjectTagging>(on_k<api::DeleteObjectTagging>());
    CHECK(told.told() == Lines{"ObjectTagging:Put 2.3", "ObjectTagging:Delete 2.3"});
    auto retention = on_k<api::PutObjectRetention>();
    retention.Retention.emplace().Mode = "GOVERNANCE";
    retention.Retention->RetainUntilDate = told.s3.harness.clock().now() + std::chrono::hours(24);
    told.s3.call<api::PutObjectRetention>(retention);
    CHECK(told.told() == Lines{"ObjectRetention:Put 2.5"});
    CHECK(told.last.find(R"("objectRetentionEventData":{"mode":"GOVERNANCE","retainUntilDate":)"
                         R"("2026-01-03T03:04:05.000Z"})") != std::string::npos);
}

}  // namespace fogbank::s3::test
