"""S3 for browsers: CORS of buckets, static websites."""
import urllib.error
import urllib.request
import xml.etree.ElementTree as ElementTree

import pytest
from botocore.exceptions import ClientError


@pytest.fixture
def public(s3, bucket):
    s3.delete_public_access_block(Bucket=bucket)
    put_policy(s3, Bucket=bucket, Policy="""{"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Principal": "*", "Action": ["s3:GetObject", "s3:ListBucket"],
         "Resource": ["arn:aws:s3:::%s", "arn:aws:s3:::%s/*"]}]}""" % (bucket, bucket))
    return bucket


def put_policy(s3, **arguments):
    try:
        s3.put_bucket_policy(**arguments)
    except ClientError as error:
        # Without policies every object is readable; see services/s3/README.md, "Access".
        assert error.response["Error"]["Code"] == "NotImplemented"


class NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_):
        return None


OPENER = urllib.request.build_opener(NoRedirect)


def send(url, method="GET", headers=None):
    try:
        with OPENER.open(urllib.request.Request(url, method=method, headers=headers or {})) as answer:
            return answer.status, dict(answer.headers), answer.read()
    except urllib.error.HTTPError as error:
        return error.code, dict(error.headers), error.read()


def preflight(url, origin, method="GET", **headers):
    asked = {"Origin": origin, "Access-Control-Request-Method": method}
    return send(url, "OPTIONS", asked | {name.replace("_", "-"): value for name, value in headers.items()})


FOREIGN = "https://app.example.com"


def test_a_bucket_with_rules_answers_preflights_and_marks_answers(endpoint, s3, public):
    s3.put_object(Bucket=public, Key="k", Body=b"x")
    s3.put_bucket_cors(Bucket=public, CORSConfiguration={"CORSRules": [
        {"AllowedOrigins": ["https://*.example.com"], "AllowedMethods": ["GET", "PUT"], "AllowedHeaders": ["x-amz-*"],
         "ExposeHeaders": ["ETag"], "MaxAgeSeconds": 60}]})
    url = "%s/%s/k" % (endpoint, public)
    status, headers, body = preflight(url, FOREIGN, "PUT", Access_Control_Request_Headers="X-Amz-Date")
    assert (status, body) == (200, b"")
    assert headers["Access-Control-Allow-Origin"] == FOREIGN
    assert headers["Access-Control-Allow-Methods"] == "GET, PUT"
    assert headers["Access-Control-Allow-Headers"] == "x-amz-date"
    assert headers["Access-Control-Max-Age"] == "60"
    status, headers, body = send(url, headers={"Origin": FOREIGN})
    assert (status, body) == (200, b"x")
    assert headers["Access-Control-Allow-Origin"] == FOREIGN
    assert headers["Access-Control-Expose-Headers"] == "ETag"
    status, headers, body = send(url, headers={"Origin": "https://other.org"})
    assert (status, body) == (200, b"x")
    assert "Access-Control-Allow-Origin" not in headers
    status, headers, body = preflight(url, FOREIGN, "DELETE")
    error = {child.tag: child.text for child in ElementTree.fromstring(body)}
    assert (status, error["Code"], error["Method"], error["ResourceType"]) == \
        (403, "AccessForbidden", "DELETE", "OBJECT")
    assert error["Message"].startswith("CORSResponse: This CORS request is not allowed.")
    assert send(url, "OPTIONS")[0] == 400


def test_a_bucket_without_rules_is_for_local_pages_only(endpoint, bucket):
    url = "%s/%s" % (endpoint, bucket)
    status, headers, _ = preflight(url, "http://localhost:3000", "PUT")
    assert (status, headers["Access-Control-Allow-Origin"]) == (204, "http://localhost:3000")
    status, _, body = preflight(url, FOREIGN, "PUT")
    error = {child.tag: child.text for child in ElementTree.fromstring(body)}
    assert (status, error["Code"], error["ResourceType"]) == (403, "AccessForbidden", "BUCKET")
    assert error["Message"] == "CORSResponse: CORS is not enabled for this bucket."


def visit(endpoint, bucket, path, method="GET", front="s3-website", **headers):
    host = "%s.%s.localhost.localstack.cloud:%s" % (bucket, front, endpoint.rsplit(":", 1)[1])
    return send(endpoint + path, method, {"Host": host} | headers)


def test_a_website_serves_its_index_its_error_and_its_redirects(endpoint, s3, public):
    s3.put_object(Bucket=public, Key="index.html", Body=b"home", ContentType="text/html")
    s3.put_object(Bucket=public, Key="docs/index.html", Body=b"docs", ContentType="text/html")
    s3.put_object(Bucket=public, Key="moved", WebsiteRedirectLocation="/docs/")
    status, headers, body = visit(endpoint, public, "/")
    assert (status, headers["x-amz-error-code"]) == (404, "NoSuchWebsiteConfiguration")
    assert b"<li>Code: NoSuchWebsiteConfiguration</li>" in body
    s3.put_bucket_website(Bucket=public, WebsiteConfiguration={
        "IndexDocument": {"Suffix": "index.html"}, "ErrorDocument": {"Key": "error.html"},
        "RoutingRules": [{"Condition": {"KeyPrefixEquals": "old/"},
                          "Redirect": {"ReplaceKeyPrefixWith": "docs/"}}]})
    for front in ("s3-website", "s3-website.us-east-1", "s3-website-us-east-1"):
        status, headers, body = visit(endpoint, public, "/", front=front)
        assert (status, body, headers["Content-Type"]) == (200, b"home", "text/html")
    assert visit(endpoint, public, "/docs/")[2] == b"docs"
    status, headers, _ = visit(endpoint, public, "/docs")
    assert (status, headers["Location"]) == (302, "/docs/")
    status, headers, _ = visit(endpoint, public, "/old/a")
    assert status == 301 and headers["Location"].endswith("/docs/a")
    status, headers, _ = visit(endpoint, public, "/moved")
    assert (status, headers["Location"]) == (301, "/docs/")
    status, headers, body = visit(endpoint, public, "/none")
    assert (status, headers["x-amz-error-code"], headers["Content-Type"]) == \
        (404, "NoSuchKey", "text/html; charset=utf-8")
    assert b"<h3>An Error Occurred While Attempting to Retrieve a Custom Error Document</h3>" in body
    s3.put_object(Bucket=public, Key="error.html", Body=b"sorry", ContentType="text/html")
    assert visit(endpoint, public, "/none")[::2] == (404, b"sorry")
    assert visit(endpoint, public, "/", "POST")[0] == 405
    status, headers, body = visit(endpoint, public, "/", "HEAD")
    assert (status, headers["Content-Length"], body) == (200, "4", b"")
    status, _, _ = visit(endpoint, public, "/", **{"If-None-Match": visit(endpoint, public, "/")[1]["ETag"]})
    assert status == 304


def test_a_website_can_send_everyone_elsewhere(endpoint, s3, bucket):
    s3.put_bucket_website(Bucket=bucket, WebsiteConfiguration={
        "RedirectAllRequestsTo": {"HostName": "example.com", "Protocol": "https"}})
    status, headers, _ = visit(endpoint, bucket, "/a%20b?x=1")
    assert (status, headers["Location"]) == (301, "https://example.com/a%20b?x=1")
    status, headers, _ = visit(endpoint, "absent-" + bucket, "/")
    assert (status, headers["x-amz-error-code"]) == (404, "NoSuchBucket")


def test_a_bucket_is_posted_to_with_a_form_only(endpoint, bucket):
    with pytest.raises(urllib.error.HTTPError) as caught:
        urllib.request.urlopen(
            urllib.request.Request(f"{endpoint}/{bucket}", b"{}", {"Content-Type": "application/json"})
        )
    assert caught.value.code == 412
    text = caught.value.read().decode()
    assert "<Condition>Bucket POST must be of the enclosure-type multipart/form-data</Condition>" in text
