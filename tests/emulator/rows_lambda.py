"""Rows of the conventions: Lambda."""

import json

from botocore.exceptions import ClientError
from support import ROLE, create_function, new_account, until, zip_of

ECHO = "def handler(event, context): return event"
PID = "import os\ndef handler(event, context): return os.getpid()"


def invoke(client, name, payload=None, **options):
    answer = client.invoke(FunctionName=name, Payload=json.dumps(payload), **options)
    return json.loads(answer["Payload"].read() or b"null"), answer


def error_of(call):
    try:
        call()
    except ClientError as error:
        return error.response["Error"]["Code"], error.response["Error"]["Message"]
    raise AssertionError("nothing was refused")


def hot_reload(bucket):
    """The folder itself is the code: what is saved runs at the next call."""

    def check(lab):
        folder = lab.folder / ("hot-" + bucket.strip("_"))
        folder.mkdir()
        (folder / "app.py").write_text("def handler(event, context): return 'first'\n", encoding="utf-8")
        client = lab.daemon.client("lambda", new_account())
        create_function(client, "hot", "", Code={"S3Bucket": bucket, "S3Key": str(folder)})
        assert invoke(client, "hot")[0] == "first"
        (folder / "app.py").write_text("def handler(event, context): return 'second one'\n", encoding="utf-8")
        until(lambda: invoke(client, "hot")[0] == "second one", "the changed code")

    return check


def environment_of_a_function(lab):
    account = new_account()
    client = lab.daemon.client("lambda", account, region="eu-west-1")
    create_function(
        client,
        "env",
        "import os\ndef handler(event, context): return dict(os.environ)",
        Environment={"Variables": {"MINE": "yes"}},
        MemorySize=256,
    )
    found = invoke(client, "env")[0]
    expected = {
        "AWS_ENDPOINT_URL": lab.daemon.endpoint,
        "LOCALSTACK_HOSTNAME": "127.0.0.1",
        "EDGE_PORT": str(lab.daemon.port),
        "AWS_LAMBDA_FUNCTION_NAME": "env",
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "256",
        "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
        "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand",
        "AWS_LAMBDA_LOG_GROUP_NAME": "/aws/lambda/env",
        "AWS_EXECUTION_ENV": "AWS_Lambda_python3.11",
        "AWS_REGION": "eu-west-1",
        "AWS_DEFAULT_REGION": "eu-west-1",
        "_HANDLER": "app.handler",
        "TZ": ":UTC",
        "MINE": "yes",
    }
    assert {name: found.get(name) for name in expected} == expected
    for name in (
        "LAMBDA_TASK_ROOT",
        "LAMBDA_RUNTIME_DIR",
        "AWS_LAMBDA_RUNTIME_API",
        "AWS_LAMBDA_LOG_STREAM_NAME",
        "AWS_ACCESS_KEY_ID",
        "AWS_SECRET_ACCESS_KEY",
        "AWS_SESSION_TOKEN",
    ):
        assert found.get(name), name


def credentials_of_a_function(lab):
    account = new_account()
    client = lab.daemon.client("lambda", account)
    create_function(
        client,
        "who",
        "import boto3\ndef handler(event, context):\n"
        "    return boto3.client('sts').get_caller_identity()['Account']",
        Timeout=60,
    )
    assert invoke(client, "who")[0] == account


def keepalive(lab):
    """After a millisecond without work the next call gets a new process."""
    client = lab.daemon.client("lambda", new_account())
    create_function(client, "pid", PID)
    first = invoke(client, "pid")[0]
    until(lambda: invoke(client, "pid")[0] != first, "another process")


def keepalive_default(lab):
    client = lab.daemon.client("lambda", new_account())
    create_function(client, "pid", PID)
    assert len({invoke(client, "pid")[0] for _ in range(5)}) == 1


def start_timeout(fails):
    """A function that takes three seconds to start, and one second to run."""

    def check(lab):
        client = lab.daemon.client("lambda", new_account())
        create_function(client, "slow", "import time\ntime.sleep(3)\n" + ECHO, Timeout=1)
        payload, answer = invoke(client, "slow", "started")
        assert ("FunctionError" in answer) == fails, payload
        assert fails or payload == "started"

    return check


def concurrency(lab):
    client = lab.daemon.client("lambda", new_account())
    assert client.get_account_settings()["AccountLimit"]["ConcurrentExecutions"] == 7


def zipped_limit(lab):
    client = lab.daemon.client("lambda", new_account())
    code = {"ZipFile": zip_of({"app.py": "#" * 5000})}
    name, _ = error_of(
        lambda: client.create_function(
            FunctionName="big", Runtime="python3.11", Role=ROLE, Handler="app.handler", Code=code
        )
    )
    assert name in (
        "RequestEntityTooLargeException",
        "InvalidParameterValueException",
        "CodeStorageExceededException",
    )
    create_function(client, "small", ECHO)


def environment_limit(lab):
    client = lab.daemon.client("lambda", new_account())
    big = {"Variables": {"AB": "x" * 100}}
    name, message = error_of(lambda: create_function(client, "big", ECHO, Environment=big))
    assert name == "InvalidParameterValueException"
    assert "exceeded" in message, message
    create_function(client, "small", ECHO, Environment={"Variables": {"AB": "x"}})


def create_state(state):
    def check(lab):
        client = lab.daemon.client("lambda", new_account())
        assert create_function(client, "state", ECHO)["State"] == state

    return check


def retry_delay(lab):
    """An asynchronous call that fails is tried three times; AWS would take three minutes over it."""
    account = new_account()
    calls = lab.folder / "calls"
    client = lab.daemon.client("lambda", account)
    create_function(
        client,
        "fails",
        f"def handler(event, context):\n    open({str(calls)!r}, 'a').write('x')\n    1 / 0\n",
    )
    invoke(client, "fails", InvocationType="Event")
    until(lambda: calls.exists() and calls.read_text(encoding="utf-8") == "xxx", "three attempts")


def foreign_architecture(lab):
    client = lab.daemon.client("lambda", new_account())
    create_function(client, "arm", ECHO, Architectures=["arm64"])
    assert invoke(client, "arm", {"a": 1})[0] == {"a": 1}
