"""S3 under 16 writers while the daemon is killed, at random and at each fault point that S3 hits."""

import os
import random
import sqlite3
import sys
import time
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))
from object_load import Load  # noqa: E402
from test_crash import daemon  # noqa: E402,F401

# A round is one life of the daemon, and what it leaves. FOGBANK_CRASH_ROUNDS=50 is the long run.
ROUNDS = int(os.environ.get("FOGBANK_CRASH_ROUNDS", "6"))
# After how many hits of a fault point the daemon dies; None: after as many calls, from outside.
DEATHS = {
    None: (40, 300),
    "before_commit": (30, 200),
    "after_commit": (30, 200),
    "blob_written": (10, 80),
    "blob_unlink": (5, 40),
    "delivery_accepted": (20, 150),
}
PATIENCE = 120  # seconds in which a life has to end, and a start has to settle


def live(daemon, load, point, count):  # noqa: F811
    """One life: returns once the daemon is dead."""

    def kill():
        with load.changed:
            wanted = load.acknowledged + count
            assert load.changed.wait_for(lambda: load.acknowledged >= wanted, PATIENCE), "too little was done"
        daemon.kill()

    def wait():
        deadline = time.monotonic() + PATIENCE
        while not daemon.ended() and time.monotonic() < deadline:
            with load.changed:
                load.changed.wait(0.05)
        assert daemon.ended(), f"{point} was never hit"

    if point is None:
        daemon.start()
        load.run(kill)
    else:
        daemon.start_armed(f"{point}:kill:{count}")
        load.run(wait)


def await_idle(daemon):  # noqa: F811
    deadline = time.monotonic() + PATIENCE
    idle = daemon.await_idle()
    while not idle["idle"] and time.monotonic() < deadline:
        idle = daemon.await_idle()
    assert idle["idle"], idle


def stray_files(daemon):  # noqa: F811
    """Files that the last start's sweep left although no row names them, and names that no file has."""
    state = Path(daemon.state_dir)
    database = sqlite3.connect(f"file:{state / 'state.db'}?mode=ro", uri=True)
    try:
        named = set()
        for table in ("s3_versions", "s3_parts"):
            named |= {row[0] for row in database.execute(f"select blob from {table} where blob is not null")}
    finally:
        database.close()
    files = {path.name for path in (state / "blobs").glob("*/*")}
    return files ^ named


@pytest.mark.parametrize("seed", [1])
def test_objects_and_their_events_survive_kills_under_load(daemon, tmp_path, seed):  # noqa: F811
    chance = random.Random(seed)
    seen = tmp_path / "seen"
    seen.touch()
    load = Load(daemon.endpoint, seed, seen)
    daemon.start()
    load.set_up()
    daemon.stop()
    for number in range(ROUNDS):
        point = list(DEATHS)[number % len(DEATHS)]
        count = chance.randrange(*DEATHS[point])
        live(daemon, load, point, count)
        daemon.start()
        await_idle(daemon)
        assert load.check() == [], f"after round {number}, {point} at {count}"
        daemon.stop()
        assert stray_files(daemon) == set(), f"after round {number}, {point} at {count}"
    print(f"{ROUNDS} rounds, {load.acknowledged} acknowledged changes, {sum(load.events.values())} events")
