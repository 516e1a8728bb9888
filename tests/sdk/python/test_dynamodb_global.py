"""Global tables through boto3: replicas in other regions of the same daemon."""
import time

import pytest
from botocore.exceptions import ClientError


def wait_for(read, seconds=30):
    until = time.time() + seconds
    while time.time() < until:
        found = read()
        if found:
            return found
        time.sleep(0.05)
    raise AssertionError("it did not happen in time")


def test_a_replica_is_made_written_to_and_deleted(client):
    home, away = client("dynamodb"), client("dynamodb", region="eu-west-1")
    home.create_table(TableName="global", BillingMode="PAY_PER_REQUEST",
                      AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}],
                      KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}])
    home.put_item(TableName="global", Item={"pk": {"S": "old"}})
    made = home.update_table(TableName="global", ReplicaUpdates=[{"Create": {"RegionName": "eu-west-1"}}])
    assert made["TableDescription"]["Replicas"][0]["ReplicaStatus"] in ("CREATING", "ACTIVE")

    def replica():
        return home.describe_table(TableName="global")["Table"]["Replicas"][0]

    wait_for(lambda: replica()["ReplicaStatus"] == "ACTIVE")
    assert away.describe_table(TableName="global")["Table"]["Replicas"][0]["RegionName"] == "us-east-1"
    assert away.get_item(TableName="global", Key={"pk": {"S": "old"}})["Item"] == {"pk": {"S": "old"}}

    away.put_item(TableName="global", Item={"pk": {"S": "a"}, "from": {"S": "eu"}})
    wait_for(lambda: home.get_item(TableName="global", Key={"pk": {"S": "a"}}).get("Item"))
    home.update_item(TableName="global", Key={"pk": {"S": "a"}}, UpdateExpression="SET #f = :us",
                     ExpressionAttributeNames={"#f": "from"}, ExpressionAttributeValues={":us": {"S": "us"}})
    wait_for(lambda: away.get_item(TableName="global", Key={"pk": {"S": "a"}})["Item"]["from"]["S"] == "us")

    home.update_table(TableName="global", ReplicaUpdates=[{"Delete": {"RegionName": "eu-west-1"}}])
    with pytest.raises(away.exceptions.ResourceNotFoundException):
        away.describe_table(TableName="global")
    assert "Replicas" not in home.describe_table(TableName="global")["Table"]


def test_the_legacy_version_is_refused(client):
    tables = client("dynamodb")
    assert tables.list_global_tables()["GlobalTables"] == []
    with pytest.raises(ClientError) as refused:
        tables.create_global_table(GlobalTableName="global", ReplicationGroup=[{"RegionName": "us-east-1"}])
    assert "2019.11.21" in refused.value.response["Error"]["Message"]
