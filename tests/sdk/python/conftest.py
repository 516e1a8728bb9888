"""Fixtures of the SDK tests: one daemon, an account of its own for each test.

The daemon is the one at FOGBANK_ENDPOINT, or one started here from FOGBANK_BUILD (build/dev where not set).
"""

import os
import secrets
import socket
import sys
import tempfile
from pathlib import Path

import boto3
import pytest
from botocore.config import Config

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "chain"))
from buckets import PATH_STYLE, new_name  # noqa: E402
from daemon import ROOT, Daemon  # noqa: E402


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture(scope="session")
def endpoint():
    given = os.environ.get("FOGBANK_ENDPOINT")
    if given:
        yield given
        return
    binary = Path(os.environ.get("FOGBANK_BUILD", ROOT / "build/dev")) / "emulator/fogbank"
    if not binary.exists():
        pytest.fail(f"{binary} is not built: run scripts/test, or set FOGBANK_ENDPOINT or FOGBANK_BUILD")
    with tempfile.TemporaryDirectory(prefix="fogbank-sdk-") as state:
        with open(Path(state) / "daemon.log", "w", encoding="utf-8") as log:
            with Daemon(binary, Path(state) / "state", f"127.0.0.1:{free_port()}", log) as daemon:
                yield daemon.endpoint


@pytest.fixture
def account():
    """Twelve digits: an access key that is an account of its own."""
    return "".join(str(secrets.randbelow(10)) for _ in range(11)) + "7"


@pytest.fixture
def client(endpoint, account):
    """client("s3") is boto3's client of the test's account."""

    def make(service, region="us-east-1", **options):
        options.setdefault("config", Config(retries={"max_attempts": 0}))
        return boto3.client(
            service,
            endpoint_url=endpoint,
            region_name=region,
            aws_access_key_id=account,
            aws_secret_access_key="test",
            **options,
        )

    return make


@pytest.fixture
def s3(client):
    return client("s3", config=PATH_STYLE)


@pytest.fixture
def bucket(s3):
    name = new_name()
    s3.create_bucket(Bucket=name)
    return name
