// Every operation that S3 serves, on a private bucket, called by nobody, another account, and its owner.
#include "services/s3/model/copy_object.h"
#include "services/s3/model/create_multipart_upload.h"
#include "services/s3/model/delete_objects.h"
#include "services/s3/model/list_buckets.h"
#include "services/s3/model/put_bucket_versioning.h"
#include "services/s3/model/service.h"
#include "services/s3/model/upload_part_copy.h"
#include "src/model/validate.h"
#include "src/protocol/codec.h"
#include "tests/service/s3/fixture.h"

#include <map>
#include <set>

namespace fogbank::s3::test {

using fogbank::test::Caller;

namespace {

const Caller kOwner{};
const Caller kNobody{"", "us-east-1"};
const Caller kOther{"111122223333", "us-east-1"};
const std::string kDenied = "AccessDenied";

// What a request of the operation holds beside bucket and key, and what comes of it: "ok" or an error's code.
// "{bucket}" stands for the bucket's name, "{upload}" for an upload under way in it.
struct Row {
    std::string operation;
    std::string query = {}, body = {};
    http::Headers headers = {};
    std::string owner = "ok", other = kDenied, nobody = kDenied;
};

http::Headers header(const char* name, const char* value) {
    http::Headers out;
    out.add(name, value);
    return out;
}

std::string report(const std::string& name, const std::string& inner) {
    return "<" + name + "><Id>i</Id>" + inner + "</" + name + ">";
}

const std::string kDestination =
    "<S3BucketDestination><Format>CSV</Format><Bucket>arn:aws:s3:::target</Bucket></S3BucketDestination>";
const std::string kInventory =
    report("InventoryConfiguration",
           "<IsEnabled>true</IsEnabled><IncludedObjectVersions>All</IncludedObjectVersions><Schedule>"
           "<Frequency>Daily</Frequency></Schedule><Destination>" +
               kDestination + "</Destination>");
const std::string kTiering =
    report("IntelligentTieringConfiguration",
           "<Status>Enabled</Status><Tiering><Days>90</Days><AccessTier>ARCHIVE_ACCESS</AccessTier>"
           "</Tiering>");
const std::string kTags = "<Tagging><TagSet><Tag><Key>a</Key><Value>b</Value></Tag></TagSet></Tagging>";
const std::string kCors =
    "<CORSConfiguration><CORSRule><AllowedMethod>GET</AllowedMethod><AllowedOrigin>*</AllowedOrigin>"
    "</CORSRule></CORSConfiguration>";
const std::string kWebsite =
    "<WebsiteConfiguration><IndexDocument><Suffix>i</Suffix></IndexDocument></WebsiteConfiguration>";
const std::string kLifecycle =
    "<LifecycleConfiguration><Rule><Filter><Prefix/></Filter><Status>Enabled</Status><Expiration>"
    "<Days>9</Days></Expiration></Rule></LifecycleConfiguration>";
const std::string kEncryption =
    "<ServerSideEncryptionConfiguration><Rule><ApplyServerSideEncryptionByDefault><SSEAlgorithm>AES256"
    "</SSEAlgorithm></ApplyServerSideEncryptionByDefault></Rule></ServerSideEncryptionConfiguration>";
const std::string kOwnership =
    "<OwnershipControls><Rule><ObjectOwnership>ObjectWriter</ObjectOwnership></Rule></OwnershipControls>";
const std::string kReplication =
    "<ReplicationConfiguration><Role>arn:aws:iam::000000000000:role/r</Role><Rule><Priority>1</Priority>"
    "<DeleteMarkerReplication><Status>Disabled</Status></DeleteMarkerReplication><Filter><Prefix/></Filter>"
    "<Status>Enabled</Status><Destination><Bucket>arn:aws:s3:::target</Bucket></Destination></Rule>"
    "</ReplicationConfiguration>";
const std::string kPolicy =
    R"({"Version":"2012-10-17","Statement":[{"Effect":"Deny","Principal":"*","Action":"s3:DeleteBucket",)"
    R"("Resource":"arn:aws:s3:::{bucket}"}]})";
const std::string kLock =
    "<ObjectLockConfiguration><ObjectLockEnabled>Enabled</ObjectLockEnabled></ObjectLockConfiguration>";
const std::string kRetention =
    "<Retention><Mode>GOVERNANCE</Mode><RetainUntilDate>2026-01-05T00:00:00Z</RetainUntilDate></Retention>";
const std::string kSelect =
    "<SelectObjectContentRequest><Expression>select * from S3Object</Expression><ExpressionType>SQL"
    "</ExpressionType><InputSerialization><CSV/></InputSerialization><OutputSerialization><CSV/>"
    "</OutputSerialization></SelectObjectContentRequest>";
const std::string kComplete =
    "<CompleteMultipartUpload><Part><PartNumber>1</PartNumber><ETag>9dd4e461268c8034f5c8564e155c67a6</ETag>"
    "</Part></CompleteMultipartUpload>";
const std::string kBlock =
    "<PublicAccessBlockConfiguration><BlockPublicAcls>true</BlockPublicAcls><BlockPublicPolicy>true"
    "</BlockPublicPolicy></PublicAccessBlockConfiguration>";

std::vector<Row> configuration_rows() {
    return {
        {"PutBucketTagging", "", kTags},
        {"GetBucketTagging"},
        {"DeleteBucketTagging"},
        {"PutBucketCors", "", kCors},
        {"GetBucketCors"},
        {"DeleteBucketCors"},
        {"PutBucketWebsite", "", kWebsite},
        {"GetBucketWebsite"},
        {"DeleteBucketWebsite"},
        {"PutBucketLifecycleConfiguration", "", kLifecycle},
        {"GetBucketLifecycleConfiguration"},
        {"DeleteBucketLifecycle"},
        {"PutBucketEncryption", "", kEncryption},
        {"GetBucketEncryption"},
        {"DeleteBucketEncryption"},
        {"PutBucketRequestPayment", "",
         "<RequestPaymentConfiguration><Payer>BucketOwner</Payer></RequestPaymentConfiguration>"},
        {"GetBucketRequestPayment"},
        {"PutBucketAccelerateConfiguration", "",
         "<AccelerateConfiguration><Status>Suspended</Status></AccelerateConfiguration>"},
        {"GetBucketAccelerateConfiguration"},
        {"PutBucketLogging", "", "<BucketLoggingStatus/>"},
        {"GetBucketLogging"},
        {"PutBucketNotificationConfiguration", "", "<NotificationConfiguration/>"},
        {"GetBucketNotificationConfiguration"},
        {"PutBucketOwnershipControls", "", kOwnership},
        {"GetBucketOwnershipControls"},
        {"PutBucketAcl", "", "", header("x-amz-acl", "private")},
        {"GetBucketAcl"},
        {"DeleteBucketOwnershipControls"},
        {"PutPublicAccessBlock", "", kBlock},
        {"GetPublicAccessBlock"},
        {"PutBucketPolicy", "", kPolicy},
        {"GetBucketPolicy"},
        {"GetBucketPolicyStatus"},
        {"DeleteBucketPolicy"},
        {"DeletePublicAccessBlock"},
        {"PutBucketReplication", "", kReplication},
        {"GetBucketReplication"},
        {"DeleteBucketReplication"},
        {"PutBucketVersioning", "",
         "<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>"},
        {"GetBucketVersioning"},
        {"PutObjectLockConfiguration", "", kLock},
        {"GetObjectLockConfiguration"},
        {"PutBucketInventoryConfiguration", "id=i", kInventory},
        {"GetBucketInventoryConfiguration", "id=i"},
        {"ListBucketInventoryConfigurations"},
        {"DeleteBucketInventoryConfiguration", "id=i"},
        {"PutBucketAnalyticsConfiguration", "id=i",
         report("AnalyticsConfiguration", "<StorageClassAnalysis/>")},
        {"GetBucketAnalyticsConfiguration", "id=i"},
        {"ListBucketAnalyticsConfigurations"},
        {"DeleteBucketAnalyticsConfiguration", "id=i"},
        {"PutBucketMetricsConfiguration", "id=i", report("MetricsConfiguration", "")},
        {"GetBucketMetricsConfiguration", "id=i"},
        {"ListBucketMetricsConfigurations"},
        {"DeleteBucketMetricsConfiguration", "id=i"},
        {"PutBucketIntelligentTieringConfiguration", "id=i", kTiering},
        {"GetBucketIntelligentTieringConfiguration", "id=i"},
        {"ListBucketIntelligentTieringConfigurations"},
        {"DeleteBucketIntelligentTieringConfiguration", "id=i"},
    };
}

std::vector<Row> object_rows() {
    return {
        {"CreateBucket", "", "", {}, "ok", "BucketAlreadyExists"},
        {"HeadBucket"},
        {"GetBucketLocation"},
        {"ListBuckets", "", "", {}, "ok", "ok"},
        {"PutObject"},
        {"GetObject"},
        {"HeadObject"},
        {"GetObjectTorrent", "", "", {}, "NoSuchKey"},
        {"GetObjectAttributes", "", "", header("x-amz-object-attributes", "ETag")},
        {"SelectObjectContent", "", kSelect},
        {"RestoreObject", "", "<RestoreRequest><Days>1</Days></RestoreRequest>", {}, "InvalidObjectState"},
        {"CopyObject", "", "", header("x-amz-copy-source", "target/source")},
        {"ListObjects"},
        {"ListObjectsV2"},
        {"ListObjectVersions"},
        {"PutObjectAcl", "", "", header("x-amz-acl", "private"), "AccessControlListNotSupported"},
        {"GetObjectAcl"},
        {"PutObjectTagging", "", kTags},
        {"GetObjectTagging"},
        {"DeleteObjectTagging"},
        {"PutObjectRetention", "", kRetention},
        {"GetObjectRetention"},
        {"PutObjectLegalHold", "", "<LegalHold><Status>OFF</Status></LegalHold>"},
        {"GetObjectLegalHold"},
        {"CreateMultipartUpload"},
        {"UploadPart", "partNumber=1&uploadId={upload}"},
        {"UploadPartCopy", "partNumber=2&uploadId={upload}", "",
         header("x-amz-copy-source", "target/source")},
        {"ListParts", "uploadId={upload}"},
        {"ListMultipartUploads"},
        {"CompleteMultipartUpload", "uploadId={upload}", kComplete},
        {"AbortMultipartUpload", "uploadId={upload}", "", {}, "NoSuchUpload"},
        // Each key is refused by itself: the test after this one looks into the answer.
        {"DeleteObjects", "", "<Delete><Object><Key>k</Key></Object></Delete>", {}, "ok", "ok", "ok"},
        {"DeleteObject"},
        {"DeleteBucket", "", "", {}, "BucketNotEmpty"},
    };
}

std::vector<Row> all_rows() {
    std::vector<Row> rows = object_rows();
    for (Row& row : configuration_rows()) rows.push_back(std::move(row));
    return rows;
}

std::string filled(std::string text, const std::string& name, const std::string& value) {
    if (const std::size_t at = text.find(name); at != std::string::npos) text.replace(at, name.size(), value);
    return text;
}

const model::Operation* find_operation(const std::string& name) {
    for (const model::Operation* operation : api::service().operations) {
        if (operation->name == name) return operation;
    }
    return nullptr;
}

// Buckets "locked", with an object lock, "plain" and "target", each with what an attack would want.
class Buckets {
public:
    Buckets() {
        for (const char* name : {"locked", "plain", "target"}) {
            api::CreateBucket::Input create;
            create.Bucket = name;
            create.ObjectLockEnabledForBucket = name == std::string("locked");
            s3.call<api::CreateBucket>(create);
            s3.put(name, "k", "x");
        }
        s3.put("target", "source", "x");
        api::PutBucketVersioning::Input versioning;
        versioning.Bucket = "target";
        versioning.VersioningConfiguration.emplace().Status = "Enabled";
        s3.call<api::PutBucketVersioning>(versioning);
        for (const char* name : {"locked", "plain"}) {
            api::CreateMultipartUpload::Input upload;
            upload.Bucket = name;
            upload.Key = "k";
            uploads[name] = *s3.call<api::CreateMultipartUpload>(upload).UploadId;
        }
    }

    gateway::AnyOutput call(const Row& row, const std::string& bucket, const Caller& caller) {
        const model::Operation& operation = *find_operation(row.operation);
        const gateway::BoundOperation& bound = *s3.harness.table().find(operation);
        const std::string query = filled(row.query, "{upload}", uploads[bucket]);
        const std::string body = filled(row.body, "{bucket}", bucket);
        const protocol::UriLabels labels{{"Bucket", bucket}, {"Key", "k"}};
        const std::shared_ptr<void> input = bound.make_input();
        const protocol::WireRequest request{operation.http_method, "/", query, row.headers, body, &labels};
        protocol::decode_request(operation, request, input.get());
        if (!model::violations(*operation.input, input.get()).empty()) {
            throw std::logic_error(row.operation + " is called wrong here");
        }
        gateway::RequestContext context = s3.harness.context(operation, caller);
        const auto payload = make_string_stream("x");
        if (operation.input_stream != nullptr) context.payload = payload.get();
        return s3.harness.run(bound.invoke(context, input.get()));
    }

    std::string outcome(const Row& row, const std::string& bucket, const Caller& caller) {
        try {
            call(row, bucket, caller);
        } catch (const Error& error) {
            return error.code();
        }
        return "ok";
    }

    S3 s3;
    std::map<std::string, std::string> uploads;
};

}  // namespace

TEST_CASE("Every operation that is served has a row in this test") {
    S3 s3;
    std::set<std::string> served;
    for (const model::Operation* operation : api::service().operations) {
        if (s3.harness.table().find(*operation) != nullptr) served.insert(operation->name);
    }
    std::set<std::string> rows;
    for (const Row& row : all_rows()) rows.insert(row.operation);
    CHECK(rows == served);
}

TEST_CASE("No operation lets nobody or another account at a private bucket, or tells them anything of it") {
    Buckets buckets;
    for (const Row& row : all_rows()) {
        INFO(row.operation);
        for (const char* bucket : {"locked", "plain"}) {
            INFO(bucket);
            CHECK(buckets.outcome(row, bucket, kNobody) == row.nobody);
            CHECK(buckets.outcome(row, bucket, kOther) == row.other);
        }
    }
    // Whoever is refused has changed nothing.
    CHECK(buckets.s3.get("locked", "k").body == "x");
    CHECK(buckets.s3.get("plain", "k").body == "x");
}

TEST_CASE("The same calls are the owner's to make") {
    Buckets buckets;
    for (const Row& row : all_rows()) {
        INFO(row.operation);
        CHECK(buckets.outcome(row, "locked", kOwner) == row.owner);
    }
}

TEST_CASE("Where an answer is no refusal, it has none of what is private") {
    Buckets buckets;
    for (const Caller& caller : {kNobody, kOther}) {
        auto answer = buckets.call({"DeleteObjects", "", "<Delete><Object><Key>k</Key></Object></Delete>"},
                                   "plain", caller);
        const auto& output = *static_cast<api::DeleteObjects::Output*>(answer.value.get());
        CHECK_FALSE(output.Deleted);
        REQUIRE(output.Errors->size() == 1);
        CHECK(*output.Errors->at(0).Code == kDenied);
    }
    CHECK(buckets.s3.call<api::ListBuckets>({}, kOther).Buckets->empty());
}

TEST_CASE("A private object is no source of another account's copies") {
    Buckets buckets;
    S3& s3 = buckets.s3;
    api::CreateBucket::Input create;
    create.Bucket = "theirs";
    s3.call<api::CreateBucket>(create, kOther);
    api::CreateMultipartUpload::Input upload;
    upload.Bucket = "theirs";
    upload.Key = "k";
    buckets.uploads["theirs"] = *s3.call<api::CreateMultipartUpload>(upload, kOther).UploadId;
    for (const char* source : {"plain/k", "plain/absent"}) {
        const http::Headers from = header("x-amz-copy-source", source);
        CHECK(buckets.outcome({"CopyObject", "", "", from}, "theirs", kOther) == kDenied);
        const Row part{"UploadPartCopy", "partNumber=1&uploadId={upload}", "", from};
        CHECK(buckets.outcome(part, "theirs", kOther) == kDenied);
    }
}

}  // namespace fogbank::s3::test
