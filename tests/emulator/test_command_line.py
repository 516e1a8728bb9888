"""The `fogbank` command: what it prints, with which exit code: 0 done, 1 refused, 2 wrong usage."""

import json
import os
import re
import subprocess
from pathlib import Path

import pytest
from support import binary, create_function, fogbank, free_port, new_account, output, until


@pytest.fixture
def daemon(daemons):
    return daemons.get({})


@pytest.fixture
def own(make_lab):
    """A daemon for commands that end it, erase it or move its clock."""
    return make_lab({}).start("own")


# --- the command itself ------------------------------------------------------------


def test_help_shows_commands_and_examples():
    text = output("--help")
    for word in (
        "Examples:",
        "fogbank aws s3 mb s3://photos",
        "fogbank clock advance 24h",
        "start",
        "status",
        "stop",
        "reset",
        "clock",
        "await",
        "trace",
        "logs",
        "version",
    ):
        assert word in text
    for command in ("start", "status", "reset", "clock", "await", "trace", "logs"):
        assert command in output(command, "--help")


def test_version_is_printed_by_command_and_flag():
    for command in ("version", "--version"):
        assert re.fullmatch(r"fogbank \d+\.\d+\.\d+\n", output(command))


@pytest.mark.parametrize(
    "arguments, words",
    [
        ([], "A subcommand is required"),
        (["dance"], "dance"),
        (["--dance"], "--dance"),
        (["start", "--dance"], "--dance"),
        (["start", "extra"], "extra"),
        (["start", "--listen"], "--listen"),
        (["start", "--durability", "forever"], "durability 'forever': expected process, power or memory"),
        (
            ["start", "--listen", "host:port"],
            "address 'host:port': expected HOST:PORT with a port of 0 to 65535",
        ),
        (
            ["start", "--service-listen", "s3"],
            "--service-listen s3: expected SERVICE=HOST:PORT, such as s3=127.0.0.1:4572",
        ),
        (["logs"], "function"),
        (["clock", "advance"], "duration is required"),
        (["clock", "turn"], "turn"),
    ],
)
def test_a_wrong_command_line_is_an_error_with_exit_code_2(arguments, words, tmp_path):
    run = fogbank(*arguments, environment={"FOGBANK_STATE_DIR": str(tmp_path / "state")})
    assert run.returncode == 2
    assert words in run.stderr
    assert run.stdout == ""


@pytest.mark.parametrize(
    "name, value, words",
    [
        ("KINESIS_SHARD_LIMIT", "many", "KINESIS_SHARD_LIMIT=many: expected a whole number of at least 1"),
        ("PERSISTENCE", "maybe", "PERSISTENCE=maybe: expected 1 or 0"),
        ("LS_LOG", "loud", "LS_LOG=loud: expected trace, debug, info, warn or error"),
        ("FOGBANK_FAULT", "nowhere:kill", "FOGBANK_FAULT=nowhere:kill: expected POINT:kill|fail[:COUNT]"),
    ],
)
def test_a_bad_setting_is_an_error_with_exit_code_2(name, value, words, tmp_path):
    run = fogbank("start", "--state-dir", str(tmp_path / "state"), environment={name: value})
    assert (run.returncode, run.stdout, run.stderr) == (2, "", f"fogbank: {words}\n")


# --- start ------------------------------------------------------------


def test_a_service_that_does_not_exist_gets_no_port(tmp_path):
    run = fogbank(
        "start",
        "--state-dir",
        str(tmp_path / "state"),
        "--listen",
        "127.0.0.1:0",
        "--service-listen",
        "s4=127.0.0.1:0",
    )
    assert run.returncode == 2
    assert "--service-listen s4=...: no such service; there are " in run.stderr
    assert "dynamodb" in run.stderr


def test_a_port_in_use_is_said_with_the_address(own, tmp_path):
    run = fogbank("start", "--state-dir", str(tmp_path / "second"), "--listen", f"127.0.0.1:{own.port}")
    assert run.returncode == 1
    assert run.stdout == ""
    assert f"127.0.0.1:{own.port}" in run.stderr
    assert "already in use" in run.stderr.lower()
    assert own.http("GET", "/_localstack/health").status == 200


def test_a_state_folder_in_use_is_said_with_its_path(own):
    run = fogbank("start", "--state-dir", str(own.state), "--listen", f"127.0.0.1:{free_port()}")
    assert run.returncode == 1
    assert run.stdout == ""
    assert str(own.state) in run.stderr
    assert "in use" in run.stderr or "another" in run.stderr
    assert own.client("s3").list_buckets()["Buckets"] == []


def test_a_state_folder_that_cannot_be_made_is_said(tmp_path):
    (tmp_path / "file").write_text("", encoding="utf-8")
    run = fogbank("start", "--state-dir", str(tmp_path / "file/state"), "--listen", "127.0.0.1:0")
    assert run.returncode == 1
    assert str(tmp_path / "file/state") in run.stderr


def test_functions_run_where_the_state_folder_is_given_by_a_relative_path(make_lab):
    daemon = make_lab({}).prepare("relative")
    daemon.state = Path(os.path.relpath(daemon.state))
    client = daemon.start().client("lambda")
    create_function(client, "f", "def handler(event, context): return 'ran'")
    answer = client.invoke(FunctionName="f", Payload="{}")
    assert (answer.get("FunctionError"), answer["Payload"].read()) == (None, b'"ran"')


def test_signals_end_the_daemon_gracefully(own):
    own.client("s3").create_bucket(Bucket="kept")
    assert own.stop() == 0
    own.start()
    assert len(own.client("s3").list_buckets()["Buckets"]) == 1


# --- status and stop ------------------------------------------------------------


def test_status_tells_what_runs(daemon):
    text = output("status", url=daemon.endpoint)
    assert re.match(
        rf"Fogbank \d+\.\d+\.\d+ at {daemon.endpoint}, pid {daemon.process.pid}, up \d+ s, ", text
    )
    assert f"state    {daemon.state}\n" in text
    assert " dynamodb" in text.splitlines()[-1]
    answer = json.loads(output("status", "--json", url=daemon.endpoint))
    assert answer["pid"] == daemon.process.pid
    assert answer["ready"] is True
    assert answer["services"]["s3"] == "available"


def test_the_address_comes_from_the_flag_before_the_environment(daemon):
    assert f"at {daemon.endpoint}," in output("--url", daemon.endpoint, "status", url="http://127.0.0.1:1")
    assert f"at {daemon.endpoint}/," in output("status", "--url", daemon.endpoint + "/")


def test_without_a_daemon_the_commands_say_so():
    nowhere = f"http://127.0.0.1:{free_port()}"
    for command in (["status"], ["stop"], ["reset"], ["clock"], ["await"], ["trace"], ["logs", "f"]):
        run = fogbank(*command, url=nowhere)
        assert (run.returncode, run.stdout) == (1, "")
        assert run.stderr.startswith(f"fogbank: no daemon answers at {nowhere}: ")
        assert "Start one with: fogbank start" in run.stderr


def test_stop_ends_the_daemon(own):
    assert output("stop", url=own.endpoint) == "stopping\n"
    assert own.process.wait(30) == 0


def test_stop_answers_json(own):
    assert json.loads(output("stop", "--json", url=own.endpoint)) == {"stopping": True}
    assert own.process.wait(30) == 0


# --- reset ------------------------------------------------------------


def test_reset_erases_all_a_service_or_an_account(own):
    def fill():
        for account in ("111111111111", "222222222222"):
            own.client("s3", account).create_bucket(Bucket="of-" + account)
            own.client("kinesis", account).create_stream(StreamName="s", ShardCount=1)

    def left():
        return [
            (
                len(own.client("s3", account).list_buckets()["Buckets"]),
                len(own.client("kinesis", account).list_streams()["StreamNames"]),
            )
            for account in ("111111111111", "222222222222")
        ]

    fill()
    assert output("reset", "s3", url=own.endpoint) == "reset s3\n"
    assert left() == [(0, 1), (0, 1)]
    assert output("reset", url=own.endpoint) == "reset sts s3 dynamodb kinesis lambda apigateway\n"
    fill()
    assert output("reset", "--account", "111111111111", url=own.endpoint).endswith(", account 111111111111\n")
    assert left() == [(0, 0), (1, 1)]
    assert json.loads(
        output("reset", "kinesis", "--account", "222222222222", "--json", url=own.endpoint)
    ) == {"reset": ["kinesis"], "account": "222222222222"}
    assert left() == [(0, 0), (1, 0)]


def test_reset_of_an_unknown_service_is_refused(daemon):
    run = fogbank("reset", "s4", url=daemon.endpoint)
    assert (run.returncode, run.stdout, run.stderr) == (1, "", "fogbank: no such service: s4\n")


# --- clock ------------------------------------------------------------


def now(daemon):
    return json.loads(output("clock", "--json", url=daemon.endpoint))


def test_the_clock_is_shown_and_moved(own):
    assert re.fullmatch(
        r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z, 0 s ahead of the system's clock\n",
        output("clock", url=own.endpoint),
    )
    output("clock", "advance", "24h", url=own.endpoint)
    assert 86_399 <= now(own)["ahead_s"] <= 86_400
    answer = json.loads(output("clock", "set", "2099-01-31T00:00:00Z", "--json", url=own.endpoint))
    assert answer["now"].startswith("2099-01-31T00:00:0")
    assert answer["frozen"] is False
    stream = own.client("kinesis")
    stream.create_stream(StreamName="later", ShardCount=1)
    created = stream.describe_stream_summary(StreamName="later")["StreamDescriptionSummary"][
        "StreamCreationTimestamp"
    ]
    assert created.year == 2099


def test_the_clock_stands_while_it_is_frozen(own):
    assert ", frozen, " in output("clock", "freeze", url=own.endpoint)
    stood = now(own)["now"]
    assert now(own)["now"] == stood
    output("clock", "advance", "90", url=own.endpoint)
    assert now(own)["now"] != stood
    assert ", frozen" not in output("clock", "resume", url=own.endpoint)


@pytest.mark.parametrize(
    "arguments, words",
    [
        (["advance", "soon"], "advance: expected a duration such as 90s, 15m, 24h or 7d"),
        (["advance", "-1h"], ""),
        (["set", "tomorrow"], "set: expected a time such as 2027-01-31T00:00:00Z"),
        (["set", "2001-01-01T00:00:00Z"], "the clock can't be set back; it stands at "),
    ],
)
def test_the_clock_refuses_what_it_cannot_do(daemon, arguments, words):
    run = fogbank("clock", *arguments, url=daemon.endpoint)
    assert run.returncode in (1, 2)
    assert run.stdout == ""
    assert words in run.stderr
    assert now(daemon)["ahead_s"] == 0


# --- await, trace, logs ------------------------------------------------------------


def test_await_returns_when_nothing_is_left(daemon):
    account = new_account()
    assert output("await", "--account", account, url=daemon.endpoint) == "idle\n"
    assert json.loads(output("await", "--account", account, "--json", url=daemon.endpoint)) == {
        "idle": True,
        "pending": {},
        "failures": [],
    }
    run = fogbank("await", "--timeout", "soon", url=daemon.endpoint)
    assert (run.returncode, run.stderr) == (1, "fogbank: timeout: expected a duration of at most 15m\n")


def test_await_says_what_is_left_when_its_time_is_over(daemon):
    account = new_account()
    client = daemon.client("lambda", account)
    create_function(client, "slow", "import time\ndef handler(event, context): time.sleep(2)", Timeout=30)
    client.invoke(FunctionName="slow", InvocationType="Event", Payload="{}")
    run = fogbank("await", "--account", account, "--timeout", "100ms", url=daemon.endpoint)
    assert run.returncode == 1
    assert re.search(r"^pending: 1 ", run.stdout, re.M)
    assert run.stderr.startswith("fogbank: still at work after 100ms: wait longer with --timeout 5m, or ")
    assert output("await", "--account", account, url=daemon.endpoint) == "idle\n"


def test_await_tells_of_failures(daemon):
    account = new_account()
    client = daemon.client("lambda", account)
    create_function(client, "fails", "def handler(event, context): 1 / 0")
    client.put_function_event_invoke_config(FunctionName="fails", MaximumRetryAttempts=0)
    client.invoke(FunctionName="fails", InvocationType="Event", Payload="{}")
    text = output("await", "--account", account, url=daemon.endpoint)
    assert text.startswith("idle\nfailed: ")
    assert "fails" in text


def test_trace_says_that_there_is_none(own):
    assert output("trace", url=own.endpoint) == "no traces: nothing was asked yet that they tell of\n"


def test_trace_draws_what_a_call_caused(daemon):
    account = new_account()
    client = daemon.client("lambda", account)
    create_function(client, "traced", "def handler(event, context): return 1")
    root = "1-5f84c7a1-" + os.urandom(12).hex()
    daemon.http(
        "POST",
        "/2015-03-31/functions/traced/invocations",
        body="{}",
        headers={
            "X-Amz-Invocation-Type": "Event",
            "X-Amzn-Trace-Id": "Root=" + root,
            "X-Amz-Date": "20260101T000000Z",
            "Authorization": f"AWS4-HMAC-SHA256 Credential={account}/20260101/us-east-1/lambda/aws4_request, "
            "SignedHeaders=host, Signature=00",
        },
    )
    output("await", "--trace", root, url=daemon.endpoint)

    def drawn():
        run = fogbank("trace", root, url=daemon.endpoint)
        return run.stdout if "invocation" in run.stdout else None

    lines = until(drawn, "the invocation in the trace").splitlines()
    assert re.fullmatch(r"call lambda\.Invoke.*  202  \d+\.\d ms", lines[0]), lines
    assert any(re.match(r"  +invocation lambda\.", line) for line in lines[1:]), lines
    tree = json.loads(output("trace", root, "--json", url=daemon.endpoint))
    assert tree["trace"] == root
    assert tree["roots"][0]["name"] == "Invoke"
    assert any(line.startswith(root) for line in output("trace", url=daemon.endpoint).splitlines())
    assert root in [
        each["trace"] for each in json.loads(output("trace", "--json", url=daemon.endpoint))["traces"]
    ]


def test_an_unknown_trace_is_said(daemon):
    run = fogbank("trace", "1-00000000-000000000000000000000000", url=daemon.endpoint)
    assert run.returncode == 1
    assert run.stderr == "fogbank: no such trace: 1-00000000-000000000000000000000000; it may be too old\n"


def test_logs_shows_what_a_function_wrote(daemon):
    account = new_account()
    client = daemon.client("lambda", account, region="eu-west-1")
    create_function(client, "talks", "def handler(event, context): print('said', event)")
    client.invoke(FunctionName="talks", Payload='"this"')
    where = ["--account", account, "--region", "eu-west-1"]

    def written():
        run = fogbank("logs", "talks", *where, url=daemon.endpoint)
        return run.stdout if "REPORT" in run.stdout else None

    text = until(written, "the report of the invocation")
    assert "START RequestId: " in text
    assert "said this\n" in text
    answer = json.loads(output("logs", "talks", *where, "--json", url=daemon.endpoint))
    assert "said this\n" in answer["text"]
    assert answer["next_offset"] > 0


def test_logs_follow_what_comes(daemon):
    account = new_account()
    client = daemon.client("lambda", account)
    create_function(client, "talks", "def handler(event, context): print('said', event)")
    client.invoke(FunctionName="talks", Payload='"first"')
    with subprocess.Popen(
        [binary(), "--url", daemon.endpoint, "logs", "-f", "talks", "--account", account],
        stdout=subprocess.PIPE,
        text=True,
    ) as following:
        try:
            for word in ("said first\n", "said second\n"):
                assert any(line == word for line in iter(following.stdout.readline, ""))
                client.invoke(FunctionName="talks", Payload='"second"')
        finally:
            following.terminate()


def test_logs_of_an_unknown_function_are_refused(daemon):
    run = fogbank("logs", "nobody", url=daemon.endpoint)
    assert (run.returncode, run.stdout) == (1, "")
    assert (
        run.stderr
        == "fogbank: nobody wrote nothing yet, or is no function of the default account in us-east-1\n"
    )


# --- aws ------------------------------------------------------------


def test_aws_runs_the_aws_cli_against_the_daemon(daemon, tmp_path):
    bucket = "cli-" + new_account()
    (tmp_path / "hello.txt").write_text("hello", encoding="utf-8")
    assert bucket in output("--url", daemon.endpoint, "aws", "s3", "mb", "s3://" + bucket)
    output("aws", "s3", "cp", str(tmp_path / "hello.txt"), f"s3://{bucket}/hello.txt", url=daemon.endpoint)
    assert output("aws", "s3", "cp", f"s3://{bucket}/hello.txt", "-", url=daemon.endpoint) == "hello"
    answer = json.loads(output("aws", "sts", "get-caller-identity", "--output", "json", url=daemon.endpoint))
    assert answer["Account"] == "000000000000"


def test_aws_passes_on_flags_credentials_and_the_exit_code(daemon):
    credentials = {"AWS_ACCESS_KEY_ID": "123456789012", "AWS_SECRET_ACCESS_KEY": "test"}
    text = output(
        "aws",
        "sts",
        "get-caller-identity",
        "--query",
        "Account",
        "--output",
        "text",
        url=daemon.endpoint,
        environment=credentials,
    )
    assert text == "123456789012\n"
    run = fogbank("aws", "s3", "ls", "s3://nobody-has-this-bucket", url=daemon.endpoint)
    assert run.returncode not in (0, 2)
    assert "NoSuchBucket" in run.stderr


def test_aws_without_the_aws_cli_is_said(daemon):
    run = fogbank("aws", "s3", "ls", url=daemon.endpoint, path="/nonexistent")
    assert run.returncode == 1
    assert run.stderr.startswith("fogbank: can't run the AWS CLI: ")
    assert "pip install awscli" in run.stderr
