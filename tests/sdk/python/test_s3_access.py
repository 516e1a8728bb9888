"""S3 by URL and by form, with both signature versions, on a daemon that verifies them; and their expiry."""
import hashlib
import os
import random
import socket
import tempfile
import urllib.error
import urllib.parse
import urllib.request
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import boto3
import pytest
from botocore.config import Config

from daemon import ROOT, Daemon


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture(scope="module")
def verifying():
    """A daemon of its own: S3_SKIP_SIGNATURE_VALIDATION=0, and its clock may be moved."""
    binary = Path(os.environ.get("FOGBANK_BUILD", ROOT / "build/dev")) / "emulator/fogbank"
    os.environ["S3_SKIP_SIGNATURE_VALIDATION"] = "0"
    try:
        with tempfile.TemporaryDirectory(prefix="fogbank-access-") as state:
            with Daemon(binary, Path(state) / "state", f"127.0.0.1:{free_port()}") as daemon:
                yield daemon.endpoint
    finally:
        del os.environ["S3_SKIP_SIGNATURE_VALIDATION"]


def signer(endpoint, version, secret="test", style="path"):
    return boto3.client("s3", endpoint_url=endpoint, region_name="us-east-1", aws_access_key_id="test",
                        aws_secret_access_key=secret,
                        config=Config(signature_version=version, s3={"addressing_style": style}))


def presigned(endpoint, bucket, operation="get_object", version="s3v4", secret="test"):
    params = {"Bucket": bucket, "Key": "k"}
    return signer(endpoint, version, secret).generate_presigned_url(operation, Params=params)


@pytest.fixture
def bucket(verifying):
    name = "access-%016x" % random.getrandbits(64)
    s3 = signer(verifying, "s3v4")
    s3.create_bucket(Bucket=name)
    s3.put_object(Bucket=name, Key="a/b c+d.txt", Body=b"hello")
    return name


def send(url, method="GET", body=None, headers=None):
    request = urllib.request.Request(url, data=body, method=method, headers=headers or {})
    try:
        with urllib.request.urlopen(request) as answer:
            return answer.status, answer.read()
    except urllib.error.HTTPError as error:
        return error.code, error.read()


def error_of(answer):
    status, body = answer
    return status, {child.tag: child.text for child in ElementTree.fromstring(body)}


@pytest.mark.parametrize("version", ["s3v4", "s3"])
def test_a_presigned_url_reads_and_writes(verifying, bucket, version):
    s3 = signer(verifying, version)
    wanted = {"Bucket": bucket, "Key": "a/b c+d.txt", "ResponseContentType": "text/x y"}
    get = s3.generate_presigned_url("get_object", Params=wanted)
    assert send(get) == (200, b"hello")
    wanted = {"Bucket": bucket, "Key": "new", "ContentType": "text/x", "Metadata": {"color": "blue"}}
    put = s3.generate_presigned_url("put_object", Params=wanted)
    # botocore signs x-amz headers as parameters of the URL in version 2, and as headers in version 4.
    headers = {"Content-Type": "text/x"} | ({"x-amz-meta-color": "blue"} if version == "s3v4" else {})
    assert send(put, "PUT", b"written", headers)[0] == 200
    assert s3.head_object(Bucket=bucket, Key="new")["Metadata"] == {"color": "blue"}


@pytest.mark.parametrize("version", ["s3v4", "s3"])
def test_another_method_or_secret_does_not_match(verifying, bucket, version):
    url = presigned(verifying, bucket, version=version)
    status, error = error_of(send(url, "DELETE"))
    assert (status, error["Code"]) == (403, "SignatureDoesNotMatch")
    wrong = presigned(verifying, bucket, version=version, secret="wrong")
    status, error = error_of(send(wrong))
    assert (status, error["Code"], error["AWSAccessKeyId"]) == (403, "SignatureDoesNotMatch", "test")
    sent = urllib.parse.parse_qs(urllib.parse.urlparse(wrong).query)
    assert error["SignatureProvided"] == sent.get("X-Amz-Signature", sent.get("Signature"))[0]
    assert error["StringToSignBytes"] == " ".join("%02x" % b for b in error["StringToSign"].encode())
    if version == "s3v4":
        assert error["StringToSign"].endswith(hashlib.sha256(error["CanonicalRequest"].encode()).hexdigest())
        assert error["CanonicalRequestBytes"].startswith("47 45 54 0a 2f")
    else:
        assert error["StringToSign"].startswith("GET\n\n\n")
        assert error["StringToSign"].endswith("/%s/k" % bucket)
        assert "CanonicalRequest" not in error


@pytest.mark.parametrize("version", ["s3v4", "s3"])
def test_a_virtual_hosted_url_signs_the_bucket_in_its_host(verifying, bucket, version):
    port = verifying.rsplit(":", 1)[1]
    s3 = signer("http://s3.localhost.localstack.cloud:" + port, version, style="virtual")
    url = s3.generate_presigned_url("get_object", Params={"Bucket": bucket, "Key": "a/b c+d.txt"})
    host = urllib.parse.urlparse(url).netloc
    assert host.startswith(bucket + ".s3.")
    assert send(url.replace(host, "127.0.0.1:" + port), headers={"Host": host}) == (200, b"hello")
    other = host.replace(bucket, "other-" + bucket)
    status, error = error_of(send(url.replace(host, "127.0.0.1:" + port), headers={"Host": other}))
    assert (status, error["Code"]) == (403, "SignatureDoesNotMatch")


def test_headers_that_came_as_signed_parameters_count(verifying, bucket):
    s3 = signer(verifying, "s3v4")

    def hoist(request, **_):
        request.url += "?x-amz-meta-color=blue&x-amz-storage-class=STANDARD_IA"

    s3.meta.events.register("before-sign.s3.PutObject", hoist)
    url = s3.generate_presigned_url("put_object", Params={"Bucket": bucket, "Key": "hoisted"})
    assert "x-amz-meta-color=blue" in url
    assert send(url, "PUT", b"x")[0] == 200
    head = signer(verifying, "s3v4").head_object(Bucket=bucket, Key="hoisted")
    assert (head["Metadata"], head["StorageClass"]) == ({"color": "blue"}, "STANDARD_IA")


def test_an_unsigned_header_beside_a_presigned_url_is_refused(verifying, bucket):
    url = presigned(verifying, bucket, "put_object")
    status, error = error_of(send(url, "PUT", b"x", {"x-amz-meta-color": "blue"}))
    assert (status, error["Code"]) == (403, "AccessDenied")
    assert error["Message"] == "There were headers present in the request which were not signed"
    assert error["HeadersNotSigned"] == "x-amz-meta-color"


def test_the_rules_of_the_query_are_held(verifying, bucket):
    url = presigned(verifying, bucket)
    parts = urllib.parse.urlparse(url)
    query = dict(urllib.parse.parse_qsl(parts.query))

    def message(**changes):
        changed = {**query, **{"X-Amz-" + name.replace("_", "-"): value for name, value in changes.items()}}
        changed = {name: value for name, value in changed.items() if value is not None}
        status, error = error_of(send(parts._replace(query=urllib.parse.urlencode(changed)).geturl()))
        assert (status, error["Code"]) == (400, "AuthorizationQueryParametersError")
        return error["Message"]

    assert message(Expires="604801").startswith("X-Amz-Expires must be less than a week (in seconds);")
    assert message(Expires="-1") == "X-Amz-Expires must be non-negative"
    assert message(Date=None).startswith("Query-string authentication version 4 requires the X-Amz-Algo")
    assert message(Algorithm="AWS4-HMAC-SHA1").startswith("X-Amz-Algorithm only supports")
    scope = "/20260101/us-east-1/s3/aws4_request"
    assert message(Credential=scope).startswith("Error parsing the X-Amz-Credential parameter; a non-empty")


def post_form(url, fields, data, filename="f.txt"):
    head = '--XX\r\nContent-Disposition: form-data; name="%s"'
    parts = [head % name + "\r\n\r\n%s\r\n" % value for name, value in fields.items()]
    parts.append(head % "file" + '; filename="%s"\r\n\r\n' % filename)
    body = "".join(parts).encode() + data + b"\r\n--XX--\r\n"
    return send(url, "POST", body, {"Content-Type": "multipart/form-data; boundary=XX"})


@pytest.mark.parametrize("version", ["s3v4", "s3"])
def test_a_presigned_post_uploads_what_its_policy_allows(verifying, bucket, version):
    s3 = signer(verifying, version)
    conditions = [["starts-with", "$key", "up/"], ["content-length-range", 1, 300000], {"acl": "private"},
                  {"success_action_status": "201"}]
    post = s3.generate_presigned_post(bucket, "up/${filename}", Conditions=conditions,
                                      Fields={"acl": "private", "success_action_status": "201"})
    data = os.urandom(200_000)
    status, body = post_form(post["url"], post["fields"], data)
    assert status == 201
    answer = {child.tag: child.text for child in ElementTree.fromstring(body)}
    assert answer == {"Location": "%s/%s/up%%2Ff.txt" % (verifying, bucket), "Bucket": bucket,
                      "Key": "up/f.txt", "ETag": '"%s"' % hashlib.md5(data).hexdigest()}
    assert s3.get_object(Bucket=bucket, Key="up/f.txt")["Body"].read() == data
    status, error = error_of(post_form(post["url"], {**post["fields"], "acl": "public-read"}, b"x"))
    assert (status, error["Code"]) == (403, "AccessDenied")
    assert error["Message"].endswith('Policy Condition failed: ["eq", "$acl", "private"]')
    status, error = error_of(post_form(post["url"], {**post["fields"], "extra": "1"}, b"x"))
    assert error["Message"] == "Invalid according to Policy: Extra input fields: extra"
    status, error = error_of(post_form(post["url"], post["fields"], b""))
    assert (status, error["Code"], error["MinSizeAllowed"]) == (400, "EntityTooSmall", "1")
    status, error = error_of(post_form(post["url"], post["fields"], b"x" * 300001))
    assert (status, error["Code"], error["MaxSizeAllowed"]) == (400, "EntityTooLarge", "300000")


@pytest.mark.parametrize("version", ["s3v4", "s3"])
def test_a_post_whose_policy_was_changed_does_not_match(verifying, bucket, version):
    post = signer(verifying, version, "wrong").generate_presigned_post(bucket, "k")
    status, error = error_of(post_form(post["url"], post["fields"], b"x"))
    assert (status, error["Code"]) == (403, "SignatureDoesNotMatch")
    assert error["StringToSign"] == post["fields"]["policy"]
    field = "x-amz-signature" if version == "s3v4" else "signature"
    assert error["SignatureProvided"] == post["fields"][field]


def test_a_presigned_url_expires_by_the_movable_clock(verifying, bucket):
    params = {"Bucket": bucket, "Key": "a/b c+d.txt"}
    urls = [signer(verifying, version).generate_presigned_url("get_object", Params=params, ExpiresIn=90000)
            for version in ("s3v4", "s3")]
    assert [send(url) for url in urls] == [(200, b"hello")] * 2
    assert send(verifying + "/_fogbank/clock?action=advance&by=26h", "POST")[0] == 200
    for url, expires in zip(urls, ("90000", None)):
        status, error = error_of(send(url))
        assert (status, error["Code"], error["Message"]) == (403, "AccessDenied", "Request has expired")
        assert error["Expires"] < error["ServerTime"] and error["Expires"].endswith("Z")
        assert error.get("X-Amz-Expires") == expires
        assert error["RequestId"] and error["HostId"]
