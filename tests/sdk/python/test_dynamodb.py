"""DynamoDB through boto3: the client, the resource and the pagers."""
import json
import time
from decimal import Decimal

import boto3
import pytest
from boto3.dynamodb.conditions import Attr, Key
from botocore.exceptions import ClientError


@pytest.fixture
def table(endpoint, account):
    """A table with a partition key `pk`, a numeric sort key `sk` and an index on `state`."""
    resource = boto3.resource("dynamodb", endpoint_url=endpoint, region_name="us-east-1",
                              aws_access_key_id=account, aws_secret_access_key="test")
    made = resource.create_table(
        TableName="airports", BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"},
                              {"AttributeName": "sk", "AttributeType": "N"},
                              {"AttributeName": "state", "AttributeType": "S"}],
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}],
        GlobalSecondaryIndexes=[{"IndexName": "by-state", "Projection": {"ProjectionType": "ALL"},
                                 "KeySchema": [{"AttributeName": "state", "KeyType": "HASH"}]}])
    made.wait_until_exists()
    return made


def test_items_come_back_with_their_types(table):
    item = {"pk": "a", "sk": 1, "text": "héllo", "number": Decimal("1.25"), "bytes": b"\x00\x01", "yes": True,
            "nothing": None, "list": [1, "two", [3]], "map": {"k": {"l": "v"}}, "names": {"x", "y"},
            "numbers": {1, Decimal("2.5")}}
    table.put_item(Item=item)
    got = table.get_item(Key={"pk": "a", "sk": 1}, ConsistentRead=True)["Item"]
    assert got.pop("bytes").value == b"\x00\x01"
    item.pop("bytes")
    assert got == item


def test_an_update_counts_and_returns_what_changed(table):
    for expected in (1, 2):
        answer = table.update_item(Key={"pk": "a", "sk": 1}, UpdateExpression="ADD visits :one",
                                   ExpressionAttributeValues={":one": 1}, ReturnValues="UPDATED_NEW")
        assert answer["Attributes"] == {"visits": expected}


def test_a_failed_condition_is_its_own_exception(table):
    table.put_item(Item={"pk": "a", "sk": 1})
    with pytest.raises(table.meta.client.exceptions.ConditionalCheckFailedException) as refused:
        table.put_item(Item={"pk": "a", "sk": 1}, ConditionExpression=Attr("pk").not_exists())
    assert refused.value.response["Error"]["Message"] == "The conditional request failed"


def test_query_and_scan_page_through_everything(table):
    with table.batch_writer() as batch:
        for i in range(60):
            batch.put_item(Item={"pk": f"p{i % 3}", "sk": i, "state": "TX" if i % 2 else "CA"})
    found = table.query(KeyConditionExpression=Key("pk").eq("p1") & Key("sk").between(10, 30),
                        ScanIndexForward=False)
    assert [int(item["sk"]) for item in found["Items"]] == [28, 25, 22, 19, 16, 13, 10]
    pager = table.meta.client.get_paginator("query")
    pages = list(pager.paginate(TableName="airports", IndexName="by-state", PaginationConfig={"PageSize": 7},
                                KeyConditionExpression=Key("state").eq("TX")))
    assert sum(page["Count"] for page in pages) == 30 and len(pages) == 5
    scanned = table.meta.client.get_paginator("scan").paginate(
        TableName="airports", FilterExpression=Attr("sk").lt(10), PaginationConfig={"PageSize": 25})
    assert sorted(int(item["sk"]) for page in scanned for item in page["Items"]) == list(range(10))


def test_an_unknown_table_and_a_bad_expression_are_refused(client, table):
    with pytest.raises(ClientError) as refused:
        client("dynamodb").get_item(TableName="none", Key={"pk": {"S": "a"}})
    assert refused.value.response["Error"]["Code"] == "ResourceNotFoundException"
    with pytest.raises(ClientError) as refused:
        table.scan(FilterExpression="status = :s", ExpressionAttributeValues={":s": 1})
    assert refused.value.response["Error"] == {
        "Code": "ValidationException",
        "Message": "Invalid FilterExpression: Attribute name is a reserved keyword; reserved keyword: status"}


def test_time_to_live_deletes_what_is_expired(table):
    client = table.meta.client
    client.update_time_to_live(TableName="airports",
                               TimeToLiveSpecification={"Enabled": True, "AttributeName": "ttl"})
    assert client.describe_time_to_live(TableName="airports")["TimeToLiveDescription"] == {
        "TimeToLiveStatus": "ENABLED", "AttributeName": "ttl"}
    table.put_item(Item={"pk": "gone", "sk": 1, "ttl": int(time.time()) - 5})
    table.put_item(Item={"pk": "kept", "sk": 1, "ttl": int(time.time()) + 3600})
    deadline = time.monotonic() + 20
    while "Item" in table.get_item(Key={"pk": "gone", "sk": 1}):
        assert time.monotonic() < deadline
    assert "Item" in table.get_item(Key={"pk": "kept", "sk": 1})


def test_partiql_inserts_selects_pages_and_updates(table):
    client = table.meta.client
    for i in range(5):
        client.execute_statement(Statement="INSERT INTO airports VALUE {'pk': ?, 'sk': ?, 'n': 1}",
                                 Parameters=["p", i])
    pager = client.get_paginator("list_tables")
    assert list(pager.paginate().search("TableNames[]")) == ["airports"]
    request = {"Statement": "SELECT sk FROM airports WHERE pk = 'p' AND sk > 0 ORDER BY sk DESC", "Limit": 3}
    pages = [client.execute_statement(**request)]
    while "NextToken" in pages[-1]:
        pages.append(client.execute_statement(**request, NextToken=pages[-1]["NextToken"]))
    assert [[int(item["sk"]) for item in page["Items"]] for page in pages] == [[4, 3, 2], [1]]
    answer = client.execute_statement(
        Statement="UPDATE airports SET n = n + ? WHERE pk = 'p' AND sk = 1 RETURNING MODIFIED NEW *",
        Parameters=[41])
    assert answer["Items"] == [{"n": 42}]
    with pytest.raises(client.exceptions.DuplicateItemException):
        client.execute_statement(Statement="INSERT INTO airports VALUE {'pk': 'p', 'sk': 1}")


def test_partiql_transactions_say_which_statement_failed(table):
    client = table.meta.client
    client.execute_statement(Statement="INSERT INTO airports VALUE {'pk': 'p', 'sk': 1}")
    with pytest.raises(client.exceptions.TransactionCanceledException) as refused:
        client.execute_transaction(TransactStatements=[
            {"Statement": "INSERT INTO airports VALUE {'pk': 'q', 'sk': 1}"},
            {"Statement": "INSERT INTO airports VALUE {'pk': 'p', 'sk': 1}"}])
    assert [reason["Code"] for reason in refused.value.response["CancellationReasons"]] == [
        "None", "DuplicateItem"]
    batch = client.batch_execute_statement(Statements=[
        {"Statement": "SELECT * FROM airports WHERE pk = 'p' AND sk = 1"},
        {"Statement": "SELECT * FROM airports WHERE pk = 'q' AND sk = 1"}])
    assert [response.get("Item") for response in batch["Responses"]] == [{"pk": "p", "sk": 1}, None]


def test_a_backup_restores_the_table_as_it_was(table):
    client = table.meta.client
    for i in range(30):
        table.put_item(Item={"pk": "p", "sk": i, "state": "TX"})
    arn = client.create_backup(TableName="airports", BackupName="before")["BackupDetails"]["BackupArn"]
    table.put_item(Item={"pk": "p", "sk": 1000})
    deadline = time.monotonic() + 30
    while True:
        details = client.describe_backup(BackupArn=arn)["BackupDescription"]["BackupDetails"]
        if details["BackupStatus"] == "AVAILABLE":
            break
        assert time.monotonic() < deadline
    client.restore_table_from_backup(TargetTableName="restored", BackupArn=arn)
    client.get_waiter("table_exists").wait(TableName="restored", WaiterConfig={"Delay": 1, "MaxAttempts": 30})
    answer = client.query(TableName="restored", IndexName="by-state", Select="COUNT",
                          KeyConditionExpression=Key("state").eq("TX"))
    assert answer["Count"] == 30
    assert client.scan(TableName="restored", Select="COUNT")["Count"] == 30
    client.delete_backup(BackupArn=arn)
    assert client.list_backups(TableName="airports")["BackupSummaries"] == []


def test_point_in_time_recovery_and_policies_are_settings_of_a_table(table):
    client = table.meta.client
    client.update_continuous_backups(TableName="airports",
                                     PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": True})
    described = client.describe_continuous_backups(TableName="airports")["ContinuousBackupsDescription"]
    assert described["PointInTimeRecoveryDescription"]["RecoveryPeriodInDays"] == 35
    table.put_item(Item={"pk": "p", "sk": 1})
    client.restore_table_to_point_in_time(SourceTableName="airports", TargetTableName="earlier",
                                          UseLatestRestorableTime=True)
    client.get_waiter("table_exists").wait(TableName="earlier", WaiterConfig={"Delay": 1, "MaxAttempts": 30})
    assert client.scan(TableName="earlier", Select="COUNT")["Count"] == 0
    policy = json.dumps({"Version": "2012-10-17", "Statement": [{
        "Effect": "Allow", "Principal": {"AWS": "111111111111"}, "Action": "dynamodb:GetItem",
        "Resource": table.table_arn}]})
    revision = client.put_resource_policy(ResourceArn=table.table_arn, Policy=policy)["RevisionId"]
    assert client.get_resource_policy(ResourceArn=table.table_arn)["RevisionId"] == revision
    client.update_table(TableName="airports", SSESpecification={"Enabled": True}, TableClass="STANDARD")
    assert client.describe_table(TableName="airports")["Table"]["SSEDescription"]["Status"] == "ENABLED"


def test_another_account_uses_a_table_as_its_policies_allow(client, account, endpoint):
    owner = client("dynamodb")
    neighbour = boto3.client("dynamodb", endpoint_url=endpoint, region_name="us-east-1",
                             aws_access_key_id="111111111111", aws_secret_access_key="test")
    arn = owner.create_table(
        TableName="shared", BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}],
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}])["TableDescription"]["TableArn"]
    owner.put_item(TableName="shared", Item={"pk": {"S": "a"}})
    with pytest.raises(ClientError) as refused:
        neighbour.get_item(TableName=arn, Key={"pk": {"S": "a"}})
    assert refused.value.response["Error"]["Code"] == "AccessDeniedException"
    assert refused.value.response["Error"]["Message"].endswith(
        f"is not authorized to perform: dynamodb:GetItem on resource: {arn} because no resource-based policy "
        "allows the dynamodb:GetItem action")
    owner.put_resource_policy(ResourceArn=arn, Policy=json.dumps({"Version": "2012-10-17", "Statement": [{
        "Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::111111111111:root"},
        "Action": ["dynamodb:GetItem"], "Resource": arn}]}))
    assert neighbour.get_item(TableName=arn, Key={"pk": {"S": "a"}})["Item"] == {"pk": {"S": "a"}}
    with pytest.raises(ClientError) as refused:
        neighbour.put_item(TableName=arn, Item={"pk": {"S": "b"}})
    assert refused.value.response["Error"]["Code"] == "AccessDeniedException"

    # Operations on the table, conditions on what is read, and the policy of its stream.
    stream = owner.update_table(TableName="shared", StreamSpecification={
        "StreamEnabled": True, "StreamViewType": "KEYS_ONLY"})["TableDescription"]["LatestStreamArn"]
    everyone = {"AWS": "arn:aws:iam::111111111111:root"}
    own_key = {"ForAllValues:StringEquals": {"dynamodb:LeadingKeys": ["a"]}}
    owner.put_resource_policy(ResourceArn=arn, Policy=json.dumps({"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Principal": everyone, "Action": "dynamodb:DescribeTable", "Resource": arn},
        {"Effect": "Allow", "Principal": everyone, "Action": "dynamodb:GetItem", "Resource": arn,
         "Condition": own_key}]}))
    assert neighbour.describe_table(TableName=arn)["Table"]["TableArn"] == arn
    assert "Item" in neighbour.get_item(TableName=arn, Key={"pk": {"S": "a"}})
    for call in (lambda: neighbour.get_item(TableName=arn, Key={"pk": {"S": "b"}}),
                 lambda: neighbour.delete_table(TableName=arn),
                 lambda: neighbour.describe_time_to_live(TableName=arn)):
        with pytest.raises(ClientError) as refused:
            call()
        assert refused.value.response["Error"]["Code"] == "AccessDeniedException"
    owner_streams, streams = (
        boto3.client("dynamodbstreams", endpoint_url=endpoint, region_name="us-east-1", aws_access_key_id=key,
                     aws_secret_access_key="test") for key in (account, "111111111111"))
    with pytest.raises(ClientError) as refused:
        streams.describe_stream(StreamArn=stream)
    assert refused.value.response["Error"]["Code"] == "AccessDeniedException"
    owner.put_resource_policy(ResourceArn=stream, Policy=json.dumps({"Version": "2012-10-17", "Statement": [{
        "Effect": "Allow", "Principal": everyone, "Action": "dynamodb:DescribeStream", "Resource": stream}]}))
    assert streams.describe_stream(StreamArn=stream)["StreamDescription"]["StreamArn"] == stream
    assert owner_streams.describe_stream(StreamArn=stream)["StreamDescription"]["StreamArn"] == stream
