"""Rows of the conventions: the other settings of the open edition."""

import subprocess
import time

from botocore.exceptions import ClientError
from rows_control import asked
from rows_ports import tls_certificate
from support import create_function, new_account

LOCAL_PAGE = "http://localhost:3000"
FOREIGN_PAGE = "https://shop.example"


def error_code(call):
    try:
        call()
    except ClientError as error:
        return error.response["Error"]["Code"]
    raise AssertionError("nothing was refused")


def warned(name):
    """One daemon is started with all settings that have no effect; each has its line."""

    def check(lab):
        lines = [line for line in lab.daemon.log.splitlines() if f" {name} has no effect: " in line]
        assert len(lines) == 1
        assert " W " in lines[0]
        assert len(lines[0].split(" has no effect: ")[1]) > 10
        assert any(
            line.startswith(f"{name} has no effect")
            for line in asked(lab.daemon, "GET", "/_localstack/diagnose")["warnings"]
        )

    return check


def services(lab):
    assert lab.daemon.signed("GET", "/").status == 200
    answer = lab.daemon.http(
        "POST",
        "/",
        headers={
            "X-Amz-Target": "Kinesis_20131202.ListStreams",
            "Content-Type": "application/x-amz-json-1.1",
        },
        body="{}",
    )
    assert answer.status == 501
    assert "Fogbank does not serve kinesis" in answer.text


def buckets_after_a_restart(settings, expected):
    def check(lab):
        daemon = lab.start("persistence" + "".join(settings.values()), settings)
        daemon.client("s3").create_bucket(Bucket="kept")
        daemon.stop()
        daemon.start()
        assert [bucket["Name"] for bucket in daemon.client("s3").list_buckets()["Buckets"]] == expected

    return check


def restart_keeps_with_persistence(lab):
    daemon = lab.start("restart-kept", {"PERSISTENCE": "1"})
    daemon.client("s3").create_bucket(Bucket="kept")
    asked(daemon, "POST", "/_localstack/health", {"action": "restart"})
    assert len(daemon.client("s3").list_buckets()["Buckets"]) == 1


def logs_requests(lab):
    lab.daemon.client("sts").get_caller_identity()
    assert "operation=sts.GetCallerIdentity status=200" in lab.daemon.log


def somebody_elses_debug(lab):
    daemon = lab.start("foreign-debug", {"DEBUG": "express:*"})
    assert "DEBUG has no effect: DEBUG=express:*: expected 1 or 0" in daemon.log


def log_level(level, says_info):
    def check(lab):
        daemon = lab.start("log-" + level, {"LS_LOG": level})
        assert ("listening" in daemon.log) == says_info

    return check


def custom_certificate(lab):
    folder = lab.folder / "certificate"
    folder.mkdir()
    key, certificate, both = folder / "key.pem", folder / "cert.pem", folder / "both.pem"
    subprocess.run(
        [
            "openssl",
            "req",
            "-x509",
            "-newkey",
            "rsa:2048",
            "-nodes",
            "-subj",
            "/CN=mine.test",
            "-days",
            "2",
            "-addext",
            "subjectAltName=DNS:mine.test",
            "-keyout",
            key,
            "-out",
            certificate,
        ],
        check=True,
        capture_output=True,
    )
    both.write_text(
        key.read_text(encoding="utf-8") + certificate.read_text(encoding="utf-8"), encoding="utf-8"
    )
    daemon = lab.start("own-certificate", {"CUSTOM_SSL_CERT_PATH": str(both)})
    assert tls_certificate(daemon.port, "mine.test", str(certificate))[1] == "HTTP/1.1 200 OK"


def region_of_a_new_stream(region, expected):
    def check(lab):
        account = new_account()
        client = lab.daemon.client("kinesis", account, region=region)
        client.create_stream(StreamName="s", ShardCount=1)
        arn = client.describe_stream_summary(StreamName="s")["StreamDescriptionSummary"]["StreamARN"]
        assert arn == f"arn:aws:kinesis:{expected}:{account}:stream/s"

    return check


# --- CORS ------------------------------------------------------------


def page_may_call(origin, allowed):
    def check(lab):
        answer = lab.daemon.signed("GET", "/", headers={"Origin": origin})
        assert answer.status == (200 if allowed else 403)
        assert answer.headers["Access-Control-Allow-Origin"] == (origin if allowed else None)

    return check


def no_cors_headers(lab):
    answer = lab.daemon.signed("GET", "/", headers={"Origin": LOCAL_PAGE})
    assert answer.status == 200
    assert not [name for name in answer.headers if name.lower().startswith("access-control-")]


def preflight(lab):
    return lab.daemon.http(
        "OPTIONS", "/", headers={"Origin": LOCAL_PAGE, "Access-Control-Request-Method": "PUT"}
    )


def bucket_cors_is_off(lab):
    s3, bucket = lab.daemon.client("s3"), f"cors-{new_account()}"
    s3.create_bucket(Bucket=bucket)
    rule = {"AllowedOrigins": ["https://shop.example"], "AllowedMethods": ["PUT"]}
    s3.put_bucket_cors(Bucket=bucket, CORSConfiguration={"CORSRules": [rule]})
    asked_for = {"Origin": "https://shop.example", "Access-Control-Request-Method": "PUT"}
    answer = lab.daemon.http("OPTIONS", f"/{bucket}/key", headers=asked_for)
    assert "Access-Control-Allow-Origin" not in answer.headers


def public_bucket(refusal):
    """A bucket that is created with a public ACL, and what AWS's public access block says to that."""

    def check(lab):
        s3, bucket = lab.daemon.client("s3"), f"open-{new_account()}"
        public = {"ACL": "public-read", "ObjectOwnership": "ObjectWriter"}
        try:
            s3.create_bucket(Bucket=bucket, **public)
        except ClientError as error:
            assert error.response["Error"]["Code"] == refusal
            return
        assert refusal is None
        assert lab.daemon.http("GET", f"/{bucket}").status == 200

    return check


def default_preflight(lab):
    answer = preflight(lab)
    assert answer.status == 204
    assert "PUT" in answer.headers["Access-Control-Allow-Methods"].split(",")
    assert "x-amz-target" in answer.headers["Access-Control-Allow-Headers"].split(",")


def extra_allowed_header(lab):
    assert preflight(lab).headers["Access-Control-Allow-Headers"].endswith(",x-mine,x-yours")


def extra_exposed_header(lab):
    answer = lab.daemon.signed("GET", "/", headers={"Origin": LOCAL_PAGE})
    assert answer.headers["Access-Control-Expose-Headers"].endswith(",x-shown")


# --- Kinesis ------------------------------------------------------------


def small_table(lab):
    client = lab.daemon.client("dynamodb", new_account())
    client.create_table(
        TableName="small",
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}],
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
    )
    return client


def throttled(which):
    def code(call):
        try:
            call()
        except ClientError as error:
            return error.response["Error"]["Code"]
        return "accepted"

    def check(lab):
        client = small_table(lab)
        refused = "ProvisionedThroughputExceededException"
        read = code(lambda: client.get_item(TableName="small", Key={"pk": {"S": "a"}}))
        write = code(lambda: client.put_item(TableName="small", Item={"pk": {"S": "a"}}))
        assert read == ("accepted" if which == "writes" else refused)
        assert write == ("accepted" if which == "reads" else refused)

    return check


def put_expired(client):
    client.update_time_to_live(
        TableName="small", TimeToLiveSpecification={"Enabled": True, "AttributeName": "due"}
    )
    due = str(int(time.time()) - 100)
    client.put_item(TableName="small", Item={"pk": {"S": "old"}, "due": {"N": due}})


def expired_items_on_request(lab):
    client = small_table(lab)
    put_expired(client)
    time.sleep(0.3)
    assert client.scan(TableName="small")["Count"] == 1
    assert asked(lab.daemon, "DELETE", "/_aws/dynamodb/expired")["ExpiredItems"] == 1
    assert client.scan(TableName="small")["Count"] == 0


def expired_items_go(lab):
    client = small_table(lab)
    put_expired(client)
    until = time.time() + 10
    while client.scan(TableName="small")["Count"] == 1 and time.time() < until:
        time.sleep(0.05)
    assert client.scan(TableName="small")["Count"] == 0


def stream_status(status):
    def check(lab):
        client = lab.daemon.client("kinesis", new_account())
        client.create_stream(StreamName="s", ShardCount=1)
        found = client.describe_stream_summary(StreamName="s")["StreamDescriptionSummary"]["StreamStatus"]
        assert found == status

    return check


def shard_limit(lab):
    client = lab.daemon.client("kinesis", new_account())
    client.create_stream(StreamName="fits", ShardCount=2)
    assert (
        error_code(lambda: client.create_stream(StreamName="more", ShardCount=1)) == "LimitExceededException"
    )


def on_demand_limit(lab):
    client = lab.daemon.client("kinesis", new_account())
    mode = {"StreamMode": "ON_DEMAND"}
    client.create_stream(StreamName="fits", StreamModeDetails=mode)
    assert (
        error_code(lambda: client.create_stream(StreamName="more", StreamModeDetails=mode))
        == "LimitExceededException"
    )


def strict(lab):
    def who(key, secret):
        return lab.daemon.client("sts", key, secret=secret).get_caller_identity

    account = new_account()
    assert error_code(who("AKIAIOSFODNN7EXAMPLE", "test")) == "InvalidClientTokenId"
    assert error_code(who(account, "guessed")) == "SignatureDoesNotMatch"
    assert who(account, "test")()["Account"] == account
    assert who("test", "test")()["Account"] == "000000000000"
    # What has no effect here is refused, and nothing of it is kept.
    lambdas = lab.daemon.client("lambda", account)
    vpc = {"SubnetIds": ["subnet-1"], "SecurityGroupIds": ["sg-1"]}
    code = "def handler(event, context): pass"
    inside = lambda: create_function(lambdas, "inside", code, VpcConfig=vpc)  # noqa: E731
    assert error_code(inside) == "NotImplemented"
    assert lambdas.list_functions()["Functions"] == []
    create_function(lambdas, "outside", code)
    tables = lab.daemon.client("dynamodb", account)
    table = {
        "TableName": "plain",
        "BillingMode": "PAY_PER_REQUEST",
        "KeySchema": [{"AttributeName": "k", "KeyType": "HASH"}],
        "AttributeDefinitions": [{"AttributeName": "k", "AttributeType": "S"}],
    }
    encrypted = {**table, "SSESpecification": {"Enabled": True}}
    assert error_code(lambda: tables.create_table(**encrypted)) == "NotImplemented"
    assert tables.create_table(**table)["TableDescription"]["TableName"] == "plain"
    s3 = lab.daemon.client("s3", account)
    s3.create_bucket(Bucket=f"strict-{account}")
    kms = {"Bucket": f"strict-{account}", "Key": "k", "ServerSideEncryption": "aws:kms"}
    assert error_code(lambda: s3.put_object(**kms)) == "NotImplemented"
