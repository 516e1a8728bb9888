"""Event source mappings: functions that read DynamoDB and Kinesis streams, as boto3 sets them up."""
import json
import time

import pytest
from test_lambda import create, wait_for

COPIES = (
    "import boto3, json\n"
    "def handler(event, context):\n"
    "    s3 = boto3.client('s3')\n"
    "    for record in event['Records']:\n"
    "        s3.put_object(Bucket='BUCKET', Key=record['eventID'], Body=json.dumps(record))\n"
)


@pytest.fixture
def bucket(client):
    name = "b" + str(time.time_ns())
    client("s3").create_bucket(Bucket=name)
    return name


def copied(s3, bucket, count):
    """The records that the function copied, once there are `count`."""
    def read():
        keys = [entry["Key"] for entry in s3.list_objects_v2(Bucket=bucket).get("Contents", [])]
        return keys if len(keys) >= count else None
    keys = wait_for(read, 30)
    return [json.loads(s3.get_object(Bucket=bucket, Key=key)["Body"].read()) for key in keys]


def test_a_dynamodb_stream_invokes_a_function_with_old_and_new_images(client, bucket):
    dynamodb, functions = client("dynamodb"), client("lambda")
    table = dynamodb.create_table(
        TableName="table", KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}], BillingMode="PAY_PER_REQUEST",
        StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"},
    )["TableDescription"]
    create(functions, "copy", COPIES.replace("BUCKET", bucket), Timeout=30)
    mapping = functions.create_event_source_mapping(
        EventSourceArn=table["LatestStreamArn"], FunctionName="copy", StartingPosition="TRIM_HORIZON",
        BatchSize=10)
    assert mapping["State"] == "Creating"
    dynamodb.put_item(TableName="table", Item={"pk": {"S": "a"}, "n": {"N": "1"}})
    dynamodb.put_item(TableName="table", Item={"pk": {"S": "a"}, "n": {"N": "2"}})
    dynamodb.delete_item(TableName="table", Key={"pk": {"S": "a"}})

    records = sorted(copied(client("s3"), bucket, 3), key=lambda record: record["dynamodb"]["SequenceNumber"])
    assert [record["eventName"] for record in records] == ["INSERT", "MODIFY", "REMOVE"]
    assert all(record["eventSource"] == "aws:dynamodb" and record["awsRegion"] == "us-east-1" and
               record["eventSourceARN"] == table["LatestStreamArn"] for record in records)
    change = records[1]["dynamodb"]
    assert change["Keys"] == {"pk": {"S": "a"}}
    assert change["OldImage"] == {"pk": {"S": "a"}, "n": {"N": "1"}}
    assert change["NewImage"] == {"pk": {"S": "a"}, "n": {"N": "2"}}
    wait_for(lambda: functions.get_event_source_mapping(UUID=mapping["UUID"])["LastProcessingResult"] == "OK")


def test_a_kinesis_stream_invokes_a_function_with_base64_data(client, bucket):
    kinesis, functions = client("kinesis"), client("lambda")
    kinesis.create_stream(StreamName="s", ShardCount=1)
    kinesis.get_waiter("stream_exists").wait(StreamName="s", WaiterConfig={"Delay": 1})
    arn = kinesis.describe_stream_summary(StreamName="s")["StreamDescriptionSummary"]["StreamARN"]
    create(functions, "copy", COPIES.replace("BUCKET", bucket), Timeout=30)
    kinesis.put_record(StreamName="s", PartitionKey="p", Data=b"before")
    functions.create_event_source_mapping(EventSourceArn=arn, FunctionName="copy", StartingPosition="LATEST")
    put = kinesis.put_record(StreamName="s", PartitionKey="p", Data=b"hello")

    (record,) = copied(client("s3"), bucket, 1)
    assert record["eventID"] == f"{put['ShardId']}:{put['SequenceNumber']}"
    assert record["eventSource"] == "aws:kinesis" and record["eventName"] == "aws:kinesis:record"
    assert record["eventSourceARN"] == arn
    assert record["kinesis"]["data"] == "aGVsbG8="
    assert record["kinesis"]["partitionKey"] == "p"
    assert record["kinesis"]["sequenceNumber"] == put["SequenceNumber"]
    assert record["kinesis"]["kinesisSchemaVersion"] == "1.0"


def test_a_mapping_is_listed_disabled_and_deleted(client):
    kinesis, functions = client("kinesis"), client("lambda")
    kinesis.create_stream(StreamName="s", ShardCount=1)
    kinesis.get_waiter("stream_exists").wait(StreamName="s", WaiterConfig={"Delay": 1})
    arn = kinesis.describe_stream_summary(StreamName="s")["StreamDescriptionSummary"]["StreamARN"]
    create(functions, "f", "def handler(event, context):\n    return 1\n")
    uuid = functions.create_event_source_mapping(EventSourceArn=arn, FunctionName="f",
                                                 StartingPosition="LATEST")["UUID"]
    listed = functions.list_event_source_mappings(FunctionName="f")["EventSourceMappings"]
    assert [mapping["UUID"] for mapping in listed] == [uuid]
    assert listed[0]["BatchSize"] == 100 and listed[0]["State"] == "Enabled"
    functions.update_event_source_mapping(UUID=uuid, Enabled=False, BatchSize=5)
    changed = functions.get_event_source_mapping(UUID=uuid)
    assert (changed["State"], changed["BatchSize"]) == ("Disabled", 5)
    functions.delete_event_source_mapping(UUID=uuid)
    with pytest.raises(functions.exceptions.ResourceNotFoundException):
        functions.get_event_source_mapping(UUID=uuid)
