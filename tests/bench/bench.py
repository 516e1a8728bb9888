"""Measures a release build against its targets and two floors; prints one Markdown table.

Called by scripts/bench, which has built everything. Every CPU figure is the server's own accounting (/proc,
with its children) over the requests that the load generator saw answered rightly; ratios are within one run.
"""
import argparse
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time

HERE = pathlib.Path(__file__).parent

LARGE = 8 << 20  # bytes

# key (service, operation, size where it is not 1 KiB), what it is, target, unit; the floor that a ratio is
# taken to (None: none)
ROWS = [
    ("s3 put", "S3 PutObject 1 KiB, CPU", 35, "us", "commit"),
    ("s3 get", "S3 GetObject 1 KiB, CPU", 20, "us", "http"),
    ("s3 list", "S3 ListObjectsV2, 1,000 of 10,000 keys, CPU", 900, "us", "http"),
    (f"s3 put {LARGE}", "S3 PutObject 8 MiB, CPU", 15000, "us", None),
    (f"s3 putsigned {LARGE}", "S3 PutObject 8 MiB, signed payload, CPU", 19000, "us", None),
    (f"s3 get {LARGE}", "S3 GetObject 8 MiB, CPU", 1200, "us", None),
    ("dynamodb putitem", "PutItem 1 KiB, CPU", 40, "us", "commit"),
    ("dynamodb putstream", "PutItem 1 KiB with stream, CPU", 45, "us", "commit"),
    ("dynamodb putindexed", "PutItem 1 KiB with stream and one global index, CPU", 70, "us", "commit"),
    ("dynamodb updateitem", "UpdateItem 1 KiB with condition, CPU", 60, "us", "commit"),
    ("dynamodb getitem", "GetItem 1 KiB, CPU", 25, "us", "http"),
    ("dynamodb query", "Query of 20 items of 1 KiB, CPU", 80, "us", "http"),
    ("dynamodb batchwrite", "BatchWriteItem of 25 items of 1 KiB, CPU", 500, "us", "commit"),
    ("dynamodb transactwrite", "TransactWriteItems of 4 items of 1 KiB, CPU", 150, "us", "commit"),
    ("kinesis putrecord", "Kinesis PutRecord 100 B, CPU", None, "us", "commit"),
    ("lambda invoke", "Lambda Invoke, warm Python, CPU with the function's", None, "us", "http"),
    ("apigateway proxyget", "API Gateway proxy to Python, CPU with the function's", None, "us", "http"),
]


# key, what it is, target, unit
OTHERS = [
    ("start", "start to Ready.", 20, "ms"),
    ("idle memory", "idle memory", 15, "MiB"),
    ("warm invoke", "warm Python invoke over the API's own cost", 150, "us"),
    ("cold invoke", "cold Python invoke", 20, "ms"),
    ("large put", "large streamed PUT, memory", 64, "MiB"),
    ("list growth", "S3 ListObjectsV2 of 1 M keys, CPU over that of 10,000", 1.2, "times"),
    ("s3 memory", "memory after 1 M objects and 8 MiB bodies, anonymous", 100, "MiB"),
    ("item growth", "GetItem of 1 M items, CPU over that of 1,000", 1.3, "times"),
    ("table size", "table of 1 M items of 1 KiB, on disk", 1.3, "GB"),
    ("crowd", "a request beside 2,000 idle and 200 trickling connections", 50, "ms"),
]

FLOORS = [
    ("floor_beast get", "floor: bare Beast, GET, CPU"),
    ("floor_beast echo", "floor: bare Beast, echo of 1 KiB, CPU"),
    ("floor_commit", "floor: raw group commit of 1 KiB, CPU"),
    ("floor_http get", "src/http alone, GET, CPU"),
    ("floor_http echo", "src/http alone, echo of 1 KiB, CPU"),
]


def resident(pid):
    """Anonymous and mapped memory in MiB."""
    lines = pathlib.Path(f"/proc/{pid}/status").read_text().splitlines()
    fields = dict(line.split(":", 1) for line in lines)
    return (float(fields["RssAnon"].split()[0]) / 1024, float(fields["RssFile"].split()[0]) / 1024)


class Failed(Exception):
    pass


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Process:
    """A server under test. Stopped by its own pid, with its children, at the end."""

    def __init__(self, command, ready, log):
        self.log = open(log, "wb")
        self.child = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=self.log,
                                      start_new_session=True)
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            line = self.child.stdout.readline().decode(errors="replace").strip()
            if ready(line):
                self.line = line
                # A full pipe would hold the server up.
                drain = (self.child.stdout, self.log)
                threading.Thread(target=shutil.copyfileobj, args=drain, daemon=True).start()
                return
            if not line and self.child.poll() is not None:
                break
        raise Failed(f"{command[0]} did not start; see {log}")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.child.send_signal(signal.SIGTERM)
        try:
            self.child.wait(15)
        except subprocess.TimeoutExpired:
            os.killpg(self.child.pid, signal.SIGKILL)
            self.child.wait()
        self.log.close()

    @property
    def pid(self):
        return str(self.child.pid)


class Bench:
    def __init__(self, options):
        self.options = options
        self.build = pathlib.Path(options.build).resolve()
        self.loadgen = str(self.build / "bench" / "awsbench")
        self.work = pathlib.Path(tempfile.mkdtemp(prefix="fogbank-bench-"))
        self.results = {}  # key -> (figure, text behind it)
        self.floors = {}
        self.starts = 0

    def tool(self, *arguments, timeout=600):
        done = subprocess.run([self.loadgen, *map(str, arguments)], capture_output=True, text=True,
                              timeout=timeout)
        if done.returncode != 0:
            raise Failed((done.stdout + done.stderr).strip().splitlines()[-1][:300])
        return done.stdout.strip().splitlines()[-1].split("\t")

    def load(self, endpoint, pid, service, op, size, *more):
        fields = self.tool("load", "--tsv", "--endpoint", endpoint, "--service", service, "--op", op,
                           "--size", size, "--clients", 16, "--seconds", self.options.seconds, "--pid", pid,
                           *more)
        rate, p50, _, p99, errors, _, cpu = fields[3:10]
        note = fields[11] if len(fields) > 11 else ""
        if int(errors):
            raise Failed(f"{errors} wrong answers, the first: {note[:200]}")
        return float(cpu), f"{float(rate):,.0f}/s, p50 {p50} ms, p99 {p99} ms"

    def daemon_command(self, port):
        self.starts += 1
        state = self.work / f"state-{self.starts}"
        return [str(self.build / "emulator" / "fogbank"), "start", "--listen", f"127.0.0.1:{port}",
                "--state-dir", str(state)]

    def daemon(self):
        port = free_port()
        process = Process(self.daemon_command(port), lambda line: line.endswith("Ready."),
                          self.work / f"daemon-{self.starts}.log")
        return process, f"http://127.0.0.1:{port}"

    def wanted(self, key):
        return not self.options.only or any(word in key for word in self.options.only)

    def measure(self, key, function):
        """Runs one measurement; what cannot be measured is said in its row, and the others go on."""
        if not self.wanted(key):
            return
        print(f"  {key} ...", file=sys.stderr, flush=True)
        try:
            self.results[key] = function()
        except (Failed, subprocess.TimeoutExpired, OSError) as problem:
            self.results[key] = (None, f"not measured: {problem}")

    def run_floors(self):
        for name in ("floor_beast", "floor_http"):
            binary = self.build / "tests" / "bench" / name
            with Process([str(binary), "0"], str.isdigit, self.work / f"{name}.log") as floor:
                endpoint = f"http://127.0.0.1:{floor.line}"
                for op in ("get", "echo"):
                    self.floors[f"{name} {op}"] = self.load(endpoint, floor.pid, "floor", op, 1024)
        binary = self.build / "tests" / "bench" / "floor_commit"
        out = subprocess.run([str(binary), str(self.work / "floor.db"), str(self.options.seconds)],
                             capture_output=True, text=True, check=True, timeout=120).stdout.split("\t")
        self.floors["floor_commit"] = (float(out[2]), f"{float(out[0]):,.0f}/s, {out[1]} puts a commit")

    def run_services(self):
        process, endpoint = self.daemon()
        with process:
            for key, *_ in ROWS:
                service, op, *size = key.split()
                size = int(size[0]) if size else 100 if service == "kinesis" else 1024
                self.measure(key, lambda: self.load(endpoint, process.pid, service, op, size))

    def run_start(self):
        port = free_port()
        command = " ".join(self.daemon_command(port)[:-1]) + " ready-state"

        def start():
            took, rss = self.tool("ready", "--cmd", command, "--dir", self.work / "start", "--runs", 5)
            self.results["idle memory"] = (float(rss), "3 s after Ready., every service on, no function")
            return float(took), "process start to the line Ready., median of 5"

        self.measure("start", start)

    def run_large(self):
        process, endpoint = self.daemon()

        def put():
            peak, rate = self.tool("bigput", "--endpoint", endpoint, "--pid", process.pid, "--bytes",
                                   int(self.options.big_gib * 2**30))
            return float(peak), f"largest RSS while {self.options.big_gib} GiB came, {rate} MiB/s"

        with process:
            self.measure("large put", put)

    def growth(self, endpoint, pid, service, op, few, many):
        """The CPU of a request where there is much over that where there is little, alternating."""
        costs = {few: [], many: []}
        for keys in (few, many, few, many):
            costs[keys].append(self.load(endpoint, pid, service, op, 1024, "--keys", keys)[0])
        small, large = min(costs[few]), min(costs[many])
        return large / small, f"{large:.1f} us over {small:.1f} us, the better of two runs each"

    def run_many_objects(self):
        process, endpoint = self.daemon()
        with process:
            self.measure("list growth",
                         lambda: self.growth(endpoint, process.pid, "s3", "list", 10_000, 10**6))
            for op in ("put", "get"):
                self.load(endpoint, process.pid, "s3", op, LARGE)
            # Mapped pages of state.db are the kernel's cache, which shrinks when others want memory.
            anonymous, mapped = resident(process.pid)
            note = f"after the row above; {mapped:.0f} MiB of files are mapped"
            self.results["s3 memory"] = (anonymous, note)

    def run_many_items(self):
        process, endpoint = self.daemon()
        state = self.work / f"state-{self.starts}"
        with process:
            self.measure("item growth",
                         lambda: self.growth(endpoint, process.pid, "dynamodb", "getof", 1000, 10**6))
            used = (state / "state.db").stat().st_size
            self.results["table size"] = (used / 1e9, "state.db, which holds a table of 1,000 items too")

    def run_crowd(self):
        process, endpoint = self.daemon()

        def crowd():
            p50, worst = self.tool("crowd", "--endpoint", endpoint)
            return float(worst), f"worst of 200 requests on new connections, p50 {p50} ms"

        with process:
            self.measure("crowd", crowd)

    def run_invoke(self):
        process, endpoint = self.daemon()

        def invoke():
            warm, api, cold = map(float, self.tool("invoke", "--endpoint", endpoint))
            self.results["cold invoke"] = (cold, "first call of a function, median of 10")
            return warm - api, f"p50 {warm:.0f} us with one client; GetFunction {api:.0f} us"

        with process:
            self.measure("warm invoke", invoke)

    def floor_of(self, kind):
        http = self.floors["floor_beast get" if kind == "http" else "floor_beast echo"][0]
        return http + (self.floors["floor_commit"][0] if kind == "commit" else 0)

    def table(self):
        lines = ["| what | target | measured | | x floor | behind it |", "|---|---|---|---|---|---|"]
        for key, name in FLOORS:
            if key not in self.floors:
                continue
            cpu, note = self.floors[key]
            ratio = ""
            if key.startswith("floor_http"):
                ratio = f"{cpu / self.floors['floor_beast' + key[10:]][0]:.2f}"
            lines.append(f"| {name} | | {cpu:.1f} us | | {ratio} | {note} |")
        missed = []
        for key, name, target, unit, floor in [*ROWS, *[(*row, None) for row in OTHERS]]:
            if key not in self.results:
                continue
            figure, note = self.results[key]
            wanted = f"<= {target} {unit}" if target else ""
            if figure is None:
                lines.append(f"| {name} | {wanted} | | | | {note} |")
                if target:
                    missed.append(name)
                continue
            verdict = "" if not target else "met" if figure <= target else "MISSED"
            if verdict == "MISSED":
                missed.append(name)
            ratio = f"{figure / self.floor_of(floor):.2f}" if floor and self.floors else ""
            digits = 2 if unit in ("times", "GB") else 1
            lines.append(f"| {name} | {wanted} | {figure:.{digits}f} {unit} | {verdict} | {ratio} | {note} |")
        lines.append("")
        if missed:
            lines.append(f"Missed or not measured: {', '.join(missed)}.")
        elif not self.options.only:
            lines.append("Every target is met.")
        lines.append(f"16 clients, {self.options.seconds} s a row, varied values; load average at the end "
                     f"{os.getloadavg()[0]:.1f} on {os.cpu_count()} cores. "
                     "Floors of a write: Beast echo plus commit.")
        return "\n".join(lines)

    def compare(self):
        """The peers that stand in PEERS_DIR, and Fogbank in the same harness."""
        environment = dict(os.environ, FOGBANK=str(self.build / "emulator" / "fogbank"),
                           BENCH_WORK=str(self.work / "compare"))
        (self.work / "compare").mkdir()
        shutil.copy(self.loadgen, self.work / "compare" / "awsbench")
        table = self.work / "compare.md"
        script = str(HERE / "loadgen" / "compare.sh")
        subprocess.run(["bash", script, "-s", str(self.options.seconds), "-o", str(table),
                        *self.options.peers],
                       env=environment, check=True, stdout=sys.stderr)
        return table.read_text()


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--build", required=True, help="folder of the release build")
    parser.add_argument("--seconds", type=float, default=5, help="timed seconds a row")
    parser.add_argument("--big-gib", type=float, default=5, help="size of the streamed PUT")
    parser.add_argument("--only", action="append", help="only rows whose key contains this; repeatable")
    parser.add_argument("--compare", action="store_true", help="also run the peers that stand in PEERS_DIR")
    parser.add_argument("--peers", nargs="*", default=[], help="with --compare: only these")
    options = parser.parse_args()
    bench = Bench(options)
    try:
        if not options.only or "floor" in options.only:
            print("  floors ...", file=sys.stderr, flush=True)
            bench.run_floors()
        parts = {bench.run_services: [row[0] for row in ROWS], bench.run_start: ["start"],
                 bench.run_large: ["large put"], bench.run_crowd: ["crowd"],
                 bench.run_invoke: ["warm invoke"], bench.run_many_objects: ["list growth"],
                 bench.run_many_items: ["item growth"]}
        for part, keys in parts.items():
            if any(bench.wanted(key) for key in keys):
                part()
        print(bench.table())
        if options.compare:
            print()
            print(bench.compare())
    finally:
        shutil.rmtree(bench.work, ignore_errors=True)


if __name__ == "__main__":
    main()
