"""STS: every account is the account of its access key."""
import boto3


def test_a_12_digit_key_is_the_account(client, account):
    answer = client("sts").get_caller_identity()
    assert answer["Account"] == account
    assert answer["Arn"] == f"arn:aws:iam::{account}:root"
    assert answer["UserId"] == account
    assert answer["ResponseMetadata"]["RequestId"]


def test_the_public_test_key_is_the_default_account(endpoint):
    sts = boto3.client("sts", endpoint_url=endpoint, region_name="us-east-1", aws_access_key_id="test",
                       aws_secret_access_key="test")
    answer = sts.get_caller_identity()
    assert answer["Account"] == "000000000000"
    assert answer["Arn"] == "arn:aws:iam::000000000000:root"
