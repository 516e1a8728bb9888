"""What the tests of the product share: daemons with settings of their own, plain HTTP, clients, zips."""

import http.client
import io
import os
import re
import secrets
import signal
import socket
import subprocess
import sys
import sysconfig
import time
import zipfile
from pathlib import Path

import boto3
from botocore.config import Config

ROOT = Path(__file__).resolve().parents[2]
DEADLINE_S = 60


# Without a region, so that the host's counts.
PUBLIC_KEY = "AWS4-HMAC-SHA256 Credential=test/20260101//s3/aws4_request"


def binary():
    path = Path(os.environ.get("FOGBANK_BUILD", ROOT / "build/dev")) / "emulator/fogbank"
    assert path.exists(), f"{path} is not built: run scripts/test, or set FOGBANK_BUILD"
    return str(path)


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def until(condition, what):
    """Asks until the answer is true; for what happens in other processes."""
    end = time.monotonic() + DEADLINE_S
    while time.monotonic() < end:
        answer = condition()
        if answer:
            return answer
        time.sleep(0.02)
    raise AssertionError(f"not within {DEADLINE_S} s: {what}")


def clean_environment(settings):
    """Only what a process needs, so that a setting of whoever runs the tests changes nothing."""
    environment = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    environment["PATH"] = os.path.dirname(sys.executable) + ":" + environment.get("PATH", "/usr/bin:/bin")
    environment["FOGBANK_PYTHON_PACKAGES"] = sysconfig.get_paths()["purelib"]
    environment["FOGBANK_INIT_FOLDER"] = "/no/such/folder"
    environment.update(settings)
    return environment


class Answer:
    def __init__(self, status, headers, body):
        self.status = status
        self.headers = headers
        self.body = body

    @property
    def text(self):
        return self.body.decode()


class Fogbank:
    """A daemon on a free port, with its state and its log below `folder`."""

    def __init__(self, folder, settings=None, arguments=(), port=None):
        self.folder = Path(folder)
        self.folder.mkdir(parents=True, exist_ok=True)
        self.state = self.folder / "state"
        self.settings = dict(settings or {})
        self.arguments = list(arguments)
        self.port = port or free_port()
        self.process = None
        self.log_path = self.folder / "daemon.log"

    @property
    def endpoint(self):
        return f"http://127.0.0.1:{self.port}"

    @property
    def log(self):
        return self.log_path.read_text(encoding="utf-8")

    def launch(self):
        """Starts the process; does not wait for it."""
        command = [binary(), "start", "--state-dir", str(self.state)]
        own_address = any(name.endswith(("GATEWAY_LISTEN", "EDGE_PORT")) for name in self.settings)
        if not own_address and "--listen" not in self.arguments:
            command += ["--listen", f"127.0.0.1:{self.port}"]
        with open(self.log_path, "a", encoding="utf-8") as log:
            self.process = subprocess.Popen(
                command + self.arguments,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
                env=clean_environment(self.settings),
            )
        return self

    def wait_ready(self):
        for line in self.process.stdout:
            if line == "Ready.\n":
                return self
        raise AssertionError(
            f"the daemon ended before it was ready, exit code {self.process.wait()}:\n{self.log}"
        )

    def start(self):
        return self.launch().wait_ready()

    def stop(self):
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(30)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
                raise AssertionError("the daemon did not stop within 30 s") from None
        if self.process is not None:
            self.process.stdout.close()
        return self.process.returncode if self.process is not None else None

    def listening_ports(self):
        """The TCP ports that this very process listens on."""
        inodes = set()
        for entry in Path(f"/proc/{self.process.pid}/fd").iterdir():
            try:
                match = re.match(r"socket:\[(\d+)\]", os.readlink(entry))
            except FileNotFoundError:
                continue  # closed since it was listed
            if match:
                inodes.add(match.group(1))
        ports = set()
        for table in ("tcp", "tcp6"):
            for line in (
                Path(f"/proc/{self.process.pid}/net/{table}").read_text(encoding="utf-8").splitlines()[1:]
            ):
                fields = line.split()
                if fields[3] == "0A" and fields[9] in inodes:
                    ports.add(int(fields[1].rsplit(":", 1)[1], 16))
        return ports

    def http(self, method, path, host=None, headers=None, body=None, port=None):
        connection = http.client.HTTPConnection("127.0.0.1", port or self.port, timeout=DEADLINE_S)
        try:
            sent = dict(headers or {})
            if host is not None:
                sent["Host"] = host
            connection.request(method, path, body, sent)
            answer = connection.getresponse()
            return Answer(answer.status, answer.headers, answer.read())
        finally:
            connection.close()

    def signed(self, method, path, headers=None, **where):
        """http() with the public test key, as users of curl write it: S3 lets nobody else in by default."""
        return self.http(method, path, headers={"Authorization": PUBLIC_KEY, **(headers or {})}, **where)

    def client(
        self, service, key="000000000000", secret="test", region="us-east-1", endpoint=None, **options
    ):
        settings = {"retries": {"max_attempts": 0}, "read_timeout": DEADLINE_S, **options}
        return boto3.client(
            service,
            endpoint_url=endpoint or self.endpoint,
            region_name=region,
            aws_access_key_id=key,
            aws_secret_access_key=secret,
            config=Config(**settings),
        )


def new_account():
    """Twelve digits that no other row uses."""
    return "".join(str(secrets.randbelow(10)) for _ in range(11)) + "3"


def zip_of(files):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return out.getvalue()


ROLE = "arn:aws:iam::000000000000:role/any"


def create_function(client, name, source, **options):
    """A Python function whose file is `source`; waits until it can be invoked."""
    parameters = {
        "FunctionName": name,
        "Runtime": "python3.11",
        "Role": ROLE,
        "Handler": "app.handler",
        "Code": {"ZipFile": zip_of({"app.py": source})},
        **options,
    }
    answer = client.create_function(**parameters)
    client.get_waiter("function_active_v2").wait(
        FunctionName=name, WaiterConfig={"Delay": 0.05, "MaxAttempts": 600}
    )
    return answer


def fogbank(*arguments, url=None, environment=None, path=None):
    """Runs the command; `url` goes in as AWS_ENDPOINT_URL, as in users' shells."""
    set_here = {"PATH": path or os.path.dirname(sys.executable) + ":/usr/bin:/bin", "HOME": "/nonexistent"}
    if url:
        set_here["AWS_ENDPOINT_URL"] = url
    set_here.update(environment or {})
    return subprocess.run(
        [binary(), *arguments], capture_output=True, text=True, env=set_here, timeout=DEADLINE_S
    )


def output(*arguments, **options):
    """Standard output of a command that has to work."""
    run = fogbank(*arguments, **options)
    assert (run.returncode, run.stderr) == (0, ""), run.stderr
    return run.stdout
