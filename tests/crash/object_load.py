"""Sixteen writers of objects, each with keys of its own, and what has to be there of what they did.

A writer does one thing after the other, so only its last call can be unsure when the daemon dies: that call
happened whole or not at all, and the check finds out which.
"""

import collections
import functools
import hashlib
import json
import random
import threading
import zipfile
from io import BytesIO

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError

WRITERS = 16
KEYS = 6  # of a writer in a bucket
SIZES = [16, 1000, 64 * 1024, 64 * 1024 + 1, 90_000, 200_000]  # inline up to 64 KiB, a file above
PART = 5 << 20
BUCKETS = ["plain", "versions", "source", "replica"]

# Appends what it is told to a file: a line each, so that lines of several processes do not mix.
HANDLER = """
import json, os

def handler(event, context):
    for record in event["Records"]:
        s3 = record["s3"]
        line = [record["eventName"], s3["bucket"]["name"], s3["object"]["key"],
                s3["object"].get("versionId") or s3["object"].get("eTag", ""), s3["object"]["sequencer"]]
        out = os.open(os.environ["SEEN"], os.O_WRONLY | os.O_APPEND | os.O_CREAT)
        os.write(out, (json.dumps(line) + "\\n").encode())
        os.close(out)
"""

Stored = collections.namedtuple("Stored", "etag md5 size")


def md5(body):
    return hashlib.md5(body).hexdigest()


def plain_object(body):
    return Stored(md5(body), md5(body), len(body))


class Load:
    def __init__(self, endpoint, seed, seen):
        options = dict(
            endpoint_url=endpoint,
            region_name="us-east-1",
            aws_access_key_id="test",
            aws_secret_access_key="test",
            config=Config(
                retries={"max_attempts": 0},
                read_timeout=60,
                connect_timeout=5,
                max_pool_connections=WRITERS,
                s3={"addressing_style": "path"},
            ),
        )
        self.s3, self.lambda_ = boto3.client("s3", **options), boto3.client("lambda", **options)
        self.seen = seen
        self.changed = threading.Condition()
        self.acknowledged = 0
        self.ended = False
        self.events = collections.Counter()  # (event, bucket, key, version or etag) that have to come
        self.writers = [Writer(self, number, random.Random(f"{seed} {number}")) for number in range(WRITERS)]
        self.read = set()  # versions of the replicated buckets that were compared already

    # --- before the crash --------------------------------------------------------------------

    def set_up(self):
        code = BytesIO()
        with zipfile.ZipFile(code, "w") as archive:
            archive.writestr("note.py", HANDLER)
        function = self.lambda_.create_function(
            FunctionName="note",
            Runtime="python3.11",
            Handler="note.handler",
            Role="arn:aws:iam::000000000000:role/r",
            Timeout=30,
            Code={"ZipFile": code.getvalue()},
            Environment={"Variables": {"SEEN": str(self.seen)}},
        )["FunctionArn"]
        self.lambda_.get_waiter("function_active_v2").wait(FunctionName="note")
        for bucket in BUCKETS:
            self.s3.create_bucket(Bucket=bucket)
            self.lambda_.add_permission(
                FunctionName="note",
                StatementId=bucket,
                Action="lambda:InvokeFunction",
                Principal="s3.amazonaws.com",
                SourceArn="arn:aws:s3:::" + bucket,
            )
            rule = {"LambdaFunctionArn": function, "Events": ["s3:ObjectCreated:*", "s3:ObjectRemoved:*"]}
            self.s3.put_bucket_notification_configuration(
                Bucket=bucket, NotificationConfiguration={"LambdaFunctionConfigurations": [rule]}
            )
            if bucket != "plain":
                self.s3.put_bucket_versioning(
                    Bucket=bucket, VersioningConfiguration={"Status": "Enabled"}
                )
        self.s3.put_bucket_replication(
            Bucket="source",
            ReplicationConfiguration={
                "Role": "arn:aws:iam::000000000000:role/r",
                "Rules": [
                    {
                        "ID": "r",
                        "Priority": 1,
                        "Status": "Enabled",
                        "Filter": {"Prefix": ""},
                        "DeleteMarkerReplication": {"Status": "Enabled"},
                        "Destination": {"Bucket": "arn:aws:s3:::replica"},
                    }
                ],
            },
        )

    def run(self, until):
        """Writes until `until()` has returned, which ends the daemon, and every writer has noticed."""
        self.ended = False
        threads = [threading.Thread(target=writer.run) for writer in self.writers]
        for thread in threads:
            thread.start()
        try:
            until()
        finally:
            self.ended = True
            for thread in threads:
                thread.join()
        for writer in self.writers:
            if writer.failure:
                raise writer.failure

    def tell(self, *event):
        with self.changed:
            self.acknowledged += 1
            self.events[event] += 1
            self.changed.notify_all()

    # --- after it ------------------------------------------------------------------------------

    def check(self):
        """What breaks a promise, as sentences; empty: nothing."""
        return [
            *self.check_plain(),
            *self.check_versions(),
            *self.check_replicas(),
            *self.check_events(),
        ]

    def body(self, bucket, key, **version):
        answer = self.s3.get_object(Bucket=bucket, Key=key, **version)
        body = answer["Body"].read()
        return Stored(answer["ETag"].strip('"'), md5(body), len(body))

    def check_plain(self):
        pages = self.s3.get_paginator("list_objects_v2").paginate(Bucket="plain")
        listed = {entry["Key"]: entry for page in pages for entry in page.get("Contents", [])}
        stored = {key: self.body("plain", key) for key in listed}
        for key, entry in listed.items():
            if (entry["ETag"].strip('"'), entry["Size"]) != (stored[key].etag, stored[key].size):
                yield f"{key} is listed as {entry['ETag']} and is {stored[key]}"
        for writer in self.writers:
            writer.settle("plain", lambda key: stored.get(key))
            for key, expected in writer.plain.items():
                if stored.pop(key, None) != expected:
                    yield f"{key} has to be {expected}, and is listed as {listed.get(key)}"
        for key in stored:
            yield f"{key} was deleted or never written, and is there"

    def all_versions(self, bucket):
        """The versions of each key: (is it the latest, id, ETag), and None for a delete marker's ETag."""
        versions = collections.defaultdict(list)
        for page in self.s3.get_paginator("list_object_versions").paginate(Bucket=bucket):
            for entry in page.get("Versions", []) + page.get("DeleteMarkers", []):
                etag = entry["ETag"].strip('"') if "ETag" in entry else None
                versions[entry["Key"]].append((entry["IsLatest"], entry["VersionId"], etag))
        return versions

    def check_versions(self):
        listed = self.all_versions("versions")

        def actual(key):
            return {entry[1]: entry[2] for entry in listed.get(key, [])}

        for writer in self.writers:
            writer.settle("versions", actual)
            for key, expected in writer.versions.items():
                known = {version: stored and stored.etag for version, stored in expected.items()}
                if known != actual(key):
                    yield f"{key} has to have the versions {known}, and has {actual(key)}"
                    continue
                latest = [entry[1] for entry in listed.get(key, []) if entry[0]]
                if expected and latest != [list(expected)[-1]]:
                    yield f"{key}: {latest} is current, {list(expected)[-1]} was the last to be written"
                for version, stored in expected.items():
                    if stored and self.body("versions", key, VersionId=version) != stored:
                        yield f"{key} in version {version} has other bytes than {stored}"

    def check_replicas(self):
        source, replica = self.all_versions("source"), self.all_versions("replica")
        for writer in self.writers:
            writer.settle("source", lambda key: {entry[1]: entry[2] for entry in source.get(key, [])})
            for key, stored in writer.replicated.items():
                if [entry[2] for entry in source.get(key, [])] != [stored.etag]:
                    yield f"{key} has to be there once, as {stored}, and is {source.get(key)}"
        for key in source.keys() | replica.keys():
            wanted = [entry[2] for entry in source.get(key, [])]
            if [entry[2] for entry in replica.get(key, [])] != wanted:
                yield f"{key} has to be replicated once, as {wanted}, and is {replica.get(key)}"
            elif key not in self.read:
                self.read.add(key)
                self.events["ObjectCreated:Put", "replica", key, replica[key][0][1]] += 1
                if self.body("replica", key) != self.body("source", key):
                    yield f"{key} has other bytes in the replica"
                status = self.s3.head_object(Bucket="source", Key=key)["ReplicationStatus"]
                if status != "COMPLETED":
                    yield f"{key} is replicated and says {status}"

    def check_events(self):
        lines = {tuple(json.loads(line)) for line in open(self.seen, encoding="utf-8")}
        seen = collections.Counter(line[:4] for line in lines)  # a repeated delivery has the same sequencer
        for event in seen.keys() | self.events.keys():
            if seen[event] != self.events[event]:
                yield f"{event} happened {self.events[event]} times and was told {seen[event]} times"


class Writer:
    def __init__(self, load, number, mine):
        self.load, self.s3, self.number, self.random = load, load.s3, number, mine
        self.plain = {}  # key -> Stored
        self.versions = collections.defaultdict(dict)  # key -> {version: Stored, or None for a marker}
        self.replicated = {}  # key -> Stored
        self.unsure = None  # (bucket, key, what to do once it is known whether the call took place)
        self.failure = None

    def run(self):
        try:
            while not self.load.ended:
                work = [self.put] * 3 + [self.delete] * 2 + [self.copy, self.complete, self.forget]
                self.random.choice(work + [self.replicate] * (self.number % 4 == 0))()
        except BotoCoreError:
            pass  # no answer: nothing is promised
        except Exception as error:  # an answer that should not be, or a mistake here
            self.failure = error

    def key(self):
        return f"w{self.number}/k{self.random.randrange(KEYS)}"

    def bytes(self):
        return self.random.randbytes(self.random.choice(SIZES))

    def write(self, bucket, key, event, stored, call):
        """Calls, and remembers what is stored then; `call` returns the version."""
        change = functools.partial(self.wrote, bucket, key, event, stored)
        self.unsure = (bucket, key, functools.partial(self.find_write, change, stored))
        change(call().get("VersionId"))
        self.unsure = None

    def wrote(self, bucket, key, event, stored, version):
        if bucket == "plain":
            self.plain[key] = stored
        elif bucket == "versions":
            self.versions[key][version] = stored
        else:
            self.replicated[key] = stored
        self.load.tell(event, bucket, key, version or (stored.etag if stored else ""))

    def find_write(self, change, stored, bucket, key, actual):
        if bucket == "plain":
            if actual == stored and self.plain.get(key) != stored:
                change(None)
            return
        known = self.versions[key] if bucket == "versions" else {}
        for version in actual.keys() - known.keys():
            change(version)

    def settle(self, bucket, actual):
        """Finds out whether the call that had no answer took place; `actual(key)` is what is there."""
        if self.unsure is None or self.unsure[0] != bucket:
            return
        _, key, find = self.unsure
        self.unsure = None
        find(bucket, key, actual(key))

    # --- what a writer does ---------------------------------------------------------------------

    def put(self):
        bucket, key, body = self.random.choice(["plain", "versions"]), self.key(), self.bytes()
        self.write(
            bucket,
            key,
            "ObjectCreated:Put",
            plain_object(body),
            lambda: self.s3.put_object(Bucket=bucket, Key=key, Body=body),
        )

    def replicate(self):
        key, body = f"w{self.number}/{self.random.getrandbits(64):016x}", self.bytes()
        self.write(
            "source",
            key,
            "ObjectCreated:Put",
            plain_object(body),
            lambda: self.s3.put_object(Bucket="source", Key=key, Body=body),
        )

    def copy(self):
        if not self.plain:
            return
        source, stored = self.random.choice(sorted(self.plain.items()))
        bucket, key = self.random.choice(["plain", "versions"]), self.key()
        copied = stored._replace(etag=stored.md5)
        # A copy to itself is refused, and of one to what is the same nobody could tell whether it took place.
        if bucket == "plain" and (key == source or self.plain.get(key) == copied):
            return
        self.write(
            bucket,
            key,
            "ObjectCreated:Copy",
            copied,
            lambda: self.s3.copy_object(
                Bucket=bucket, Key=key, CopySource={"Bucket": "plain", "Key": source}
            ),
        )

    def complete(self):
        bucket, key = self.random.choice(["plain", "versions"]), self.key()
        bodies = [self.bytes()]
        if self.random.random() < 0.2:
            bodies.insert(0, self.random.randbytes(PART))
        upload = self.s3.create_multipart_upload(Bucket=bucket, Key=key)["UploadId"]
        where = dict(Bucket=bucket, Key=key, UploadId=upload)
        parts = [
            {"PartNumber": n, "ETag": self.s3.upload_part(PartNumber=n, Body=body, **where)["ETag"]}
            for n, body in enumerate(bodies, 1)
        ]
        whole = b"".join(bodies)
        etag = md5(b"".join(hashlib.md5(body).digest() for body in bodies)) + f"-{len(bodies)}"
        self.write(
            bucket,
            key,
            "ObjectCreated:CompleteMultipartUpload",
            Stored(etag, md5(whole), len(whole)),
            lambda: self.s3.complete_multipart_upload(MultipartUpload={"Parts": parts}, **where),
        )

    def delete(self):
        """An object of the plain bucket, or a marker in the other one."""
        if self.random.random() < 0.3:
            key = self.key()
            self.write(
                "versions",
                key,
                "ObjectRemoved:DeleteMarkerCreated",
                None,
                lambda: self.s3.delete_object(Bucket="versions", Key=key),
            )
            return
        if not self.plain:
            return
        key = self.random.choice(sorted(self.plain))

        def gone():
            del self.plain[key]
            self.load.tell("ObjectRemoved:Delete", "plain", key, "")

        self.unsure = ("plain", key, lambda bucket, key, actual: gone() if actual is None else None)
        self.s3.delete_object(Bucket="plain", Key=key)
        gone()
        self.unsure = None

    def forget(self):
        """A version, for ever."""
        held = [(key, version) for key in sorted(self.versions) for version in self.versions[key]]
        if not held:
            return
        key, version = self.random.choice(held)

        def gone():
            del self.versions[key][version]
            self.load.tell("ObjectRemoved:Delete", "versions", key, version)

        self.unsure = ("versions", key, lambda bucket, key, actual: gone() if version not in actual else None)
        self.s3.delete_object(Bucket="versions", Key=key, VersionId=version)
        gone()
        self.unsure = None
