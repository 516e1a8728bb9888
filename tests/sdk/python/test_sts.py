"""STS: every account is the account of its access key."""
import os

import boto3

ENDPOINT = os.environ.get("FOGBANK_ENDPOINT", "http://127.0.0.1:4566")


def sts(access_key):
    return boto3.client("sts", endpoint_url=ENDPOINT, region_name="us-east-1",
                        aws_access_key_id=access_key, aws_secret_access_key="test")


def test_a_12_digit_key_is_the_account():
    answer = sts("301000000001").get_caller_identity()
    assert answer["Account"] == "301000000001"
    assert answer["Arn"] == "arn:aws:iam::301000000001:root"
    assert answer["UserId"] == "301000000001"
    assert answer["ResponseMetadata"]["RequestId"]


def test_the_public_test_key_is_the_default_account():
    answer = sts("test").get_caller_identity()
    assert answer["Account"] == "000000000000"
    assert answer["Arn"] == "arn:aws:iam::000000000000:root"
