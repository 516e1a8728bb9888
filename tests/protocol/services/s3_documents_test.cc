// S3's documents as S3 writes them.
#include "services/s3/model/copy_object.h"
#include "services/s3/model/delete_objects.h"
#include "services/s3/model/get_bucket_location.h"
#include "services/s3/model/get_bucket_notification_configuration.h"
#include "services/s3/model/get_object.h"
#include "services/s3/model/list_buckets.h"
#include "services/s3/model/list_objects_v2.h"
#include "services/s3/model/put_bucket_acl.h"
#include "services/s3/model/put_bucket_notification_configuration.h"
#include "services/s3/model/put_object.h"
#include "src/base/clock.h"
#include "src/protocol/codec.h"

#include <catch2/catch.hpp>

namespace fogbank::protocol_test {
namespace {

namespace api = s3::api;

constexpr const char* kHead = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";
constexpr const char* kSpace = " xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"";

template <class Op>
http::Response encode(const typename Op::Output& output) {
    http::Response out;
    protocol::encode_response(Op::descriptor(), &output, {"RID", "HID"}, out);
    return out;
}

template <class Op>
std::string body(const typename Op::Output& output) {
    return std::get<std::string>(encode<Op>(output).body);
}

template <class Op>
typename Op::Input decode(std::string_view text, const http::Headers& headers = {}) {
    typename Op::Input input;
    const protocol::UriLabels labels{{"Bucket", "b"}, {"Key", "k"}};
    protocol::decode_request(Op::descriptor(), {"PUT", "/b/k", "", headers, text, &labels}, &input);
    return input;
}

}  // namespace

TEST_CASE("ListBuckets is S3's document") {
    api::ListBuckets::Output output;
    output.Buckets.emplace();
    auto& bucket = output.Buckets->emplace_back();
    bucket.Name = "b";
    bucket.CreationDate = from_unix_seconds(std::int64_t{1398796238});
    output.Owner.emplace().ID = "o";
    CHECK(body<api::ListBuckets>(output) ==
          std::string(kHead) + "<ListAllMyBucketsResult" + kSpace +
              "><Buckets><Bucket><Name>b</Name><CreationDate>2014-04-29T18:30:38.000Z</CreationDate></Bucket>"
              "</Buckets><Owner><ID>o</ID></Owner></ListAllMyBucketsResult>");
}

TEST_CASE("GetBucketLocation is one element, empty for us-east-1") {
    api::GetBucketLocation::Output output;
    const std::string element = std::string(kHead) + "<LocationConstraint" + kSpace;
    CHECK(body<api::GetBucketLocation>(output) == element + "/>");
    output.LocationConstraint = "eu-west-1";
    CHECK(body<api::GetBucketLocation>(output) == element + ">eu-west-1</LocationConstraint>");
}

TEST_CASE("ListObjectsV2 lists without a wrapper") {
    api::ListObjectsV2::Output output;
    output.Name = "b";
    output.IsTruncated = false;
    output.KeyCount = 2;
    output.Contents.emplace();
    for (const char* key : {"a&b", "c"}) output.Contents->emplace_back().Key = key;
    output.CommonPrefixes.emplace().emplace_back().Prefix = "p/";
    CHECK(body<api::ListObjectsV2>(output) ==
          std::string(kHead) + "<ListBucketResult" + kSpace +
              "><IsTruncated>false</IsTruncated><Contents><Key>a&amp;b</Key></Contents><Contents><Key>c</Key>"
              "</Contents><Name>b</Name><CommonPrefixes><Prefix>p/</Prefix></CommonPrefixes><KeyCount>2</"
              "KeyCount>"
              "</ListBucketResult>");
}

TEST_CASE("A copy's result is the body, what else it says are headers") {
    api::CopyObject::Output output;
    output.CopyObjectResult.emplace().ETag = "\"e\"";
    output.VersionId = "v";
    const http::Response out = encode<api::CopyObject>(output);
    CHECK(out.headers.get("x-amz-version-id") == "v");
    CHECK(std::get<std::string>(out.body) == std::string(kHead) + "<CopyObjectResult" + kSpace +
                                                 "><ETag>&quot;e&quot;</ETag></CopyObjectResult>");
}

TEST_CASE("PutObject's answer has no body and no content type, GetObject's body is the caller's") {
    api::PutObject::Output put;
    put.ETag = "\"e\"";
    const http::Response stored = encode<api::PutObject>(put);
    CHECK(stored.status == 200);
    CHECK(std::get<std::string>(stored.body) == "");
    CHECK_FALSE(stored.headers.has("Content-Type"));
    CHECK(stored.headers.get("ETag") == "\"e\"");
    CHECK(stored.headers.get("x-amz-request-id") == "RID");
    CHECK(stored.headers.get("x-amz-id-2") == "HID");

    api::GetObject::Output get;
    get.ContentType = "image/png";
    get.LastModified = from_unix_seconds(std::int64_t{1398796238});
    get.Metadata = model::Map<std::string>{{"a", "b"}};
    const http::Response got = encode<api::GetObject>(get);
    CHECK(got.headers.get("Content-Type") == "image/png");
    CHECK(got.headers.get("Last-Modified") == "Tue, 29 Apr 2014 18:30:38 GMT");
    CHECK(got.headers.get("x-amz-meta-a") == "b");
}

TEST_CASE("DeleteObjects reads and writes flattened lists") {
    const auto input = decode<api::DeleteObjects>(
        "<Delete "
        "xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><Object><Key>a</Key></Object><Object><Key>b&amp;"
        "</Key><VersionId>v</VersionId></Object><Quiet>true</Quiet></Delete>");
    REQUIRE(input.Delete->Objects->size() == 2);
    CHECK(input.Delete->Objects->at(1).Key == "b&");
    CHECK(input.Delete->Objects->at(1).VersionId == "v");
    CHECK(input.Delete->Quiet == true);
    CHECK(input.Bucket == "b");
    api::DeleteObjects::Output output;
    output.Deleted.emplace().emplace_back().Key = "a";
    output.Errors.emplace().emplace_back().Code = "AccessDenied";
    CHECK(body<api::DeleteObjects>(output) ==
          std::string(kHead) + "<DeleteResult" + kSpace +
              "><Deleted><Key>a</Key></Deleted><Error><Code>AccessDenied</Code></Error></DeleteResult>");
}

TEST_CASE("A notification configuration reads and writes its Lambda targets") {
    const std::string inside =
        "<CloudFunctionConfiguration><Id>i</Id><CloudFunction>arn:f</"
        "CloudFunction><Event>s3:ObjectCreated:*</Event>"
        "<Filter><S3Key><FilterRule><Name>suffix</Name><Value>.csv</Value></FilterRule></S3Key></Filter>"
        "</CloudFunctionConfiguration>";
    const auto input = decode<api::PutBucketNotificationConfiguration>(
        "<NotificationConfiguration>" + inside + "</NotificationConfiguration>");
    const auto& functions = *input.NotificationConfiguration->LambdaFunctionConfigurations;
    REQUIRE(functions.size() == 1);
    CHECK(functions[0].LambdaFunctionArn == "arn:f");
    CHECK(*functions[0].Events == std::vector<std::string>{"s3:ObjectCreated:*"});
    CHECK(functions[0].Filter->Key->FilterRules->at(0).Value == ".csv");
    api::GetBucketNotificationConfiguration::Output output;
    output.LambdaFunctionConfigurations = functions;
    CHECK(body<api::GetBucketNotificationConfiguration>(output) ==
          std::string(kHead) + "<NotificationConfiguration" + kSpace + ">" + inside +
              "</NotificationConfiguration>");
}

TEST_CASE("An ACL's grantee tells its kind by an attribute") {
    const auto input = decode<api::PutBucketAcl>(
        "<AccessControlPolicy><AccessControlList><Grant><Grantee "
        "xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" xsi:type=\"Group\"><URI>u</URI></Grantee>"
        "<Permission>READ</Permission></Grant></AccessControlList></AccessControlPolicy>");
    const auto& grant = input.AccessControlPolicy->Grants->at(0);
    CHECK(grant.Grantee->Type == "Group");
    CHECK(grant.Grantee->URI == "u");
    CHECK(grant.Permission == "READ");
}

TEST_CASE("PutObject's headers become members and its body stays a stream") {
    http::Headers headers;
    headers.add("content-type", "text/csv");
    headers.add("Content-Length", "12");
    headers.add("X-Amz-Meta-Color", "red");
    headers.add("x-amz-tagging", "a=b");
    const auto input = decode<api::PutObject>("", headers);
    CHECK(input.ContentType == "text/csv");
    CHECK(input.ContentLength == 12);
    CHECK(*input.Metadata == model::Map<std::string>{{"color", "red"}});
    CHECK(input.Tagging == "a=b");
    CHECK(input.Key == "k");
}

}  // namespace fogbank::protocol_test
