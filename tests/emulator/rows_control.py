"""Rows of the conventions: control paths, init hooks, the image."""

import json
import re
import stat

from support import PUBLIC_KEY, ROOT, new_account, until

STATES = {"available", "running", "starting", "stopped", "error", "disabled"}
BRANCHES = ("BOOT", "START", "READY", "SHUTDOWN")


def asked(daemon, method, path, body=None, status=200):
    answer = daemon.http(method, path, body=json.dumps(body) if body is not None else None)
    assert answer.status == status, answer.text
    assert answer.headers["x-localstack"] == "true"
    assert answer.headers["Content-Type"] == "application/json"
    return json.loads(answer.body) if answer.body else None


# --- health ------------------------------------------------------------


def health(lab):
    answer = asked(lab.daemon, "GET", "/_localstack/health")
    assert list(answer) == ["services", "edition", "version"]
    assert answer["edition"] == "community"
    assert re.fullmatch(r"\d+\.\d+\.\d+", answer["version"])
    assert {"s3", "dynamodb", "dynamodbstreams", "kinesis", "lambda", "apigateway", "sts"} <= set(
        answer["services"]
    )
    assert set(answer["services"].values()) == {"available"} <= STATES


def health_head(lab):
    answer = lab.daemon.http("HEAD", "/_localstack/health")
    assert (answer.status, answer.body) == (200, b"")


def health_put(lab):
    daemon = lab.start("notes")
    for state in ("initializing", "initialized"):
        asked(daemon, "PUT", "/_localstack/health", {"features:initScripts": state, "mine": {"a": 1}})
    answer = daemon.http("GET", "/_localstack/health").text
    assert json.loads(answer)["features"] == {"initScripts": "initialized"}
    assert json.loads(answer)["mine"] == {"a": 1}
    assert answer.count("features") == 1
    asked(daemon, "PUT", "/_localstack/health", [1], status=400)


def health_kill(lab):
    daemon = lab.start("killed")
    asked(daemon, "POST", "/_localstack/health", {"action": "kill"})
    assert daemon.process.wait(30) == 0


def health_restart(lab):
    daemon = lab.start("restarted")
    daemon.client("s3").create_bucket(Bucket="gone-soon")
    asked(daemon, "POST", "/_localstack/health", {"action": "restart"})
    assert daemon.client("s3").list_buckets()["Buckets"] == []
    asked(daemon, "POST", "/_localstack/health", {"action": "dance"}, status=400)


def health_of_chosen_services(lab):
    daemon = lab.start("chosen", {"SERVICES": "s3,dynamodb,sqs"})
    services = asked(daemon, "GET", "/_localstack/health")["services"]
    assert {name for name, state in services.items() if state == "available"} == {
        "s3",
        "dynamodb",
        "dynamodbstreams",
    }
    assert {state for state in services.values()} == {"available", "disabled"}
    assert "SERVICES names sqs, which is not served; there are " in daemon.log


def ready_means_ready(lab):
    go = lab.folder / "go"
    daemon = lab.hooks("waiting", {"ready.d/wait.sh": f"#!/bin/sh\nuntil [ -e {go} ]; do sleep 0.02; done\n"})
    daemon.launch()
    until(lambda: reachable(daemon), "an answer of the daemon")
    until(
        lambda: asked(daemon, "GET", "/_localstack/init/ready")["scripts"][0]["state"] == "RUNNING",
        "a running hook",
    )
    asked(daemon, "GET", "/_localstack/health?ready", status=503)
    assert asked(daemon, "GET", "/_localstack/init")["completed"] == {
        "BOOT": True,
        "START": True,
        "READY": False,
        "SHUTDOWN": False,
    }
    asked(daemon, "GET", "/_localstack/health")
    go.touch()
    daemon.wait_ready()
    asked(daemon, "GET", "/_localstack/health?ready")


def reachable(daemon):
    try:
        return daemon.http("GET", "/_localstack/health").status == 200
    except OSError:
        return False


# --- the other paths ------------------------------------------------------------


def info(lab):
    answer = asked(lab.daemon, "GET", "/_localstack/info")
    assert list(answer) == [
        "version",
        "edition",
        "is_license_activated",
        "session_id",
        "machine_id",
        "system",
        "is_docker",
        "server_time_utc",
        "uptime",
    ]
    assert answer["edition"] == "community"
    assert answer["is_license_activated"] is False
    assert answer["system"] == "Linux"
    assert isinstance(answer["is_docker"], bool)
    assert isinstance(answer["uptime"], int)
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z", answer["server_time_utc"])


def plugins(lab):
    assert asked(lab.daemon, "GET", "/_localstack/plugins") == {"plugins": {}}


def diagnose(lab):
    answer = asked(lab.daemon, "GET", "/_localstack/diagnose")
    assert answer["state_dir"] == str(lab.daemon.state)
    assert "s3" in answer["services"]
    assert answer["warnings"] == []


def config(lab):
    answer = asked(lab.daemon, "POST", "/_localstack/config", {"variable": "DEBUG", "value": 1}, status=400)
    assert answer["error"] == "settings are read at start: start again with DEBUG set"


def init_without_hooks(lab):
    answer = asked(lab.daemon, "GET", "/_localstack/init")
    assert answer == {
        "completed": {"BOOT": True, "START": True, "READY": True, "SHUTDOWN": False},
        "scripts": [],
    }
    asked(lab.daemon, "GET", "/_localstack/init/never", status=404)


def state_reset(lab):
    daemon = lab.start("reset")
    daemon.client("s3").create_bucket(Bucket="gone-soon")
    asked(daemon, "POST", "/_localstack/state/reset")
    assert daemon.client("s3").list_buckets()["Buckets"] == []
    asked(daemon, "GET", "/_localstack/state/reset", status=405)


def state_reset_of_a_service(lab):
    daemon = lab.start("reset-one")
    daemon.client("s3").create_bucket(Bucket="gone-soon")
    daemon.client("kinesis").create_stream(StreamName="stays", ShardCount=1)
    assert asked(daemon, "POST", "/_localstack/state/s3/reset")["reset"] == ["s3"]
    assert daemon.client("s3").list_buckets()["Buckets"] == []
    daemon.client("kinesis").describe_stream_summary(StreamName="stays")
    asked(daemon, "POST", "/_localstack/state/none/reset", status=404)


def state_save(lab):
    assert asked(lab.daemon, "POST", "/_localstack/state/save") == {"saved": True}


def refused(method, path, status, words):
    """A path that is known and not served says so."""

    def check(lab):
        assert words in asked(lab.daemon, method, path, status=status)["error"]

    return check


def every_answer_is_marked(lab):
    account = new_account()
    daemon = lab.daemon
    for answer in (
        daemon.http("GET", "/"),
        daemon.http("GET", f"/none-{account}"),
        daemon.http("GET", "/_localstack/none"),
        daemon.http("GET", "/_aws/none"),
        daemon.http("POST", "/", headers={"X-Amz-Target": "No.Such"}),
    ):
        assert answer.headers.get_all("x-localstack") == ["true"]


# --- init hooks ------------------------------------------------------------


def note(out, name):
    return f"#!/bin/sh\necho {name} >> {out}\n"


def hooks_run_in_order(lab):
    out = lab.folder / "order"
    daemon = lab.hooks(
        "order-of-hooks",
        {
            "boot.d/a.sh": note(out, "boot"),
            "start.d/a.sh": note(out, "start"),
            "shutdown.d/a.sh": note(out, "shutdown"),
            "ready.d/30.sh": note(out, "ready30"),
            "ready.d/10.sh": note(out, "ready10"),
            "ready.d/20/b.sh": note(out, "ready20b"),
            "ready.d/20/a.py": f"open({str(out)!r}, 'a').write('ready20a\\n')\n",
        },
    )
    daemon.start()
    started = out.read_text(encoding="utf-8").split()
    assert started == ["boot", "start", "ready10", "ready20a", "ready20b", "ready30"]
    answer = asked(daemon, "GET", "/_localstack/init")
    assert tuple(answer["completed"]) == BRANCHES
    assert {"stage": "READY", "name": "20/a.py", "state": "SUCCESSFUL"} in answer["scripts"]
    assert {"stage": "SHUTDOWN", "name": "a.sh", "state": "UNKNOWN"} in answer["scripts"]
    assert daemon.stop() == 0
    assert out.read_text(encoding="utf-8").split() == started + ["shutdown"]


def failing_hook(lab):
    out = lab.folder / "after-failure"
    daemon = lab.hooks(
        "failing", {"ready.d/1.sh": "#!/bin/sh\nexit 7\n", "ready.d/2.sh": note(out, "second")}
    )
    daemon.start()
    assert asked(daemon, "GET", "/_localstack/init/ready")["scripts"] == [
        {"stage": "READY", "name": "1.sh", "state": "ERROR"},
        {"stage": "READY", "name": "2.sh", "state": "SUCCESSFUL"},
    ]
    assert out.read_text(encoding="utf-8") == "second\n"
    assert 'reason="exit status 7"' in daemon.log


def hook_calls_the_daemon(lab):
    script = (
        "import os, urllib.request\n"
        "urllib.request.urlopen(urllib.request.Request(os.environ['AWS_ENDPOINT_URL'] + "
        "'/made-by-a-hook', method='PUT', headers={'Authorization': '" + PUBLIC_KEY + "'}))\n"
    )
    daemon = lab.hooks("calling", {"ready.d/bucket.py": script})
    daemon.start()
    assert [bucket["Name"] for bucket in daemon.client("s3").list_buckets()["Buckets"]] == ["made-by-a-hook"]


def hook_that_may_not_run(lab):
    daemon = lab.hooks("plain", {"ready.d/a.sh": "#!/bin/sh\n"})
    script = daemon.folder / "init/ready.d/a.sh"
    script.chmod(script.stat().st_mode & ~stat.S_IXUSR & ~stat.S_IXGRP & ~stat.S_IXOTH)
    daemon.start()
    assert asked(daemon, "GET", "/_localstack/init/ready")["scripts"][0]["state"] == "ERROR"
    assert "not executable" in daemon.log


# --- the image ------------------------------------------------------------


def dockerfile_has(*words):
    """No engine runs where this is tested: the file has to say it."""

    def check(_):
        text = (ROOT / "docker/Dockerfile").read_text(encoding="utf-8")
        for word in words:
            assert word in text, word

    return check


def entry_point_runs_start(_):
    text = (ROOT / "docker/docker-entrypoint.sh").read_text(encoding="utf-8")
    assert text.startswith("#!/bin/bash\n")
    assert 'exec /usr/local/bin/fogbank start "$@"' in text
    assert 'fogbank aws "$@"' in (ROOT / "docker/awslocal").read_text(encoding="utf-8")


def ready_is_a_line_of_standard_output(lab):
    daemon = lab.start("ready-line")  # start() reads standard output up to exactly this line
    assert "Ready." not in daemon.log
