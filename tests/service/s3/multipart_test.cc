#include "tests/service/s3/fixture.h"

#include "services/s3/model/abort_multipart_upload.h"
#include "services/s3/model/complete_multipart_upload.h"
#include "services/s3/model/create_multipart_upload.h"
#include "services/s3/model/get_object.h"
#include "services/s3/model/list_multipart_uploads.h"
#include "services/s3/model/list_parts.h"
#include "services/s3/model/upload_part.h"
#include "services/s3/model/upload_part_copy.h"
#include "src/base/bytes.h"
#include "src/base/digest.h"

namespace fogbank::s3::test {

namespace {

class Upload {
public:
    explicit Upload(S3& s3, const std::string& algorithm = "", const std::string& type = "") : s3_(s3) {
        s3.create("bucket");
        api::CreateMultipartUpload::Input input;
        input.Bucket = "bucket";
        input.Key = "k";
        input.ContentType = "text/csv";
        if (!algorithm.empty()) input.ChecksumAlgorithm = algorithm;
        if (!type.empty()) input.ChecksumType = type;
        id = *s3.call<api::CreateMultipartUpload>(input).UploadId;
    }
    std::string part(int number, std::string body) {
        api::UploadPart::Input input;
        input.Bucket = "bucket";
        input.Key = "k";
        input.UploadId = id;
        input.PartNumber = number;
        auto answer = s3_.harness.call_streaming<api::UploadPart>(input, std::move(body));
        return *static_cast<api::UploadPart::Output*>(answer.value.get())->ETag;
    }
    api::CompleteMultipartUpload::Input complete_input(
        const std::vector<std::pair<int, std::string>>& parts) const {
        api::CompleteMultipartUpload::Input input;
        input.Bucket = "bucket";
        input.Key = "k";
        input.UploadId = id;
        auto& list = input.MultipartUpload.emplace().Parts.emplace();
        for (const auto& [number, etag] : parts) {
            list.emplace_back().PartNumber = number;
            list.back().ETag = etag;
        }
        return input;
    }
    std::string id;

private:
    S3& s3_;
};

const std::string kFirst(5 << 20, 'a');

}  // namespace

TEST_CASE("Parts become one object, with the etag of their digests and a checksum of the whole") {
    S3 s3;
    Upload upload(s3);
    const std::string second = upload.part(2, "tail");
    const std::string replaced = upload.part(1, "to be replaced");
    const std::string first = upload.part(1, kFirst);
    const auto output =
        s3.call<api::CompleteMultipartUpload>(upload.complete_input({{1, first}, {2, second}}));
    const std::string etag =
        md5_hex(digest(DigestKind::md5, kFirst) + digest(DigestKind::md5, "tail")) + "-2";
    CHECK(*output.ETag == "\"" + etag + "\"");
    CHECK(*output.ChecksumCRC64NVME == base64_encode(digest(DigestKind::crc64nvme, kFirst + "tail")));
    CHECK(*output.ChecksumType == "FULL_OBJECT");
    CHECK(*output.Location == "http://localhost:4566/bucket/k");
    const auto got = s3.get("bucket", "k");
    CHECK(got.body == kFirst + "tail");
    CHECK(*got.output.ContentType == "text/csv");
    auto input = S3::get_input("bucket", "k");
    input.PartNumber = 2;
    const auto part = s3.get(input);
    CHECK(part.status == 206);
    CHECK(part.body == "tail");
    CHECK(*part.output.PartsCount == 2);
    CHECK(*part.output.ContentRange == "bytes 5242880-5242883/5242884");
    input.PartNumber = 3;
    CHECK(s3.refused<api::GetObject>(input).code() == "InvalidPartNumber");
    CHECK(s3.refused<api::CompleteMultipartUpload>(upload.complete_input({{1, first}})).code() ==
          "NoSuchUpload");
}

TEST_CASE("A composite checksum is that of the parts' checksums") {
    S3 s3;
    Upload upload(s3, "SHA256");
    const std::string etag = upload.part(1, "tail");
    auto input = upload.complete_input({{1, etag}});
    const Error missing = s3.refused<api::CompleteMultipartUpload>(input);
    CHECK(missing.message() ==
          "The upload was created using a sha256 checksum. The complete request must include the checksum "
          "for each "
          "part. It was missing for part 1 in the request.");
    const std::string part_checksum = digest(DigestKind::sha256, "tail");
    input.MultipartUpload->Parts->front().ChecksumSHA256 = base64_encode(part_checksum);
    const auto output = s3.call<api::CompleteMultipartUpload>(input);
    CHECK(*output.ChecksumSHA256 == base64_encode(digest(DigestKind::sha256, part_checksum)) + "-1");
    CHECK(*output.ChecksumType == "COMPOSITE");
}

TEST_CASE("Lists of parts that do not fit are refused in AWS's words") {
    S3 s3;
    Upload upload(s3);
    const std::string one = upload.part(1, "small");
    const std::string two = upload.part(2, "small too");
    const Error small = s3.refused<api::CompleteMultipartUpload>(upload.complete_input({{1, one}, {2, two}}));
    CHECK(small.code() == "EntityTooSmall");
    CHECK(detail(small, "MinSizeAllowed") == "5242880");
    CHECK(s3.refused<api::CompleteMultipartUpload>(upload.complete_input({{2, two}, {1, one}})).code() ==
          "InvalidPartOrder");
    CHECK(s3.refused<api::CompleteMultipartUpload>(upload.complete_input({{1, two}})).code() ==
          "InvalidPart");
    CHECK(s3.refused<api::CompleteMultipartUpload>(upload.complete_input({{3, one}})).code() ==
          "InvalidPart");
    CHECK(s3.refused<api::CompleteMultipartUpload>(upload.complete_input({})).code() == "MalformedXML");
    api::UploadPart::Input bad;
    bad.Bucket = "bucket";
    bad.Key = "k";
    bad.UploadId = upload.id;
    bad.PartNumber = 10'001;
    CHECK(s3.refused_body<api::UploadPart>(bad, "x").message() ==
          "Part number must be an integer between 1 and 10000, inclusive");
}

TEST_CASE("A part can be copied from a range of another object, inline or in a file") {
    S3 s3;
    Upload upload(s3);
    s3.put("bucket", "file", std::string(100'000, 'x') + "0123456789");
    s3.put("bucket", "inline", "abcdef");
    api::UploadPartCopy::Input input;
    input.Bucket = "bucket";
    input.Key = "k";
    input.UploadId = upload.id;
    input.PartNumber = 1;
    input.CopySource = "bucket/file";
    input.CopySourceRange = "bytes=100002-100005";
    const auto output = s3.call<api::UploadPartCopy>(input);
    CHECK(*output.CopyPartResult->ETag == "\"" + md5_hex("2345") + "\"");
    input.CopySource = "bucket/inline";
    input.CopySourceRange = "bytes=1-3";
    CHECK(*s3.call<api::UploadPartCopy>(input).CopyPartResult->ETag == "\"" + md5_hex("bcd") + "\"");
    input.CopySourceRange.reset();
    const std::string etag = *s3.call<api::UploadPartCopy>(input).CopyPartResult->ETag;
    input.CopySourceRange = "bytes=1-6";
    CHECK(s3.refused<api::UploadPartCopy>(input).message() ==
          "Range specified is not valid for source object of size: 6");
    input.CopySourceRange = "bytes=1-";
    CHECK(s3.refused<api::UploadPartCopy>(input).code() == "InvalidArgument");
    s3.call<api::CompleteMultipartUpload>(upload.complete_input({{1, etag}}));
    CHECK(s3.get("bucket", "k").body == "abcdef");
}

TEST_CASE("Parts and uploads are listed in pages, and an aborted upload is gone") {
    S3 s3;
    Upload upload(s3);
    upload.part(1, "one");
    upload.part(7, "seven");
    api::ListParts::Input input;
    input.Bucket = "bucket";
    input.Key = "k";
    input.UploadId = upload.id;
    input.MaxParts = 1;
    auto page = s3.call<api::ListParts>(input);
    REQUIRE(page.Parts->size() == 1);
    CHECK(*page.IsTruncated);
    CHECK(*page.NextPartNumberMarker == 1);
    input.PartNumberMarker = page.NextPartNumberMarker;
    page = s3.call<api::ListParts>(input);
    CHECK(*page.Parts->front().PartNumber == 7);
    CHECK(*page.Parts->front().Size == 5);
    CHECK_FALSE(*page.IsTruncated);
    api::ListMultipartUploads::Input uploads;
    uploads.Bucket = "bucket";
    CHECK(*s3.call<api::ListMultipartUploads>(uploads).Uploads->front().UploadId == upload.id);
    api::AbortMultipartUpload::Input abort;
    abort.Bucket = "bucket";
    abort.Key = "k";
    abort.UploadId = upload.id;
    s3.call<api::AbortMultipartUpload>(abort);
    CHECK_FALSE(s3.call<api::ListMultipartUploads>(uploads).Uploads);
    const Error gone = s3.refused<api::AbortMultipartUpload>(abort);
    CHECK(gone.code() == "NoSuchUpload");
    CHECK(gone.http_status() == 404);
}

TEST_CASE("Checksum types that an algorithm does not have are refused") {
    S3 s3;
    s3.create("bucket");
    api::CreateMultipartUpload::Input input;
    input.Bucket = "bucket";
    input.Key = "k";
    input.ChecksumType = "FULL_OBJECT";
    CHECK(s3.refused<api::CreateMultipartUpload>(input).code() == "InvalidRequest");
    input.ChecksumAlgorithm = "SHA256";
    CHECK(s3.refused<api::CreateMultipartUpload>(input).message() ==
          "The FULL_OBJECT checksum type cannot be used with the sha256 checksum algorithm.");
    input.ChecksumAlgorithm = "CRC32";
    CHECK(*s3.call<api::CreateMultipartUpload>(input).ChecksumType == "FULL_OBJECT");
}

}  // namespace fogbank::s3::test
