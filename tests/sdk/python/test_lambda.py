"""Lambda: functions, invocations, logs, versions, policies, as boto3 uses them."""
import base64
import io
import json
import time
import urllib.request
import zipfile

import pytest
from botocore.exceptions import ClientError

ROLE = "arn:aws:iam::000000000000:role/lambda"


def package(**files):
    """A zip of {name with __ for the dot: text}."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, text in files.items():
            archive.writestr(name.replace("__", "."), text)
    return out.getvalue()


@pytest.fixture
def functions(client):
    return client("lambda")


def create(functions, name, text, runtime="python3.11", handler="app.handler", file="app__py", **options):
    functions.create_function(FunctionName=name, Runtime=runtime, Handler=handler, Role=ROLE,
                              Code={"ZipFile": package(**{file: text})}, **options)
    functions.get_waiter("function_active_v2").wait(FunctionName=name, WaiterConfig={"Delay": 1})


def invoke(functions, name, event=None, **options):
    answer = functions.invoke(FunctionName=name, Payload=json.dumps(event), **options)
    return json.loads(answer["Payload"].read()), answer


def wait_for(check, seconds=15):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        result = check()
        if result:
            return result
        time.sleep(0.05)
    pytest.fail("it did not happen in time")


def test_a_python_function_is_created_invoked_and_deleted(functions):
    create(functions, "hello", "def handler(event, context):\n    return {'hello': event['name']}\n")
    result, answer = invoke(functions, "hello", {"name": "you"})
    assert result == {"hello": "you"}
    assert answer["StatusCode"] == 200 and answer["ExecutedVersion"] == "$LATEST"
    assert "FunctionError" not in answer
    functions.delete_function(FunctionName="hello")
    with pytest.raises(functions.exceptions.ResourceNotFoundException):
        functions.get_function(FunctionName="hello")


def test_a_node_function_runs(functions):
    create(functions, "node", "exports.handler = async (event) => ({ twice: event.n * 2 });", "nodejs20.x",
           "index.handler", "index__js")
    assert invoke(functions, "node", {"n": 21})[0] == {"twice": 42}


def test_the_log_tail_holds_start_end_and_report(functions):
    create(functions, "logs", "def handler(event, context):\n    print('printed')\n")
    _, answer = invoke(functions, "logs", LogType="Tail")
    lines = base64.b64decode(answer["LogResult"]).decode().splitlines()
    request_id = answer["ResponseMetadata"]["RequestId"]
    assert lines[0] == f"START RequestId: {request_id} Version: $LATEST"
    assert lines[1] == "printed"
    assert lines[2] == f"END RequestId: {request_id}"
    assert lines[3].startswith(f"REPORT RequestId: {request_id}\tDuration: ")
    assert "\tMemory Size: 128 MB\t" in lines[3] and "\tInit Duration: " in lines[3]


def test_an_exception_is_a_function_error(functions):
    create(functions, "broken", "def handler(event, context):\n    raise KeyError('k')\n")
    result, answer = invoke(functions, "broken", {})
    assert answer["FunctionError"] == "Unhandled"
    assert result["errorType"] == "KeyError" and result["errorMessage"] == "'k'"


def test_a_function_reaches_this_aws_in_its_own_account(functions, client):
    """boto3 inside the function needs no endpoint: the environment names it."""
    create(functions, "writer",
           "import boto3\n"
           "def handler(event, context):\n"
           "    s3 = boto3.client('s3')\n"
           "    s3.create_bucket(Bucket=event['bucket'])\n"
           "    s3.put_object(Bucket=event['bucket'], Key='k', Body=b'from a function')\n"
           "    return boto3.client('sts').get_caller_identity()['Account']\n", Timeout=30)
    bucket = "b" + str(time.time_ns())
    caller = client("sts").get_caller_identity()["Account"]
    assert invoke(functions, "writer", {"bucket": bucket})[0] == caller
    assert client("s3").get_object(Bucket=bucket, Key="k")["Body"].read() == b"from a function"


def test_code_comes_from_s3_and_goes_back_by_its_location(functions, client):
    zipped = package(app__py="def handler(event, context):\n    return 'from s3'\n")
    bucket = "b" + str(time.time_ns())
    client("s3").create_bucket(Bucket=bucket)
    client("s3").put_object(Bucket=bucket, Key="code.zip", Body=zipped)
    functions.create_function(FunctionName="s3", Runtime="python3.11", Handler="app.handler", Role=ROLE,
                              Code={"S3Bucket": bucket, "S3Key": "code.zip"})
    assert invoke(functions, "s3")[0] == "from s3"
    location = functions.get_function(FunctionName="s3")["Code"]["Location"]
    assert urllib.request.urlopen(location, timeout=10).read() == zipped
    with pytest.raises(ClientError) as refused:
        functions.update_function_code(FunctionName="s3", S3Bucket=bucket, S3Key="nope.zip")
    assert refused.value.response["Error"]["Code"] == "InvalidParameterValueException"
    assert refused.value.response["Error"]["Message"] == (
        "Error occurred while GetObject. S3 Error Code: NoSuchKey. "
        "S3 Error Message: The specified key does not exist.")


def test_an_event_invocation_runs_behind_the_answer(functions, client):
    bucket = "b" + str(time.time_ns())
    s3 = client("s3")
    s3.create_bucket(Bucket=bucket)
    create(functions, "later",
           "import boto3\ndef handler(event, context):\n"
           "    boto3.client('s3').put_object(Bucket=event['bucket'], Key='done', Body=b'1')\n", Timeout=30)
    answer = functions.invoke(FunctionName="later", InvocationType="Event",
                              Payload=json.dumps({"bucket": bucket}))
    assert answer["StatusCode"] == 202
    wait_for(lambda: s3.list_objects_v2(Bucket=bucket)["KeyCount"] == 1)


def test_versions_and_aliases_keep_what_they_name(functions):
    create(functions, "v", "def handler(event, context):\n    return 1\n")
    assert functions.publish_version(FunctionName="v")["Version"] == "1"
    functions.create_alias(FunctionName="v", Name="live", FunctionVersion="1")
    functions.update_function_code(FunctionName="v",
                                   ZipFile=package(app__py="def handler(event, context):\n    return 2\n"))
    functions.get_waiter("function_updated_v2").wait(FunctionName="v", WaiterConfig={"Delay": 1})
    assert invoke(functions, "v")[0] == 2
    assert invoke(functions, "v", Qualifier="live")[0] == 1


def test_a_policy_statement_is_added_read_and_removed(functions):
    create(functions, "p", "def handler(event, context):\n    return 1\n")
    functions.add_permission(FunctionName="p", StatementId="s3", Action="lambda:InvokeFunction",
                             Principal="s3.amazonaws.com", SourceArn="arn:aws:s3:::b")
    statements = json.loads(functions.get_policy(FunctionName="p")["Policy"])["Statement"]
    assert [statement["Principal"] for statement in statements] == [{"Service": "s3.amazonaws.com"}]
    functions.remove_permission(FunctionName="p", StatementId="s3")
    with pytest.raises(functions.exceptions.ResourceNotFoundException):
        functions.get_policy(FunctionName="p")


def test_errors_have_the_codes_of_aws(functions):
    create(functions, "taken", "def handler(event, context):\n    return 1\n")
    with pytest.raises(functions.exceptions.ResourceConflictException) as taken:
        create(functions, "taken", "x = 1\n")
    assert taken.value.response["Error"]["Message"] == "Function already exist: taken"
    with pytest.raises(functions.exceptions.ResourceNotFoundException):
        functions.invoke(FunctionName="missing")
    with pytest.raises(functions.exceptions.InvalidRequestContentException):
        functions.invoke(FunctionName="taken", Payload=b"{no json")
    with pytest.raises(ClientError) as role:
        functions.create_function(FunctionName="r", Runtime="python3.11", Handler="a.b", Role="no-arn",
                                  Code={"ZipFile": package(a__py="")})
    assert role.value.response["Error"]["Code"] == "ValidationException"


def test_tags_are_kept_on_the_function(functions):
    create(functions, "t", "def handler(event, context):\n    return 1\n", Tags={"team": "a"})
    arn = functions.get_function(FunctionName="t")["Configuration"]["FunctionArn"]
    functions.tag_resource(Resource=arn, Tags={"stage": "dev"})
    functions.untag_resource(Resource=arn, TagKeys=["team"])
    assert functions.list_tags(Resource=arn)["Tags"] == {"stage": "dev"}
