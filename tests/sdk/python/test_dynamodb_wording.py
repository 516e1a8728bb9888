"""What breaks DynamoDB's model is refused in AWS's words of 2026 (dynamodb-conformance, 31 of 33 regions)."""

import pytest
from botocore.config import Config
from botocore.exceptions import ClientError


@pytest.fixture
def dynamodb(client):
    """A client that checks nothing itself."""
    return client("dynamodb", config=Config(retries={"max_attempts": 0}, parameter_validation=False))


def test_words_and_order_are_not_those_of_the_model(dynamodb):
    rows = [
        (
            "put_item",
            {"TableName": "", "ReturnValues": "X", "Item": {}},
            (
                "1 validation error detected: Value at 'TableName' failed to satisfy constraint: Member"
                " must have length greater than or equal to 1"
            ),
        ),
        (
            "put_item",
            {
                "TableName": "airports",
                "Item": {},
                "ReturnConsumedCapacity": "X",
                "ReturnValues": "X",
                "ReturnItemCollectionMetrics": "X",
            },
            (
                "3 validation errors detected: Value 'X' at 'returnConsumedCapacity' failed to satisfy"
                " constraint: Member must satisfy enum value set: [INDEXES, TOTAL, NONE]; Failed to satisfy"
                " constraint: Member must satisfy enum value set: [ALL_OLD, UPDATED_OLD, ALL_NEW,"
                " UPDATE_NEW, NONE]; Value 'X' at 'returnItemCollectionMetrics' failed to satisfy"
                " constraint: Member must satisfy enum value set: [SIZE, NONE]"
            ),
        ),
        (
            "update_item",
            {"TableName": "airports", "Key": {}, "ReturnValues": "X", "ReturnConsumedCapacity": "X"},
            (
                "1 validation error detected: Failed to satisfy constraint: Member must satisfy enum value"
                " set: [ALL_OLD, UPDATED_OLD, ALL_NEW, UPDATE_NEW, NONE]"
            ),
        ),
        (
            "update_item",
            {"TableName": "", "UpdateExpression": "REMOVE a"},
            (
                "2 validation errors detected: Value '' at 'tableName' failed to satisfy constraint: Member"
                " must have length greater than or equal to 1; Value null at 'key' failed to satisfy"
                " constraint: Member must not be null"
            ),
        ),
        (
            "query",
            {"TableName": "airports", "ConditionalOperator": "XOR", "Select": "X"},
            "Failed to satisfy constraint: Member must satisfy enum value set: [ALL, OR]",
        ),
        (
            "batch_get_item",
            {"RequestItems": {}},
            (
                "1 validation error detected: Value at 'RequestItems' failed to satisfy constraint: Member"
                " must have length greater than or equal to 1"
            ),
        ),
        (
            "batch_get_item",
            {"RequestItems": {"bad!name": {"Keys": [{"pk": {"S": "a"}}]}}, "ReturnConsumedCapacity": "X"},
            (
                '2 validation errors detected: Value \'{"bad!name":{"Keys":[{"pk":{"S":"a"}}]}}\' at'
                " 'requestItems' failed to satisfy constraint: Map keys must satisfy constraint: [Member"
                " must have length less than or equal to 255, Member must have length greater than or equal"
                " to 3, Member must satisfy regular expression pattern: [a-zA-Z0-9_.-]+]; Value 'X' at"
                " 'returnConsumedCapacity' failed to satisfy constraint: Member must satisfy enum value"
                " set: [INDEXES, TOTAL, NONE]"
            ),
        ),
        (
            "batch_write_item",
            {"RequestItems": {"airports": []}},
            (
                "1 validation error detected: Value '{airports=[]}' at 'requestItems' failed to satisfy"
                " constraint: Map value must satisfy constraint: [Member must have length less than or"
                " equal to 25, Member must have length greater than or equal to 1]"
            ),
        ),
    ]
    for operation, request, message in rows:
        with pytest.raises(ClientError) as refused:
            getattr(dynamodb, operation)(**request)
        assert refused.value.response["Error"] == {"Code": "ValidationException", "Message": message}


def test_operations_on_tables_miss_their_table_before_all_else(dynamodb):
    # As dynalite's suite has it from AWS.
    missing = "The parameter 'TableName' is required but was not present in the request"
    rows = [
        ("create_table", {"BillingMode": "X"}, missing),
        ("delete_table", {}, missing),
        ("describe_table", {}, missing),
        ("describe_time_to_live", {}, missing),
        ("update_table", {}, missing),
        ("list_tags_of_resource", {}, "Invalid TableArn"),
        ("tag_resource", {}, "Invalid TableArn"),
        ("untag_resource", {}, "Invalid TableArn"),
        (
            "create_table",
            {"TableName": "abc;"},
            (
                "3 validation errors detected: Value null at 'attributeDefinitions' failed to satisfy"
                " constraint: Member must not be null; Value 'abc;' at 'tableName' failed to satisfy"
                " constraint: Member must satisfy regular expression pattern: [a-zA-Z0-9_.-]+; Value null at"
                " 'keySchema' failed to satisfy constraint: Member must not be null"
            ),
        ),
    ]
    for operation, request, message in rows:
        with pytest.raises(ClientError) as refused:
            getattr(dynamodb, operation)(**request)
        assert refused.value.response["Error"] == {"Code": "ValidationException", "Message": message}
