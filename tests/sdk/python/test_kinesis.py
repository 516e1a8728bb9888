"""Kinesis: streams, records, iterators, as boto3 uses them."""
import time

import pytest


@pytest.fixture
def kinesis(client):
    return client("kinesis")


def create(kinesis, stream, **options):
    """A stream that is ready: with KINESIS_LATENCY it is CREATING for a while, as on AWS."""
    kinesis.create_stream(StreamName=stream, **options)
    kinesis.get_waiter("stream_exists").wait(StreamName=stream, WaiterConfig={"Delay": 1})


def read_all(kinesis, stream, shard, kind="TRIM_HORIZON", **position):
    iterator = kinesis.get_shard_iterator(StreamName=stream, ShardId=shard, ShardIteratorType=kind,
                                          **position)["ShardIterator"]
    return kinesis.get_records(ShardIterator=iterator)


def test_records_of_a_key_stay_in_order_in_one_shard(kinesis):
    create(kinesis, "orders", ShardCount=2)
    put = kinesis.put_records(StreamName="orders", Records=[
        {"PartitionKey": "same", "Data": str(number).encode()} for number in range(10)])
    assert put["FailedRecordCount"] == 0
    assert len({record["ShardId"] for record in put["Records"]}) == 1
    numbers = [record["SequenceNumber"] for record in put["Records"]]
    assert numbers == sorted(numbers) and all(len(number) == 56 for number in numbers)

    answer = read_all(kinesis, "orders", put["Records"][0]["ShardId"])
    assert [record["Data"] for record in answer["Records"]] == [str(number).encode() for number in range(10)]
    assert [record["SequenceNumber"] for record in answer["Records"]] == numbers
    assert answer["MillisBehindLatest"] == 0
    after = read_all(kinesis, "orders", put["Records"][0]["ShardId"], "AFTER_SEQUENCE_NUMBER",
                     StartingSequenceNumber=numbers[6])
    assert [record["Data"] for record in after["Records"]] == [b"7", b"8", b"9"]


def test_a_reader_follows_the_stream_from_its_tip(kinesis):
    create(kinesis, "tip", ShardCount=1)
    kinesis.put_record(StreamName="tip", PartitionKey="k", Data=b"before")
    iterator = kinesis.get_shard_iterator(StreamName="tip", ShardId="shardId-000000000000",
                                          ShardIteratorType="LATEST")["ShardIterator"]
    kinesis.put_record(StreamName="tip", PartitionKey="k", Data=b"\x00\xff binary")
    answer = kinesis.get_records(ShardIterator=iterator)
    assert [record["Data"] for record in answer["Records"]] == [b"\x00\xff binary"]
    assert kinesis.get_records(ShardIterator=answer["NextShardIterator"])["Records"] == []


def test_a_stream_by_name_by_arn_and_in_lists(kinesis, account):
    create(kinesis, "by-arn", StreamModeDetails={"StreamMode": "ON_DEMAND"})
    summary = kinesis.describe_stream_summary(StreamName="by-arn")["StreamDescriptionSummary"]
    assert summary["StreamARN"] == f"arn:aws:kinesis:us-east-1:{account}:stream/by-arn"
    assert summary["StreamStatus"] == "ACTIVE"
    assert summary["OpenShardCount"] == 4
    assert abs(summary["StreamCreationTimestamp"].timestamp() - time.time()) < 60
    arn = summary["StreamARN"]
    assert len(kinesis.list_shards(StreamARN=arn)["Shards"]) == 4
    assert kinesis.list_streams()["StreamNames"] == ["by-arn"]
    kinesis.add_tags_to_stream(StreamARN=arn, Tags={"team": "blue"})
    assert kinesis.list_tags_for_stream(StreamARN=arn)["Tags"] == [{"Key": "team", "Value": "blue"}]
    kinesis.delete_stream(StreamARN=arn)
    kinesis.get_waiter("stream_not_exists").wait(StreamName="by-arn", WaiterConfig={"Delay": 1})


def test_errors_are_the_sdks_exceptions(kinesis, account):
    with pytest.raises(kinesis.exceptions.ResourceNotFoundException) as missing:
        kinesis.put_record(StreamName="none", PartitionKey="k", Data=b"x")
    assert missing.value.response["Error"]["Message"] == f"Stream none under account {account} not found."
    kinesis.create_stream(StreamName="one", ShardCount=1)
    with pytest.raises(kinesis.exceptions.ResourceInUseException):
        kinesis.create_stream(StreamName="one", ShardCount=1)
    with pytest.raises(kinesis.exceptions.LimitExceededException):
        kinesis.create_stream(StreamName="many", ShardCount=10000)
    with pytest.raises(kinesis.exceptions.InvalidArgumentException):
        kinesis.get_records(ShardIterator="nonsense")
