"""Rows of the conventions: URL forms of S3, API Gateway and function URLs."""

from support import new_account

NOT_SERVED = "Fogbank does not serve {}. GET /_localstack/health lists what it serves."
UNKNOWN_API = "The API id 'zzzzzzzzzz' does not correspond to a deployed API Gateway API"


def bucket_with_object(daemon, prefix="urls"):
    bucket = f"{prefix}-{new_account()}"
    s3 = daemon.client("s3")
    s3.create_bucket(Bucket=bucket)
    s3.put_object(Bucket=bucket, Key="folder/a key", Body=b"found by " + bucket.encode())
    return bucket


def s3_form(host, path="/{key}"):
    """The object is read, and another is written, at a host and path that name {bucket} and {key}."""

    def check(lab):
        bucket = bucket_with_object(lab.daemon)
        where = host.format(bucket=bucket, port=lab.daemon.port)
        read = lab.daemon.signed("GET", path.format(bucket=bucket, key="folder/a%20key"), host=where)
        assert (read.status, read.text) == (200, "found by " + bucket)
        written = lab.daemon.signed("PUT", path.format(bucket=bucket, key="new"), host=where, body=b"written")
        assert written.status == 200
        assert lab.daemon.client("s3").get_object(Bucket=bucket, Key="new")["Body"].read() == b"written"
        listed = lab.daemon.signed("GET", path.format(bucket=bucket, key="") + "?list-type=2", host=where)
        assert f"<Name>{bucket}</Name>" in listed.text

    return check


def bucket_that_looks_like_a_region(lab):
    lab.daemon.client("s3").create_bucket(Bucket="my-bucket-1")
    lab.daemon.client("s3").put_object(Bucket="my-bucket-1", Key="k", Body=b"v")
    assert lab.daemon.signed("GET", "/k", host=f"my-bucket-1.localhost:{lab.daemon.port}").body == b"v"


def deployed_api(daemon, custom_id=None):
    """An API with one mocked method, GET /pets, in stage "dev"; returns its id."""
    client = daemon.client("apigateway", new_account())
    tags = {"_custom_id_": custom_id} if custom_id else {}
    api = client.create_rest_api(name="pets", tags=tags)["id"]
    root = client.get_resources(restApiId=api)["items"][0]["id"]
    pets = client.create_resource(restApiId=api, parentId=root, pathPart="pets")["id"]
    where = {"restApiId": api, "resourceId": pets, "httpMethod": "GET"}
    client.put_method(authorizationType="NONE", **where)
    client.put_method_response(statusCode="200", **where)
    client.put_integration(type="MOCK", requestTemplates={"application/json": '{"statusCode": 200}'}, **where)
    client.put_integration_response(
        statusCode="200", responseTemplates={"application/json": '{"pets": 2}'}, **where
    )
    client.create_deployment(restApiId=api, stageName="dev")
    return api


def api_form(path, host=None):
    def check(lab):
        api = deployed_api(lab.daemon)
        where = host.format(id=api, port=lab.daemon.port) if host else None
        answer = lab.daemon.http("GET", path.format(id=api), host=where)
        assert (answer.status, answer.text) == (200, '{"pets": 2}')

    return check


def unknown_api(path, host=None):
    def check(lab):
        answer = lab.daemon.http("GET", path, host=host)
        assert answer.status == 404
        assert UNKNOWN_API in answer.text

    return check


def custom_id_of_an_api(lab):
    custom = "pets" + new_account()
    assert deployed_api(lab.daemon, custom) == custom
    answer = lab.daemon.http("GET", f"/_aws/execute-api/{custom}/dev/pets")
    assert (answer.status, answer.text) == (200, '{"pets": 2}')


def websocket_form(lab):
    """Answered as an API that is not there, not with a broken upgrade."""
    answer = lab.daemon.http(
        "GET",
        "/dev",
        host="zzzzzzzzzz.execute-api.localhost.localstack.cloud:4566",
        headers={
            "Upgrade": "websocket",
            "Connection": "Upgrade",
            "Sec-WebSocket-Version": "13",
            "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
        },
    )
    assert answer.status == 404
    assert UNKNOWN_API in answer.text


def host_not_served(host, service):
    def check(lab):
        answer = lab.daemon.http("GET", "/", host=host)
        assert answer.status == 501
        assert NOT_SERVED.format(service) in answer.text

    return check


def website_host(lab):
    answer = lab.daemon.http("GET", "/", host="no-such-site.s3-website.localhost.localstack.cloud:4566")
    assert answer.status == 404
    assert "<li>Code: NoSuchBucket</li>" in answer.text


def pages_of_any_origin_call_apis(lab):
    api = deployed_api(lab.daemon)
    answer = lab.daemon.http(
        "GET", f"/_aws/execute-api/{api}/dev/pets", headers={"Origin": "https://shop.example"}
    )
    assert answer.status == 200
