"""A Fogbank daemon of one's own: started, killed, started again on the same state."""
import os
import signal
import subprocess
import sys
import sysconfig
import urllib.request
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


class Daemon:
    def __init__(self, binary, state_dir, listen="127.0.0.1:4566", log=None):
        self.binary = str(binary)
        self.state_dir = str(state_dir)
        self.endpoint = f"http://{listen}"
        self.listen = listen
        self.log = log or subprocess.DEVNULL
        self.process = None

    def start(self):
        environment = dict(os.environ)
        # What AWS bundles with its runtimes: boto3 for Python, the SDK v3 for Node.
        environment["FOGBANK_PYTHON_PACKAGES"] = sysconfig.get_paths()["purelib"]
        environment["FOGBANK_NODE_PACKAGES"] = str(ROOT / "tests/sdk/js/node_modules")
        self.process = subprocess.Popen(
            [self.binary, "start", "--listen", self.listen, "--state-dir", self.state_dir],
            stdout=subprocess.PIPE, stderr=self.log, text=True, env=environment)
        for line in self.process.stdout:
            if line == "Ready.\n":
                return self
        raise RuntimeError(f"the daemon ended before it was ready, exit code {self.process.wait()}")

    def kill(self):
        """SIGKILL: nothing is said goodbye to."""
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def stop(self):
        if self.process is None or self.process.poll() is not None:
            return
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(30)
        except subprocess.TimeoutExpired:
            print("the daemon did not stop within 30 s", file=sys.stderr)
            self.kill()

    def get(self, path, timeout=120):
        with urllib.request.urlopen(self.endpoint + path, timeout=timeout) as answer:
            return answer.read()

    def __enter__(self):
        return self.start()

    def __exit__(self, *_):
        self.stop()
