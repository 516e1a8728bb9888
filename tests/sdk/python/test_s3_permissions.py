"""S3: bucket policies, access control lists, and who they let in."""
import json

import boto3
import pytest
from botocore import UNSIGNED
from botocore.config import Config

from buckets import PATH_STYLE, new_name, refused

ALL_USERS = "http://acs.amazonaws.com/groups/global/AllUsers"


@pytest.fixture
def anonymous(endpoint):
    config = PATH_STYLE.merge(Config(signature_version=UNSIGNED))
    return boto3.client("s3", endpoint_url=endpoint, region_name="us-east-1", config=config)


@pytest.fixture
def open_bucket(s3, bucket):
    """A bucket that takes ACLs and public policies, as one has to ask for since April 2023."""
    s3.delete_public_access_block(Bucket=bucket)
    rules = [{"ObjectOwnership": "ObjectWriter"}]
    s3.put_bucket_ownership_controls(Bucket=bucket, OwnershipControls={"Rules": rules})
    return bucket


def code(call, **arguments):
    return refused(call, **arguments)["Error"]["Code"]


def policy(bucket, action, resource, **more):
    statement = {"Effect": "Allow", "Principal": "*", "Action": action, "Resource": resource % bucket, **more}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def test_a_policy_opens_the_listing_to_the_anonymous(s3, anonymous, open_bucket):
    assert code(anonymous.get_bucket_location, Bucket=open_bucket) == "AccessDenied"
    text = policy(open_bucket, "s3:GetBucketLocation", "arn:aws:s3:::%s")
    answer = s3.put_bucket_policy(Bucket=open_bucket, Policy=text)
    assert answer["ResponseMetadata"]["HTTPStatusCode"] == 204
    assert json.loads(s3.get_bucket_policy(Bucket=open_bucket)["Policy"]) == json.loads(text)
    assert s3.get_bucket_policy_status(Bucket=open_bucket)["PolicyStatus"]["IsPublic"] is True
    assert anonymous.get_bucket_location(Bucket=open_bucket)["LocationConstraint"] is None
    s3.delete_bucket_policy(Bucket=open_bucket)
    assert code(s3.get_bucket_policy, Bucket=open_bucket) == "NoSuchBucketPolicy"
    assert code(anonymous.get_bucket_location, Bucket=open_bucket) == "AccessDenied"


def test_a_policy_is_checked(s3, bucket):
    error = refused(s3.put_bucket_policy, Bucket=bucket, Policy="{}")["Error"]
    assert error["Code"] == "MalformedPolicy"
    assert error["Message"] == "Missing required field Statement"
    text = policy("another-bucket", "s3:GetObject", "arn:aws:s3:::%s/*")
    error = refused(s3.put_bucket_policy, Bucket=bucket, Policy=text)["Error"]
    assert error["Message"] == "Policy has invalid resource"
    text = policy(bucket, "s3:GetObject", "arn:aws:s3:::%s/*")
    assert code(s3.put_bucket_policy, Bucket=bucket, Policy=text) == "AccessDenied"


def test_a_buckets_acl(s3, anonymous, open_bucket):
    s3.put_bucket_acl(Bucket=open_bucket, ACL="public-read")
    acl = s3.get_bucket_acl(Bucket=open_bucket)
    assert acl["Grants"][1] == {"Grantee": {"Type": "Group", "URI": ALL_USERS}, "Permission": "READ"}
    assert anonymous.head_bucket(Bucket=open_bucket)["BucketRegion"] == "us-east-1"
    s3.put_bucket_acl(
        Bucket=open_bucket, AccessControlPolicy={"Owner": acl["Owner"], "Grants": acl["Grants"][:1]}
    )
    assert len(s3.get_bucket_acl(Bucket=open_bucket)["Grants"]) == 1
    assert refused(anonymous.head_bucket, Bucket=open_bucket)["ResponseMetadata"]["HTTPStatusCode"] == 403


def test_acls_are_off_in_a_new_bucket(s3, bucket):
    assert code(s3.put_bucket_acl, Bucket=bucket, ACL="public-read") == "AccessControlListNotSupported"
    error = code(s3.create_bucket, Bucket=bucket + "-2", ACL="public-read")
    assert error == "InvalidBucketAclWithObjectOwnership"


def test_an_objects_acl(s3, anonymous, open_bucket):
    s3.put_object(Bucket=open_bucket, Key="k", Body=b"x", ACL="public-read")
    assert anonymous.get_object(Bucket=open_bucket, Key="k")["Body"].read() == b"x"
    assert code(anonymous.get_object, Bucket=open_bucket, Key="absent") == "AccessDenied"
    assert code(anonymous.list_objects_v2, Bucket=open_bucket) == "AccessDenied"
    s3.put_object_acl(Bucket=open_bucket, Key="k", ACL="private")
    assert len(s3.get_object_acl(Bucket=open_bucket, Key="k")["Grants"]) == 1
    assert code(anonymous.get_object, Bucket=open_bucket, Key="k") == "AccessDenied"


def test_a_policy_on_objects(s3, anonymous, open_bucket):
    s3.put_object(Bucket=open_bucket, Key="public/k", Body=b"x")
    s3.put_object(Bucket=open_bucket, Key="private/k", Body=b"x")
    text = policy(open_bucket, "s3:GetObject", "arn:aws:s3:::%s/public/*")
    s3.put_bucket_policy(Bucket=open_bucket, Policy=text)
    assert anonymous.get_object(Bucket=open_bucket, Key="public/k")["Body"].read() == b"x"
    assert code(anonymous.get_object, Bucket=open_bucket, Key="private/k") == "AccessDenied"


def test_the_default_encryption_is_told(s3, bucket):
    rules = [{"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": "key"}}]
    s3.put_bucket_encryption(Bucket=bucket, ServerSideEncryptionConfiguration={"Rules": rules})
    assert s3.put_object(Bucket=bucket, Key="k", Body=b"x")["ServerSideEncryption"] == "aws:kms"
    assert s3.head_object(Bucket=bucket, Key="k")["SSEKMSKeyId"].endswith("key")


@pytest.fixture
def other(endpoint):
    """Another account."""
    return boto3.client(
        "s3", endpoint_url=endpoint, region_name="us-east-1", aws_access_key_id="111122223333",
        aws_secret_access_key="test", config=PATH_STYLE,
    )


def allow(s3, bucket, *actions):
    principal = {"AWS": "111122223333"}
    s3.put_bucket_policy(
        Bucket=bucket, Policy=policy(bucket, list(actions), "arn:aws:s3:::%s/*", Principal=principal)
    )


def test_an_upload_asks_for_the_permission_of_all_that_it_brings(s3, other, open_bucket):
    allow(s3, open_bucket, "s3:PutObject")
    upload = {"Bucket": open_bucket, "Key": "k", "Body": b"x"}
    other.put_object(**upload)
    assert code(other.put_object, **upload, Tagging="a=1") == "AccessDenied"
    other.put_object(**upload, ACL="bucket-owner-full-control")
    allow(s3, open_bucket, "s3:PutObject", "s3:PutObjectTagging")
    other.put_object(**upload, Tagging="a=1", ACL="bucket-owner-full-control")
    assert s3.head_object(Bucket=open_bucket, Key="k")["TagCount"] == 1


def test_a_copy_takes_tags_along_for_those_only_who_may_read_them(s3, other, bucket):
    s3.put_object(Bucket=bucket, Key="k", Body=b"x", Tagging="a=1")
    allow(s3, bucket, "s3:GetObject")
    assert "TagCount" not in other.get_object(Bucket=bucket, Key="k")
    theirs = new_name()
    other.create_bucket(Bucket=theirs)
    copy = {"Bucket": theirs, "Key": "copy", "CopySource": f"{bucket}/k"}
    assert code(other.copy_object, **copy) == "AccessDenied"
    other.copy_object(**copy, TaggingDirective="REPLACE")
    allow(s3, bucket, "s3:GetObject", "s3:GetObjectTagging")
    other.copy_object(**copy)
    tags = other.get_object_tagging(Bucket=theirs, Key="copy")["TagSet"]
    assert tags == [{"Key": "a", "Value": "1"}]


def test_who_began_an_upload_or_wrote_an_object_is_told(s3, other, open_bucket):
    allow(s3, open_bucket, "s3:PutObject")
    upload = other.create_multipart_upload(Bucket=open_bucket, Key="k")["UploadId"]
    theirs = other.list_buckets()["Owner"]["ID"]
    assert s3.list_multipart_uploads(Bucket=open_bucket)["Uploads"][0]["Initiator"]["ID"] == theirs
    other.abort_multipart_upload(Bucket=open_bucket, Key="k", UploadId=upload)
    other.put_object(Bucket=open_bucket, Key="k", Body=b"x")
    assert s3.list_objects(Bucket=open_bucket)["Contents"][0]["Owner"]["ID"] == theirs
