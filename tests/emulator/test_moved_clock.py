"""A clock that was moved: kept over a kill, and open about what is left to do."""

import json

from support import create_function, new_account, until


def clock(daemon, query="", method="GET"):
    answer = daemon.http(method, "/_fogbank/clock" + query)
    assert answer.status == 200, answer.text
    return json.loads(answer.text)


def test_a_stream_made_in_an_advanced_time_is_active_after_a_kill(make_lab):
    daemon = make_lab({}).start("own")
    assert clock(daemon, "?action=advance&by=1h", "POST")["ahead_s"] == 3600
    kinesis = daemon.client("kinesis")
    kinesis.create_stream(StreamName="kept", ShardCount=1)
    kinesis.get_waiter("stream_exists").wait(StreamName="kept", WaiterConfig={"Delay": 1, "MaxAttempts": 30})
    daemon.process.kill()
    daemon.start()
    assert clock(daemon)["ahead_s"] >= 3600
    summary = daemon.client("kinesis").describe_stream_summary(StreamName="kept")
    assert summary["StreamDescriptionSummary"]["StreamStatus"] == "ACTIVE"


def test_a_clock_that_was_never_moved_starts_at_the_systems_time(make_lab):
    daemon = make_lab({}).start("own")
    daemon.process.kill()
    daemon.start()
    assert clock(daemon)["ahead_s"] == 0


def test_await_names_a_failed_invocation_that_waits_for_its_retry(make_lab):
    daemon = make_lab({}).start("own")
    functions = daemon.client("lambda")
    create_function(functions, "fails", "def handler(event, context):\n    raise ValueError('no')\n")
    functions.invoke(FunctionName="fails", InvocationType="Event")

    def failures():
        report = json.loads(daemon.http("GET", "/_fogbank/await?timeout=100ms").text)
        return report["failures"]

    failure = until(failures, "await names the failure")[0]
    assert "function:fails" in failure["what"] and "is tried again at" in failure["what"]
    assert clock(daemon, "?action=advance&by=1h", "POST")["idle"] is True
    report = json.loads(daemon.http("GET", "/_fogbank/await").text)
    assert report["idle"] is True
    assert [f["what"].split(" failed: ")[0] for f in report["failures"]] == [
        "invocation of arn:aws:lambda:us-east-1:000000000000:function:fails"
    ]


def fail_for_ever(daemon, account):
    """A stream of one record, and a function that fails on it."""
    kinesis, functions = daemon.client("kinesis", account), daemon.client("lambda", account)
    kinesis.create_stream(StreamName="poisoned", ShardCount=1)
    kinesis.get_waiter("stream_exists").wait(StreamName="poisoned", WaiterConfig={"Delay": 1})
    create_function(functions, "fails", "def handler(event, context):\n    raise ValueError('no')\n")
    functions.create_event_source_mapping(
        FunctionName="fails",
        EventSourceArn=f"arn:aws:kinesis:us-east-1:{account}:stream/poisoned",
        StartingPosition="TRIM_HORIZON",
    )
    kinesis.put_record(StreamName="poisoned", Data=b"bad", PartitionKey="p")


def await_failures(daemon, account):
    answer = daemon.http("GET", f"/_fogbank/await?timeout=100ms&account={account}")
    return json.loads(answer.text)["failures"]


def test_a_batch_that_is_tried_again_does_not_hold_up_a_clock_that_is_moved(make_lab):
    daemon = make_lab({}).start("own")
    account = new_account()
    fail_for_ever(daemon, account)
    failure = until(lambda: await_failures(daemon, account), "await names the failed batch")[0]
    batch = f"batch of 1 for arn:aws:lambda:us-east-1:{account}:function:fails failed: ValueError"
    assert failure["what"].startswith(batch + " and is tried again at ")
    for _ in range(3):
        moved = clock(daemon, "?action=advance&by=10m", "POST")
        assert (moved["idle"], moved["pending"]) == (True, {})
    # It went where it was told to, not on by what it waited.
    assert 1800 <= moved["ahead_s"] < 1810
    assert daemon.http("GET", f"/_fogbank/await?timeout=100ms&account={account}").status == 408


def test_await_of_a_trace_does_not_wait_for_what_others_left(make_lab):
    daemon = make_lab({}).start("own")
    account = new_account()
    fail_for_ever(daemon, account)
    failure = until(lambda: await_failures(daemon, account), "await names the failed batch")[0]
    other = "1-5f84c7a1-" + "0" * 24
    assert daemon.http("GET", f"/_fogbank/await?timeout=10s&trace={other}").status == 200
    stuck = daemon.http("GET", f"/_fogbank/await?timeout=100ms&trace={failure['trace']}")
    assert (stuck.status, json.loads(stuck.text)["pending"]) == (408, {"event source mappings": 1})


def test_a_python_function_has_the_interpreters_boto3_where_no_packages_are_named(make_lab):
    daemon = make_lab({}).start("own", {"FOGBANK_PYTHON_PACKAGES": ""})
    functions = daemon.client("lambda")
    source = "import boto3\n\ndef handler(event, context):\n    return boto3.__name__\n"
    create_function(functions, "sdk", source)
    assert functions.invoke(FunctionName="sdk")["Payload"].read() == b'"boto3"'
