"""Rows of the conventions: ports and hosts, accounts."""

import socket
import ssl
import subprocess
import sys

from support import binary, create_function, free_port, new_account

HEALTH = "/_localstack/health"


def tls_certificate(port, server_name, cafile=None):
    """Speaks TLS on the port of the plain gateway; returns the certificate and the answer's first line."""
    context = ssl.create_default_context(cafile=cafile)
    if cafile is None:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    with socket.create_connection(("127.0.0.1", port), timeout=30) as raw:
        with context.wrap_socket(raw, server_hostname=server_name) as tls:
            tls.sendall(f"GET {HEALTH} HTTP/1.1\r\nHost: {server_name}\r\nConnection: close\r\n\r\n".encode())
            return tls.getpeercert(binary_form=True), tls.recv(100).split(b"\r\n")[0].decode()


def own_ca(daemon):
    """The CA that the daemon made, once a TLS hello came."""
    tls_certificate(daemon.port, "localhost")
    found = sorted(
        path for path in (daemon.state / "tls").iterdir() if "ca" in path.name and path.suffix != ".key"
    )
    certificates = [path for path in found if "BEGIN CERTIFICATE" in path.read_text(encoding="utf-8")]
    assert certificates, [path.name for path in (daemon.state / "tls").iterdir()]
    return str(certificates[0])


def default_port(_):
    text = subprocess.run([binary(), "start", "--help"], capture_output=True, text=True, check=True).stdout
    assert "(127.0.0.1:4566)" in text


def plain_and_tls_on_one_port(lab):
    assert lab.daemon.http("GET", HEALTH).status == 200
    for name in ("localhost", "localhost.localstack.cloud", "photos.localhost.localstack.cloud"):
        _, first_line = tls_certificate(lab.daemon.port, name, own_ca(lab.daemon))
        assert first_line == "HTTP/1.1 200 OK", name


def no_other_port_by_default(lab):
    daemon = lab.start("alone")
    assert daemon.listening_ports() == {daemon.port}


def service_ports(lab):
    s3, dynamodb = free_port(), free_port()
    daemon = lab.start(
        "service-ports",
        arguments=[
            "--service-listen",
            f"s3=127.0.0.1:{s3}",
            "--service-listen",
            f"dynamodb=127.0.0.1:{dynamodb}",
        ],
    )
    assert daemon.listening_ports() == {daemon.port, s3, dynamodb}
    # What the port says wins: a request that is signed for STS is S3's here.
    assert b"<ListAllMyBucketsResult" in daemon.signed("GET", "/", port=s3).body
    endpoint = f"http://127.0.0.1:{dynamodb}"
    assert daemon.client("dynamodb", endpoint=endpoint).list_tables()["TableNames"] == []
    assert daemon.http("GET", HEALTH, port=s3).status == 200


def gateway_listen(lab):
    first, second = free_port(), free_port()
    daemon = lab.start("two", {"GATEWAY_LISTEN": f"127.0.0.1:{first},127.0.0.1:{second}"})
    assert daemon.listening_ports() == {first, second}
    assert daemon.http("GET", HEALTH, port=first).status == 200
    assert daemon.http("GET", HEALTH, port=second).status == 200


def gateway_listen_everywhere(lab):
    port = free_port()
    daemon = lab.start("everywhere", {"GATEWAY_LISTEN": f"0.0.0.0:{port}"}, port=port)
    assert daemon.http("GET", HEALTH).status == 200
    with socket.create_connection(("127.0.0.2", port), timeout=10):
        pass


def edge_port(lab):
    port = free_port()
    daemon = lab.start("edge", {"EDGE_PORT": str(port)}, port=port)
    assert daemon.listening_ports() == {port}


def kubernetes_links(lab):
    port = free_port()
    links = {
        "EDGE_PORT": "tcp://10.0.0.7:80",
        "LOCALSTACK_EDGE_PORT": "tcp://10.0.0.7:80",
        "LOCALSTACK_PORT": "tcp://10.0.0.7:4566",
        "LOCALSTACK_SERVICE_HOST": "10.0.0.7",
        "LOCALSTACK_SERVICE_PORT": "4566",
        "FOGBANK_PORT": "tcp://10.0.0.8:4566",
        "S3_PORT": "tcp://10.0.0.9:1",
    }
    daemon = lab.start("kubernetes", {**links, "GATEWAY_LISTEN": f"127.0.0.1:{port}"}, port=port)
    assert daemon.listening_ports() == {port}
    assert "has no effect" not in daemon.log


def prefix_is_stripped(lab):
    daemon = lab.start("prefix", {"LOCALSTACK_DEBUG": "1", "LOCALSTACK_LAMBDA_DEBUG_MODE": "1"})
    daemon.client("sts").get_caller_identity()
    assert "operation=sts.GetCallerIdentity" in daemon.log
    assert "LAMBDA_DEBUG_MODE has no effect" in daemon.log


def configured_host(name):
    """The host is understood in front of regions, and stands in the certificate."""

    def check(lab):
        daemon = lab.start("host-" + name.lower(), {name: "fogbank.test:4599"})
        # Only an endpoint of another region than us-east-1 asks for the constraint.
        answer = daemon.signed("PUT", "/of-a-host", host="s3.eu-west-1.fogbank.test")
        assert (answer.status, "IllegalLocationConstraintException" in answer.text) == (
            400,
            True,
        ), answer.text
        assert daemon.signed("PUT", "/of-a-host", host="fogbank.test").status == 200
        for server_name in ("fogbank.test", "photos.fogbank.test"):
            assert tls_certificate(daemon.port, server_name, own_ca(daemon))[1] == "HTTP/1.1 200 OK"

    return check


def urls_name_the_callers_host(lab):
    account = new_account()
    create_function(lab.daemon.client("lambda", account), "located", "def handler(event, context): pass")
    for host in (f"127.0.0.1:{lab.daemon.port}", f"localhost:{lab.daemon.port}"):
        client = lab.daemon.client("lambda", account, endpoint="http://" + host)
        assert client.get_function(FunctionName="located")["Code"]["Location"].startswith(f"http://{host}/")


def identity(key, account):
    def check(lab):
        secret = "test" if not key.startswith("testcontainers") else key
        answer = lab.daemon.client("sts", key, secret).get_caller_identity()
        assert answer["Account"] == account
        assert answer["Arn"].split(":")[4] == account

    return check


def default_region(lab):
    table = {
        "TableName": "any",
        "KeySchema": [{"AttributeName": "k", "KeyType": "HASH"}],
        "BillingMode": "PAY_PER_REQUEST",
        "AttributeDefinitions": [{"AttributeName": "k", "AttributeType": "S"}],
    }
    account = new_account()
    made = lab.daemon.client("dynamodb", account).create_table(**table)["TableDescription"]
    assert made["TableArn"] == f"arn:aws:dynamodb:us-east-1:{account}:table/any"
    other = lab.daemon.client("dynamodb", account, region="eu-central-1").create_table(**table)[
        "TableDescription"
    ]
    assert other["TableArn"] == f"arn:aws:dynamodb:eu-central-1:{account}:table/any"


def presigned(secret, status):
    """A presigned URL that was signed with `secret` answers `status`."""

    def check(lab):
        import boto3
        from botocore.config import Config

        bucket = "presigned-" + new_account()
        lab.daemon.client("s3").create_bucket(Bucket=bucket)
        lab.daemon.client("s3").put_object(Bucket=bucket, Key="k", Body=b"v")
        signer = boto3.client(
            "s3",
            endpoint_url=lab.daemon.endpoint,
            region_name="us-east-1",
            aws_access_key_id="test",
            aws_secret_access_key=secret,
            config=Config(signature_version="s3v4"),
        )
        url = signer.generate_presigned_url("get_object", Params={"Bucket": bucket, "Key": "k"})
        answer = lab.daemon.http("GET", url.removeprefix(lab.daemon.endpoint))
        assert answer.status == status, answer.text

    return check


def awslocal_environment(lab):
    """`awslocal` and everything else that reads AWS_ENDPOINT_URL."""
    import os

    account = new_account()
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(lab.folder),
        "AWS_ENDPOINT_URL": lab.daemon.endpoint,
        "AWS_ACCESS_KEY_ID": account,
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_DEFAULT_REGION": "us-east-1",
    }
    aws = [os.path.join(os.path.dirname(sys.executable), "aws")]
    subprocess.run(
        aws + ["s3", "mb", "s3://cli-" + account], env=environment, check=True, capture_output=True
    )
    listed = subprocess.run(
        aws + ["s3", "ls"], env=environment, check=True, capture_output=True, text=True
    ).stdout
    assert listed.split()[-1] == "cli-" + account


def hand_written(refused):
    """Headers as they stand in people's curl commands: the key counts, dates and signatures are made up."""

    def check(lab):
        def asked(service, more, target=None, method="GET", body=None):
            key = f"AWS4-HMAC-SHA256 Credential={account}/20130524/eu-west-1/{service}/aws4_request"
            headers = {"Authorization": key + more, "Content-Type": "application/x-amz-json-1.0"}
            if target is not None:
                headers["X-Amz-Target"] = target
            return lab.daemon.http(method, "/", headers=headers, body=body)

        account = new_account()
        made_up = ", SignedHeaders=host;x-amz-date;x-amz-content-sha256, Signature=asdf"
        for more in (made_up, ""):
            buckets = asked("s3", more)
            tables = asked("dynamodb", more, "DynamoDB_20120810.ListTables", "POST", "{}")
            if refused:
                assert buckets.status in (400, 403)
                assert tables.status == 400
                assert "IncompleteSignatureException" in tables.text
            else:
                assert buckets.status == 200
                assert (tables.status, tables.text) == (200, '{"TableNames":[]}')

    return check
