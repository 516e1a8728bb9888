"""S3: object tags and Object Lock."""
import datetime

import pytest

from buckets import new_name, refused


@pytest.fixture
def locked(s3):
    name = new_name()
    s3.create_bucket(Bucket=name, ObjectLockEnabledForBucket=True)
    return name


def test_tags_are_put_read_counted_and_deleted(s3, bucket):
    place = {"Bucket": bucket, "Key": "k"}
    s3.put_object(Body=b"x", Tagging="a=1&b=%C3%A9", **place)
    assert s3.get_object_tagging(**place)["TagSet"] == [{"Key": "a", "Value": "1"},
                                                        {"Key": "b", "Value": "\u00e9"}]
    tags = [{"Key": "color", "Value": "blue/red"}]
    s3.put_object_tagging(Tagging={"TagSet": tags}, **place)
    assert s3.get_object_tagging(**place)["TagSet"] == tags
    assert s3.get_object(**place)["TagCount"] == 1
    s3.delete_object_tagging(**place)
    assert s3.get_object_tagging(**place)["TagSet"] == []
    many = [{"Key": "k%d" % i, "Value": "v"} for i in range(11)]
    error = refused(s3.put_object_tagging, Tagging={"TagSet": many}, **place)["Error"]
    assert (error["Code"], error["Message"]) == ("BadRequest", "Object tags cannot be greater than 10")


def test_multipart_uploads_carry_tags(s3, bucket):
    upload = s3.create_multipart_upload(Bucket=bucket, Key="m", Tagging="a=1")["UploadId"]
    part = s3.upload_part(Bucket=bucket, Key="m", UploadId=upload, PartNumber=1, Body=b"x")
    parts = [{"PartNumber": 1, "ETag": part["ETag"]}]
    s3.complete_multipart_upload(Bucket=bucket, Key="m", UploadId=upload, MultipartUpload={"Parts": parts})
    assert s3.get_object_tagging(Bucket=bucket, Key="m")["TagSet"] == [{"Key": "a", "Value": "1"}]


def test_a_locked_version_cannot_be_erased(s3, locked):
    until = datetime.datetime.now(datetime.timezone.utc).replace(microsecond=0) + datetime.timedelta(hours=1)
    put = s3.put_object(Bucket=locked, Key="k", Body=b"x", ObjectLockMode="GOVERNANCE",
                        ObjectLockRetainUntilDate=until)
    version = {"Bucket": locked, "Key": "k", "VersionId": put["VersionId"]}
    assert s3.head_object(**version)["ObjectLockRetainUntilDate"] == until
    assert s3.get_object_retention(**version)["Retention"] == {"Mode": "GOVERNANCE", "RetainUntilDate": until}
    error = refused(s3.delete_object, **version)["Error"]
    assert error["Message"] == "Access Denied because object protected by object lock."
    s3.put_object_legal_hold(LegalHold={"Status": "ON"}, **version)
    error = refused(s3.delete_object, BypassGovernanceRetention=True, **version)["Error"]
    assert error["Code"] == "AccessDenied"
    s3.put_object_legal_hold(LegalHold={"Status": "OFF"}, **version)
    s3.delete_object(BypassGovernanceRetention=True, **version)


def test_a_default_retention_is_given_to_new_versions(s3, locked):
    rule = {"DefaultRetention": {"Mode": "COMPLIANCE", "Days": 1}}
    s3.put_object_lock_configuration(
        Bucket=locked, ObjectLockConfiguration={"ObjectLockEnabled": "Enabled", "Rule": rule})
    assert s3.get_object_lock_configuration(Bucket=locked)["ObjectLockConfiguration"]["Rule"] == rule
    version = s3.put_object(Bucket=locked, Key="k", Body=b"x")["VersionId"]
    assert s3.head_object(Bucket=locked, Key="k")["ObjectLockMode"] == "COMPLIANCE"
    place = {"Bucket": locked, "Key": "k", "VersionId": version}
    error = refused(s3.delete_object, BypassGovernanceRetention=True, **place)
    assert error["ResponseMetadata"]["HTTPStatusCode"] == 403


def test_tags_are_not_put_to_what_a_delete_marker_hides(s3, locked):
    s3.put_object(Bucket=locked, Key="k", Body=b"x")
    s3.delete_object(Bucket=locked, Key="k")
    tagging = {"TagSet": [{"Key": "a", "Value": "1"}]}
    error = refused(s3.put_object_tagging, Bucket=locked, Key="k", Tagging=tagging)
    assert error["Error"]["Code"] == "MethodNotAllowed"
    assert refused(s3.get_object_tagging, Bucket=locked, Key="k")["Error"]["Code"] == "NoSuchKey"
