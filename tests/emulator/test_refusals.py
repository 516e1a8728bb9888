"""Requests that break HTTP, on a raw socket: the answer has AWS's form all the same. And how TLS ends."""

import json
import re
import socket
import ssl

import pytest
from support import DEADLINE_S

SCOPE = "Credential=test/20261123/us-east-1/{}/aws4_request, SignedHeaders=host, Signature=0"
TARGET = "X-Amz-Target: DynamoDB_20120810.GetItem\r\nContent-Type: application/x-amz-json-1.0\r\n"
LONG = "x" * 70_000


@pytest.fixture
def daemon(daemons):
    return daemons.get({})


def connect(daemon):
    return socket.create_connection(("127.0.0.1", daemon.port), timeout=DEADLINE_S)


def ask(daemon, head):
    """Status, headers in one string, and body of the answer to exactly these bytes."""
    with connect(daemon) as client:
        client.sendall(head.encode("latin-1"))
        answer = b""
        while piece := client.recv(65536):
            answer += piece
    head, body = answer.decode().split("\r\n\r\n", 1)
    return int(head.split()[1]), head, body


def signed_for(service):
    return "Host: localhost\r\nAuthorization: AWS4-HMAC-SHA256 " + SCOPE.format(service) + "\r\n"


def without_ids(xml):
    return re.sub(r"<(RequestId|HostId)>[^<]+</\1>", "", xml)


S3_CASES = [
    (
        "GET /b/k HTTP/1.1\r\nHost: localhost\r\nX-Long: " + LONG + "\r\n\r\n",
        400,
        "<Code>RequestHeaderSectionTooLarge</Code>"
        "<Message>Your request header section exceeds the maximum allowed size.</Message>"
        "<MaxSizeAllowed>65536</MaxSizeAllowed>",
    ),
    (
        "GET /b/" + LONG + " HTTP/1.1\r\nHost: localhost\r\n\r\n",
        400,
        "<Code>KeyTooLongError</Code><Message>Your key is too long</Message>",
    ),
    (
        "GET /b/k\r\nHost: localhost\r\n\r\n",
        400,
        "<Code>BadRequest</Code><Message>An error occurred when parsing the HTTP request.</Message>",
    ),
    (
        "\x01\x02\x03\r\n\r\n",
        400,
        "<Code>BadRequest</Code><Message>An error occurred when parsing the HTTP request.</Message>",
    ),
    (
        "PUT /b/k HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: gzip\r\n\r\n",
        501,
        "<Code>NotImplemented</Code>"
        "<Message>A header you provided implies functionality that is not implemented</Message>",
    ),
]


@pytest.mark.parametrize("head, status, error", S3_CASES, ids=["header", "key", "line", "bytes", "coding"])
def test_s3_refuses_what_breaks_http_with_its_own_error(daemon, head, status, error):
    answered, headers, body = ask(daemon, head)
    assert (answered, without_ids(body)) == (
        status,
        f'<?xml version="1.0" encoding="UTF-8"?>\n<Error>{error}</Error>',
    )
    assert "\r\nContent-Type: application/xml\r\n" in headers
    assert "\r\nConnection: close\r\n" in headers
    assert re.search(r"<RequestId>[^<]+</RequestId>", body)


@pytest.mark.parametrize("hint", [TARGET, signed_for("dynamodb")], ids=["target", "signature"])
def test_a_json_service_refuses_an_oversized_header_in_json(daemon, hint):
    status, headers, body = ask(daemon, "POST / HTTP/1.1\r\n" + hint + "X-Long: " + LONG + "\r\n\r\n")
    assert status == 400
    assert "\r\nContent-Type: application/x-amz-json-1.0\r\n" in headers
    error = json.loads(body)
    assert error["__type"].split("#")[-1] == "MalformedHttpRequestException"
    assert error["message"] == "the request's headers are too large"


def test_a_rest_json_service_refuses_a_long_path_in_json(daemon):
    head = "GET /2015-03-31/functions/" + "x" * 65_500 + " HTTP/1.1\r\n" + signed_for("lambda") + "\r\n"
    status, headers, body = ask(daemon, head)
    assert status == 400
    assert "\r\nx-amzn-ErrorType: MalformedHttpRequestException\r\n" in headers
    assert "the request's target is too long" in body


def test_a_query_service_refuses_a_malformed_header_in_xml(daemon):
    status, headers, body = ask(daemon, "POST / HTTP/1.1\r\n" + signed_for("sts") + "bad header\r\n\r\n")
    assert status == 400
    assert "\r\nContent-Type: text/xml\r\n" in headers
    assert "<Code>MalformedHttpRequestException</Code>" in body


@pytest.mark.parametrize("last", ["Connection: close\r\n", ""], ids=["server closes", "client closes"])
def test_tls_ends_with_close_notify(daemon, last):
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    with context.wrap_socket(connect(daemon), suppress_ragged_eofs=False) as client:
        client.sendall(f"GET /_localstack/info HTTP/1.1\r\nHost: localhost\r\n{last}\r\n".encode())
        answer = client.recv(65536)
        if last:
            # Without close_notify this raises SSLEOFError.
            while piece := client.recv(65536):
                answer += piece
        else:
            # Sends ours and waits for the daemon's; raises where none comes.
            client.unwrap()
        assert answer.startswith(b"HTTP/1.1 200 OK\r\n")


@pytest.mark.parametrize("zeros", [400, 60_000])
def test_a_number_of_hundreds_of_zeros_is_a_small_number(daemon, zeros):
    body = '{"Limit": 0.' + "0" * zeros + "9963}"
    head = f"POST / HTTP/1.1\r\nHost: localhost\r\n{TARGET}Content-Type: application/x-amz-json-1.0\r\n"
    status, _, text = ask(daemon, f"{head}Content-Length: {len(body)}\r\nConnection: close\r\n\r\n{body}")
    assert status == 400
    assert json.loads(text)["__type"].endswith("ValidationException")
