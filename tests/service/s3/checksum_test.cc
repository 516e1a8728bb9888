#include "tests/service/s3/fixture.h"

#include "services/s3/model/complete_multipart_upload.h"
#include "services/s3/model/create_multipart_upload.h"
#include "services/s3/model/delete_object.h"
#include "services/s3/model/delete_objects.h"
#include "services/s3/model/get_object_attributes.h"
#include "services/s3/model/upload_part.h"
#include "src/base/bytes.h"
#include "src/base/digest.h"

namespace fogbank::s3::test {

namespace {

const std::string kPart(5 << 20, 'p');  // the least size of a part

std::string base64_of(DigestKind kind, std::string_view bytes) {
    return base64_encode(digest(kind, bytes));
}

api::GetObjectAttributes::Input attributes_input(const std::string& key) {
    api::GetObjectAttributes::Input input;
    input.Bucket = "bucket";
    input.Key = key;
    input.ObjectAttributes = {"ETag", "Checksum", "ObjectParts", "StorageClass", "ObjectSize"};
    return input;
}

struct Uploads : S3 {
    Uploads() { create("bucket"); }
    std::string begin(std::optional<std::string> algorithm, std::optional<std::string> type = {}) {
        api::CreateMultipartUpload::Input input;
        input.Bucket = "bucket";
        input.Key = "m";
        input.ChecksumAlgorithm = std::move(algorithm);
        input.ChecksumType = std::move(type);
        return *call<api::CreateMultipartUpload>(input).UploadId;
    }
    api::UploadPart::Output part(const std::string& upload, std::int32_t number, std::string body) {
        api::UploadPart::Input input;
        input.Bucket = "bucket";
        input.Key = "m";
        input.UploadId = upload;
        input.PartNumber = number;
        auto answer = harness.call_streaming<api::UploadPart>(input, std::move(body));
        return *static_cast<api::UploadPart::Output*>(answer.value.get());
    }
    static api::CompleteMultipartUpload::Input complete_input(
        const std::string& upload, const std::vector<api::UploadPart::Output>& parts) {
        api::CompleteMultipartUpload::Input input;
        input.Bucket = "bucket";
        input.Key = "m";
        input.UploadId = upload;
        auto& list = input.MultipartUpload.emplace().Parts.emplace();
        for (const auto& part : parts) {
            auto& to = list.emplace_back();
            to.PartNumber = static_cast<std::int32_t>(list.size());
            to.ETag = part.ETag;
            to.ChecksumSHA512 = part.ChecksumSHA512;
            to.ChecksumXXHASH128 = part.ChecksumXXHASH128;
        }
        return input;
    }
};

}  // namespace

TEST_CASE("SHA-512 and the xxHashes are checked, kept and shown like the others") {
    S3 s3;
    s3.create("bucket");
    auto get = S3::get_input("bucket", "k");
    get.ChecksumMode = "ENABLED";
    auto input = S3::put_input("bucket", "k");
    input.ChecksumSHA512 = base64_of(DigestKind::sha512, "hello world");
    CHECK(*s3.put(input, "hello world").ChecksumSHA512 ==
          "MJ7MSJwS1utMxA9QyQLytNDtd+5RGnx6m808qG1M2G+YndNbxf9JlnDaNCVbRbDP2DDoH2Bdz33FVC6TrpzXbw==");
    CHECK(s3.get(get).output.ChecksumSHA512 == input.ChecksumSHA512);
    input.ChecksumSHA512 = base64_of(DigestKind::sha512, "hello");
    CHECK(s3.refused_body<api::PutObject>(input, "hello world").code() == "BadDigest");

    input = S3::put_input("bucket", "k");
    input.ChecksumXXHASH64 = "RatkaOmIaWg=";  // of "hello world": 45ab6734b21e6968
    CHECK(s3.refused_body<api::PutObject>(input, "hello world").message() ==
          "The XXHASH64 you specified did not match the calculated checksum.");
    input.ChecksumXXHASH64 = base64_encode(hex_decode("45ab6734b21e6968").value());
    CHECK(s3.put(input, "hello world").ChecksumXXHASH64 == input.ChecksumXXHASH64);
    input = S3::put_input("bucket", "k");
    input.ChecksumXXHASH3 = base64_encode(hex_decode("d447b1ea40e6988b").value());
    CHECK(s3.put(input, "hello world").ChecksumXXHASH3 == input.ChecksumXXHASH3);
    input = S3::put_input("bucket", "k");
    input.ChecksumXXHASH128 = base64_encode(hex_decode("df8d09e93f874900a99b8775cc15b6c7").value());
    CHECK(s3.put(input, "hello world").ChecksumXXHASH128 == input.ChecksumXXHASH128);
    CHECK(s3.get(get).output.ChecksumXXHASH128 == input.ChecksumXXHASH128);
}

TEST_CASE("Only CRCs of parts make a checksum of the whole object") {
    Uploads s3;
    api::CreateMultipartUpload::Input input;
    input.Bucket = "bucket";
    input.Key = "m";
    input.ChecksumType = "FULL_OBJECT";
    for (const char* algorithm : {"SHA1", "SHA256", "SHA512", "XXHASH64", "XXHASH3", "XXHASH128"}) {
        input.ChecksumAlgorithm = algorithm;
        CHECK(s3.refused<api::CreateMultipartUpload>(input).code() == "InvalidRequest");
    }
    for (const char* algorithm : {"CRC32", "CRC32C", "CRC64NVME"}) {
        input.ChecksumAlgorithm = algorithm;
        CHECK(*s3.call<api::CreateMultipartUpload>(input).ChecksumType == "FULL_OBJECT");
    }
    input.ChecksumType = "COMPOSITE";
    CHECK(s3.refused<api::CreateMultipartUpload>(input).code() == "InvalidRequest");
}

TEST_CASE("A composite of SHA-512 and the attributes of its object") {
    Uploads s3;
    const std::string upload = s3.begin("SHA512");
    const auto first = s3.part(upload, 1, kPart);
    const auto second = s3.part(upload, 2, "end");
    auto nonsense = Uploads::complete_input(upload, {first, second});
    nonsense.ChecksumSHA512 = "bad";
    CHECK(s3.refused<api::CompleteMultipartUpload>(nonsense).code() == "BadDigest");
    const auto done = s3.call<api::CompleteMultipartUpload>(Uploads::complete_input(upload, {first, second}));
    const std::string expected =
        base64_of(DigestKind::sha512, digest(DigestKind::sha512, kPart) + digest(DigestKind::sha512, "end")) +
        "-2";
    CHECK(*done.ChecksumSHA512 == expected);
    CHECK(*done.ChecksumType == "COMPOSITE");

    auto get = S3::get_input("bucket", "m");
    get.ChecksumMode = "ENABLED";
    get.PartNumber = 2;
    CHECK(s3.get(get).body == "end");
    CHECK(s3.get(get).output.ChecksumSHA512 == second.ChecksumSHA512);
    CHECK(*s3.get(get).output.ChecksumType == "COMPOSITE");

    auto input = attributes_input("m");
    const auto all = s3.call<api::GetObjectAttributes>(input);
    CHECK("\"" + *all.ETag + "\"" == *done.ETag);
    CHECK(*all.ObjectSize == static_cast<std::int64_t>(kPart.size()) + 3);
    CHECK(*all.StorageClass == "STANDARD");
    CHECK(*all.Checksum->ChecksumSHA512 == expected);
    CHECK(*all.ObjectParts->TotalPartsCount == 2);
    CHECK_FALSE(*all.ObjectParts->IsTruncated);
    CHECK(*all.ObjectParts->Parts->at(1).Size == 3);
    CHECK(*all.ObjectParts->Parts->at(1).ChecksumSHA512 == *second.ChecksumSHA512);
    input.MaxParts = 1;
    const auto page = s3.call<api::GetObjectAttributes>(input);
    CHECK(*page.ObjectParts->IsTruncated);
    CHECK(*page.ObjectParts->NextPartNumberMarker == 1);
    input.PartNumberMarker = 1;
    const auto rest = s3.call<api::GetObjectAttributes>(input);
    CHECK_FALSE(*rest.ObjectParts->IsTruncated);
    CHECK(*rest.ObjectParts->Parts->at(0).PartNumber == 2);
    input.ObjectAttributes = {"Colour"};
    CHECK(s3.refused<api::GetObjectAttributes>(input).message() == "Invalid attribute name specified.");
}

TEST_CASE("An object that came whole has no parts among its attributes, and only what is asked for is told") {
    S3 s3;
    s3.create("bucket");
    s3.put("bucket", "k", "x");
    auto input = attributes_input("k");
    CHECK_FALSE(s3.call<api::GetObjectAttributes>(input).ObjectParts);
    input.ObjectAttributes = {"ObjectSize"};
    const auto output = s3.call<api::GetObjectAttributes>(input);
    CHECK(*output.ObjectSize == 1);
    CHECK_FALSE(output.ETag);
    CHECK_FALSE(output.Checksum);
    input.Key = "absent";
    CHECK(s3.refused<api::GetObjectAttributes>(input).code() == "NoSuchKey");
}

TEST_CASE("A repeated CompleteMultipartUpload gets the same answer, and nothing happens twice") {
    Uploads s3;
    const std::string upload = s3.begin({});
    const auto part = s3.part(upload, 1, "only");
    const auto input = Uploads::complete_input(upload, {part});
    const auto first = s3.call<api::CompleteMultipartUpload>(input);
    s3.put("bucket", "m", "written since");
    const auto again = s3.call<api::CompleteMultipartUpload>(input);
    CHECK(*again.ETag == *first.ETag);
    CHECK(*again.Location == *first.Location);
    CHECK(*again.ChecksumCRC64NVME == *first.ChecksumCRC64NVME);
    CHECK(s3.get("bucket", "m").body == "written since");
    auto other = input;
    other.MultipartUpload->Parts->at(0).ETag = "\"d41d8cd98f00b204e9800998ecf8427e\"";
    CHECK(s3.refused<api::CompleteMultipartUpload>(other).code() == "NoSuchUpload");
    // A day later it is forgotten: completing another upload sweeps.
    s3.harness.clock().set(s3.harness.clock().now() + std::chrono::hours(25));
    const std::string next = s3.begin({});
    s3.call<api::CompleteMultipartUpload>(Uploads::complete_input(next, {s3.part(next, 1, "x")}));
    CHECK(s3.refused<api::CompleteMultipartUpload>(input).code() == "NoSuchUpload");
}

TEST_CASE("DeleteObjects deletes by ETag and refuses what AWS keeps for directory buckets") {
    S3 s3;
    s3.create("bucket");
    const std::string etag = *s3.put("bucket", "k", "x").ETag;
    api::DeleteObjects::Input input;
    input.Bucket = "bucket";
    auto& object = input.Delete.emplace().Objects.emplace().emplace_back();
    object.Key = "k";
    object.ETag = "\"other\"";
    CHECK(*s3.call<api::DeleteObjects>(input).Errors->at(0).Code == "PreconditionFailed");
    object.ETag = etag;
    object.Size = 1;
    CHECK(*s3.call<api::DeleteObjects>(input).Errors->at(0).Code == "NotImplemented");
    object.Size.reset();
    CHECK(s3.call<api::DeleteObjects>(input).Deleted->size() == 1);
}

}  // namespace fogbank::s3::test
