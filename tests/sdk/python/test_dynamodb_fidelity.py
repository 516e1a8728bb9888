"""What DynamoDB does where its settings ask for it: reads of the past, and throttling."""
import os
import socket
import sys
from pathlib import Path

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

ROOT = Path(__file__).resolve().parents[3]
sys.path.insert(0, str(ROOT / "tests/chain"))
from daemon import Daemon  # noqa: E402

KEYS = {"AttributeDefinitions": [{"AttributeName": "pk", "AttributeType": "S"}],
        "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}]}


@pytest.fixture
def start(tmp_path, monkeypatch):
    """A daemon of one's own with the given settings; answers its DynamoDB client."""
    started = []

    def run(**settings):
        for name, value in settings.items():
            monkeypatch.setenv(name, value)
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            listen = f"127.0.0.1:{probe.getsockname()[1]}"
        build = Path(os.environ.get("FOGBANK_BUILD", ROOT / "build/dev"))
        started.append(Daemon(build / "emulator/fogbank", tmp_path / "state", listen).start())
        return boto3.client("dynamodb", endpoint_url=started[0].endpoint, region_name="us-east-1",
                            aws_access_key_id="test", aws_secret_access_key="test",
                            config=Config(retries={"max_attempts": 0}))

    yield run
    for daemon in started:
        daemon.stop()


def test_eventually_consistent_reads_miss_the_last_writes(start):
    tables = start(DYNAMODB_STALE_READ_PROBABILITY="1", DYNAMODB_STALE_READ_MS="3600000")
    tables.create_table(TableName="table", BillingMode="PAY_PER_REQUEST", **KEYS)
    for value in ("old", "new"):
        tables.put_item(TableName="table", Item={"pk": {"S": "a"}, "v": {"S": value}})
    key = {"pk": {"S": "a"}}
    seen = [
        tables.get_item(TableName="table", Key=key)["Item"],
        tables.scan(TableName="table")["Items"][0],
        tables.query(TableName="table", KeyConditionExpression="pk = :a",
                     ExpressionAttributeValues={":a": {"S": "a"}})["Items"][0],
        tables.batch_get_item(RequestItems={"table": {"Keys": [key]}})["Responses"]["table"][0],
        tables.execute_statement(Statement="SELECT * FROM \"table\" WHERE pk = 'a'")["Items"][0],
    ]
    assert [item["v"]["S"] for item in seen] == ["old"] * 5
    assert tables.get_item(TableName="table", Key=key, ConsistentRead=True)["Item"]["v"]["S"] == "new"
    assert tables.scan(TableName="table", ConsistentRead=True)["Items"][0]["v"]["S"] == "new"


def test_what_is_above_the_provisioned_units_is_throttled_or_left_unprocessed(start):
    tables = start(DYNAMODB_THROTTLING="1")
    arn = tables.create_table(
        TableName="table", ProvisionedThroughput={"ReadCapacityUnits": 1, "WriteCapacityUnits": 10},
        **KEYS)["TableDescription"]["TableArn"]
    puts = [{"PutRequest": {"Item": {"pk": {"S": str(number)}}}} for number in range(25)]
    left = tables.batch_write_item(RequestItems={"table": puts})["UnprocessedItems"]["table"]
    assert 1 <= len(left) <= 15
    written = tables.scan(TableName="table", ConsistentRead=True)["Items"]
    assert sorted(item["pk"]["S"] for item in written) == sorted(
        put["PutRequest"]["Item"]["pk"]["S"] for put in puts if put not in left)
    refused = None
    for _ in range(100):  # more than a second gives back
        try:
            tables.put_item(TableName="table", Item={"pk": {"S": "x"}, "v": {"B": b"x" * 3000}})
        except ClientError as error:
            refused = error.response
            break
    assert refused["Error"]["Code"] == "ProvisionedThroughputExceededException"
    assert refused["ThrottlingReasons"] == [
        {"reason": "TableWriteProvisionedThroughputExceeded", "resource": arn}]


def test_writes_whose_condition_fails_use_capacity_up(start):
    tables = start(DYNAMODB_THROTTLING="1")
    tables.create_table(
        TableName="table", ProvisionedThroughput={"ReadCapacityUnits": 1000, "WriteCapacityUnits": 2}, **KEYS)
    codes = []
    for _ in range(100):  # more than a second gives back
        with pytest.raises(ClientError) as refused:
            tables.put_item(TableName="table", Item={"pk": {"S": "a"}},
                            ConditionExpression="attribute_exists(pk)")
        codes.append(refused.value.response["Error"]["Code"])
    assert codes[0] == "ConditionalCheckFailedException"
    assert "ProvisionedThroughputExceededException" in codes
