"""A mounted bucket while the daemon is killed: both sides end up the same, nothing acknowledged is lost."""

import contextlib
import itertools
import os
import random
import subprocess
import sys
import threading
import time
import urllib.parse
import urllib.request
from pathlib import Path

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import BotoCoreError

sys.path.insert(0, str(Path(__file__).parent))
from test_crash import daemon  # noqa: E402,F401
from test_objects import live  # noqa: E402

ROUNDS = int(os.environ.get("FOGBANK_CRASH_ROUNDS", "4"))
WRITERS = 4
KEYS = 4  # of a writer
PATIENCE = 60
# Most commits of a mount are what it knows of its files.
POINTS = ["before_commit", "after_commit", None, "blob_written"]


class Load:
    """Clients that put and delete objects, a program that writes files, each with keys of its own."""

    def __init__(self, endpoint, folder, seed):
        self.folder, self.seed = folder, seed
        self.s3 = boto3.client(
            "s3",
            endpoint_url=endpoint,
            region_name="us-east-1",
            aws_access_key_id="test",
            aws_secret_access_key="test",
            config=Config(
                retries={"max_attempts": 0},
                read_timeout=30,
                max_pool_connections=WRITERS + 1,
                s3={"addressing_style": "path"},
            ),
        )
        self.changed = threading.Condition()
        self.acknowledged = 0
        self.numbers = itertools.count()
        self.ended = False
        self.objects, self.unsure, self.files = {}, {}, {}

    def run(self, until):
        self.ended = False
        threads = [threading.Thread(target=self.put_objects, args=(n,)) for n in range(WRITERS)]
        threads.append(threading.Thread(target=self.write_files))
        for thread in threads:
            thread.start()
        try:
            until()
        finally:
            self.ended = True
            for thread in threads:
                thread.join()

    def body(self, mine):
        return mine.randbytes(mine.choice([100, 5000, 100_000]))

    def put_objects(self, writer):
        mine = random.Random(f"{self.seed} {next(self.numbers)}")
        while not self.ended:
            key = f"o{writer}/k{mine.randrange(KEYS)}"
            body = self.body(mine) if key not in self.objects or mine.random() < 0.8 else None
            self.unsure[key] = body
            try:
                if body is None:
                    self.s3.delete_object(Bucket="mounted", Key=key)
                else:
                    self.s3.put_object(Bucket="mounted", Key=key, Body=body)
            except BotoCoreError:
                return
            self.objects[key] = body
            del self.unsure[key]
            with self.changed:
                self.acknowledged += 1
                self.changed.notify_all()

    def write_files(self):
        mine = random.Random(f"{self.seed} {next(self.numbers)}")
        while not self.ended:
            self.write_file(mine)
            with self.changed:
                self.changed.wait(0.02)

    def write_file(self, mine):
        name = f"f/k{mine.randrange(KEYS)}"
        self.files[name] = self.body(mine)
        path = self.folder / name
        path.parent.mkdir(exist_ok=True)
        path.with_name(".new").write_bytes(self.files[name])
        path.with_name(".new").replace(path)

    # --- after it ------------------------------------------------------------------------------

    def bucket(self):
        pages = self.s3.get_paginator("list_objects_v2").paginate(Bucket="mounted")
        keys = [entry["Key"] for page in pages for entry in page.get("Contents", [])]
        return {key: self.s3.get_object(Bucket="mounted", Key=key)["Body"].read() for key in keys}

    def tree(self):
        files = {}
        for path in self.folder.rglob("*"):
            with contextlib.suppress(FileNotFoundError, IsADirectoryError):  # it went while we looked
                files[str(path.relative_to(self.folder))] = path.read_bytes()
        return files

    def problems(self):
        bucket, tree = self.bucket(), self.tree()
        for key in bucket.keys() | tree.keys():
            if bucket.get(key) != tree.get(key):
                yield f"{key} differs: an object {key in bucket}, a file {key in tree}"
        for name, body in self.files.items():
            if bucket.get(name) != body:
                yield f"the file {name} is no object, or another"
        for key, body in self.objects.items():
            if bucket.get(key) not in ([body, self.unsure[key]] if key in self.unsure else [body]):
                yield f"the object {key} is not what was acknowledged"

    def adopt(self):
        """What turned out to have happened is what has to stay."""
        bucket = self.bucket()
        for key in self.unsure:
            self.objects[key] = bucket.get(key)
        self.unsure.clear()


@pytest.mark.parametrize("seed", [1])
def test_a_mounted_bucket_and_its_folder_survive_kills(daemon, tmp_path, seed):  # noqa: F811
    chance = random.Random(seed)
    folder = tmp_path / "folder"
    folder.mkdir()
    load = Load(daemon.endpoint, folder, seed)
    daemon.start()
    load.s3.create_bucket(Bucket="mounted")
    query = urllib.parse.urlencode({"bucket": "mounted", "folder": str(folder)})
    url = f"{daemon.endpoint}/_fogbank/s3/mounts?{query}"
    urllib.request.urlopen(urllib.request.Request(url, method="POST")).close()
    daemon.stop()
    for number in range(ROUNDS):
        point = POINTS[number % len(POINTS)]
        count = chance.randrange(20, 120)
        live(daemon, load, point, count)
        load.write_file(chance)  # nobody looks now
        daemon.start()
        # At once, before the start has caught up.
        for key in sorted(load.objects)[:: KEYS // 2]:
            load.objects[key] = load.body(chance)
            load.unsure.pop(key, None)
            load.s3.put_object(Bucket="mounted", Key=key, Body=load.objects[key])
        deadline = time.monotonic() + PATIENCE
        while (problems := list(load.problems())) and time.monotonic() < deadline:
            daemon.await_idle()
        assert not problems, f"after round {number}, {point} at {count}"
        load.adopt()
        daemon.stop()


def test_a_file_that_was_taken_before_a_kill_is_not_taken_again(daemon, tmp_path):  # noqa: F811
    """Killed at each commit around a file's becoming an object; then a client puts an object of that key."""
    folder = tmp_path / "folder"
    folder.mkdir()
    load = Load(daemon.endpoint, folder, 1)
    daemon.start()
    load.s3.create_bucket(Bucket="mounted")
    query = urllib.parse.urlencode({"bucket": "mounted", "folder": str(folder)})
    url = f"{daemon.endpoint}/_fogbank/s3/mounts?{query}"
    urllib.request.urlopen(urllib.request.Request(url, method="POST")).close()
    daemon.stop()
    taken = 0
    for commit in range(1, 12):  # the first ones are those of the daemon's start
        key = f"k{commit}"
        (folder / key).write_bytes(b"the file")
        with contextlib.suppress(RuntimeError, subprocess.TimeoutExpired):  # or it dies before it is ready
            daemon.start_armed(f"after_commit:kill:{commit}")
            daemon.process.wait(3)
        daemon.stop()
        daemon.start()
        keys = load.bucket()
        newer = keys.get(key) == b"the file"
        if newer:
            taken += 1
            load.s3.put_object(Bucket="mounted", Key=key, Body=b"the newer object")
        wanted = b"the newer object" if newer else b"the file"
        deadline = time.monotonic() + PATIENCE
        while load.bucket().get(key) != load.tree().get(key) and time.monotonic() < deadline:
            daemon.await_idle()
        time.sleep(1.5)  # three looks: a file that would be taken again is taken by then
        assert load.bucket()[key] == wanted, f"killed after commit {commit}"
        assert load.tree()[key] == wanted, f"killed after commit {commit}"
        daemon.stop()
    assert taken
