"""Kills the daemon at every fault point, starts it again, compares what was acknowledged with what is."""
import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import urllib.error
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "chain"))
sys.path.insert(0, str(Path(__file__).parent))
from daemon import ROOT, Daemon  # noqa: E402
from workload import Workload  # noqa: E402

BUILD = Path(os.environ.get("FOGBANK_BUILD", ROOT / "build/dev"))
LONGEST_RUN = 60  # seconds of load in which a fault point has to be hit

# At which hit the daemon dies: in the middle of the work, not at its first step.
COUNTDOWN = {"before_commit": 150, "after_commit": 150, "blob_written": 12, "blob_unlink": 5,
             "delivery_accepted": 8, "invocation_leased": 5, "invocation_answered": 4,
             "checkpoint_stored": 3, "migration_step": 3}


def fault_points():
    program = BUILD / "tests/crash/fault_points"
    if not program.exists():
        return ["not_built"]
    return subprocess.run([program], check=True, capture_output=True, text=True).stdout.split()


class FaultyDaemon(Daemon):
    """A daemon that may be started with an armed fault point."""

    def start_armed(self, fault):
        os.environ["FOGBANK_FAULT"] = fault
        try:
            return self.start()
        finally:
            del os.environ["FOGBANK_FAULT"]

    def ended(self):
        return self.process.poll() is not None

    def await_idle(self):
        try:
            return json.loads(self.get("/_fogbank/await?timeout=60s"))
        except urllib.error.HTTPError as error:
            return json.loads(error.read())


@pytest.fixture
def daemon(tmp_path):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        listen = f"127.0.0.1:{probe.getsockname()[1]}"
    with open(tmp_path / "daemon.log", "w", encoding="utf-8") as log:
        faulty = FaultyDaemon(BUILD / "emulator/fogbank", tmp_path / "state", listen, log)
        yield faulty
        faulty.stop()


def check_promises(daemon, workload):
    idle = daemon.await_idle()
    assert idle["idle"], idle
    assert list(workload.check()) == []


def test_every_fault_point_is_known_here():
    assert set(fault_points()) == set(COUNTDOWN)


@pytest.mark.parametrize("point", [p for p in fault_points() if p != "migration_step"])
def test_what_was_acknowledged_before_a_kill_is_there_after_it(daemon, point):
    daemon.start()
    workload = Workload(daemon.endpoint, seed=point)
    workload.set_up()
    daemon.stop()
    daemon.start_armed(f"{point}:kill:{COUNTDOWN[point]}")
    workload.run_until(daemon.ended, LONGEST_RUN)
    assert daemon.ended(), f"{point} was never hit"
    assert daemon.process.wait() == -signal.SIGKILL
    assert workload.items and workload.objects
    daemon.start()
    check_promises(daemon, workload)
    # It goes on as if nothing had been.
    for _ in range(3):
        workload.write_item()
        workload.write_object()
    check_promises(daemon, workload)


def test_a_start_that_dies_between_two_migrations_is_finished_by_the_next(daemon):
    with contextlib.suppress(RuntimeError):
        daemon.start_armed(f"migration_step:kill:{COUNTDOWN['migration_step']}")
    assert daemon.ended(), "migration_step was never hit"
    assert daemon.process.wait() == -signal.SIGKILL
    daemon.start()
    workload = Workload(daemon.endpoint, seed="migration_step")
    workload.set_up()
    workload.write_item()
    workload.write_object()
    check_promises(daemon, workload)


@pytest.mark.parametrize("point", ["before_commit", "delivery_accepted", "invocation_answered"])
def test_a_step_that_fails_once_loses_nothing(daemon, point):
    daemon.start()
    workload = Workload(daemon.endpoint, seed=point)
    workload.set_up()
    daemon.stop()
    daemon.start_armed(f"{point}:fail:{COUNTDOWN[point]}")
    for _ in range(30):
        workload.write_item()
        workload.write_object()
    check_promises(daemon, workload)
