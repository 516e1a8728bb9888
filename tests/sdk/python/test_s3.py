"""S3: buckets, objects, listings, multipart uploads, presigned URLs, notifications."""
import base64
import hashlib
import io
import os
import socket
import time
import urllib.error
import urllib.request
import zlib

import pytest

from buckets import PATH_STYLE, new_name, refused


def test_buckets_are_created_listed_located_and_deleted(s3, bucket):
    assert bucket in [b["Name"] for b in s3.list_buckets()["Buckets"]]
    assert s3.get_bucket_location(Bucket=bucket)["LocationConstraint"] is None
    assert s3.head_bucket(Bucket=bucket)["BucketRegion"] == "us-east-1"
    s3.create_bucket(Bucket=bucket)
    s3.delete_bucket(Bucket=bucket)
    assert refused(s3.head_bucket, Bucket=bucket)["Error"]["Code"] == "404"
    error = refused(s3.delete_bucket, Bucket=bucket)
    assert error["Error"]["Code"] == "NoSuchBucket"
    assert error["Error"]["BucketName"] == bucket
    assert error["ResponseMetadata"]["HTTPStatusCode"] == 404


def test_a_region_needs_its_location_constraint(client):
    west = client("s3", region="eu-west-1", config=PATH_STYLE)
    name = new_name()
    assert refused(west.create_bucket, Bucket=name)["Error"]["Code"] == "IllegalLocationConstraintException"
    west.create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    assert west.get_bucket_location(Bucket=name)["LocationConstraint"] == "eu-west-1"
    located = {"LocationConstraint": "eu-west-1"}
    error = refused(west.create_bucket, Bucket=name, CreateBucketConfiguration=located)
    assert error["Error"]["Code"] == "BucketAlreadyOwnedByYou"


def test_an_object_round_trips_with_its_headers(s3, bucket):
    for body in (b"", b"hello", os.urandom(300_000)):
        put = s3.put_object(Bucket=bucket, Key="a/b c+d\u00e9.txt", Body=body, ContentType="text/x",
                            CacheControl="no-cache", Metadata={"color": "blue"}, StorageClass="STANDARD_IA")
        assert put["ETag"] == '"%s"' % hashlib.md5(body).hexdigest()
        assert put["ServerSideEncryption"] == "AES256"
        assert put["ChecksumCRC32"] == base64.b64encode(zlib.crc32(body).to_bytes(4, "big")).decode()
        got = s3.get_object(Bucket=bucket, Key="a/b c+d\u00e9.txt")
        assert got["Body"].read() == body
        assert (got["ContentType"], got["CacheControl"], got["Metadata"], got["StorageClass"]) == \
            ("text/x", "no-cache", {"color": "blue"}, "STANDARD_IA")
        head = s3.head_object(Bucket=bucket, Key="a/b c+d\u00e9.txt", ChecksumMode="ENABLED")
        assert head["ContentLength"] == len(body)
        assert head["ChecksumType"] == "FULL_OBJECT"


def test_a_stream_of_unknown_checksum_comes_in_chunks_with_a_trailer(s3, bucket):
    class Unseekable(io.RawIOBase):
        def __init__(self, data):
            self.inner = io.BytesIO(data)

        def readable(self):
            return True

        def read(self, size=-1):
            return self.inner.read(size)

    data = os.urandom(200_000)
    s3.upload_fileobj(Unseekable(data), bucket, "stream")
    assert s3.get_object(Bucket=bucket, Key="stream")["Body"].read() == data


def test_ranges_and_conditions(s3, bucket):
    etag = s3.put_object(Bucket=bucket, Key="k", Body=b"0123456789")["ETag"]
    part = s3.get_object(Bucket=bucket, Key="k", Range="bytes=2-4")
    assert (part["Body"].read(), part["ContentRange"]) == (b"234", "bytes 2-4/10")
    assert part["ResponseMetadata"]["HTTPStatusCode"] == 206
    assert s3.get_object(Bucket=bucket, Key="k", Range="bytes=-3")["Body"].read() == b"789"
    place = {"Bucket": bucket, "Key": "k"}
    assert refused(s3.get_object, Range="bytes=10-", **place)["Error"]["Code"] == "InvalidRange"
    assert refused(s3.get_object, IfNoneMatch=etag, **place)["Error"]["Code"] == "304"
    assert refused(s3.get_object, IfMatch='"x"', **place)["Error"]["Code"] == "PreconditionFailed"
    assert refused(s3.put_object, Body=b"", IfNoneMatch="*", **place)["Error"]["Code"] == "PreconditionFailed"
    assert refused(s3.get_object, Bucket=bucket, Key="absent")["Error"]["Key"] == "absent"


def test_presigned_urls_work_and_expire(s3, bucket):
    url = s3.generate_presigned_url("put_object", Params={"Bucket": bucket, "Key": "k"}, ExpiresIn=60)
    with urllib.request.urlopen(urllib.request.Request(url, data=b"presigned", method="PUT")) as answer:
        assert answer.status == 200
    url = s3.generate_presigned_url("get_object", Params={"Bucket": bucket, "Key": "k",
                                                          "ResponseContentType": "text/html"}, ExpiresIn=60)
    with urllib.request.urlopen(url) as answer:
        assert answer.read() == b"presigned"
        assert answer.headers["Content-Type"] == "text/html"
    expired = s3.generate_presigned_url("get_object", Params={"Bucket": bucket, "Key": "k"}, ExpiresIn=1)
    time.sleep(2.1)  # the signature's own clock is the system's
    with pytest.raises(urllib.error.HTTPError) as caught:
        urllib.request.urlopen(expired)
    assert caught.value.code == 403
    assert b"<Message>Request has expired</Message>" in caught.value.read()


def test_copies(s3, bucket):
    s3.put_object(Bucket=bucket, Key="from +1", Body=b"body", Metadata={"a": "1"})
    s3.copy_object(Bucket=bucket, Key="to", CopySource={"Bucket": bucket, "Key": "from +1"})
    got = s3.get_object(Bucket=bucket, Key="to")
    assert (got["Body"].read(), got["Metadata"]) == (b"body", {"a": "1"})
    itself = {"Bucket": bucket, "Key": "to", "CopySource": bucket + "/to"}
    s3.copy_object(MetadataDirective="REPLACE", Metadata={"b": "2"}, **itself)
    assert s3.head_object(Bucket=bucket, Key="to")["Metadata"] == {"b": "2"}
    assert refused(s3.copy_object, **itself)["Error"]["Code"] == "InvalidRequest"


def test_listings_page_and_roll_up(s3, bucket):
    keys = ["a/%02d" % i for i in range(30)] + ["b", "c d", "\u00e9"]
    for key in keys:
        s3.put_object(Bucket=bucket, Key=key, Body=b"x")
    paginator = s3.get_paginator("list_objects_v2")
    pages = list(paginator.paginate(Bucket=bucket, PaginationConfig={"PageSize": 7}))
    assert [o["Key"] for page in pages for o in page["Contents"]] == sorted(keys, key=lambda k: k.encode())
    assert len(pages) == 5
    rolled = s3.list_objects_v2(Bucket=bucket, Delimiter="/")
    assert [p["Prefix"] for p in rolled["CommonPrefixes"]] == ["a/"]
    assert [o["Key"] for o in rolled["Contents"]] == ["b", "c d", "\u00e9"]
    assert [o["Key"] for o in s3.list_objects(Bucket=bucket, Prefix="c")["Contents"]] == ["c d"]
    answer = s3.delete_objects(Bucket=bucket, Delete={"Objects": [{"Key": key} for key in keys]})
    assert len(answer["Deleted"]) == len(keys)
    assert s3.list_objects_v2(Bucket=bucket)["KeyCount"] == 0


def test_a_large_file_goes_up_in_parts_and_comes_down(s3, bucket, tmp_path):
    source = tmp_path / "large"
    source.write_bytes(os.urandom(20 * 1024 * 1024 + 17))
    s3.upload_file(str(source), bucket, "large")
    assert s3.head_object(Bucket=bucket, Key="large")["ETag"].endswith('-3"')
    s3.download_file(bucket, "large", str(tmp_path / "back"))
    assert (tmp_path / "back").read_bytes() == source.read_bytes()
    copied = s3.copy_object(Bucket=bucket, Key="copy", CopySource=bucket + "/large")
    assert copied["CopyObjectResult"]["ETag"] == '"%s"' % hashlib.md5(source.read_bytes()).hexdigest()


def test_an_upload_can_be_aborted(s3, bucket):
    upload = s3.create_multipart_upload(Bucket=bucket, Key="k")["UploadId"]
    part = s3.upload_part(Bucket=bucket, Key="k", UploadId=upload, PartNumber=1, Body=b"x")
    listed = s3.list_parts(Bucket=bucket, Key="k", UploadId=upload)["Parts"]
    assert [p["ETag"] for p in listed] == [part["ETag"]]
    assert s3.list_multipart_uploads(Bucket=bucket)["Uploads"][0]["UploadId"] == upload
    s3.abort_multipart_upload(Bucket=bucket, Key="k", UploadId=upload)
    assert refused(s3.list_parts, Bucket=bucket, Key="k", UploadId=upload)["Error"]["Code"] == "NoSuchUpload"


def test_a_notification_to_no_function_is_refused(s3, bucket, account):
    configuration = {"LambdaFunctionConfigurations": [{
        "LambdaFunctionArn": "arn:aws:lambda:us-east-1:%s:function:absent" % account,
        "Events": ["s3:ObjectCreated:*"],
        "Filter": {"Key": {"FilterRules": [{"Name": "suffix", "Value": ".csv"}]}}}]}
    error = refused(s3.put_bucket_notification_configuration, Bucket=bucket,
                    NotificationConfiguration=configuration)
    assert error["Error"]["Message"] == "Unable to validate the following destination configurations"
    s3.put_bucket_notification_configuration(Bucket=bucket, NotificationConfiguration=configuration,
                                             SkipDestinationValidation=True)
    rule = s3.get_bucket_notification_configuration(Bucket=bucket)["LambdaFunctionConfigurations"][0]
    assert rule["Filter"] == {"Key": {"FilterRules": [{"Name": "Suffix", "Value": ".csv"}]}}


def test_what_is_not_served_says_so(s3, bucket):
    error = refused(s3.get_bucket_metadata_table_configuration, Bucket=bucket)
    assert error["Error"]["Code"] == "NotImplemented"
    assert error["ResponseMetadata"]["HTTPStatusCode"] == 501


def test_virtual_hosted_buckets_are_the_same_buckets(endpoint, account, s3, bucket):
    host = endpoint.replace("http://127.0.0.1", bucket + ".s3.localhost.localstack.cloud")
    scope = account + "/20260101/us-east-1/s3/aws4_request"
    headers = {"Host": host, "x-amz-date": "20260101T000000Z",
               "Authorization": "AWS4-HMAC-SHA256 Credential=%s, SignedHeaders=host, Signature=0" % scope}
    request = urllib.request.Request(endpoint + "/key%20one", data=b"virtual", method="PUT", headers=headers)
    with urllib.request.urlopen(request) as answer:
        assert answer.status == 200
    assert s3.get_object(Bucket=bucket, Key="key one")["Body"].read() == b"virtual"


def test_a_client_that_goes_away_in_the_middle_of_a_file_harms_nobody(endpoint, s3, bucket):
    s3.put_object(Bucket=bucket, Key="large", Body=b"x" * (32 << 20))
    host, port = endpoint.removeprefix("http://").split(":")
    url = s3.generate_presigned_url("get_object", Params={"Bucket": bucket, "Key": "large"})
    for _ in range(5):
        with socket.create_connection((host, int(port))) as raw:
            head = "GET %s HTTP/1.1\r\nHost: %s:%s\r\n\r\n" % (url.removeprefix(endpoint), host, port)
            raw.sendall(head.encode())
            assert raw.recv(1000).startswith(b"HTTP/1.1 200")
    assert s3.head_object(Bucket=bucket, Key="large")["ContentLength"] == 32 << 20


def test_a_body_of_another_hash_or_without_a_length_is_refused(s3, bucket, endpoint, account):
    scope = "AWS4-HMAC-SHA256 Credential=%s/20260101/us-east-1/s3/aws4_request" % account
    claimed = hashlib.sha256(b"what was signed").hexdigest()
    headers = {"Authorization": scope, "x-amz-content-sha256": claimed}
    put = urllib.request.Request(f"{endpoint}/{bucket}/key", b"what came", headers, method="PUT")
    with pytest.raises(urllib.error.HTTPError) as mismatch:
        urllib.request.urlopen(put)
    body = mismatch.value.read().decode()
    assert mismatch.value.code == 400
    assert "<Code>XAmzContentSHA256Mismatch</Code>" in body
    assert "<ClientComputedContentSHA256>%s</ClientComputedContentSHA256>" % claimed in body
    host, port = endpoint.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port))) as raw:
        lines = (f"PUT /{bucket}/key HTTP/1.1", f"Host: {host}:{port}", f"Authorization: {scope}", "", "")
        raw.sendall("\r\n".join(lines).encode())
        answer = raw.recv(4000).decode()
    assert answer.startswith("HTTP/1.1 411 Length Required\r\n")
    assert "<Code>MissingContentLength</Code>" in answer
    assert "Contents" not in s3.list_objects_v2(Bucket=bucket)


def test_a_sub_resource_that_a_method_lacks_is_not_the_plain_operation(s3, bucket, endpoint, account):
    s3.put_object(Bucket=bucket, Key="key", Body=b"kept")
    scope = "AWS4-HMAC-SHA256 Credential=%s/20260101/us-east-1/s3/aws4_request" % account
    for method, target in (("DELETE", "?acl"), ("DELETE", "?versioning"), ("PUT", "?uploads"),
                           ("DELETE", "/key?acl"), ("PUT", "/key?torrent"), ("PUT", "/key?uploadId=x"),
                           ("GET", "/key?uploads")):
        body = b"other" if method == "PUT" else None
        url = f"{endpoint}/{bucket}{target}"
        request = urllib.request.Request(url, body, {"Authorization": scope}, method=method)
        with pytest.raises(urllib.error.HTTPError) as wrong:
            urllib.request.urlopen(request)
        assert wrong.value.code == 405, target
        assert b"<Code>MethodNotAllowed</Code>" in wrong.value.read(), target
    assert s3.get_object(Bucket=bucket, Key="key")["Body"].read() == b"kept"


def test_parts_can_be_copied(s3, bucket):
    source = os.urandom(6 << 20)
    s3.put_object(Bucket=bucket, Key="from", Body=source)
    upload = s3.create_multipart_upload(Bucket=bucket, Key="to")["UploadId"]
    parts = []
    for number, span in ((1, "bytes=0-5242879"), (2, "bytes=5242880-5242889")):
        answer = s3.upload_part_copy(Bucket=bucket, Key="to", UploadId=upload, PartNumber=number,
                                     CopySource={"Bucket": bucket, "Key": "from"}, CopySourceRange=span)
        parts.append({"PartNumber": number, "ETag": answer["CopyPartResult"]["ETag"]})
    error = refused(s3.upload_part_copy, Bucket=bucket, Key="to", UploadId=upload, PartNumber=3,
                    CopySource={"Bucket": bucket, "Key": "from"}, CopySourceRange="bytes=0-%d" % len(source))
    assert error["Error"]["Code"] == "InvalidArgument"
    s3.complete_multipart_upload(Bucket=bucket, Key="to", UploadId=upload, MultipartUpload={"Parts": parts})
    assert s3.get_object(Bucket=bucket, Key="to")["Body"].read() == source[:5242890]


def test_a_condition_that_is_no_date_is_ignored(s3, bucket):
    s3.put_object(Bucket=bucket, Key="k", Body=b"x")
    url = s3.generate_presigned_url("get_object", Params={"Bucket": bucket, "Key": "k"})
    for name in ["If-Modified-Since", "If-Unmodified-Since"]:
        request = urllib.request.Request(url, headers={name: "nonsense"})
        with urllib.request.urlopen(request) as answer:
            assert answer.read() == b"x"


def test_an_expected_owner_has_to_be_an_account(s3, bucket):
    error = refused(s3.list_objects_v2, Bucket=bucket, ExpectedBucketOwner="me")["Error"]
    assert error["Code"] == "InvalidBucketOwnerAWSAccountID"


def test_attributes_have_to_be_named(s3, bucket):
    s3.put_object(Bucket=bucket, Key="k", Body=b"x")
    error = refused(s3.get_object_attributes, Bucket=bucket, Key="k", ObjectAttributes=[])["Error"]
    assert error["Code"] == "InvalidRequest"


def test_a_redirect_location_has_to_be_a_url_or_a_path(s3, bucket):
    error = refused(s3.put_object, Bucket=bucket, Key="k", WebsiteRedirectLocation="elsewhere")["Error"]
    assert error["Code"] == "InvalidRedirectLocation"
