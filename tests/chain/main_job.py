"""The main job on real input, through S3, four functions, DynamoDB, Kinesis and API Gateway.

S3 -> Python -> DynamoDB -> stream -> Node -> Kinesis -> C++ -> S3: 3,376 airports go through; then the daemon
is killed with SIGKILL in the middle of a second upload and started again. Totals have to equal the CSV read
directly, each change counted once.

    python3 tests/chain/main_job.py --build build/release
"""

import argparse
import collections
import csv
import importlib.util
import io
import json
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.parse
import zipfile
from pathlib import Path

import boto3
from botocore.config import Config

sys.path.insert(0, str(Path(__file__).parent))
from daemon import ROOT, Daemon  # noqa: E402

FUNCTIONS = ROOT / "fixtures/functions/airports"
ROLE = "arn:aws:iam::000000000000:role/airports"
BUCKET, TABLE, STREAM = "airports", "airports", "airports-by-state"


class Job:
    def __init__(self, daemon, build):
        self.daemon = daemon
        self.build = Path(build)
        self.connect()
        self.csv = self.read_csv()

    def connect(self):
        options = dict(
            endpoint_url=self.daemon.endpoint,
            region_name="us-east-1",
            aws_access_key_id="test",
            aws_secret_access_key="test",
            config=Config(retries={"max_attempts": 0}, read_timeout=120),
        )
        for name in ("s3", "dynamodb", "dynamodbstreams", "kinesis", "lambda", "apigateway"):
            setattr(self, name.replace("lambda", "lambda_"), boto3.client(name, **options))

    @staticmethod
    def read_csv():
        # Found, not imported: the package's own code would want pandas.
        package = importlib.util.find_spec("vega_datasets")
        return (Path(package.origin).parent / "_data/airports.csv").read_bytes()

    def expected(self):
        rows = csv.DictReader(io.StringIO(self.csv.decode("utf-8")))
        return collections.Counter(row["state"] for row in rows)

    # --- set-up ---

    def create_stores(self):
        self.s3.create_bucket(Bucket=BUCKET)
        self.dynamodb.create_table(
            TableName=TABLE,
            BillingMode="PAY_PER_REQUEST",
            AttributeDefinitions=[{"AttributeName": "iata", "AttributeType": "S"}],
            KeySchema=[{"AttributeName": "iata", "KeyType": "HASH"}],
            StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"},
        )
        self.dynamodb.get_waiter("table_exists").wait(TableName=TABLE)
        self.kinesis.create_stream(StreamName=STREAM, ShardCount=1)
        self.kinesis.get_waiter("stream_exists").wait(StreamName=STREAM)

    def create_function(self, name, runtime, handler, files, environment, timeout=120):
        code = io.BytesIO()
        with zipfile.ZipFile(code, "w", zipfile.ZIP_DEFLATED) as archive:
            for path, file in files:
                archive.write(file, path)
        answer = self.lambda_.create_function(
            FunctionName=name,
            Runtime=runtime,
            Handler=handler,
            Role=ROLE,
            Timeout=timeout,
            MemorySize=256,
            Code={"ZipFile": code.getvalue()},
            Environment={"Variables": environment},
        )
        self.lambda_.get_waiter("function_active_v2").wait(FunctionName=name)
        return answer["FunctionArn"]

    def create_functions(self):
        with tempfile.TemporaryDirectory() as packages:
            subprocess.run(
                [
                    sys.executable,
                    "-m",
                    "pip",
                    "install",
                    "--quiet",
                    "--disable-pip-version-check",
                    "--no-deps",
                    "--target",
                    packages,
                    "haversine==2.9.0",
                ],
                check=True,
            )
            files = [("import_airports.py", FUNCTIONS / "import_airports.py")]
            files += [(str(p.relative_to(packages)), p) for p in Path(packages).rglob("*.py")]
            self.import_arn = self.create_function(
                "import-airports", "python3.11", "import_airports.handler", files, {"TABLE": TABLE}
            )
        self.create_function(
            "per-state",
            "nodejs20.x",
            "per_state.handler",
            [("per_state.js", FUNCTIONS / "per_state.js")],
            {"STREAM": STREAM},
        )
        self.create_function(
            "sum-states",
            "provided.al2023",
            "bootstrap",
            [("bootstrap", self.build / "fixtures/sum_states/bootstrap")],
            {"BUCKET": BUCKET},
        )
        self.get_arn = self.create_function(
            "get-airport",
            "python3.11",
            "get_airport.handler",
            [("get_airport.py", FUNCTIONS / "get_airport.py")],
            {"TABLE": TABLE},
        )

    def connect_services(self):
        self.lambda_.add_permission(
            FunctionName="import-airports",
            StatementId="s3",
            Action="lambda:InvokeFunction",
            Principal="s3.amazonaws.com",
            SourceArn=f"arn:aws:s3:::{BUCKET}",
        )
        rules = {
            "Key": {
                "FilterRules": [{"Name": "prefix", "Value": "in/"}, {"Name": "suffix", "Value": ".csv"}]
            }
        }
        self.s3.put_bucket_notification_configuration(
            Bucket=BUCKET,
            NotificationConfiguration={
                "LambdaFunctionConfigurations": [
                    {
                        "LambdaFunctionArn": self.import_arn,
                        "Events": ["s3:ObjectCreated:*"],
                        "Filter": rules,
                    }
                ]
            },
        )
        table_stream = self.dynamodb.describe_table(TableName=TABLE)["Table"]["LatestStreamArn"]
        self.lambda_.create_event_source_mapping(
            EventSourceArn=table_stream,
            FunctionName="per-state",
            StartingPosition="TRIM_HORIZON",
            BatchSize=100,
        )
        kinesis_stream = self.kinesis.describe_stream_summary(StreamName=STREAM)["StreamDescriptionSummary"]
        self.lambda_.create_event_source_mapping(
            EventSourceArn=kinesis_stream["StreamARN"],
            FunctionName="sum-states",
            StartingPosition="TRIM_HORIZON",
            BatchSize=500,
        )

    def create_api(self):
        api = self.apigateway.create_rest_api(name="airports")
        root = self.apigateway.get_resources(restApiId=api["id"])["items"][0]
        airports = self.apigateway.create_resource(
            restApiId=api["id"], parentId=root["id"], pathPart="airports"
        )
        one = self.apigateway.create_resource(
            restApiId=api["id"], parentId=airports["id"], pathPart="{iata}"
        )
        where = dict(restApiId=api["id"], resourceId=one["id"], httpMethod="GET")
        self.apigateway.put_method(**where, authorizationType="NONE")
        uri = f"arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/{self.get_arn}/invocations"
        self.apigateway.put_integration(**where, type="AWS_PROXY", integrationHttpMethod="POST", uri=uri)
        self.apigateway.create_deployment(restApiId=api["id"], stageName="prod")
        self.api_id = api["id"]

    # --- the job ---

    def upload(self, key):
        self.s3.put_object(Bucket=BUCKET, Key=key, Body=self.csv)

    def await_idle(self):
        try:
            answer = json.loads(self.daemon.get("/_fogbank/await?timeout=5m", timeout=330))
        except urllib.error.HTTPError as error:
            raise AssertionError(f"the chain did not end: {error.read().decode()}") from error
        assert answer["idle"], answer
        assert answer["failures"] == [], answer["failures"]

    def report(self):
        return json.loads(self.s3.get_object(Bucket=BUCKET, Key="report.json")["Body"].read())

    def check_totals(self, *uploads):
        report = self.report()
        for upload in uploads:
            found = {state: sums["totals"].get(upload, 0) for state, sums in report["states"].items()}
            assert found == dict(self.expected()), f"{upload}: {found} is not {dict(self.expected())}"
        for state, sums in report["states"].items():
            assert len(sums["events"]) == sum(sums["totals"].values()), f"{state} counts an event twice"
        return report

    def get_airport(self, iata):
        path = f"/_aws/execute-api/{self.api_id}/prod/airports/{urllib.parse.quote(iata)}"
        return json.loads(self.daemon.get(path))

    def changes_so_far(self):
        sums = self.report()["states"].values()
        return sum(sum(each["totals"].values()) for each in sums)

    def triggered_by_uploads(self):
        """What the traces that begin with an upload consist of: ("invocation", "lambda.per-state") -> 27."""
        counts, time_us = collections.Counter(), collections.Counter()

        def count(span):
            what = span["kind"], f"{span['service']}.{span['name']}"
            counts[what] += 1
            time_us[what] += span["duration_us"]
            for child in span["children"]:
                count(child)

        for trace in json.loads(self.daemon.get("/_fogbank/trace"))["traces"]:
            if (trace["service"], trace["name"]) != ("s3", "PutObject"):
                continue
            for root in json.loads(self.daemon.get("/_fogbank/trace?id=" + trace["trace"]))["roots"]:
                count(root)
        return {what: (number, time_us[what] / 1000) for what, number in counts.items()}

    def kill_in_the_middle(self, key, rows):
        """Kills the daemon when some of the second upload's rows are through the chain, and not all."""
        self.upload(key)
        while True:
            through = self.changes_so_far() - rows
            if through > 0:
                break
            time.sleep(0.01)  # the chain is polled here, nothing is assumed about its speed
        self.daemon.kill()
        assert through < rows, "the whole upload was through before the kill; the job proves nothing"
        self.daemon.start()
        self.connect()
        return through


def step(title, action):
    print(f"{title} ... ", end="", flush=True)
    start = time.monotonic()
    result = action()
    seconds = time.monotonic() - start
    print(f"{seconds * 1000:.0f} ms" if seconds < 1 else f"{seconds:.1f} s", flush=True)
    return result


def run(daemon, build):
    job = Job(daemon, build)
    rows = sum(job.expected().values())
    step("create bucket, table with stream, Kinesis stream", job.create_stores)
    step(
        "create four functions (Python with a pip dependency, Node, compiled C++, Python)",
        job.create_functions,
    )
    step("connect: bucket -> function, stream -> function, Kinesis -> function", job.connect_services)
    step("create a REST API: GET /airports/{iata}", job.create_api)
    step(f"upload in/first.csv: {rows} airports", lambda: job.upload("in/first.csv"))
    step("  S3 -> Python -> DynamoDB -> Node -> Kinesis -> C++ -> report.json", job.await_idle)
    for (kind, name), (number, milliseconds) in job.triggered_by_uploads().items():
        print(f"    {number:5} {kind:10} {name}  {milliseconds:.0f} ms")
    report = step("compare the totals with the CSV", lambda: job.check_totals("in/first.csv"))
    print(f"  {len(report['states'])} states, {rows} airports, {report['repeated']} records ran again")
    airport = step("GET /airports/JFK through API Gateway", lambda: job.get_airport("JFK"))
    assert airport["name"] == "John F Kennedy Intl" and airport["state"] == "NY", airport
    print(
        f"  {airport['name']}, {airport['city']}, {airport['state']}: "
        f"{airport['km_to_new_york']} km to New York"
    )
    through = step(
        "upload in/second.csv and kill -9 the daemon in the middle; start it again",
        lambda: job.kill_in_the_middle("in/second.csv", rows),
    )
    print(f"  killed after {through} of {rows}")
    step("  the chain goes on and ends", job.await_idle)
    report = step(
        "compare the totals with the CSV", lambda: job.check_totals("in/first.csv", "in/second.csv")
    )
    print(
        f"  {len(report['states'])} states, {2 * rows} changes, {report['repeated']} records ran again, "
        "none counted twice"
    )
    first = sorted(report["states"].items(), key=lambda item: -sum(item[1]["totals"].values()))[:5]
    for state, sums in first:
        print(f"  {state}: {sums['totals']}")
    return report


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--build", default=ROOT / "build/release", help="build folder with the daemon")
    parser.add_argument("--listen", default="127.0.0.1:4566")
    parser.add_argument("--state-dir", help="kept at the end; a temporary one where not given")
    arguments = parser.parse_args()
    state = arguments.state_dir or tempfile.mkdtemp(prefix="fogbank-demo-")
    try:
        log_path = Path(state) / "daemon.log"
        Path(state).mkdir(parents=True, exist_ok=True)
        with open(log_path, "w", encoding="utf-8") as log:
            binary = Path(arguments.build) / "emulator/fogbank"
            daemon = Daemon(binary, Path(state) / "state", arguments.listen, log)
            print("start the daemon ... ", end="", flush=True)
            start = time.monotonic()
            with daemon:
                print(f"{(time.monotonic() - start) * 1000:.0f} ms at {daemon.endpoint}")
                run(daemon, arguments.build)
        print("done")
    except Exception:
        print(f"\nfailed; the end of the daemon's log ({log_path}):", file=sys.stderr)
        print("".join(log_path.read_text().splitlines(keepends=True)[-20:]), file=sys.stderr)
        raise
    finally:
        if not arguments.state_dir:
            shutil.rmtree(state, ignore_errors=True)


if __name__ == "__main__":
    main()
