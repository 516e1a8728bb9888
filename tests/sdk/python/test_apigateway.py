"""API Gateway REST: an API is built with boto3 and called with plain HTTP."""
import io
import json
import os
import time
import urllib.error
import urllib.request
import zipfile

import pytest

ECHO = """
import json
def handler(event, context):
    if event["path"].endswith("/broken"):
        return {"message": "no proxy response"}
    return {"statusCode": 200, "headers": {"X-Echo": "1"}, "body": json.dumps(event)}
"""


def zipped(source):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("app.py", source)
    return buffer.getvalue()


@pytest.fixture
def gateway(client):
    return client("apigateway")


@pytest.fixture
def function_arn(client, account):
    created = client("lambda").create_function(
        FunctionName="echo", Runtime="python3.12", Handler="app.handler", Code={"ZipFile": zipped(ECHO)},
        Role=f"arn:aws:iam::{account}:role/r")
    client("lambda").get_waiter("function_active_v2").wait(FunctionName="echo", WaiterConfig={"Delay": 1})
    return created["FunctionArn"]


def build_api(gateway, function_arn):
    """ANY /{proxy+} and GET /pets/{id}, both to the function, deployed to "prod"; returns the API's id."""
    api = gateway.create_rest_api(name="pets")
    root = api["rootResourceId"]
    pets = gateway.create_resource(restApiId=api["id"], parentId=root, pathPart="pets")
    pet = gateway.create_resource(restApiId=api["id"], parentId=pets["id"], pathPart="{id}")
    proxy = gateway.create_resource(restApiId=api["id"], parentId=root, pathPart="{proxy+}")
    uri = f"arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/{function_arn}/invocations"
    for resource, method in ((pet, "GET"), (proxy, "ANY")):
        gateway.put_method(restApiId=api["id"], resourceId=resource["id"], httpMethod=method,
                           authorizationType="NONE")
        gateway.put_integration(restApiId=api["id"], resourceId=resource["id"], httpMethod=method,
                                type="AWS_PROXY", integrationHttpMethod="POST", uri=uri)
    gateway.create_deployment(restApiId=api["id"], stageName="prod", variables={"color": "blue"})
    return api["id"]


def call(url, **options):
    request = urllib.request.Request(url, **options)
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            return answer.status, dict(answer.headers), answer.read()
    except urllib.error.HTTPError as error:
        return error.code, dict(error.headers), error.read()


def test_the_function_gets_the_whole_proxy_event(gateway, function_arn, endpoint, account):
    api = build_api(gateway, function_arn)
    status, headers, body = call(f"{endpoint}/_aws/execute-api/{api}/prod/pets/7?a=1&a=2",
                                 headers={"X-Mine": "yes"})
    assert status == 200 and headers["X-Echo"] == "1"
    assert headers["x-amzn-RequestId"] and headers["x-amz-apigw-id"]
    event = json.loads(body)
    assert event["resource"] == "/pets/{id}"
    assert event["path"] == "/pets/7"
    assert event["httpMethod"] == "GET"
    assert event["headers"]["X-Mine"] == "yes"
    assert event["multiValueHeaders"]["X-Mine"] == ["yes"]
    assert event["queryStringParameters"] == {"a": "2"}
    assert event["multiValueQueryStringParameters"] == {"a": ["1", "2"]}
    assert event["pathParameters"] == {"id": "7"}
    assert event["stageVariables"] == {"color": "blue"}
    assert event["body"] is None and event["isBase64Encoded"] is False
    context = event["requestContext"]
    assert context["accountId"] == account and context["apiId"] == api and context["stage"] == "prod"
    assert context["path"] == "/prod/pets/7"
    assert abs(context["requestTimeEpoch"] / 1000 - time.time()) < 60


def test_a_trace_begins_with_the_request(gateway, function_arn, endpoint, account):
    api = build_api(gateway, function_arn)
    trace = "1-5f84c7a1-" + os.urandom(12).hex()
    call(f"{endpoint}/_aws/execute-api/{api}/prod/pets/7", headers={"X-Amzn-Trace-Id": "Root=" + trace})
    tree = json.loads(call(f"{endpoint}/_fogbank/trace?id={trace}")[2])
    root = tree["roots"][0]
    assert len(tree["roots"]) == 1
    assert (root["kind"], root["service"], root["outcome"]) == ("call", "execute-api", "200")
    assert root["name"] == f"GET /_aws/execute-api/{api}/prod/pets/7"
    assert [child["kind"] for child in root["children"]] == ["invocation"]


def test_every_url_form_and_every_method_reaches_the_api(gateway, function_arn, endpoint):
    api = build_api(gateway, function_arn)
    old = call(f"{endpoint}/restapis/{api}/prod/_user_request_/things", method="PUT", data=b"{}")
    assert json.loads(old[2])["body"] == "{}" and json.loads(old[2])["httpMethod"] == "PUT"
    by_host = call(f"{endpoint}/prod/a/b", headers={"Host": f"{api}.execute-api.localhost.localstack.cloud"})
    assert json.loads(by_host[2])["pathParameters"] == {"proxy": "a/b"}


def test_what_is_not_deployed_is_refused(gateway, function_arn, endpoint):
    api = build_api(gateway, function_arn)
    status, _, body = call(f"{endpoint}/_aws/execute-api/{api}/prod/")
    assert status == 403 and json.loads(body) == {"message": "Missing Authentication Token"}
    status, _, body = call(f"{endpoint}/_aws/execute-api/{api}/dev/x")
    assert status == 403 and json.loads(body) == {"message": "Forbidden"}
    status, _, body = call(f"{endpoint}/_aws/execute-api/nothere/dev/x")
    assert status == 404 and b"does not correspond to a deployed API Gateway API" in body
    status, _, body = call(f"{endpoint}/_aws/execute-api/{api}/prod/broken")
    assert status == 502 and json.loads(body) == {"message": "Internal server error"}


def test_the_control_plane_answers_as_the_sdk_expects(gateway, account):
    api = gateway.create_rest_api(name="plain", description="words", tags={"_custom_id_": f"id{account}"})
    assert api["id"] == f"id{account}"
    assert [item["id"] for item in gateway.get_rest_apis()["items"]] == [api["id"]]
    assert [item["path"] for item in gateway.get_resources(restApiId=api["id"])["items"]] == ["/"]
    with pytest.raises(gateway.exceptions.BadRequestException) as empty:
        gateway.create_deployment(restApiId=api["id"], stageName="prod")
    assert empty.value.response["Error"]["Message"] == "The REST API doesn't contain any methods"
    gateway.delete_rest_api(restApiId=api["id"])
    with pytest.raises(gateway.exceptions.NotFoundException) as gone:
        gateway.get_rest_api(restApiId=api["id"])
    message = gone.value.response["Error"]["Message"]
    assert message == f"Invalid API identifier specified {account}:{api['id']}"
