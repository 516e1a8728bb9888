"""Node functions find the AWS SDK without packing it, for require and import alike, as in AWS's runtimes."""

import json

import pytest
from support import ROLE, ROOT, zip_of

SOURCES = {
    "index.js": """
const { DynamoDBClient, ListTablesCommand } = require("@aws-sdk/client-dynamodb");
exports.handler = async () => (await new DynamoDBClient({}).send(new ListTablesCommand({}))).TableNames;
""",
    "index.mjs": """
import { DynamoDBClient, ListTablesCommand } from "@aws-sdk/client-dynamodb";
export const handler = async () => (await new DynamoDBClient({}).send(new ListTablesCommand({}))).TableNames;
""",
}


def test_scripts_run_and_the_image_name_the_packages_of_both_runtimes():
    for file in ("scripts/run", "docker/Dockerfile"):
        text = (ROOT / file).read_text(encoding="utf-8")
        assert "FOGBANK_PYTHON_PACKAGES=" in text
        assert "FOGBANK_NODE_PACKAGES=" in text


@pytest.mark.parametrize("file", SOURCES)
def test_a_node_function_uses_the_bundled_sdk(make_lab, file):
    packages = ROOT / "tests/sdk/js/node_modules"
    daemon = make_lab({}).start("own", {"FOGBANK_NODE_PACKAGES": str(packages)})
    client = daemon.client("lambda")
    client.create_function(
        FunctionName="f",
        Runtime="nodejs20.x",
        Role=ROLE,
        Handler="index.handler",
        Timeout=60,
        Code={"ZipFile": zip_of({file: SOURCES[file]})},
    )
    client.get_waiter("function_active_v2").wait(FunctionName="f", WaiterConfig={"Delay": 0.05})
    answer = client.invoke(FunctionName="f")
    assert json.loads(answer["Payload"].read()) == []
    assert "FunctionError" not in answer
