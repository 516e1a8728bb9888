"""Stopping: nothing that merely waits may hold it up."""

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
