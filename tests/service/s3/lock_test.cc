#include "tests/service/s3/fixture.h"

#include "services/s3/model/copy_object.h"
#include "services/s3/model/delete_object.h"
#include "services/s3/model/delete_objects.h"
#include "services/s3/model/get_object_legal_hold.h"
#include "services/s3/model/get_object_lock_configuration.h"
#include "services/s3/model/get_object_retention.h"
#include "services/s3/model/put_bucket_versioning.h"
#include "services/s3/model/put_object_legal_hold.h"
#include "services/s3/model/put_object_lock_configuration.h"
#include "services/s3/model/put_object_retention.h"

namespace fogbank::s3::test {

namespace {

using std::chrono::hours;

struct Locked : S3 {
    Locked() {
        api::CreateBucket::Input input;
        input.Bucket = "bucket";
        input.ObjectLockEnabledForBucket = true;
        call<api::CreateBucket>(input);
        create("plain");
    }
    Timestamp now() { return harness.clock().now(); }
    void pass(Duration time) { harness.clock().set(now() + time); }
    static api::DeleteObject::Input erase_input(const std::string& version) {
        api::DeleteObject::Input input;
        input.Bucket = "bucket";
        input.Key = "k";
        input.VersionId = version;
        return input;
    }
    std::string erase_code(const std::string& version, std::optional<bool> bypass = {}) {
        auto input = erase_input(version);
        input.BypassGovernanceRetention = bypass;
        try {
            call<api::DeleteObject>(input);
            return "erased";
        } catch (const Error& error) {
            return error.code();
        }
    }
    api::PutObjectRetention::Input retention(const std::string& mode, Duration from_now) {
        api::PutObjectRetention::Input input;
        input.Bucket = "bucket";
        input.Key = "k";
        input.Retention.emplace().Mode = mode;
        input.Retention->RetainUntilDate = now() + from_now;
        return input;
    }
    api::PutObjectLegalHold::Input hold(const std::string& status) {
        api::PutObjectLegalHold::Input input;
        input.Bucket = "bucket";
        input.Key = "k";
        input.LegalHold.emplace().Status = status;
        return input;
    }
    static api::PutObjectLockConfiguration::Input configuration(const std::string& mode, std::int32_t days) {
        api::PutObjectLockConfiguration::Input input;
        input.Bucket = "bucket";
        auto& lock = input.ObjectLockConfiguration.emplace();
        lock.ObjectLockEnabled = "Enabled";
        auto& rule = lock.Rule.emplace().DefaultRetention.emplace();
        rule.Mode = mode;
        rule.Days = days;
        return input;
    }
};

}  // namespace

TEST_CASE("A bucket's lock configuration is checked, kept and told") {
    Locked s3;
    api::GetObjectLockConfiguration::Input get;
    get.Bucket = "plain";
    CHECK(s3.refused<api::GetObjectLockConfiguration>(get).code() == "ObjectLockConfigurationNotFoundError");
    get.Bucket = "bucket";
    CHECK_FALSE(s3.call<api::GetObjectLockConfiguration>(get).ObjectLockConfiguration->Rule);
    s3.call<api::PutObjectLockConfiguration>(Locked::configuration("GOVERNANCE", 3));
    const auto output = s3.call<api::GetObjectLockConfiguration>(get);
    CHECK(*output.ObjectLockConfiguration->ObjectLockEnabled == "Enabled");
    CHECK(*output.ObjectLockConfiguration->Rule->DefaultRetention->Mode == "GOVERNANCE");
    CHECK(*output.ObjectLockConfiguration->Rule->DefaultRetention->Days == 3);

    auto bad = Locked::configuration("GOVERNANCE", 0);
    CHECK(s3.refused<api::PutObjectLockConfiguration>(bad).message() ==
          "Default retention period must be a positive integer value.");
    bad = Locked::configuration("GOVERNANCE", 36501);
    CHECK(s3.refused<api::PutObjectLockConfiguration>(bad).message() ==
          "Default retention period too large.");
    bad = Locked::configuration("SOFT", 1);
    CHECK(s3.refused<api::PutObjectLockConfiguration>(bad).code() == "MalformedXML");
    bad = Locked::configuration("GOVERNANCE", 1);
    bad.ObjectLockConfiguration->Rule->DefaultRetention->Years = 1;
    CHECK(s3.refused<api::PutObjectLockConfiguration>(bad).code() == "MalformedXML");
    bad = Locked::configuration("GOVERNANCE", 1);
    bad.Bucket = "plain";
    const Error state = s3.refused<api::PutObjectLockConfiguration>(bad);
    CHECK(state.code() == "InvalidBucketState");
    CHECK(state.http_status() == 409);

    api::PutBucketVersioning::Input versioning;
    versioning.Bucket = "bucket";
    versioning.VersioningConfiguration.emplace().Status = "Suspended";
    CHECK(s3.refused<api::PutBucketVersioning>(versioning).code() == "InvalidBucketState");
    // docs: a versioned bucket may get a lock later.
    versioning.Bucket = "plain";
    versioning.VersioningConfiguration->Status = "Enabled";
    s3.call<api::PutBucketVersioning>(versioning);
    CHECK_NOTHROW(s3.call<api::PutObjectLockConfiguration>(bad));
}

TEST_CASE("Governance holds a version until its time has come or the request bypasses it") {
    Locked s3;
    const std::string first = *s3.put("bucket", "k", "1").VersionId;
    s3.call<api::PutObjectRetention>(s3.retention("GOVERNANCE", hours(10)));
    CHECK(s3.erase_code(first) == "AccessDenied");
    CHECK(s3.refused<api::DeleteObject>(Locked::erase_input(first)).message() ==
          "Access Denied because object protected by object lock.");
    // A delete marker is no deletion of the version.
    auto mark = Locked::erase_input(first);
    mark.VersionId.reset();
    const std::string marker = *s3.call<api::DeleteObject>(mark).VersionId;
    CHECK(s3.erase_code(marker) == "erased");
    CHECK(s3.erase_code(first, true) == "erased");

    const std::string second = *s3.put("bucket", "k", "2").VersionId;
    s3.call<api::PutObjectRetention>(s3.retention("GOVERNANCE", hours(10)));
    CHECK(s3.refused<api::PutObjectRetention>(s3.retention("GOVERNANCE", hours(5))).code() == "AccessDenied");
    CHECK(s3.refused<api::PutObjectRetention>(s3.retention("COMPLIANCE", hours(20))).code() ==
          "AccessDenied");
    CHECK_NOTHROW(s3.call<api::PutObjectRetention>(s3.retention("GOVERNANCE", hours(20))));
    auto shorter = s3.retention("GOVERNANCE", hours(5));
    shorter.BypassGovernanceRetention = true;
    CHECK_NOTHROW(s3.call<api::PutObjectRetention>(shorter));
    s3.pass(hours(6));
    CHECK(s3.erase_code(second) == "erased");
}

TEST_CASE("Compliance can be extended and nothing else until its time has come") {
    Locked s3;
    const std::string version = *s3.put("bucket", "k", "1").VersionId;
    s3.call<api::PutObjectRetention>(s3.retention("COMPLIANCE", hours(10)));
    CHECK(s3.erase_code(version, true) == "AccessDenied");
    auto shorter = s3.retention("COMPLIANCE", hours(1));
    shorter.BypassGovernanceRetention = true;
    CHECK(s3.refused<api::PutObjectRetention>(shorter).code() == "AccessDenied");
    auto softer = s3.retention("GOVERNANCE", hours(20));
    softer.BypassGovernanceRetention = true;
    CHECK(s3.refused<api::PutObjectRetention>(softer).code() == "AccessDenied");
    CHECK_NOTHROW(s3.call<api::PutObjectRetention>(s3.retention("COMPLIANCE", hours(20))));
    api::GetObjectRetention::Input get;
    get.Bucket = "bucket";
    get.Key = "k";
    const auto output = s3.call<api::GetObjectRetention>(get);
    CHECK(*output.Retention->Mode == "COMPLIANCE");
    CHECK(*output.Retention->RetainUntilDate == s3.now() + hours(20));
    CHECK(*s3.get("bucket", "k").output.ObjectLockMode == "COMPLIANCE");
    s3.pass(hours(21));
    CHECK(s3.erase_code(version) == "erased");
}

TEST_CASE("A legal hold holds a version until it is taken off") {
    Locked s3;
    const std::string version = *s3.put("bucket", "k", "1").VersionId;
    api::GetObjectLegalHold::Input get;
    get.Bucket = "bucket";
    get.Key = "k";
    CHECK(s3.refused<api::GetObjectLegalHold>(get).code() == "NoSuchObjectLockConfiguration");
    s3.call<api::PutObjectLegalHold>(s3.hold("ON"));
    CHECK(*s3.call<api::GetObjectLegalHold>(get).LegalHold->Status == "ON");
    CHECK(s3.erase_code(version, true) == "AccessDenied");
    api::DeleteObjects::Input several;
    several.Bucket = "bucket";
    auto& object = several.Delete.emplace().Objects.emplace().emplace_back();
    object.Key = "k";
    object.VersionId = version;
    CHECK(*s3.call<api::DeleteObjects>(several).Errors->at(0).Code == "AccessDenied");
    CHECK(s3.refused<api::PutObjectLegalHold>(s3.hold("MAYBE")).code() == "MalformedXML");
    s3.call<api::PutObjectLegalHold>(s3.hold("OFF"));
    CHECK(*s3.get("bucket", "k").output.ObjectLockLegalHoldStatus == "OFF");
    CHECK(s3.erase_code(version) == "erased");
}

TEST_CASE("New versions get the bucket's default retention, or what their request says") {
    Locked s3;
    s3.call<api::PutObjectLockConfiguration>(Locked::configuration("COMPLIANCE", 2));
    const std::string version = *s3.put("bucket", "k", "1").VersionId;
    const auto got = s3.get("bucket", "k");
    CHECK(*got.output.ObjectLockMode == "COMPLIANCE");
    CHECK(*got.output.ObjectLockRetainUntilDate == s3.now() + hours(48));
    CHECK(s3.erase_code(version) == "AccessDenied");

    auto input = S3::put_input("bucket", "k");
    input.ObjectLockMode = "GOVERNANCE";
    input.ObjectLockRetainUntilDate = s3.now() + hours(1);
    input.ObjectLockLegalHoldStatus = "ON";
    CHECK(s3.refused_body<api::PutObject>(input, "2").code() == "InvalidRequest");
    input.ContentMD5 = "yB5yjZ1ML2NvBn+JzBSGLA==";
    CHECK_NOTHROW(s3.put(input, "2"));
    CHECK(*s3.get("bucket", "k").output.ObjectLockMode == "GOVERNANCE");
    CHECK(*s3.get("bucket", "k").output.ObjectLockLegalHoldStatus == "ON");
    input.Bucket = "plain";
    CHECK(s3.refused_body<api::PutObject>(input, "2").message() ==
          "Bucket is missing Object Lock Configuration");
    input.Bucket = "bucket";
    input.ObjectLockRetainUntilDate = s3.now() - hours(1);
    CHECK(s3.refused_body<api::PutObject>(input, "2").message() ==
          "The retain until date must be in the future!");
    input.ObjectLockRetainUntilDate.reset();
    CHECK(s3.refused_body<api::PutObject>(input, "2").code() == "InvalidArgument");

    // A copy gets the default, not its source's lock.
    api::CopyObject::Input copy;
    copy.Bucket = "bucket";
    copy.Key = "copy";
    copy.CopySource = "bucket/k";
    s3.call<api::CopyObject>(copy);
    CHECK(*s3.get("bucket", "copy").output.ObjectLockMode == "COMPLIANCE");
    CHECK_FALSE(s3.get("bucket", "copy").output.ObjectLockLegalHoldStatus);
}

TEST_CASE("Locks are for buckets that have them") {
    Locked s3;
    s3.put("plain", "k", "x");
    auto retention = s3.retention("GOVERNANCE", hours(1));
    retention.Bucket = "plain";
    CHECK(s3.refused<api::PutObjectRetention>(retention).message() ==
          "Bucket is missing Object Lock Configuration");
    auto erase = Locked::erase_input("null");
    erase.Bucket = "plain";
    erase.BypassGovernanceRetention = true;
    CHECK(s3.refused<api::DeleteObject>(erase).message() ==
          "x-amz-bypass-governance-retention is only applicable to Object Lock enabled buckets.");
    retention.Bucket = "bucket";
    CHECK(s3.refused<api::PutObjectRetention>(retention).code() == "NoSuchKey");
    s3.put("bucket", "k", "x");
    retention.Retention->RetainUntilDate = s3.now();
    CHECK(s3.refused<api::PutObjectRetention>(retention).message() ==
          "The retain until date must be in the future!");
    retention.Retention->RetainUntilDate.reset();
    CHECK(s3.refused<api::PutObjectRetention>(retention).code() == "MalformedXML");
}

}  // namespace fogbank::s3::test
