"""Stopping: nothing that merely waits may hold it up."""

import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from support import create_function, until

SOURCE = """
import os

def handler(event, context):
    return os.getpid()
"""


def ends(daemon):
    """Exit code, and whether anything had to be cancelled after the grace."""
    code = daemon.stop()
    return code, [line for line in daemon.log.splitlines() if "cancelled" in line or "did not end" in line]


@pytest.mark.parametrize("how", ["signal", "command"])
def test_a_warm_sandbox_ends_with_the_daemon_and_does_not_hold_it(make_lab, how):
    daemon = make_lab({}).start("own")
    client = daemon.client("lambda")
    create_function(client, "warm", SOURCE)
    worker = int(client.invoke(FunctionName="warm")["Payload"].read())
    assert Path(f"/proc/{worker}").exists()
    if how == "command":
        assert daemon.http("POST", "/_fogbank/stop").status < 300
        daemon.process.wait(30)
    assert ends(daemon) == (0, [])
    until(lambda: not Path(f"/proc/{worker}").exists(), "the sandbox's process has ended")


def test_a_stop_ends_the_init_script_that_runs_and_what_it_started(make_lab):
    out = make_lab({}).folder / "pid"
    script = f"#!/bin/sh\nsleep 1000 &\necho $! > {out}.new\nmv {out}.new {out}\nwait\n"
    other = f"#!/bin/sh\ntouch {out}.b\n"
    daemon = make_lab({}).hooks("stuck", {"ready.d/a.sh": script, "ready.d/b.sh": other})
    daemon.launch()
    until(out.exists, "the script runs")
    assert daemon.stop() == 0
    assert not Path(f"{out}.b").exists()
    sleeper = Path(f"/proc/{out.read_text(encoding='utf-8').strip()}")
    until(lambda: not sleeper.exists(), "what the script started has ended")


SLEEPER = """
import os, time

def handler(event, context):
    print("in", os.getpid(), flush=True)
    time.sleep(300)
"""


def test_a_synchronous_invoke_ends_with_the_grace(make_lab):
    daemon = make_lab({}).start("own")
    client = daemon.client("lambda")
    create_function(client, "busy", SLEEPER, Timeout=300)
    with ThreadPoolExecutor(1) as pool:
        answer = pool.submit(client.invoke, FunctionName="busy")
        log = daemon.state / "logs/000000000000/us-east-1/busy.log"
        until(lambda: log.exists() and "\nin " in log.read_text(encoding="utf-8"), "the function is at work")
        worker = int(log.read_text(encoding="utf-8").split("\nin ")[1].split()[0])
        assert daemon.stop() == 0
        assert answer.exception() is not None
    assert "did not end" not in daemon.log
    until(lambda: not Path(f"/proc/{worker}").exists(), "the function's process has ended")


def test_a_reset_ends_functions_at_their_work(make_lab):
    daemon = make_lab({}).start("own")
    client = daemon.client("lambda")
    create_function(client, "busy", SLEEPER, Timeout=300)
    with ThreadPoolExecutor(1) as pool:
        answer = pool.submit(client.invoke, FunctionName="busy")
        log = daemon.state / "logs/000000000000/us-east-1/busy.log"
        until(lambda: log.exists() and "\nin " in log.read_text(encoding="utf-8"), "the function is at work")
        worker = int(log.read_text(encoding="utf-8").split("\nin ")[1].split()[0])
        assert daemon.http("POST", "/_fogbank/reset").status == 200
        assert json.loads(answer.result()["Payload"].read())["errorType"] == "Runtime.ExitError"
    until(lambda: not Path(f"/proc/{worker}").exists(), "the function's process has ended")
    assert not log.exists()
