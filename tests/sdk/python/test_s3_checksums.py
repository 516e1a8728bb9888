"""S3: checksums of every algorithm, attributes of objects, conditional and repeated writes."""
import base64
import hashlib
import urllib.error
import urllib.request
import zlib

from buckets import refused

PART = b"p" * (5 << 20)


def test_newer_checksums_are_checked_and_kept(s3, bucket):
    place = {"Bucket": bucket, "Key": "k"}
    given = {"ChecksumSHA512": base64.b64encode(hashlib.sha512(b"hello world").digest()).decode(),
             "ChecksumXXHASH64": base64.b64encode(bytes.fromhex("45ab6734b21e6968")).decode(),
             "ChecksumXXHASH3": base64.b64encode(bytes.fromhex("d447b1ea40e6988b")).decode(),
             "ChecksumXXHASH128":
                 base64.b64encode(bytes.fromhex("df8d09e93f874900a99b8775cc15b6c7")).decode()}
    for member, value in given.items():
        assert s3.put_object(Body=b"hello world", **{member: value}, **place)[member] == value
        head = s3.head_object(ChecksumMode="ENABLED", **place)
        assert (head[member], head["ChecksumType"]) == (value, "FULL_OBJECT")
        error = refused(s3.put_object, Body=b"hello worlD", **{member: value}, **place)["Error"]
        assert error["Code"] == "BadDigest"


def test_attributes_of_a_multipart_object_come_in_pages(s3, bucket):
    upload = {"Bucket": bucket, "Key": "m"}
    upload["UploadId"] = s3.create_multipart_upload(ChecksumAlgorithm="SHA256", **upload)["UploadId"]
    parts = []
    for number, body in enumerate((PART, b"end"), 1):
        part = s3.upload_part(PartNumber=number, Body=body, ChecksumAlgorithm="SHA256", **upload)
        parts.append({"PartNumber": number, "ETag": part["ETag"], "ChecksumSHA256": part["ChecksumSHA256"]})
    listed = s3.list_parts(**upload)["Parts"]
    assert [part["ChecksumSHA256"] for part in listed] == [part["ChecksumSHA256"] for part in parts]
    done = s3.complete_multipart_upload(MultipartUpload={"Parts": parts}, **upload)
    again = s3.complete_multipart_upload(MultipartUpload={"Parts": parts}, **upload)
    assert (again["ETag"], again["ChecksumSHA256"]) == (done["ETag"], done["ChecksumSHA256"])
    names = ["ETag", "Checksum", "ObjectParts", "StorageClass", "ObjectSize"]
    first = s3.get_object_attributes(Bucket=bucket, Key="m", ObjectAttributes=names, MaxParts=1)
    assert '"%s"' % first["ETag"] == done["ETag"]
    assert (first["ObjectSize"], first["StorageClass"]) == (len(PART) + 3, "STANDARD")
    assert first["ObjectParts"]["TotalPartsCount"] == 2
    assert first["ObjectParts"]["IsTruncated"] is True
    second = s3.get_object_attributes(Bucket=bucket, Key="m", ObjectAttributes=names,
                                      PartNumberMarker=first["ObjectParts"]["NextPartNumberMarker"])
    assert [part["Size"] for part in second["ObjectParts"]["Parts"]] == [3]


def test_a_wrong_size_of_the_whole_is_refused(s3, bucket):
    upload = {"Bucket": bucket, "Key": "m"}
    upload["UploadId"] = s3.create_multipart_upload(**upload)["UploadId"]
    part = s3.upload_part(PartNumber=1, Body=b"12345", **upload)
    parts = {"Parts": [{"PartNumber": 1, "ETag": part["ETag"]}]}
    error = refused(s3.complete_multipart_upload, MultipartUpload=parts, MpuObjectSize=4, **upload)["Error"]
    assert error["Code"] == "InvalidRequest"
    s3.complete_multipart_upload(MultipartUpload=parts, MpuObjectSize=5, **upload)


def test_conditional_writes_and_deletes(s3, bucket):
    place = {"Bucket": bucket, "Key": "k"}
    etag = s3.put_object(Body=b"1", IfNoneMatch="*", **place)["ETag"]
    source = {"Bucket": bucket, "Key": "k"}
    error = refused(s3.copy_object, CopySource=source, IfNoneMatch="*", Bucket=bucket, Key="k",
                    MetadataDirective="REPLACE")
    assert error["Error"]["Code"] == "PreconditionFailed"
    assert refused(s3.delete_object, IfMatch='"x"', **place)["Error"]["Code"] == "PreconditionFailed"
    upload = s3.create_multipart_upload(**place)["UploadId"]
    part = s3.upload_part(PartNumber=1, Body=b"2", UploadId=upload, **place)
    parts = {"Parts": [{"PartNumber": 1, "ETag": part["ETag"]}]}
    complete = {"UploadId": upload, "MultipartUpload": parts, **place}
    error = refused(s3.complete_multipart_upload, IfNoneMatch="*", **complete)
    assert error["Error"]["Code"] == "PreconditionFailed"
    s3.complete_multipart_upload(UploadId=upload, MultipartUpload=parts, IfMatch=etag, **place)
    assert s3.get_object(**place)["Body"].read() == b"2"
    listed = s3.delete_objects(Bucket=bucket, Delete={"Objects": [{"Key": "k", "ETag": etag}]})
    assert listed["Errors"][0]["Code"] == "PreconditionFailed"


def test_documents_come_with_the_checksum_that_aws_insists_on(endpoint, account, s3, bucket):
    s3.put_object(Bucket=bucket, Key="k", Body=b"x")
    document = b"<Delete><Object><Key>k</Key></Object></Delete>"

    def delete(**headers):
        headers["Authorization"] = f"AWS4-HMAC-SHA256 Credential={account}/20260101/us-east-1/s3/aws4_request"
        headers["Content-Type"] = "application/xml"
        request = urllib.request.Request(f"{endpoint}/{bucket}?delete", document, headers)
        try:
            with urllib.request.urlopen(request) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()

    status, text = delete()
    assert status == 400
    assert "Missing required header for this request: Content-MD5 OR x-amz-checksum-*</Message>" in text
    status, text = delete(**{"Content-MD5": base64.b64encode(hashlib.md5(b"other").digest()).decode()})
    assert (status, "<Code>BadDigest</Code>" in text) == (400, True)
    checksum = base64.b64encode(zlib.crc32(document).to_bytes(4, "big")).decode()
    status, text = delete(**{"x-amz-checksum-crc32": checksum})
    assert (status, "<Key>k</Key>" in text) == (200, True)
