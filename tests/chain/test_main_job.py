"""The main job as a test: what scripts/demo prints has to hold."""
import os
import socket
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
import main_job  # noqa: E402
from daemon import ROOT, Daemon  # noqa: E402


def test_the_main_job_counts_each_airport_once_across_kill_9(tmp_path):
    build = Path(os.environ.get("FOGBANK_BUILD", ROOT / "build/dev"))
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with open(tmp_path / "daemon.log", "w", encoding="utf-8") as log:
        with Daemon(build / "emulator/fogbank", tmp_path / "state", f"127.0.0.1:{port}", log) as daemon:
            report = main_job.run(daemon, build)
    totals = [sum(sums["totals"].values()) for sums in report["states"].values()]
    assert sum(totals) == 2 * 3376
