"""S3: bucket policies, access control lists, and who they let in."""
import json

import boto3
import pytest
from botocore import UNSIGNED
from botocore.config import Config

from buckets import PATH_STYLE, refused

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
