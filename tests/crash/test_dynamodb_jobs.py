"""Kills the daemon in the middle of DynamoDB's long jobs: each goes on, nothing twice, nothing lost."""

import collections
import gzip
import json
import sys
import time
from pathlib import Path

import boto3
import pytest
from botocore.config import Config

sys.path.insert(0, str(Path(__file__).parent))
from test_crash import daemon  # noqa: E402,F401

ITEMS = 16_000  # 80 transactions of a background job
KILLS = 3
PATIENCE = 120  # seconds that a job may take
KEYS = {
    "BillingMode": "PAY_PER_REQUEST",
    "AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "S"}],
    "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}],
}


class Jobs:
    """A daemon that is killed, and what it is asked over it."""

    def __init__(self, killed):
        self.daemon = killed
        self.connect()

    def connect(self):
        self.daemon.start()

        def client(name, region="us-east-1"):
            return boto3.client(
                name,
                endpoint_url=self.daemon.endpoint,
                region_name=region,
                aws_access_key_id="test",
                aws_secret_access_key="test",
                config=Config(read_timeout=60, connect_timeout=5),
            )

        self.tables, self.away = client("dynamodb"), client("dynamodb", "eu-west-1")
        self.streams, self.s3 = client("dynamodbstreams"), client("s3")

    def idle(self):
        idle = self.daemon.await_idle()
        assert idle["idle"], idle

    def until(self, reached):
        deadline = time.monotonic() + PATIENCE
        while not reached():
            assert time.monotonic() < deadline, "it did not happen in time"

    def kill_in_the_middle(self, is_done, progress=lambda: 0, between=lambda number: None):
        """Kills the daemon while the job is under way and further than at the last kill."""
        kills, last = 0, 0
        while kills < KILLS:
            self.until(lambda: is_done() or progress() >= last)
            last = progress() + 1
            if is_done():
                break
            self.daemon.kill()
            self.connect()
            between(kills)
            kills += 1
        assert kills > 0, "the job ended before the daemon was killed"

    def load(self, table, items):
        """A new table with these items, by way of an import."""
        lines = "".join(json.dumps({"Item": item}) + "\n" for item in items)
        self.s3.create_bucket(Bucket="items")
        self.s3.put_object(Bucket="items", Key=f"{table}/items.json", Body=lines)
        return self.tables.import_table(
            S3BucketSource={"S3Bucket": "items", "S3KeyPrefix": f"{table}/"},
            InputFormat="DYNAMODB_JSON",
            TableCreationParameters={"TableName": table, **KEYS},
        )["ImportTableDescription"]["ImportArn"]

    def loaded(self, table, items):
        self.load(table, items)
        self.idle()
        return self.describe(table)["TableArn"]

    def describe(self, table, tables=None):
        return (tables or self.tables).describe_table(TableName=table)["Table"]

    def scan(self, table, tables=None, **more):
        pages = (tables or self.tables).get_paginator("scan").paginate(TableName=table, **more)
        found = [item for page in pages for item in page["Items"]]
        by_id = {item["id"]["S"]: item for item in found}
        assert len(by_id) == len(found), "an item is there twice"
        return by_id

    def put(self, table, number, tables=None):
        item = {"id": {"S": f"later-{number}"}, "kind": {"S": "later"}}
        (tables or self.tables).put_item(TableName=table, Item=item)


def item(number):
    return {"id": {"S": f"{number:06}"}, "kind": {"S": f"k{number % 7}"}, "n": {"N": str(number)}}


def by_id(items):
    return {each["id"]["S"]: each for each in items}


@pytest.fixture
def jobs(daemon):  # noqa: F811
    return Jobs(daemon)


def test_an_import_goes_on(jobs):
    items = [item(number) for number in range(ITEMS)]
    arn = jobs.load("table", [*items, {"id": {"N": "1"}}])  # the last one has a key of the wrong type

    def described():
        return jobs.tables.describe_import(ImportArn=arn)["ImportTableDescription"]

    jobs.kill_in_the_middle(
        lambda: described()["ImportStatus"] != "IN_PROGRESS", lambda: described()["ImportedItemCount"]
    )
    jobs.idle()
    counts = [described()[f"{name}Count"] for name in ("ProcessedItem", "ImportedItem", "Error")]
    assert (described()["ImportStatus"], counts) == ("COMPLETED", [ITEMS + 1, ITEMS, 1])
    assert jobs.describe("table")["ItemCount"] == ITEMS
    assert jobs.scan("table") == by_id(items)


def test_an_export_goes_on(jobs):
    items = [item(number) for number in range(65_000)]  # four data files
    table = jobs.loaded("table", items)
    jobs.tables.update_continuous_backups(
        TableName="table", PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": True}
    )
    jobs.s3.create_bucket(Bucket="exports")
    arn = jobs.tables.export_table_to_point_in_time(TableArn=table, S3Bucket="exports")["ExportDescription"][
        "ExportArn"
    ]

    def described():
        return jobs.tables.describe_export(ExportArn=arn)["ExportDescription"]

    def files():
        listed = jobs.s3.list_objects_v2(Bucket="exports").get("Contents", [])
        return [each["Key"] for each in listed if "/data/" in each["Key"]]

    def read(key):
        return jobs.s3.get_object(Bucket="exports", Key=key)["Body"].read()

    jobs.kill_in_the_middle(lambda: described()["ExportStatus"] != "IN_PROGRESS", lambda: len(files()))
    jobs.idle()
    assert (described()["ExportStatus"], described()["ItemCount"]) == ("COMPLETED", len(items))
    summary = json.loads(read(described()["ExportManifest"]))
    manifest = [json.loads(line) for line in read(summary["manifestFilesS3Key"]).splitlines()]
    assert sorted(file["dataFileS3Key"] for file in manifest) == sorted(files())
    lines = [line for key in files() for line in gzip.decompress(read(key)).splitlines()]
    assert len(lines) == len(items)
    assert by_id(json.loads(line)["Item"] for line in lines) == by_id(items)


def test_the_filling_of_a_new_index_goes_on(jobs):
    items = [item(number) for number in range(ITEMS)]
    jobs.loaded("table", items)
    index = {
        "IndexName": "by-kind",
        "KeySchema": [{"AttributeName": "kind", "KeyType": "HASH"}],
        "Projection": {"ProjectionType": "ALL"},
    }
    jobs.tables.update_table(
        TableName="table",
        AttributeDefinitions=[
            *KEYS["AttributeDefinitions"],
            {"AttributeName": "kind", "AttributeType": "S"},
        ],
        GlobalSecondaryIndexUpdates=[{"Create": index}],
    )

    def is_filled():
        return jobs.describe("table")["GlobalSecondaryIndexes"][0]["IndexStatus"] == "ACTIVE"

    jobs.kill_in_the_middle(is_filled, between=lambda number: jobs.put("table", number))
    jobs.until(is_filled)
    found = jobs.scan("table", IndexName="by-kind")
    assert found == jobs.scan("table")
    assert len(found) > ITEMS


def test_a_backup_and_its_restore_go_on(jobs):
    items = [item(number) for number in range(ITEMS)]
    jobs.loaded("table", items)
    arn = jobs.tables.create_backup(TableName="table", BackupName="backup")["BackupDetails"]["BackupArn"]

    def is_backed_up():
        described = jobs.tables.describe_backup(BackupArn=arn)["BackupDescription"]["BackupDetails"]
        return described["BackupStatus"] == "AVAILABLE"

    # What is written meanwhile is not in the backup.
    jobs.kill_in_the_middle(is_backed_up, between=lambda number: jobs.put("table", number))
    jobs.until(is_backed_up)
    jobs.tables.restore_table_from_backup(TargetTableName="restored", BackupArn=arn)
    jobs.kill_in_the_middle(lambda: jobs.describe("restored")["TableStatus"] == "ACTIVE")
    jobs.until(lambda: jobs.describe("restored")["TableStatus"] == "ACTIVE")
    assert jobs.describe("restored")["ItemCount"] == ITEMS
    assert jobs.scan("restored") == by_id(items)


def test_the_filling_of_a_replica_goes_on(jobs):
    items = [item(number) for number in range(ITEMS)]
    jobs.loaded("table", items)
    jobs.tables.update_table(TableName="table", ReplicaUpdates=[{"Create": {"RegionName": "eu-west-1"}}])

    def is_filled():
        return jobs.describe("table")["Replicas"][0]["ReplicaStatus"] == "ACTIVE"

    def write(number):
        jobs.put("table", number)
        erased = {"id": {"S": f"{ITEMS - 1 - number:06}"}}
        jobs.tables.delete_item(TableName="table", Key=erased)

    jobs.kill_in_the_middle(is_filled, between=write)
    jobs.until(is_filled)
    jobs.put("table", "away", jobs.away)
    jobs.idle()
    found = jobs.scan("table", jobs.away)
    assert found == jobs.scan("table")
    assert jobs.describe("table", jobs.away)["ItemCount"] == len(found)
    assert "later-away" in found


def test_writes_of_a_legacy_global_table_reach_every_region(jobs):
    """Each write is followed by one in the other region and by a second one here: none lost, none twice."""
    for tables in (jobs.tables, jobs.away):
        stream = {"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"}
        tables.create_table(TableName="legacy", StreamSpecification=stream, **KEYS)
    regions = [{"RegionName": "us-east-1"}, {"RegionName": "eu-west-1"}]
    jobs.tables.create_global_table(GlobalTableName="legacy", ReplicationGroup=regions)
    for round_number in range(KILLS):
        for number in range(25):
            jobs.put("legacy", f"{round_number}-{number}")
            jobs.put("legacy", f"away-{round_number}-{number}", jobs.away)
        jobs.daemon.kill()
        jobs.connect()
    jobs.idle()
    found = jobs.scan("legacy")
    assert found == jobs.scan("legacy", jobs.away)
    assert len(found) == 2 * 25 * KILLS
    for name, each in found.items():
        assert each["aws:rep:updateregion"]["S"] == ("eu-west-1" if "away" in name else "us-east-1")
        assert each["aws:rep:deleting"] == {"BOOL": False}
    records = []
    arn = jobs.describe("legacy")["LatestStreamArn"]
    for shard in jobs.streams.describe_stream(StreamArn=arn)["StreamDescription"]["Shards"]:
        place = jobs.streams.get_shard_iterator(
            StreamArn=arn, ShardId=shard["ShardId"], ShardIteratorType="TRIM_HORIZON")["ShardIterator"]
        records += jobs.streams.get_records(ShardIterator=place)["Records"]
    assert collections.Counter(each["eventName"] for each in records) == {
        "INSERT": 2 * 25 * KILLS, "MODIFY": 25 * KILLS}


def test_time_to_live_goes_on(jobs):
    now = int(time.time())
    due = [now + (3600 if number % 4 else -60) for number in range(ITEMS)]
    items = [{**item(number), "due": {"N": str(due[number])}} for number in range(ITEMS)]
    jobs.loaded("table", items)
    jobs.tables.update_table(
        TableName="table", StreamSpecification={"StreamEnabled": True, "StreamViewType": "KEYS_ONLY"}
    )
    stream = jobs.describe("table")["LatestStreamArn"]
    jobs.tables.update_time_to_live(
        TableName="table", TimeToLiveSpecification={"Enabled": True, "AttributeName": "due"}
    )
    kept = [each for number, each in enumerate(items) if number % 4]

    def gone():
        return ITEMS - jobs.describe("table")["ItemCount"]

    jobs.kill_in_the_middle(lambda: gone() == ITEMS - len(kept), gone)
    jobs.until(lambda: gone() == ITEMS - len(kept))
    assert jobs.scan("table") == by_id(kept)

    removed = collections.Counter()
    for shard in jobs.streams.describe_stream(StreamArn=stream)["StreamDescription"]["Shards"]:
        place = jobs.streams.get_shard_iterator(
            StreamArn=stream, ShardId=shard["ShardId"], ShardIteratorType="TRIM_HORIZON"
        )["ShardIterator"]
        while place:
            answer = jobs.streams.get_records(ShardIterator=place)
            for record in answer["Records"]:
                assert record["eventName"] == "REMOVE"
                assert record["userIdentity"]["PrincipalId"] == "dynamodb.amazonaws.com"
                removed[record["dynamodb"]["Keys"]["id"]["S"]] += 1
            if not answer["Records"]:
                break
            place = answer.get("NextShardIterator")
    assert removed == collections.Counter(item(number)["id"]["S"] for number in range(0, ITEMS, 4))
