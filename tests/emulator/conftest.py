"""Fixtures of the product's tests: daemons with settings, shared where rows allow it."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parent))
pytest.register_assert_rewrite("rows_control", "rows_lambda", "rows_ports", "rows_settings", "rows_urls")
from support import Fogbank  # noqa: E402


class Daemons:
    """One daemon per set of settings, for the rows that only look at it."""

    def __init__(self, folder):
        self.folder = folder
        self.running = {}

    def get(self, settings):
        key = tuple(sorted(settings.items()))
        if key not in self.running:
            self.running[key] = Fogbank(self.folder / f"shared-{len(self.running)}", settings).start()
        return self.running[key]

    def stop(self):
        for daemon in self.running.values():
            daemon.stop()


@pytest.fixture(scope="session")
def daemons(tmp_path_factory):
    shared = Daemons(tmp_path_factory.mktemp("daemons"))
    yield shared
    shared.stop()


class Lab:
    """What a row has at hand: the shared daemon with its settings, a folder, and daemons of its own."""

    def __init__(self, folder, daemons, settings):
        self.folder = folder
        self.settings = settings
        self.daemons = daemons
        self.own = []

    @property
    def daemon(self):
        return self.daemons.get(self.settings)

    def prepare(self, name, settings=None, arguments=(), port=None):
        daemon = Fogbank(self.folder / name, settings, arguments, port)
        self.own.append(daemon)
        return daemon

    def start(self, name, settings=None, arguments=(), port=None):
        return self.prepare(name, settings, arguments, port).start()

    def hooks(self, name, scripts):
        """A daemon, not started, with these init scripts: {"ready.d/a.sh": text}; all are executable."""
        daemon = self.prepare(name)
        for path, text in scripts.items():
            script = daemon.folder / "init" / path
            script.parent.mkdir(parents=True, exist_ok=True)
            script.write_text(text, encoding="utf-8")
            script.chmod(0o755)
        daemon.settings["FOGBANK_INIT_FOLDER"] = str(daemon.folder / "init")
        return daemon

    def close(self):
        for daemon in self.own:
            daemon.stop()


@pytest.fixture
def make_lab(tmp_path, daemons):
    labs = []

    def make(settings):
        labs.append(Lab(tmp_path, daemons, settings))
        return labs[-1]

    yield make
    for lab in labs:
        lab.close()
