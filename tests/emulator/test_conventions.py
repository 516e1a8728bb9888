"""Every name, path, URL form and setting that existing setups contain, one row each.

A row asserts the convention's effect on a running daemon, the start-up warning that it has none, or, where it
waits for a later issue, the clear answer until then. Rows with the same settings share a daemon.
"""

from typing import Callable, NamedTuple

import pytest
import rows_control as control
import rows_lambda as functions
import rows_ports as ports
import rows_settings as settings
import rows_urls as urls


class Row(NamedTuple):
    name: str
    check: Callable
    settings: dict = {}
    waits_for: str = ""


# Known to existing setups and without effect here: all are set on one daemon, which names each at its start.
WITHOUT_EFFECT = {
    "EAGER_SERVICE_LOADING": "1",
    "USE_SSL": "1",
    "DISABLE_CUSTOM_CORS_APIGATEWAY": "1",
    "DYNAMODB_SHARE_DB": "1",
    "DYNAMODB_IN_MEMORY": "1",
    "KINESIS_ERROR_PROBABILITY": "0.1",
    "ENFORCE_IAM": "1",
    "IAM_SOFT_MODE": "1",
    "SNAPSHOT_SAVE_STRATEGY": "ON_SHUTDOWN",
    "SNAPSHOT_LOAD_STRATEGY": "ON_STARTUP",
    "SNAPSHOT_FLUSH_INTERVAL": "15",
    "LAMBDA_RUNTIME_EXECUTOR": "docker",
    "LAMBDA_EXECUTOR": "local",
    "LAMBDA_DOCKER_FLAGS": "-e KEY=value",
    "LAMBDA_DOCKER_NETWORK": "host",
    "LAMBDA_DOCKER_DNS": "10.0.0.1",
    "LAMBDA_REMOTE_DOCKER": "0",
    "LAMBDA_REMOVE_CONTAINERS": "1",
    "LAMBDA_RUNTIME_IMAGE_MAPPING": "{}",
    "LAMBDA_PREBUILD_IMAGES": "1",
    "LAMBDA_STAY_OPEN_MODE": "1",
    "MAIN_CONTAINER_NAME": "localstack",
    "LAMBDA_DEBUG_MODE": "1",
    "LAMBDA_IGNORE_ARCHITECTURE": "1",
}
FAST_FUNCTIONS = {
    "LAMBDA_KEEPALIVE_MS": "1",
    "LAMBDA_RETRY_BASE_DELAY": "0",
    "LAMBDA_LIMITS_CONCURRENT_EXECUTIONS": "7",
    "LAMBDA_LIMITS_CODE_SIZE_ZIPPED": "2000",
    "LAMBDA_LIMITS_MAX_FUNCTION_ENVVAR_SIZE_BYTES": "64",
    "LAMBDA_RUNTIME_ENVIRONMENT_TIMEOUT": "1",
    "LAMBDA_SYNCHRONOUS_CREATE": "1",
    "BUCKET_MARKER_LOCAL": "__local__",
}
CORS = {
    "EXTRA_CORS_ALLOWED_ORIGINS": "https://shop.example,https://other.example",
    "EXTRA_CORS_ALLOWED_HEADERS": "x-mine,x-yours",
    "EXTRA_CORS_EXPOSE_HEADERS": "x-shown",
}
TIGHT_KINESIS = {
    "KINESIS_LATENCY": "600000",
    "KINESIS_SHARD_LIMIT": "2",
    "KINESIS_ON_DEMAND_STREAM_COUNT_LIMIT": "1",
}
CLOUD = "localhost.localstack.cloud"

PORTS_AND_HOSTS = [
    Row("port 4566 on 127.0.0.1", ports.default_port),
    Row("HTTP and HTTPS on the same port", ports.plain_and_tls_on_one_port),
    Row("per-service ports are off", ports.no_other_port_by_default),
    Row("--service-listen", ports.service_ports),
    Row("GATEWAY_LISTEN with two addresses", ports.gateway_listen),
    Row("GATEWAY_LISTEN=0.0.0.0:port", ports.gateway_listen_everywhere),
    Row("LOCALSTACK_HOST", ports.configured_host("LOCALSTACK_HOST")),
    Row("EDGE_PORT", ports.edge_port),
    Row("HOSTNAME_EXTERNAL", ports.configured_host("HOSTNAME_EXTERNAL")),
    Row("LOCALSTACK_HOSTNAME", ports.configured_host("LOCALSTACK_HOSTNAME")),
    Row("LOCALSTACK_ prefix", ports.prefix_is_stripped),
    Row("<NAME>_PORT=tcp://... of Kubernetes", ports.kubernetes_links),
    Row("URLs name the request's own Host", ports.urls_name_the_callers_host),
    Row("AWS_ENDPOINT_URL is enough", ports.awslocal_environment),
]

ACCOUNTS = [
    Row("test/test is 000000000000", ports.identity("test", "000000000000")),
    Row("a 12-digit key is that account", ports.identity("123456789012", "123456789012")),
    Row("LKIA key", ports.identity("LKIAQNZGKIQY56JQ7WML", "029608264753")),
    Row("LSIA key", ports.identity("LSIAQNZGKIQY56JQ7WML", "029608264753")),
    Row("AKIA key", ports.identity("AKIAQNZGKIQY56JQ7WML", "000000000000")),
    Row("ASIA key", ports.identity("ASIAQNZGKIQY56JQ7WML", "000000000000")),
    Row("testcontainers-localstack", ports.identity("testcontainers-localstack", "000000000000")),
    Row("us-east-1, or the signature's region", ports.default_region),
    Row("Authorization written by hand", ports.hand_written(refused=False)),
    Row("Authorization written by hand, STRICT", ports.hand_written(refused=True), {"STRICT": "1"}),
    Row("presigned with `test`", ports.presigned("test", 200)),
]

CONTROL_PATHS = [
    Row("GET /_localstack/health", control.health),
    Row("HEAD /_localstack/health", control.health_head),
    Row("PUT /_localstack/health", control.health_put),
    Row('POST /_localstack/health {"action":"kill"}', control.health_kill),
    Row('POST /_localstack/health {"action":"restart"}', control.health_restart),
    Row("health with SERVICES", control.health_of_chosen_services),
    Row("/_localstack/health?ready", control.ready_means_ready),
    Row("/_localstack/info", control.info),
    Row("/_localstack/plugins", control.plugins),
    Row("/_localstack/diagnose", control.diagnose),
    Row("/_localstack/config", control.config),
    Row("/_localstack/init", control.init_without_hooks),
    Row("/_localstack/state/reset", control.state_reset),
    Row("/_localstack/state/<svc>/reset", control.state_reset_of_a_service),
    Row("/_localstack/state/save", control.state_save),
    Row(
        "/_localstack/state/load",
        control.refused("POST", "/_localstack/state/load", 501, "snapshots are not served"),
        waits_for="the snapshot issue",
    ),
    Row(
        "/_localstack/chaos/faults",
        control.refused("POST", "/_localstack/chaos/faults", 501, "are not served"),
        waits_for="the issue of simulated faults",
    ),
    Row(
        "/_localstack/chaos/effects",
        control.refused("GET", "/_localstack/chaos/effects", 501, "are not served"),
        waits_for="the issue of simulated faults",
    ),
    Row("x-localstack: true", control.every_answer_is_marked),
    Row(
        "/_aws/sqs/messages?QueueUrl=",
        control.refused("GET", "/_aws/sqs/messages?QueueUrl=x", 501, "SQS is not served"),
        waits_for="the SQS issue",
    ),
    Row(
        "/_aws/sqs/messages/<region>/<account>/<queue>",
        control.refused("GET", "/_aws/sqs/messages/us-east-1/000000000000/q", 501, "SQS is not served"),
        waits_for="the SQS issue",
    ),
    *(
        Row(
            "/_aws/sns/" + name,
            control.refused("GET", "/_aws/sns/" + name, 501, "SNS is not served"),
            waits_for="the SNS issue",
        )
        for name in ("platform-endpoint-messages", "sms-messages", "subscription-tokens")
    ),
    Row(
        "DELETE /_aws/dynamodb/expired",
        settings.expired_items_on_request,
        {"DYNAMODB_REMOVE_EXPIRED_ITEMS": "0"},
    ),
    Row(
        "/_aws/lambda/runtimes?filter=",
        control.refused("GET", "/_aws/lambda/runtimes?filter=all", 501, "runtimes"),
        waits_for="the Lambda issue",
    ),
    Row("/_aws/execute-api/<id>/<stage>/<path>", urls.api_form("/_aws/execute-api/{id}/dev/pets")),
]

URL_FORMS = [
    Row("<id>.execute-api." + CLOUD, urls.api_form("/dev/pets", "{id}.execute-api." + CLOUD + ":{port}")),
    Row("<id>.execute-api.localhost", urls.api_form("/dev/pets", "{id}.execute-api.localhost:{port}")),
    Row("/restapis/<id>/<stage>/_user_request_/", urls.api_form("/restapis/{id}/dev/_user_request_/pets")),
    Row("unknown id at the host", urls.unknown_api("/dev", "zzzzzzzzzz.execute-api." + CLOUD + ":4566")),
    Row("unknown id below /_aws/execute-api", urls.unknown_api("/_aws/execute-api/zzzzzzzzzz/dev/x")),
    Row("unknown id below /restapis", urls.unknown_api("/restapis/zzzzzzzzzz/dev/_user_request_/x")),
    Row("_custom_id_ of an API", urls.custom_id_of_an_api),
    Row("ws://<id>.execute-api", urls.websocket_form, waits_for="the WebSocket issue of API Gateway"),
    Row(
        "<id>.lambda-url.<region>." + CLOUD,
        urls.host_not_served("abc.lambda-url.us-east-1." + CLOUD, "lambda-url"),
        waits_for="the issue of function URLs",
    ),
    Row("<bucket>.s3." + CLOUD, urls.s3_form("{bucket}.s3." + CLOUD + ":{port}")),
    Row("<bucket>.s3.<region>." + CLOUD, urls.s3_form("{bucket}.s3.us-east-1." + CLOUD + ":{port}")),
    Row(
        "s3.<region>." + CLOUD + "/<bucket>",
        urls.s3_form("s3.us-east-1." + CLOUD + ":{port}", "/{bucket}/{key}"),
    ),
    Row("s3." + CLOUD + "/<bucket> (S3_HOSTNAME of tflocal)", urls.s3_form("s3." + CLOUD, "/{bucket}/{key}")),
    Row("<bucket>.localhost", urls.s3_form("{bucket}.localhost:{port}")),
    Row("<bucket>.localhost that looks like a region", urls.bucket_that_looks_like_a_region),
    Row("<bucket>.s3.<compose name>", urls.s3_form("{bucket}.s3.fogbank:{port}")),
    Row("path style", urls.s3_form("localhost:{port}", "/{bucket}/{key}")),
    Row("<bucket>.s3-website." + CLOUD, urls.website_host),
]

LAMBDA = [
    Row("hot-reload", functions.hot_reload("hot-reload")),
    Row("BUCKET_MARKER_LOCAL", functions.hot_reload("__local__"), FAST_FUNCTIONS),
    Row("variables in every function", functions.environment_of_a_function),
    Row("credentials of its role", functions.credentials_of_a_function),
    Row("LAMBDA_KEEPALIVE_MS", functions.keepalive, FAST_FUNCTIONS),
    Row("LAMBDA_KEEPALIVE_MS default", functions.keepalive_default),
    Row("LAMBDA_RUNTIME_ENVIRONMENT_TIMEOUT", functions.start_timeout(fails=True), FAST_FUNCTIONS),
    Row("LAMBDA_RUNTIME_ENVIRONMENT_TIMEOUT default", functions.start_timeout(fails=False)),
    Row("LAMBDA_LIMITS_CONCURRENT_EXECUTIONS", functions.concurrency, FAST_FUNCTIONS),
    Row("LAMBDA_LIMITS_CODE_SIZE_ZIPPED", functions.zipped_limit, FAST_FUNCTIONS),
    Row("LAMBDA_LIMITS_MAX_FUNCTION_ENVVAR_SIZE_BYTES", functions.environment_limit, FAST_FUNCTIONS),
    Row("LAMBDA_SYNCHRONOUS_CREATE", functions.create_state("Active"), FAST_FUNCTIONS),
    Row("LAMBDA_SYNCHRONOUS_CREATE default", functions.create_state("Pending")),
    Row("LAMBDA_RETRY_BASE_DELAY", functions.retry_delay, FAST_FUNCTIONS),
    Row("arm64 functions run here", functions.foreign_architecture),
]

SETTINGS = [
    *(Row(name, settings.warned(name), WITHOUT_EFFECT) for name in WITHOUT_EFFECT),
    Row("SERVICES", settings.services, {"SERVICES": "s3"}),
    Row("PERSISTENCE=0", settings.buckets_after_a_restart({"PERSISTENCE": "0"}, [])),
    Row("PERSISTENCE=1", settings.buckets_after_a_restart({"PERSISTENCE": "1"}, ["kept"])),
    Row("PERSISTENCE not set", settings.buckets_after_a_restart({}, ["kept"])),
    Row("PERSISTENCE=1 and the restart action", settings.restart_keeps_with_persistence),
    Row("DEBUG", settings.logs_requests, {"DEBUG": "1"}),
    Row("DEBUG of another program", settings.somebody_elses_debug),
    Row("LS_LOG=error", settings.log_level("error", says_info=False)),
    Row("LS_LOG=trace", settings.log_level("trace", says_info=True)),
    Row("CUSTOM_SSL_CERT_PATH", settings.custom_certificate),
    Row(
        "ALLOW_NONSTANDARD_REGIONS",
        settings.region_of_a_new_stream("mars-1", "mars-1"),
        {"ALLOW_NONSTANDARD_REGIONS": "1"},
    ),
    Row("ALLOW_NONSTANDARD_REGIONS not set", settings.region_of_a_new_stream("mars-1", "us-east-1")),
    *(
        Row("CORS default origin " + origin, settings.page_may_call(origin, allowed=True))
        for origin in (
            "http://localhost",
            "https://localhost:8443",
            "http://127.0.0.1:3000",
            "http://app.localhost:3000",
            "https://localhost.localstack.cloud:4566",
            "file://",
        )
    ),
    Row("CORS refuses other origins", settings.page_may_call("https://shop.example", allowed=False)),
    Row("CORS preflight", settings.default_preflight),
    Row("CORS is the API's own for API Gateway", urls.pages_of_any_origin_call_apis),
    Row("DISABLE_CUSTOM_CORS_S3", settings.bucket_cors_is_off, {"DISABLE_CUSTOM_CORS_S3": "1"}),
    Row(
        "S3_PUBLIC_ACCESS_BLOCK default",
        settings.public_bucket("InvalidBucketAclWithBlockPublicAccessError"),
    ),
    Row("S3_PUBLIC_ACCESS_BLOCK=0", settings.public_bucket(None), {"S3_PUBLIC_ACCESS_BLOCK": "0"}),
    Row(
        "DISABLE_CORS_CHECKS",
        settings.page_may_call("https://shop.example", allowed=True),
        {"DISABLE_CORS_CHECKS": "1"},
    ),
    Row("DISABLE_CORS_HEADERS", settings.no_cors_headers, {"DISABLE_CORS_HEADERS": "1"}),
    Row("EXTRA_CORS_ALLOWED_ORIGINS", settings.page_may_call("https://shop.example", allowed=True), CORS),
    Row("EXTRA_CORS_ALLOWED_HEADERS", settings.extra_allowed_header, CORS),
    Row("EXTRA_CORS_EXPOSE_HEADERS", settings.extra_exposed_header, CORS),
    Row("S3_SKIP_SIGNATURE_VALIDATION default", ports.presigned("wrong", 200)),
    Row(
        "S3_SKIP_SIGNATURE_VALIDATION=0, wrong secret",
        ports.presigned("wrong", 403),
        {"S3_SKIP_SIGNATURE_VALIDATION": "0"},
    ),
    Row(
        "S3_SKIP_SIGNATURE_VALIDATION=0, `test`",
        ports.presigned("test", 200),
        {"S3_SKIP_SIGNATURE_VALIDATION": "0"},
    ),
    Row("DYNAMODB_ERROR_PROBABILITY", settings.throttled("both"), {"DYNAMODB_ERROR_PROBABILITY": "1"}),
    Row(
        "DYNAMODB_READ_ERROR_PROBABILITY",
        settings.throttled("reads"),
        {"DYNAMODB_READ_ERROR_PROBABILITY": "1"},
    ),
    Row(
        "DYNAMODB_WRITE_ERROR_PROBABILITY",
        settings.throttled("writes"),
        {"DYNAMODB_WRITE_ERROR_PROBABILITY": "1"},
    ),
    Row("DYNAMODB_REMOVE_EXPIRED_ITEMS=1", settings.expired_items_go, {"DYNAMODB_REMOVE_EXPIRED_ITEMS": "1"}),
    Row("KINESIS_LATENCY", settings.stream_status("CREATING"), TIGHT_KINESIS),
    Row("KINESIS_LATENCY not set", settings.stream_status("ACTIVE")),
    Row("KINESIS_SHARD_LIMIT", settings.shard_limit, TIGHT_KINESIS),
    Row("KINESIS_ON_DEMAND_STREAM_COUNT_LIMIT", settings.on_demand_limit, TIGHT_KINESIS),
    Row("STRICT", settings.strict, {"STRICT": "1"}),
]

HOOKS_AND_IMAGE = [
    Row("boot.d, start.d, ready.d, shutdown.d", control.hooks_run_in_order),
    Row("a failing script does not stop the rest", control.failing_hook),
    Row("a .sh that is not executable", control.hook_that_may_not_run),
    Row("hooks reach the daemon", control.hook_calls_the_daemon),
    Row("Ready.", control.ready_is_a_line_of_standard_output),
    Row(
        "folders of the image",
        control.dockerfile_has(
            *(f"/var/lib/localstack/{name}" for name in ("cache", "lib", "logs", "state", "tmp"))
        ),
    ),
    Row("/etc/localstack/init in the image", control.dockerfile_has("/etc/localstack/init/ready.d")),
    Row("entry point", control.dockerfile_has('ENTRYPOINT ["/usr/local/bin/docker-entrypoint.sh"]')),
    Row("what the entry point and awslocal run", control.entry_point_runs_start),
    Row("HEALTHCHECK", control.dockerfile_has("HEALTHCHECK", "/_localstack/health?ready")),
    Row("0.0.0.0:4566 in the image", control.dockerfile_has("GATEWAY_LISTEN=0.0.0.0:4566", "EXPOSE 4566")),
    Row(
        "aws, awslocal, bash",
        control.dockerfile_has("docker/awslocal /usr/local/bin/", "/usr/local/bin/aws", " bash "),
    ),
]

TABLE = PORTS_AND_HOSTS + ACCOUNTS + CONTROL_PATHS + URL_FORMS + LAMBDA + SETTINGS + HOOKS_AND_IMAGE


@pytest.mark.parametrize("row", TABLE, ids=[row.name for row in TABLE])
def test_convention(row, make_lab):
    row.check(make_lab(row.settings))


def test_every_row_has_a_name_of_its_own():
    names = [row.name for row in TABLE]
    assert sorted(set(names)) == sorted(names)
