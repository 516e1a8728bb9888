#include "services/s3/model/list_objects.h"
#include "services/s3/model/list_objects_v2.h"
#include "tests/service/s3/fixture.h"

namespace fogbank::s3::test {

namespace {

std::string keys_of(const api::ListObjectsV2::Output& output) {
    std::string out;
    if (output.Contents) {
        for (const auto& object : *output.Contents) out += *object.Key + " ";
    }
    out += "|";
    if (output.CommonPrefixes) {
        for (const auto& prefix : *output.CommonPrefixes) out += " " + *prefix.Prefix;
    }
    return out;
}

api::ListObjectsV2::Input list_input() {
    api::ListObjectsV2::Input input;
    input.Bucket = "bucket";
    return input;
}

void fill(S3& s3, std::initializer_list<const char*> keys) {
    s3.create("bucket");
    for (const char* key : keys) s3.put("bucket", key, "x");
}

}  // namespace

TEST_CASE("ListObjectsV2 gives keys in byte order with their facts") {
    S3 s3;
    fill(s3, {"b", "a", "B", "\xC3\xA9", "a/b", "a-b"});
    auto input = list_input();
    auto output = s3.call<api::ListObjectsV2>(input);
    CHECK(keys_of(output) == "B a a-b a/b b \xC3\xA9 |");
    CHECK(*output.KeyCount == 6);
    CHECK(*output.MaxKeys == 1000);
    CHECK_FALSE(*output.IsTruncated);
    CHECK(*output.Name == "bucket");
    const auto& first = output.Contents->front();
    CHECK(*first.Size == 1);
    CHECK(*first.StorageClass == "STANDARD");
    CHECK(*first.ETag == "\"9dd4e461268c8034f5c8564e155c67a6\"");
    CHECK(first.ChecksumAlgorithm->front() == "CRC64NVME");
    CHECK_FALSE(first.Owner);
    input.FetchOwner = true;
    CHECK(s3.call<api::ListObjectsV2>(input).Contents->front().Owner->ID->size() == 64);
}

TEST_CASE("A delimiter rolls keys up, also from the middle of a prefix") {
    S3 s3;
    fill(s3, {"a/1", "a/2", "b", "c/1", "c/d/1", "d"});
    auto input = list_input();
    input.Delimiter = "/";
    CHECK(keys_of(s3.call<api::ListObjectsV2>(input)) == "b d | a/ c/");
    input.Prefix = "c/";
    CHECK(keys_of(s3.call<api::ListObjectsV2>(input)) == "c/1 | c/d/");
    input.Prefix = "c";
    CHECK(keys_of(s3.call<api::ListObjectsV2>(input)) == "| c/");
    input.Prefix = "nothing";
    CHECK(keys_of(s3.call<api::ListObjectsV2>(input)) == "|");
}

TEST_CASE("Pages continue where the last one ended, whatever it ended with") {
    S3 s3;
    fill(s3, {"a/1", "a/2", "b", "c/1", "c/2", "d"});
    auto input = list_input();
    input.Delimiter = "/";
    input.MaxKeys = 1;
    std::string seen;
    for (int page = 0; page < 10; ++page) {
        const auto output = s3.call<api::ListObjectsV2>(input);
        CHECK(*output.KeyCount == 1);
        seen += keys_of(output) + ";";
        CHECK(*output.IsTruncated == output.NextContinuationToken.has_value());
        if (!*output.IsTruncated) break;
        input.ContinuationToken = output.NextContinuationToken;
    }
    CHECK(seen == "| a/;b |;| c/;d |;");
    input.ContinuationToken = "";
    CHECK(keys_of(s3.call<api::ListObjectsV2>(input)) == "| a/");
    // Base64 of anything is no token yet, nor is one that was changed.
    for (const char* junk : {"!", "junk", "YQ==", "AAAAAGEA", "aWxpa2V0b2tlbnM="}) {
        input.ContinuationToken = junk;
        const Error error = s3.refused<api::ListObjectsV2>(input);
        CHECK(error.http_status() == 400);
        CHECK(error.code() == "InvalidArgument");
        CHECK(error.message() == "The continuation token provided is incorrect");
        CHECK(detail(error, "ArgumentName") == "continuation-token");
        CHECK(detail(error, "ArgumentValue") == "(absent)");
    }
}

TEST_CASE("StartAfter, MaxKeys of zero and the page limit are AWS's") {
    S3 s3;
    fill(s3, {"a", "b", "c"});
    auto input = list_input();
    input.StartAfter = "a";
    CHECK(keys_of(s3.call<api::ListObjectsV2>(input)) == "b c |");
    input.MaxKeys = 0;
    const auto none = s3.call<api::ListObjectsV2>(input);
    CHECK(keys_of(none) == "|");
    CHECK_FALSE(*none.IsTruncated);
    input.MaxKeys = 5000;
    CHECK(*s3.call<api::ListObjectsV2>(input).MaxKeys == 1000);
    input.MaxKeys = -1;
    CHECK(s3.refused<api::ListObjectsV2>(input).code() == "InvalidArgument");
}

TEST_CASE("Keys are encoded on demand as in a form, with slashes kept") {
    S3 s3;
    fill(s3, {"a b/c+d"});
    auto input = list_input();
    input.EncodingType = "url";
    CHECK(keys_of(s3.call<api::ListObjectsV2>(input)) == "a+b/c%2Bd |");
    input.EncodingType = "base64";
    CHECK(s3.refused<api::ListObjectsV2>(input).message() == "Invalid Encoding Method specified in Request");
}

TEST_CASE("The older ListObjects names the next marker only with a delimiter") {
    S3 s3;
    fill(s3, {"a/1", "a/2", "b", "c"});
    api::ListObjects::Input input;
    input.Bucket = "bucket";
    input.MaxKeys = 1;
    auto output = s3.call<api::ListObjects>(input);
    CHECK(*output.Contents->front().Key == "a/1");
    CHECK(*output.IsTruncated);
    CHECK_FALSE(output.NextMarker);
    CHECK(output.Contents->front().Owner);
    input.Delimiter = "/";
    output = s3.call<api::ListObjects>(input);
    CHECK(*output.NextMarker == "a/");
    input.Marker = output.NextMarker;
    output = s3.call<api::ListObjects>(input);
    CHECK(*output.Contents->front().Key == "b");
}

}  // namespace fogbank::s3::test
