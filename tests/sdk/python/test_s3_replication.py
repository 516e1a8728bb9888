"""S3 replication: versions go to buckets of other regions and accounts."""
import os
import random
import urllib.request

import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from buckets import PATH_STYLE, refused

PATH_STYLE = Config(s3={"addressing_style": "path"})


def make_bucket(s3, region="us-east-1"):
    name = "replica-%016x" % random.getrandbits(64)
    located = {} if region == "us-east-1" else {
        "CreateBucketConfiguration": {"LocationConstraint": region}}
    s3.create_bucket(Bucket=name, **located)
    s3.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Enabled"})
    return name


def rule(to, number=1, prefix="", **destination):
    return {"ID": "r%d" % number, "Status": "Enabled", "Priority": number, "Filter": {"Prefix": prefix},
            "DeleteMarkerReplication": {"Status": "Enabled"},
            "Destination": {"Bucket": "arn:aws:s3:::" + to, **destination}}


def replicate(s3, source, *rules):
    s3.put_bucket_replication(Bucket=source, ReplicationConfiguration={
        "Role": "arn:aws:iam::000000000000:role/r", "Rules": list(rules)})


def settle(endpoint, account):
    urllib.request.urlopen(endpoint + "/_fogbank/await?timeout=20s&account=" + account).read()


def test_objects_and_delete_markers_go_to_another_region(endpoint, account, client, s3):
    west = client("s3", region="eu-west-1", config=PATH_STYLE)
    source, target = make_bucket(s3), make_bucket(west, "eu-west-1")
    replicate(s3, source, rule(target, prefix="a/", StorageClass="STANDARD_IA"))
    data = os.urandom(200_000)
    s3.put_object(Bucket=source, Key="a/k", Body=data, Metadata={"color": "blue"}, Tagging="x=1")
    s3.put_object(Bucket=source, Key="b", Body=b"x")
    settle(endpoint, account)
    assert s3.head_object(Bucket=source, Key="a/k")["ReplicationStatus"] == "COMPLETED"
    assert "ReplicationStatus" not in s3.head_object(Bucket=source, Key="b")
    got = west.get_object(Bucket=target, Key="a/k")
    assert got["Body"].read() == data
    assert (got["Metadata"], got["StorageClass"], got["ReplicationStatus"], got["TagCount"]) == \
        ({"color": "blue"}, "STANDARD_IA", "REPLICA", 1)
    assert [item["Key"] for item in west.list_objects_v2(Bucket=target)["Contents"]] == ["a/k"]
    s3.delete_object(Bucket=source, Key="a/k")
    settle(endpoint, account)
    assert "Contents" not in west.list_objects_v2(Bucket=target)
    assert len(west.list_object_versions(Bucket=target)["DeleteMarkers"]) == 1
    copied = s3.copy_object(Bucket=source, Key="b", CopySource=target + "/a/k?versionId=" + got["VersionId"])
    assert copied["CopyObjectResult"]["ETag"] == got["ETag"]
    assert "ReplicationStatus" not in s3.head_object(Bucket=source, Key="b")


def test_two_destinations_one_of_which_fails(endpoint, account, s3):
    source, good, lost = make_bucket(s3), make_bucket(s3), make_bucket(s3)
    replicate(s3, source, rule(good, 1), rule(lost, 2))
    s3.delete_bucket(Bucket=lost)
    s3.put_object(Bucket=source, Key="k", Body=b"x")
    settle(endpoint, account)
    assert s3.get_object(Bucket=good, Key="k")["Body"].read() == b"x"
    assert s3.head_object(Bucket=source, Key="k")["ReplicationStatus"] == "FAILED"


def test_configurations_are_checked_kept_and_deleted(s3):
    source, target = make_bucket(s3), make_bucket(s3)

    def refused(*rules):
        with pytest.raises(ClientError) as caught:
            replicate(s3, source, *rules)
        return caught.value.response["Error"]

    with pytest.raises(ClientError) as caught:
        s3.get_bucket_replication(Bucket=source)
    assert caught.value.response["Error"]["Code"] == "ReplicationConfigurationNotFoundError"
    assert refused(rule("absent-" + target))["Message"] == "Destination bucket must exist."
    s3.put_bucket_versioning(Bucket=target, VersioningConfiguration={"Status": "Suspended"})
    assert refused(rule(target))["Message"] == "Destination bucket must have versioning enabled."
    s3.put_bucket_versioning(Bucket=target, VersioningConfiguration={"Status": "Enabled"})
    replicate(s3, source, rule(target))
    kept = s3.get_bucket_replication(Bucket=source)["ReplicationConfiguration"]
    assert kept["Rules"] == [rule(target)]
    s3.delete_bucket_replication(Bucket=source)
    with pytest.raises(ClientError):
        s3.get_bucket_replication(Bucket=source)
