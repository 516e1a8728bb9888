"""S3 as time goes by, on a daemon whose clock is moved: lifecycle rules, access logs."""
import os
import random
import socket
import tempfile
import urllib.request
from pathlib import Path

import boto3
import pytest
from botocore.config import Config

from daemon import ROOT, Daemon


@pytest.fixture(scope="module")
def moved():
    binary = Path(os.environ.get("FOGBANK_BUILD", ROOT / "build/dev")) / "emulator/fogbank"
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with tempfile.TemporaryDirectory(prefix="fogbank-clock-") as state:
        with Daemon(binary, Path(state) / "state", f"127.0.0.1:{port}") as daemon:
            yield daemon.endpoint


@pytest.fixture
def s3(moved):
    return boto3.client("s3", endpoint_url=moved, region_name="us-east-1", aws_access_key_id="test",
                        aws_secret_access_key="test", config=Config(s3={"addressing_style": "path"}))


@pytest.fixture
def bucket(s3):
    name = "clock-%016x" % random.getrandbits(64)
    s3.create_bucket(Bucket=name)
    return name


def advance(endpoint, by):
    request = urllib.request.Request(endpoint + "/_fogbank/clock?action=advance&by=" + by, method="POST")
    with urllib.request.urlopen(request) as answer:
        assert answer.status == 200


def keys(s3, bucket):
    return [item["Key"] for item in s3.list_objects_v2(Bucket=bucket).get("Contents", [])]


def test_objects_expire_by_prefix_and_tag(moved, s3, bucket):
    s3.put_object(Bucket=bucket, Key="tmp/a", Body=b"x")
    s3.put_object(Bucket=bucket, Key="tagged", Body=b"x", Tagging="life=short")
    s3.put_object(Bucket=bucket, Key="kept", Body=b"x", Tagging="life=long")
    s3.put_bucket_lifecycle_configuration(Bucket=bucket, LifecycleConfiguration={"Rules": [
        {"ID": "p", "Status": "Enabled", "Filter": {"Prefix": "tmp/"}, "Expiration": {"Days": 1}},
        {"ID": "t", "Status": "Enabled", "Filter": {"Tag": {"Key": "life", "Value": "short"}},
         "Expiration": {"Days": 3}}]})
    advance(moved, "12h")
    assert keys(s3, bucket) == ["kept", "tagged", "tmp/a"]
    advance(moved, "48h")
    assert keys(s3, bucket) == ["kept", "tagged"]
    advance(moved, "48h")
    assert keys(s3, bucket) == ["kept"]


def test_access_logs_are_delivered(moved, s3, bucket):
    target = bucket + "-logs"
    s3.create_bucket(Bucket=target)
    s3.put_bucket_logging(Bucket=bucket, BucketLoggingStatus={
        "LoggingEnabled": {"TargetBucket": target, "TargetPrefix": "web/"}})
    s3.put_object(Bucket=bucket, Key="a b", Body=b"hello")
    assert s3.get_object(Bucket=bucket, Key="a b")["Body"].read() == b"hello"
    with pytest.raises(Exception):
        s3.get_object(Bucket=bucket, Key="none")
    assert keys(s3, target) == []
    advance(moved, "2m")
    names = keys(s3, target)
    assert len(names) == 1 and names[0].startswith("web/20")
    lines = s3.get_object(Bucket=target, Key=names[0])["Body"].read().decode().splitlines()
    found = [line.split(" ") for line in lines if "OBJECT" in line]
    assert [fields[7] for fields in found] == ["REST.PUT.OBJECT", "REST.GET.OBJECT", "REST.GET.OBJECT"]
    assert all(fields[1] == bucket for fields in found)
    assert found[1][8] == "a%20b"
    assert found[1][9:14] == ['"GET', "/%s/a%%20b" % bucket, 'HTTP/1.1"', "200", "-"]
    assert found[1][14:16] == ["5", "5"]
    assert found[2][12:14] == ["404", "NoSuchKey"]
    assert "SigV4" in lines[-1] and "AuthHeader" in lines[-1]


def test_a_restored_copy_goes_when_its_days_are_over(moved, s3, bucket):
    s3.put_object(Bucket=bucket, Key="k", Body=b"x", StorageClass="GLACIER")
    s3.restore_object(Bucket=bucket, Key="k", RestoreRequest={"Days": 1})
    assert 'ongoing-request="false"' in s3.head_object(Bucket=bucket, Key="k")["Restore"]
    advance(moved, "72h")
    assert "Restore" not in s3.head_object(Bucket=bucket, Key="k")
    with pytest.raises(s3.exceptions.InvalidObjectState):
        s3.get_object(Bucket=bucket, Key="k")
