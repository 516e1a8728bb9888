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
