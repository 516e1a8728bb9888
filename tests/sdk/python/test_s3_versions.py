"""S3: versions, delete markers and their listing."""

import re

import pytest

from buckets import new_name, refused


@pytest.fixture
def bucket(s3):
    name = new_name()
    s3.create_bucket(Bucket=name)
    s3.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Enabled"})
    return name


def test_versioning_is_enabled_suspended_and_told(s3, bucket):
    assert s3.get_bucket_versioning(Bucket=bucket)["Status"] == "Enabled"
    s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Suspended"})
    assert s3.get_bucket_versioning(Bucket=bucket)["Status"] == "Suspended"
    error = refused(s3.put_bucket_versioning, Bucket=bucket,
                    VersioningConfiguration={"Status": "Enabled", "MFADelete": "Enabled"})
    assert error["Error"]["Code"] == "AccessDenied"


def test_versions_are_kept_read_copied_and_erased(s3, bucket):
    first = s3.put_object(Bucket=bucket, Key="k", Body=b"first")["VersionId"]
    second = s3.put_object(Bucket=bucket, Key="k", Body=b"2" * 200_000)["VersionId"]
    got = s3.get_object(Bucket=bucket, Key="k")
    assert (got["Body"].read(), got["VersionId"]) == (b"2" * 200_000, second)
    assert s3.get_object(Bucket=bucket, Key="k", VersionId=first)["Body"].read() == b"first"
    assert s3.head_object(Bucket=bucket, Key="k", VersionId=first)["ContentLength"] == 5
    source = {"Bucket": bucket, "Key": "k", "VersionId": first}
    copied = s3.copy_object(Bucket=bucket, Key="k", CopySource=source)
    assert copied["CopySourceVersionId"] == first
    assert s3.get_object(Bucket=bucket, Key="k")["Body"].read() == b"first"
    s3.delete_object(Bucket=bucket, Key="k", VersionId=copied["VersionId"])
    assert s3.get_object(Bucket=bucket, Key="k")["VersionId"] == second
    error = refused(s3.get_object, Bucket=bucket, Key="k", VersionId=copied["VersionId"])
    assert error["Error"]["Code"] == "NoSuchVersion"


def test_a_delete_marker_hides_the_key_until_it_is_erased(s3, bucket):
    s3.put_object(Bucket=bucket, Key="k", Body=b"x")
    marker = s3.delete_object(Bucket=bucket, Key="k")
    assert marker["DeleteMarker"] is True
    error = refused(s3.get_object, Bucket=bucket, Key="k")
    assert error["Error"]["Code"] == "NoSuchKey"
    assert error["ResponseMetadata"]["HTTPHeaders"]["x-amz-delete-marker"] == "true"
    error = refused(s3.head_object, Bucket=bucket, Key="k", VersionId=marker["VersionId"])
    assert error["ResponseMetadata"]["HTTPStatusCode"] == 405
    assert error["ResponseMetadata"]["HTTPHeaders"]["allow"] == "DELETE"
    assert "Contents" not in s3.list_objects_v2(Bucket=bucket)
    s3.delete_object(Bucket=bucket, Key="k", VersionId=marker["VersionId"])
    assert s3.get_object(Bucket=bucket, Key="k")["Body"].read() == b"x"


def test_versions_are_listed_in_pages_and_all_erased(s3, bucket):
    for i in range(5):
        for key in ("a", "b/1", "b/2"):
            s3.put_object(Bucket=bucket, Key=key, Body=b"%d" % i)
    s3.delete_object(Bucket=bucket, Key="a")
    pages = s3.get_paginator("list_object_versions").paginate(Bucket=bucket, PaginationConfig={"PageSize": 4})
    found = [(v["Key"], v["VersionId"]) for page in pages
             for v in page.get("Versions", []) + page.get("DeleteMarkers", [])]
    assert len(found) == len(set(found)) == 16
    listed = s3.list_object_versions(Bucket=bucket, Delimiter="/")
    assert [p["Prefix"] for p in listed["CommonPrefixes"]] == ["b/"]
    assert [v["IsLatest"] for v in listed["DeleteMarkers"]] == [True]
    assert not any(v["IsLatest"] for v in listed["Versions"])
    assert refused(s3.delete_bucket, Bucket=bucket)["Error"]["Code"] == "BucketNotEmpty"
    objects = [{"Key": key, "VersionId": version} for key, version in found]
    assert len(s3.delete_objects(Bucket=bucket, Delete={"Objects": objects})["Deleted"]) == 16
    s3.delete_bucket(Bucket=bucket)


def test_versions_and_delete_markers_stand_in_one_order(s3, bucket):
    s3.put_object(Bucket=bucket, Key="a", Body=b"x")
    s3.delete_object(Bucket=bucket, Key="a")
    s3.put_object(Bucket=bucket, Key="a", Body=b"x")
    s3.delete_object(Bucket=bucket, Key="b")
    texts = []
    s3.meta.events.register("after-call", lambda http_response, **_: texts.append(http_response.text))
    s3.list_object_versions(Bucket=bucket)
    order = re.findall(r"<(Version|DeleteMarker|Key)>", texts[0])
    assert order == ["Version", "Key", "DeleteMarker", "Key", "Version", "Key", "DeleteMarker", "Key"]


def test_versions_tell_of_their_restored_copies(s3, bucket):
    s3.put_object(Bucket=bucket, Key="k", Body=b"x", StorageClass="GLACIER")
    s3.restore_object(Bucket=bucket, Key="k", RestoreRequest={"Days": 1})
    assert "RestoreStatus" not in s3.list_object_versions(Bucket=bucket)["Versions"][0]
    listed = s3.list_object_versions(Bucket=bucket, OptionalObjectAttributes=["RestoreStatus"])
    assert listed["Versions"][0]["RestoreStatus"]["IsRestoreInProgress"] is False
