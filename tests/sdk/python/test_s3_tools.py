"""S3 through the tools that people have: the AWS CLI, rclone, and s3cmd, which shares no line with SDKs."""

import os
import shutil
import subprocess
import sys
import time
import urllib.parse
from pathlib import Path

import pytest

from buckets import new_name

BIG = 40 << 20  # the CLI sends parts of 8 MiB from 8 MiB on


@pytest.fixture
def aws(endpoint, account, tmp_path):
    environment = {
        **os.environ,
        "AWS_ENDPOINT_URL": endpoint,
        "AWS_ACCESS_KEY_ID": account,
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_CONFIG_FILE": str(tmp_path / "none"),
        "AWS_MAX_ATTEMPTS": "1",
    }

    def start(*words, **options):
        command = [str(Path(sys.executable).with_name("aws")), *map(str, words)]
        return subprocess.Popen(
            command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, **options
        )

    def run(*words, data=None):
        process = start(*words, stdin=subprocess.PIPE)
        out, error = process.communicate(data)
        assert process.returncode == 0, error.decode()
        return out

    run.start = start
    return run


def make_tree(folder, files):
    for number in range(files):
        path = folder / f"d{number % 7}" / f"f {number}+é.bin"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(os.urandom(number * 37 % 5000))
        # LastModified is in whole seconds: a file made in the second of its upload is newer to `sync`.
        an_hour_ago = time.time() - 3600
        os.utime(path, (an_hour_ago, an_hour_ago))
    return tree(folder)


def tree(folder):
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_the_cli_copies_a_large_file_both_ways_and_between_buckets(aws, s3, bucket, tmp_path):
    (tmp_path / "big").write_bytes(os.urandom(BIG))
    aws("s3", "cp", tmp_path / "big", f"s3://{bucket}/big", "--only-show-errors")
    assert s3.head_object(Bucket=bucket, Key="big")["ETag"].endswith('-5"')
    other = new_name()
    aws("s3", "mb", f"s3://{other}")
    aws("s3", "cp", f"s3://{bucket}/big", f"s3://{other}/copy", "--only-show-errors")
    aws("s3", "cp", f"s3://{other}/copy", tmp_path / "back", "--only-show-errors")
    assert (tmp_path / "back").read_bytes() == (tmp_path / "big").read_bytes()
    piped = os.urandom(9 << 20)
    aws("s3", "cp", "-", f"s3://{bucket}/piped", data=piped)
    assert aws("s3", "cp", f"s3://{bucket}/piped", "-") == piped
    aws("s3", "mv", f"s3://{bucket}/piped", f"s3://{other}/moved", "--only-show-errors")
    aws("s3", "rb", f"s3://{other}", "--force")
    assert [entry["Key"] for entry in s3.list_objects_v2(Bucket=bucket)["Contents"]] == ["big"]


def test_the_cli_syncs_a_folder_and_finds_nothing_to_do_then(aws, bucket, tmp_path):
    here, there = tmp_path / "here", tmp_path / "there"
    wanted = make_tree(here, 300)
    aws("s3", "sync", here, f"s3://{bucket}/tree", "--only-show-errors")
    assert aws("s3", "sync", here, f"s3://{bucket}/tree") == b""
    aws("s3", "sync", f"s3://{bucket}/tree", there, "--only-show-errors")
    assert tree(there) == wanted
    gone, *kept = sorted(wanted)
    (here / gone).unlink()
    (here / kept[0]).write_bytes(b"changed")
    told = aws("s3", "sync", here, f"s3://{bucket}/tree", "--delete", "--no-progress").decode()
    assert sorted(line.split(":")[0] for line in told.splitlines()) == ["delete", "upload"]
    listed = aws("s3", "ls", f"s3://{bucket}", "--recursive", "--summarize").decode()
    assert "Total Objects: 299\n" in listed
    aws("s3", "rm", f"s3://{bucket}", "--recursive", "--only-show-errors")
    assert aws("s3", "ls", f"s3://{bucket}") == b""


def test_a_sync_that_was_interrupted_is_finished_by_the_next(aws, s3, bucket, tmp_path):
    here, there = tmp_path / "here", tmp_path / "there"
    wanted = make_tree(here, 200)
    first = aws.start("s3", "sync", here, f"s3://{bucket}", "--only-show-errors")
    while first.poll() is None and not s3.list_objects_v2(Bucket=bucket)["KeyCount"]:
        time.sleep(0.01)
    first.kill()
    first.communicate()
    aws("s3", "sync", here, f"s3://{bucket}", "--only-show-errors")
    aws("s3", "sync", f"s3://{bucket}", there, "--only-show-errors")
    assert tree(there) == wanted


@pytest.fixture
def s3cmd(endpoint, account, tmp_path):
    program = shutil.which("s3cmd")
    if program is None:
        pytest.fail("s3cmd is not installed: scripts/setup installs it")
    host = urllib.parse.urlsplit(endpoint).netloc
    options = ["--config", tmp_path / "none", "--access_key", account, "--secret_key", "test"]
    options += ["--host", host, "--host-bucket", host, "--no-ssl", "--no-progress"]
    (tmp_path / "none").touch()

    def run(*words):
        done = subprocess.run([program, *options, *words], capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout

    return run


def test_s3cmd_moves_files_and_folders(s3cmd, s3, tmp_path):
    bucket = new_name()
    url = "s3://" + bucket
    s3cmd("mb", url)
    # Its copies bring an ACL, which AWS takes only where ACLs are on.
    owners = {"Rules": [{"ObjectOwnership": "BucketOwnerPreferred"}]}
    s3.put_bucket_ownership_controls(Bucket=bucket, OwnershipControls=owners)
    (tmp_path / "big").write_bytes(os.urandom(17 << 20))
    s3cmd("put", "--multipart-chunk-size-mb=5", tmp_path / "big", url + "/big")
    s3cmd("get", url + "/big", tmp_path / "back")
    assert (tmp_path / "back").read_bytes() == (tmp_path / "big").read_bytes()
    wanted = make_tree(tmp_path / "here", 60)
    s3cmd("sync", str(tmp_path / "here") + "/", url + "/tree/")
    s3cmd("sync", url + "/tree/", str(tmp_path / "there") + "/")
    assert tree(tmp_path / "there") == wanted
    assert len(s3cmd("ls", "--recursive", url + "/tree/").splitlines()) == 60
    s3cmd("cp", url + "/big", url + "/copy")
    assert "17825792" in s3cmd("info", url + "/copy")
    (tmp_path / "rules").write_text(
        "<LifecycleConfiguration><Rule><ID>r</ID><Prefix>tree/</Prefix><Status>Enabled</Status>"
        "<Expiration><Days>9</Days></Expiration></Rule></LifecycleConfiguration>"
    )
    s3cmd("setlifecycle", tmp_path / "rules", url)
    assert "<Days>9</Days>" in s3cmd("getlifecycle", url)
    s3cmd("del", "--recursive", "--force", url)
    s3cmd("rb", url)
    assert s3.list_buckets()["Buckets"] == []


@pytest.fixture
def rclone(endpoint, account, tmp_path):
    program = shutil.which("rclone")
    if program is None:
        pytest.fail("rclone is not installed: scripts/setup installs it")
    environment = {
        # Its AWS SDK takes no authority from the environment with rclone's own transport.
        **{name: value for name, value in os.environ.items() if name != "AWS_CA_BUNDLE"},
        "RCLONE_CONFIG": str(tmp_path / "none"),
        "RCLONE_CONFIG_S_TYPE": "s3",
        "RCLONE_CONFIG_S_PROVIDER": "Other",  # "AWS" puts the bucket before a host that is an address
        "RCLONE_S3_LIST_VERSION": "2",
        "RCLONE_S3_LIST_URL_ENCODE": "true",
        "RCLONE_CONFIG_S_ENDPOINT": endpoint,
        "RCLONE_CONFIG_S_REGION": "us-east-1",
        "RCLONE_CONFIG_S_FORCE_PATH_STYLE": "true",
        "RCLONE_CONFIG_S_ACCESS_KEY_ID": account,
        "RCLONE_CONFIG_S_SECRET_ACCESS_KEY": "test",
        "RCLONE_S3_CHUNK_SIZE": "5Mi",
        "RCLONE_S3_UPLOAD_CUTOFF": "5Mi",
        "RCLONE_RETRIES": "1",
        "RCLONE_LOW_LEVEL_RETRIES": "1",
    }
    (tmp_path / "none").touch()

    def start(*words):
        command = [program, *map(str, words)]
        return subprocess.Popen(
            command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )

    def run(*words):
        process = start(*words)
        out, error = process.communicate(timeout=120)
        assert process.returncode == 0, error
        return out + error

    run.start = start
    return run


def test_rclone_syncs_files_big_and_many_both_ways(rclone, s3, bucket, tmp_path):
    here, there = tmp_path / "here", tmp_path / "there"
    make_tree(here, 250)
    (here / "big").write_bytes(os.urandom(23 << 20))
    wanted = tree(here)
    rclone("sync", here, f"s:{bucket}/tree")
    assert s3.head_object(Bucket=bucket, Key="tree/big")["ETag"].endswith('-5"')
    assert "There was nothing to transfer" in rclone("sync", here, f"s:{bucket}/tree", "-v")
    rclone("check", here, f"s:{bucket}/tree", "--download")
    rclone("sync", f"s:{bucket}/tree", there)
    assert tree(there) == wanted
    gone = max(wanted)
    (here / gone).unlink()
    rclone("sync", here, f"s:{bucket}/tree")
    assert len(rclone("lsf", "--recursive", "--files-only", f"s:{bucket}").splitlines()) == 250
    rclone("copyto", f"s:{bucket}/tree/big", f"s:{bucket}/copy")  # on the server
    assert s3.head_object(Bucket=bucket, Key="copy")["ContentLength"] == 23 << 20
    rclone("purge", f"s:{bucket}")
    assert s3.list_buckets()["Buckets"] == []


def test_rclone_finishes_a_transfer_that_was_interrupted(rclone, s3, bucket, tmp_path):
    here, there = tmp_path / "here", tmp_path / "there"
    make_tree(here, 150)
    (here / "big").write_bytes(os.urandom(60 << 20))
    wanted = tree(here)
    first = rclone.start("sync", here, f"s:{bucket}", "--bwlimit", "8Mi")
    while first.poll() is None and not s3.list_objects_v2(Bucket=bucket)["KeyCount"]:
        time.sleep(0.01)
    first.kill()
    first.communicate()
    assert s3.list_objects_v2(Bucket=bucket)["KeyCount"] < len(wanted)
    rclone("sync", here, f"s:{bucket}")
    rclone("cleanup", f"s:{bucket}")  # the parts that the first one left, where they are a day old
    rclone("sync", f"s:{bucket}", there)
    assert tree(there) == wanted
