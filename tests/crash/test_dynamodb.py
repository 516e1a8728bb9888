"""DynamoDB under 64 clients while the daemon is killed again and again."""

import collections
import contextlib
import itertools
import random
import sys
import threading
from pathlib import Path

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

sys.path.insert(0, str(Path(__file__).parent))
from test_crash import daemon  # noqa: E402,F401

CLIENTS = 64
COUNTERS = 8
ACCOUNTS = 6
KILLS = 3
WORK_A_LIFE = 400  # acknowledged writes between two kills
PATIENCE = 60  # seconds in which a life has to do them


class Load:
    """Adds to counters and moves money between accounts, and remembers what was acknowledged."""

    def __init__(self, endpoint, seed):
        self.seed = seed
        options = dict(
            endpoint_url=endpoint,
            region_name="us-east-1",
            aws_access_key_id="test",
            aws_secret_access_key="test",
            config=Config(
                retries={"max_attempts": 0},
                read_timeout=30,
                connect_timeout=5,
                max_pool_connections=CLIENTS,
            ),
        )
        self.dynamodb = boto3.client("dynamodb", **options)
        self.streams = boto3.client("dynamodbstreams", **options)
        self.names = itertools.count()
        self.changed = threading.Condition()
        self.added = collections.defaultdict(list)  # counter -> acknowledged tokens
        self.moved = []  # acknowledged ids of transfers
        self.stopping = False

    def set_up(self):
        for table, stream in (("counters", True), ("accounts", False)):
            settings = {
                "StreamSpecification": {"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"}
            }
            self.dynamodb.create_table(
                TableName=table,
                BillingMode="PAY_PER_REQUEST",
                AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
                KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
                **(settings if stream else {}),
            )

    def total(self):
        return sum(map(len, self.added.values())) + len(self.moved)

    def run_lives(self, daemon):
        """Works until the daemon was killed KILLS times and started again."""
        threads = [threading.Thread(target=self.work, args=(i,)) for i in range(CLIENTS)]
        for thread in threads:
            thread.start()
        try:
            for _ in range(KILLS):
                with self.changed:
                    wanted = self.total() + WORK_A_LIFE
                    enough = self.changed.wait_for(lambda: self.total() >= wanted, PATIENCE)
                assert enough, "too little was acknowledged"
                daemon.kill()
                daemon.start()
        finally:
            self.stopping = True
            for thread in threads:
                thread.join()

    def work(self, number):
        mine = random.Random(f"{self.seed} {number}")
        while not self.stopping:
            with contextlib.suppress(BotoCoreError, ClientError):  # not acknowledged: nothing is promised
                self.move(mine) if number % 4 == 0 else self.add(mine)

    def add(self, mine):
        counter, token = f"c{mine.randrange(COUNTERS)}", f"t{next(self.names)}"
        self.dynamodb.update_item(
            TableName="counters",
            Key={"id": {"S": counter}},
            UpdateExpression="ADD n :one, tokens :token",
            ExpressionAttributeValues={":one": {"N": "1"}, ":token": {"SS": [token]}},
        )
        with self.changed:
            self.added[counter].append(token)
            self.changed.notify_all()

    def move(self, mine):
        source, target = (f"a{i}" for i in mine.sample(range(ACCOUNTS), 2))
        transfer, amount = f"t{next(self.names)}", mine.randrange(1, 100)

        def change(account, by):
            return {
                "Update": {
                    "TableName": "accounts",
                    "Key": {"id": {"S": account}},
                    "UpdateExpression": "ADD balance :by",
                    "ExpressionAttributeValues": {":by": {"N": str(by)}},
                }
            }

        self.dynamodb.transact_write_items(
            TransactItems=[
                change(source, -amount),
                change(target, amount),
                {
                    "Put": {
                        "TableName": "accounts",
                        "ConditionExpression": "attribute_not_exists(id)",
                        "Item": {
                            "id": {"S": transfer},
                            "source": {"S": source},
                            "target": {"S": target},
                            "amount": {"N": str(amount)},
                        },
                    }
                },
            ]
        )
        with self.changed:
            self.moved.append(transfer)
            self.changed.notify_all()

    # --- after the crashes -------------------------------------------------------------------

    def items(self, table):
        pages = self.dynamodb.get_paginator("scan").paginate(TableName=table, ConsistentRead=True)
        return {item["id"]["S"]: item for page in pages for item in page["Items"]}

    def changes(self):
        """Every record of the stream, parents before their children."""
        arn = self.dynamodb.describe_table(TableName="counters")["Table"]["LatestStreamArn"]
        shards = self.streams.describe_stream(StreamArn=arn)["StreamDescription"]["Shards"]
        known = {shard["ShardId"] for shard in shards}
        waiting, read = list(shards), set()
        while waiting:
            shard = next(
                s for s in waiting if s.get("ParentShardId") not in known or s.get("ParentShardId") in read
            )
            waiting.remove(shard)
            read.add(shard["ShardId"])
            place = self.streams.get_shard_iterator(
                StreamArn=arn, ShardId=shard["ShardId"], ShardIteratorType="TRIM_HORIZON"
            )["ShardIterator"]
            while place:
                answer = self.streams.get_records(ShardIterator=place)
                yield from (record["dynamodb"] for record in answer["Records"])
                if not answer["Records"]:
                    break
                place = answer.get("NextShardIterator")


@pytest.mark.parametrize("seed", [1])
def test_counters_transactions_and_the_stream_survive_kills_under_load(daemon, seed):  # noqa: F811
    daemon.start()
    load = Load(daemon.endpoint, seed)
    load.set_up()
    load.run_lives(daemon)

    counters = load.items("counters")
    assert len(load.added) == COUNTERS
    for counter, tokens in load.added.items():
        item = counters[counter]
        # A token is added by the same update as its increment, so as many tokens as the counter says.
        assert int(item["n"]["N"]) == len(item["tokens"]["SS"])
        assert set(tokens) <= set(item["tokens"]["SS"])

    accounts = load.items("accounts")
    transfers = {name: item for name, item in accounts.items() if "amount" in item}
    assert set(load.moved) <= set(transfers)
    balances = collections.Counter()
    for item in transfers.values():
        balances[item["source"]["S"]] -= int(item["amount"]["N"])
        balances[item["target"]["S"]] += int(item["amount"]["N"])
    for name in set(accounts) - set(transfers):
        assert int(accounts[name]["balance"]["N"]) == balances.pop(name)
    assert not +balances and not -balances

    seen = collections.defaultdict(int)
    for record in load.changes():
        counter = record["Keys"]["id"]["S"]
        assert int(record.get("OldImage", {"n": {"N": "0"}})["n"]["N"]) == seen[counter]
        assert int(record["NewImage"]["n"]["N"]) == seen[counter] + 1
        seen[counter] += 1
    assert seen == {counter: int(item["n"]["N"]) for counter, item in counters.items()}
