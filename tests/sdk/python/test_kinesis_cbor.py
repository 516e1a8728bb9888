"""Kinesis over CBOR: what the Java SDK sends unless it is told otherwise, as raw bytes."""
import json
import struct
import time
import urllib.error
import urllib.request

import pytest

TYPE = "application/x-amz-cbor-1.1"


def encode(value):
    """As the Java SDK's Jackson writes it: maps and lists without their lengths."""
    if isinstance(value, bool):
        return b"\xf5" if value else b"\xf4"
    if isinstance(value, int):
        return (b"\x1b" if value >= 0 else b"\x3b") + struct.pack(">Q", value if value >= 0 else -1 - value)
    if isinstance(value, str):
        return b"\x79" + struct.pack(">H", len(value.encode())) + value.encode()
    if isinstance(value, bytes):
        return b"\x59" + struct.pack(">H", len(value)) + value
    if isinstance(value, list):
        return b"\x9f" + b"".join(map(encode, value)) + b"\xff"
    return b"\xbf" + b"".join(encode(key) + encode(member) for key, member in value.items()) + b"\xff"


def decode(data):
    """The value at the front of `data`, and what is left; a tagged value is (tag, value)."""
    major, info = data[0] >> 5, data[0] & 31
    data = data[1:]
    if (major, info) in ((7, 20), (7, 21)):
        return info == 21, data
    size = {24: 1, 25: 2, 26: 4, 27: 8}.get(info, 0)
    number = int.from_bytes(data[:size], "big") if size else info
    head, data = data[:size], data[size:]
    if major == 7:
        return struct.unpack(">d" if size == 8 else ">f", head)[0], data
    if major in (0, 1):
        return number if major == 0 else -1 - number, data
    if major in (2, 3):
        text = data[:number]
        return text if major == 2 else text.decode(), data[number:]
    if major == 6:
        value, data = decode(data)
        return (number, value), data
    items = []
    left = (number if major == 4 else 2 * number) if info != 31 else None
    while left != 0 and data[0] != 0xFF:
        value, data = decode(data)
        items.append(value)
        left = left - 1 if left is not None else None
    if left is None:
        data = data[1:]
    return items if major == 4 else dict(zip(items[::2], items[1::2])), data


@pytest.fixture
def call(endpoint, account):
    def post(operation, value, content_type=TYPE):
        request = urllib.request.Request(endpoint, encode(value) if content_type == TYPE else value, {
            "Content-Type": content_type,
            "X-Amz-Target": "Kinesis_20131202." + operation,
            "Authorization": f"AWS4-HMAC-SHA256 Credential={account}/20260101/us-east-1/kinesis/aws4_request",
        })
        try:
            with urllib.request.urlopen(request) as answer:
                status, headers, body = answer.status, answer.headers, answer.read()
        except urllib.error.HTTPError as error:
            status, headers, body = error.code, error.headers, error.read()
        if not body or headers["Content-Type"] != TYPE:
            return status, headers, body
        answer, rest = decode(body)
        assert rest == b""
        return status, headers, answer

    return post


def test_records_written_in_cbor_are_read_in_cbor_and_in_json(call, client):
    status, headers, body = call("CreateStream", {"StreamName": "s", "ShardCount": 1})
    assert (status, headers["Content-Type"], body) == (200, TYPE, b"")
    client("kinesis").get_waiter("stream_exists").wait(StreamName="s", WaiterConfig={"Delay": 1})
    data = bytes(range(256))
    status, _, put = call("PutRecord", {"StreamName": "s", "PartitionKey": "é", "Data": data})
    assert status == 200
    assert put["ShardId"] == "shardId-000000000000"
    status, _, many = call("PutRecords", {"StreamName": "s", "Records": [
        {"PartitionKey": "k", "Data": b"a"}, {"PartitionKey": "k", "Data": b""}]})
    assert (status, many["FailedRecordCount"], len(many["Records"])) == (200, 0, 2)

    shard = {"StreamName": "s", "ShardId": put["ShardId"]}
    iterator = call("GetShardIterator", {**shard, "ShardIteratorType": "TRIM_HORIZON"})[2]["ShardIterator"]
    status, _, read = call("GetRecords", {"ShardIterator": iterator, "Limit": 10})
    assert status == 200
    assert [record["Data"] for record in read["Records"]] == [data, b"a", b""]
    assert read["Records"][0]["PartitionKey"] == "é"
    assert read["MillisBehindLatest"] == 0
    tag, millis = read["Records"][0]["ApproximateArrivalTimestamp"]
    assert tag == 1
    assert abs(millis / 1000 - time.time()) < 60
    assert client("kinesis").get_records(ShardIterator=iterator)["Records"][0]["Data"] == data

    # A time goes in as it comes out: in milliseconds.
    status, _, at = call("GetShardIterator", {
        **shard, "ShardIteratorType": "AT_TIMESTAMP", "Timestamp": millis + 3_600_000})
    assert status == 400  # in the future
    status, _, at = call("GetShardIterator", {
        **shard, "ShardIteratorType": "AT_TIMESTAMP", "Timestamp": millis})
    assert [record["Data"] for record in call("GetRecords", at)[2]["Records"]] == [data, b"a", b""]


def test_errors_come_in_cbor_with_their_name_in_a_header(call, client):
    status, headers, error = call("DescribeStreamSummary", {"StreamName": "none"})
    assert (status, headers["Content-Type"]) == (400, TYPE)
    assert headers["x-amzn-errortype"] == error["__type"] == "ResourceNotFoundException"
    with pytest.raises(client("kinesis").exceptions.ResourceNotFoundException) as in_json:
        client("kinesis").describe_stream_summary(StreamName="none")
    assert error["message"] == in_json.value.response["Error"]["Message"]
    status, headers, error = call("CreateStream", {"StreamName": "s", "ShardCount": "many"})
    assert (status, error) == (400, {
        "__type": "SerializationException",
        "Message": "class java.lang.String can not be converted to an Integer"})
    status, _, error = call("CreateStream", {"StreamName": ""})
    assert (status, error["__type"]) == (400, "ValidationException")
    status, headers, error = call("CreateStreams", {})
    assert (status, error) == (400, {"__type": "UnknownOperationException"})


def test_a_json_body_is_answered_in_json(call):
    status, headers, body = call("ListStreams", b"{}", "application/x-amz-json-1.1")
    assert (status, headers["Content-Type"]) == (200, "application/x-amz-json-1.1")
    assert json.loads(body)["StreamNames"] == []
