"""The `fogbank` command: how errors are told, as text and as JSON."""

import json
import os
import re

import pytest
from support import fogbank, output


@pytest.fixture
def daemon(daemons):
    return daemons.get({})


def test_version_answers_json():
    for arguments in (["version", "--json"], ["--json", "version"], ["--version", "--json"]):
        answer = json.loads(output(*arguments))
        assert list(answer) == ["version"]
        assert re.fullmatch(r"\d+\.\d+\.\d+", answer["version"])


@pytest.mark.parametrize(
    "arguments, code, words",
    [
        ([], 2, "A subcommand is required"),
        (["dance"], 2, "dance"),
        (["start", "--dance"], 2, "--dance"),
        (["logs"], 2, "function is required"),
        (["start", "--durability", "forever"], 2, "durability 'forever': expected process, power or memory"),
        (["start", "--state-dir", ""], 2, "--state-dir: expected a folder"),
        (["start", "--listen", "127.0.0.1:1"], 1, "can't start: cannot listen on 127.0.0.1:1"),
        (["aws", "s3", "ls"], 1, "can't run the AWS CLI"),
        (["status"], 1, "no daemon answers at http://127.0.0.1:1: "),
        (["reset"], 1, "no daemon answers at http://127.0.0.1:1: "),
        (["logs", "f"], 1, "no daemon answers at http://127.0.0.1:1: "),
    ],
)
def test_an_error_is_a_json_object_where_json_is_wanted(arguments, code, words, tmp_path):
    if arguments[:3] == ["start", "--listen", "127.0.0.1:1"] and os.geteuid() == 0:
        arguments = ["start", "--listen", "192.0.2.1:4566"]  # root may listen on port 1
        words = "can't start: cannot listen on 192.0.2.1:4566"
    run = fogbank(
        "--json",
        *arguments,
        url="http://127.0.0.1:1",
        path="/nonexistent",
        environment={"FOGBANK_STATE_DIR": str(tmp_path / "state")},
    )
    assert (run.returncode, run.stdout) == (code, "")
    answer = json.loads(run.stderr)
    assert list(answer) == ["error"]
    assert words in answer["error"]


def test_what_the_daemon_refuses_is_a_json_object_where_json_is_wanted(daemon):
    run = fogbank("reset", "s4", "--json", url=daemon.endpoint)
    assert (run.returncode, run.stdout, run.stderr) == (1, "", '{"error":"no such service: s4"}\n')


@pytest.mark.parametrize(
    "arguments, words",
    [
        (["reset", "--account", "123"], "account: expected 12 digits, such as 000000000000"),
        (["reset", "s3", "--account", "12345678901x"], "account: expected 12 digits"),
        (["await", "--account", "me"], "account: expected 12 digits"),
        (["logs", "f", "--account", "../x"], "account: expected 12 digits"),
        (
            ["await", "--trace", "1-2-3"],
            "trace: expected an id such as 1-65a1b2c3-0123456789abcdef01234567; `fogbank trace` lists them",
        ),
    ],
)
def test_a_malformed_account_or_trace_is_refused(daemon, arguments, words):
    run = fogbank(*arguments, url=daemon.endpoint)
    assert (run.returncode, run.stdout) == (1, "")
    assert run.stderr.startswith("fogbank: " + words)


@pytest.mark.parametrize(
    "address, words",
    [
        (
            "no-such-host.invalid:4566",
            "cannot listen on no-such-host.invalid:4566: no host 'no-such-host.invalid' is known here. "
            "Write an address of this machine, such as 127.0.0.1, or 0.0.0.0 for all of them",
        ),
        (
            "192.0.2.1:4566",
            "cannot listen on 192.0.2.1:4566: '192.0.2.1' is no address of this machine. "
            "Write an address of this machine, such as 127.0.0.1, or 0.0.0.0 for all of them",
        ),
    ],
)
def test_an_address_that_is_not_of_this_machine_is_said_with_what_to_write(address, words, tmp_path):
    run = fogbank("start", "--state-dir", str(tmp_path / "state"), "--listen", address)
    assert run.returncode == 1
    assert f"fogbank: can't start: {words}\n" in run.stderr
