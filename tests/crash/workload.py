"""A chain under load: items with a stream, objects with notifications, functions that count what they saw.

It remembers what was acknowledged. After a crash, `check` compares that with what is there.
"""
import collections
import hashlib
import io
import itertools
import random
import threading
import time
import zipfile

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

ROLE = "arn:aws:iam::000000000000:role/crash"
WRITERS = 3
OBJECT_BYTES = 80 * 1024  # above 64 KiB: a file of the blob store

# Counts each key that it is given in the table `seen`.
HANDLER = '''
import boto3

dynamodb = boto3.client("dynamodb")

def mark(key):
    dynamodb.update_item(TableName="seen", Key={"id": {"S": key}}, UpdateExpression="ADD n :one",
                         ExpressionAttributeValues={":one": {"N": "1"}})

def handler(event, context):
    for record in event["Records"]:
        if "s3" in record:
            mark("object/" + record["s3"]["object"]["key"])
        else:
            mark("item/" + record["dynamodb"]["Keys"]["id"]["S"])
'''


class Workload:
    def __init__(self, endpoint, seed):
        self.random = random.Random(seed)
        options = dict(endpoint_url=endpoint, region_name="us-east-1", aws_access_key_id="test",
                       aws_secret_access_key="test",
                       config=Config(retries={"max_attempts": 0}, read_timeout=30, connect_timeout=5))
        self.s3, self.dynamodb, self.streams, self.lambda_ = (
            boto3.client(name, **options) for name in ("s3", "dynamodb", "dynamodbstreams", "lambda"))
        self.numbers = itertools.count()
        self.lock = threading.Lock()
        self.items = {}    # id -> value, acknowledged
        self.objects = {}  # key -> MD5, acknowledged and not deleted
        self.written = set()  # keys whose first write was acknowledged: their event has to arrive
        self.deleted = set()
        self.unsure = set()  # keys whose last call got no answer

    # --- before the crash --------------------------------------------------------------------

    def set_up(self):
        for table in ("orders", "seen"):
            stream = {"StreamSpecification": {"StreamEnabled": True, "StreamViewType": "NEW_IMAGE"}}
            self.dynamodb.create_table(
                TableName=table, BillingMode="PAY_PER_REQUEST",
                AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
                KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
                **(stream if table == "orders" else {}))
            self.dynamodb.get_waiter("table_exists").wait(TableName=table)
        code = io.BytesIO()
        with zipfile.ZipFile(code, "w") as archive:
            archive.writestr("count.py", HANDLER)
        function = self.lambda_.create_function(
            FunctionName="count", Runtime="python3.11", Handler="count.handler", Role=ROLE, Timeout=30,
            Code={"ZipFile": code.getvalue()})["FunctionArn"]
        self.lambda_.get_waiter("function_active_v2").wait(FunctionName="count")
        self.s3.create_bucket(Bucket="bucket")
        self.lambda_.add_permission(FunctionName="count", StatementId="s3", Action="lambda:InvokeFunction",
                                    Principal="s3.amazonaws.com", SourceArn="arn:aws:s3:::bucket")
        self.s3.put_bucket_notification_configuration(Bucket="bucket", NotificationConfiguration={
            "LambdaFunctionConfigurations": [
                {"LambdaFunctionArn": function, "Events": ["s3:ObjectCreated:*"]}]})
        self.lambda_.create_event_source_mapping(
            EventSourceArn=self.dynamodb.describe_table(TableName="orders")["Table"]["LatestStreamArn"],
            FunctionName="count", StartingPosition="TRIM_HORIZON", BatchSize=10)

    def run_until(self, ended, seconds):
        """Writes from several threads until `ended()`, at most `seconds`."""
        deadline = time.monotonic() + seconds
        threads = [threading.Thread(target=self.write_until, args=(ended, deadline)) for _ in range(WRITERS)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    def write_until(self, ended, deadline):
        while not ended() and time.monotonic() < deadline:
            try:
                self.write_item()
                self.write_object()
            except (BotoCoreError, ClientError):
                pass  # not acknowledged: nothing is promised

    def write_item(self):
        name = f"i{next(self.numbers)}"
        value = str(self.random.random())
        self.dynamodb.put_item(TableName="orders", Item={"id": {"S": name}, "value": {"S": value}})
        with self.lock:
            self.items[name] = value

    def write_object(self):
        key = f"o{next(self.numbers)}"
        body = self.random.randbytes(OBJECT_BYTES)
        self.s3.put_object(Bucket="bucket", Key=key, Body=body)
        with self.lock:
            self.objects[key] = hashlib.md5(body).hexdigest()
            self.written.add(key)
            old = self.random.choice(sorted(self.objects.keys() - self.unsure))
            self.unsure.add(old)
        if self.random.random() < 0.5:
            self.s3.delete_object(Bucket="bucket", Key=old)
            with self.lock:
                del self.objects[old]
                self.deleted.add(old)
        else:
            body = self.random.randbytes(OBJECT_BYTES)
            self.s3.put_object(Bucket="bucket", Key=old, Body=body)
            with self.lock:
                self.objects[old] = hashlib.md5(body).hexdigest()
        with self.lock:
            self.unsure.discard(old)

    # --- after it ------------------------------------------------------------------------------

    def check(self):
        """What breaks a promise, as sentences; empty: nothing."""
        return [*self.check_items(), *self.check_objects(), *self.check_functions()]

    def stored_items(self):
        pages = self.dynamodb.get_paginator("scan").paginate(TableName="orders")
        return {item["id"]["S"]: item["value"]["S"] for page in pages for item in page["Items"]}

    def stream_records(self):
        stream = self.dynamodb.describe_table(TableName="orders")["Table"]["LatestStreamArn"]
        for shard in self.streams.describe_stream(StreamArn=stream)["StreamDescription"]["Shards"]:
            position = self.streams.get_shard_iterator(StreamArn=stream, ShardId=shard["ShardId"],
                                                       ShardIteratorType="TRIM_HORIZON")["ShardIterator"]
            while position:
                answer = self.streams.get_records(ShardIterator=position)
                yield from answer["Records"]
                if not answer["Records"]:
                    break
                position = answer.get("NextShardIterator")

    def check_items(self):
        stored = self.stored_items()
        for name, value in self.items.items():
            if stored.get(name) != value:
                yield f"item {name} was acknowledged and is {stored.get(name)}"
        events = collections.Counter(r["dynamodb"]["Keys"]["id"]["S"] for r in self.stream_records())
        for name in stored.keys() | events.keys():
            if name not in stored or events[name] != 1:
                yield f"item {name}: stored {name in stored}, stream records {events[name]}"

    def check_objects(self):
        pages = self.s3.get_paginator("list_objects_v2").paginate(Bucket="bucket")
        listed = {entry["Key"]: entry["Size"] for page in pages for entry in page.get("Contents", [])}
        for key, size in listed.items():
            body = self.s3.get_object(Bucket="bucket", Key=key)["Body"].read()
            if len(body) != size or size != OBJECT_BYTES:
                yield f"object {key} is listed with {size} bytes and has {len(body)}"
            if key in self.objects and key not in self.unsure:
                if hashlib.md5(body).hexdigest() != self.objects[key]:
                    yield f"object {key} has other bytes than those acknowledged"
        for key in self.objects.keys() - self.unsure - listed.keys():
            yield f"object {key} was acknowledged and is gone"
        for key in self.deleted & listed.keys():
            yield f"object {key} was deleted and is there"

    def check_functions(self):
        pages = self.dynamodb.get_paginator("scan").paginate(TableName="seen")
        seen = {item["id"]["S"] for page in pages for item in page["Items"]}
        for name in self.stored_items():
            if f"item/{name}" not in seen:
                yield f"the function never saw item {name}"
        for key in self.written:
            if f"object/{key}" not in seen:
                yield f"the function never saw object {key}"
