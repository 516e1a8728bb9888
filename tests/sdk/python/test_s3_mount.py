"""A bucket bound to a folder: files are objects, objects are files."""
import io
import json
import os
import random
import subprocess
import time
import urllib.error
import urllib.parse
import urllib.request
import zipfile
from pathlib import Path

import pytest

from daemon import ROOT


def control(endpoint, method, **query):
    url = endpoint + "/_fogbank/s3/mounts?" + urllib.parse.urlencode(query)
    try:
        with urllib.request.urlopen(urllib.request.Request(url, method=method)) as answer:
            return answer.status, json.loads(answer.read())
    except urllib.error.HTTPError as error:
        return error.code, json.loads(error.read())


@pytest.fixture
def mounted(endpoint, s3, tmp_path):
    bucket = "mount-%016x" % random.getrandbits(64)
    s3.create_bucket(Bucket=bucket)
    s3.put_object(Bucket=bucket, Key="before", Body=b"object")
    folder = tmp_path / "data"
    (folder / "sub").mkdir(parents=True)
    (folder / "sub/own").write_bytes(b"file")
    status, answer = control(endpoint, "POST", bucket=bucket, folder=str(folder))
    assert status == 200 and {"bucket": bucket, "folder": str(folder)} in answer["mounts"]
    yield bucket, folder
    control(endpoint, "DELETE", bucket=bucket)


def soon(check):
    end = time.time() + 15
    while time.time() < end:
        found = check()
        if found:
            return found
        time.sleep(0.1)
    return check()


def keys(s3, bucket):
    return [item["Key"] for item in s3.list_objects_v2(Bucket=bucket).get("Contents", [])]


def test_what_was_there_is_on_both_sides(s3, mounted):
    bucket, folder = mounted
    assert soon(lambda: keys(s3, bucket) == ["before", "sub/own"])
    assert soon(lambda: (folder / "before").exists()) and (folder / "before").read_bytes() == b"object"
    assert s3.get_object(Bucket=bucket, Key="sub/own")["Body"].read() == b"file"


def test_files_follow_objects_and_objects_follow_files(s3, mounted):
    bucket, folder = mounted
    large = os.urandom(300_000)
    s3.put_object(Bucket=bucket, Key="a/b/large", Body=large)
    assert soon(lambda: (folder / "a/b/large").exists()) and (folder / "a/b/large").read_bytes() == large
    s3.delete_object(Bucket=bucket, Key="a/b/large")
    assert soon(lambda: not (folder / "a").exists())
    (folder / "new").write_bytes(large)
    assert soon(lambda: "new" in keys(s3, bucket))
    assert s3.get_object(Bucket=bucket, Key="new")["Body"].read() == large
    (folder / "new").write_bytes(b"changed")
    assert soon(lambda: s3.get_object(Bucket=bucket, Key="new")["Body"].read() == b"changed")
    (folder / "new").unlink()
    assert soon(lambda: "new" not in keys(s3, bucket))
    s3.put_object(Bucket=bucket, Key="dir/", Body=b"x")
    s3.put_object(Bucket=bucket, Key="after", Body=b"x")
    assert soon(lambda: (folder / "after").exists())
    assert not (folder / "dir").exists()


FUNCTION = """
import json, os
def handler(event, context):
    record = event["Records"][0]
    path = record.get("FOGBANK_OBJECT_PATH")
    content = open(path).read() if path else None
    print("SAW " + json.dumps([record["eventName"], record["s3"]["object"]["key"], content]))
"""


def test_a_function_finds_the_file_of_its_event(endpoint, account, client, s3, mounted):
    bucket, folder = mounted
    lambda_client = client("lambda")
    package = io.BytesIO()
    with zipfile.ZipFile(package, "w") as archive:
        archive.writestr("main.py", FUNCTION)
    function = lambda_client.create_function(
        FunctionName="reader", Runtime="python3.11", Role="arn:aws:iam::%s:role/r" % account,
        Handler="main.handler", Code={"ZipFile": package.getvalue()})["FunctionArn"]
    lambda_client.get_waiter("function_active_v2").wait(FunctionName="reader")
    lambda_client.add_permission(FunctionName="reader", StatementId="s3", Action="lambda:InvokeFunction",
                                 Principal="s3.amazonaws.com", SourceArn="arn:aws:s3:::" + bucket)
    s3.put_bucket_notification_configuration(Bucket=bucket, NotificationConfiguration={
        "LambdaFunctionConfigurations": [{"LambdaFunctionArn": function,
                                          "Events": ["s3:ObjectCreated:*", "s3:ObjectRemoved:*"]}]})
    s3.put_object(Bucket=bucket, Key="x/by-client", Body=b"one")
    (folder / "by-program").write_bytes(b"two")
    logs = endpoint + "/_fogbank/logs?function=reader&account=" + account

    def saw():
        with urllib.request.urlopen(logs) as answer:
            return answer.read().decode().replace('\\"', '"')

    assert soon(lambda: "by-client" in saw() and "by-program" in saw())
    text = saw()
    assert '["ObjectCreated:Put", "x/by-client", "one"]' in text
    assert '["ObjectCreated:Put", "by-program", "two"]' in text
    (folder / "by-program").unlink()
    assert soon(lambda: '["ObjectRemoved:Delete", "by-program", null]' in saw())


def test_what_cannot_be_mounted_is_refused(endpoint, s3, mounted, tmp_path):
    bucket, folder = mounted
    assert control(endpoint, "POST", bucket=bucket, folder=str(tmp_path))[0] == 400
    other = bucket + "-2"
    s3.create_bucket(Bucket=other)
    for bad in ("relative", str(tmp_path / "absent"), str(folder / "sub"), str(tmp_path)):
        status, answer = control(endpoint, "POST", bucket=other, folder=bad)
        assert status == 400 and "older" in answer["error"]
    assert control(endpoint, "POST", bucket="absent-" + bucket, folder=str(folder))[0] == 404
    assert control(endpoint, "DELETE", bucket=other)[0] == 400


def test_the_commands_mount_list_and_unmount(endpoint, s3, tmp_path):
    binary = Path(os.environ.get("FOGBANK_BUILD", ROOT / "build/dev")) / "emulator/fogbank"
    bucket = "mount-%016x" % random.getrandbits(64)
    s3.create_bucket(Bucket=bucket)

    def fogbank(*words):
        command = [binary, "--url", endpoint, *words]
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
        return done.returncode, done.stdout

    (tmp_path / "here").mkdir()
    line = "%s  %s\n" % (bucket, tmp_path / "here")
    code, text = fogbank("mount", bucket, "here")
    assert code == 0 and line in text
    assert line in fogbank("mount")[1]
    assert fogbank("mount", bucket, "here")[0] == 1
    assert fogbank("unmount", bucket) == (0, "unmounted %s\n" % bucket)
    assert line not in fogbank("mount")[1]
