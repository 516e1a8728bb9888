"""DynamoDB Streams through boto3: every change of a table, in order; and the same as records of Kinesis."""
import json
import os
import time
import urllib.request
from pathlib import Path

import boto3
import pytest
from botocore.exceptions import ClientError
from conftest import free_port
from daemon import ROOT, Daemon
from test_lambda import create
from test_lambda_event_sources import COPIES, copied


class Clocked:
    """A daemon of the test's own, whose clock it may move."""

    def __init__(self, daemon):
        self.endpoint = daemon.endpoint

    def client(self, service, region="us-east-1"):
        return boto3.client(service, endpoint_url=self.endpoint, region_name=region,
                            aws_access_key_id="test", aws_secret_access_key="test")

    def advance(self, by):
        url = f"{self.endpoint}/_fogbank/clock?action=advance&by={by}"
        request = urllib.request.Request(url, method="POST")
        with urllib.request.urlopen(request, timeout=120) as answer:
            assert answer.status == 200


@pytest.fixture
def clocked(tmp_path):
    binary = Path(os.environ.get("FOGBANK_BUILD", ROOT / "build/dev")) / "emulator/fogbank"
    with Daemon(binary, tmp_path / "state", f"127.0.0.1:{free_port()}") as daemon:
        yield Clocked(daemon)


def make_table(tables, name="ttt"):
    return tables.create_table(
        TableName=name, BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}],
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
        StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"},
    )["TableDescription"]["LatestStreamArn"]


def read_shard(streams, arn, shard):
    """All that a shard holds, and whether it is at its end."""
    iterator = streams.get_shard_iterator(StreamArn=arn, ShardId=shard,
                                          ShardIteratorType="TRIM_HORIZON")["ShardIterator"]
    seen = []
    while iterator:
        page = streams.get_records(ShardIterator=iterator)
        seen += page["Records"]
        iterator = page.get("NextShardIterator")
        if iterator and not page["Records"]:
            return seen, False
    return seen, True


def test_a_stream_tells_each_change_once(client):
    tables, streams = client("dynamodb"), client("dynamodbstreams")
    make_table(tables)
    tables.put_item(TableName="ttt", Item={"pk": {"S": "a"}, "n": {"N": "1"}})
    tables.update_item(TableName="ttt", Key={"pk": {"S": "a"}}, UpdateExpression="SET n = n + :one",
                       ExpressionAttributeValues={":one": {"N": "1"}})
    tables.delete_item(TableName="ttt", Key={"pk": {"S": "a"}})

    arn = tables.describe_table(TableName="ttt")["Table"]["LatestStreamArn"]
    shard = streams.describe_stream(StreamArn=arn)["StreamDescription"]["Shards"][0]["ShardId"]
    iterator = streams.get_shard_iterator(StreamArn=arn, ShardId=shard,
                                          ShardIteratorType="TRIM_HORIZON")["ShardIterator"]
    seen = []
    while len(seen) < 3:
        page = streams.get_records(ShardIterator=iterator, Limit=2)
        assert page["Records"]
        seen += page["Records"]
        iterator = page["NextShardIterator"]
    assert [record["eventName"] for record in seen] == ["INSERT", "MODIFY", "REMOVE"]
    assert seen[1]["dynamodb"]["NewImage"]["n"] == {"N": "2"}
    assert seen[1]["dynamodb"]["OldImage"]["n"] == {"N": "1"}
    assert streams.get_records(ShardIterator=iterator)["Records"] == []


def test_shards_follow_each_other_and_outlive_their_table(clocked):
    tables, streams = clocked.client("dynamodb"), clocked.client("dynamodbstreams")
    arn = make_table(tables)
    for count in range(3):
        tables.put_item(TableName="ttt", Item={"pk": {"S": "a"}, "n": {"N": str(count)}})
        clocked.advance("5h")
    tables.put_item(TableName="ttt", Item={"pk": {"S": "a"}, "n": {"N": "3"}})
    tables.delete_table(TableName="ttt")

    described = streams.describe_stream(StreamArn=arn)["StreamDescription"]
    assert described["StreamStatus"] == "DISABLED"
    shards = described["Shards"]
    assert [shard.get("ParentShardId") for shard in shards] == [None] + [s["ShardId"] for s in shards[:-1]]
    read = [read_shard(streams, arn, shard["ShardId"]) for shard in shards]
    assert all(ended for _, ended in read)
    records = [record["dynamodb"] for seen, _ in read for record in seen]
    assert [record["NewImage"]["n"]["N"] for record in records] == ["0", "1", "2", "3"]
    assert [record["SequenceNumber"] for record in records] == sorted(r["SequenceNumber"] for r in records)
    child = streams.describe_stream(StreamArn=arn, ShardFilter={
        "Type": "CHILD_SHARDS", "ShardId": shards[0]["ShardId"]})["StreamDescription"]["Shards"]
    assert [shard["ShardId"] for shard in child] == [shards[1]["ShardId"]]

    clocked.advance("25h")
    with pytest.raises(ClientError) as refused:
        streams.describe_stream(StreamArn=arn)
    assert refused.value.response["Error"]["Code"] == "ResourceNotFoundException"


def test_an_iterator_lives_15_minutes(clocked):
    tables, streams = clocked.client("dynamodb"), clocked.client("dynamodbstreams")
    arn = make_table(tables)
    shard = streams.describe_stream(StreamArn=arn)["StreamDescription"]["Shards"][0]["ShardId"]
    iterator = streams.get_shard_iterator(StreamArn=arn, ShardId=shard,
                                          ShardIteratorType="LATEST")["ShardIterator"]
    clocked.advance("16m")
    with pytest.raises(ClientError) as refused:
        streams.get_records(ShardIterator=iterator)
    assert refused.value.response["Error"]["Code"] == "ExpiredIteratorException"


def test_changes_become_records_of_a_kinesis_stream(client):
    tables, kinesis = client("dynamodb"), client("kinesis")
    make_table(tables)
    kinesis.create_stream(StreamName="changes", ShardCount=1)
    arn = kinesis.describe_stream_summary(StreamName="changes")["StreamDescriptionSummary"]["StreamARN"]
    enabled = tables.enable_kinesis_streaming_destination(TableName="ttt", StreamArn=arn)
    assert enabled["DestinationStatus"] == "ENABLING"
    (destination,) = tables.describe_kinesis_streaming_destination(
        TableName="ttt")["KinesisDataStreamDestinations"]
    assert destination["DestinationStatus"] == "ACTIVE"
    tables.put_item(TableName="ttt", Item={"pk": {"S": "a"}, "n": {"N": "1"}})
    tables.transact_write_items(TransactItems=[
        {"Put": {"TableName": "ttt", "Item": {"pk": {"S": "b"}}}},
        {"Delete": {"TableName": "ttt", "Key": {"pk": {"S": "a"}}}}])

    iterator = kinesis.get_shard_iterator(StreamName="changes", ShardId="shardId-000000000000",
                                          ShardIteratorType="TRIM_HORIZON")["ShardIterator"]
    records, until = [], time.time() + 20
    while len(records) < 3 and time.time() < until:
        page = kinesis.get_records(ShardIterator=iterator)
        records += [json.loads(record["Data"]) for record in page["Records"]]
        iterator = page["NextShardIterator"]
    assert sorted(record["eventName"] for record in records) == ["INSERT", "INSERT", "REMOVE"]
    assert all(record["tableName"] == "ttt" and record["eventSource"] == "aws:dynamodb" and
               record["recordFormat"] == "application/json" for record in records)
    removed = next(record for record in records if record["eventName"] == "REMOVE")
    assert removed["dynamodb"]["OldImage"] == {"pk": {"S": "a"}, "n": {"N": "1"}}
    tables.disable_kinesis_streaming_destination(TableName="ttt", StreamArn=arn)


def test_a_function_follows_a_stream_from_shard_to_shard(clocked):
    tables, functions, s3 = (clocked.client(name) for name in ("dynamodb", "lambda", "s3"))
    s3.create_bucket(Bucket="seen")
    arn = make_table(tables)
    create(functions, "copy", COPIES.replace("BUCKET", "seen"), Timeout=30)
    functions.create_event_source_mapping(EventSourceArn=arn, FunctionName="copy", BatchSize=10,
                                          StartingPosition="TRIM_HORIZON")
    for count in range(3):
        tables.put_item(TableName="ttt", Item={"pk": {"S": "a"}, "n": {"N": str(count)}})
        clocked.advance("5h")
    records = sorted(copied(s3, "seen", 3), key=lambda record: record["dynamodb"]["SequenceNumber"])
    assert [record["dynamodb"]["NewImage"]["n"]["N"] for record in records] == ["0", "1", "2"]
