"""Global tables and global indexes of many attributes through boto3."""
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


def test_tables_are_joined_to_a_global_table_of_the_legacy_version(client):
    home, away = client("dynamodb"), client("dynamodb", region="eu-west-1")
    regions = [{"RegionName": "us-east-1"}, {"RegionName": "eu-west-1"}]
    with pytest.raises(home.exceptions.TableNotFoundException):
        home.create_global_table(GlobalTableName="global", ReplicationGroup=regions)
    for tables in (home, away):
        tables.create_table(
            TableName="global", ProvisionedThroughput={"ReadCapacityUnits": 5, "WriteCapacityUnits": 5},
            AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}],
            KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
            StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"})
    made = home.create_global_table(GlobalTableName="global", ReplicationGroup=regions)
    assert made["GlobalTableDescription"]["GlobalTableStatus"] == "CREATING"
    with pytest.raises(home.exceptions.GlobalTableAlreadyExistsException):
        away.create_global_table(GlobalTableName="global", ReplicationGroup=regions)
    found = away.describe_global_table(GlobalTableName="global")["GlobalTableDescription"]
    assert found["GlobalTableStatus"] == "ACTIVE" and found["ReplicationGroup"] == regions
    assert home.list_global_tables()["GlobalTables"] == [
        {"GlobalTableName": "global", "ReplicationGroup": regions}]

    key = {"pk": {"S": "a"}}
    away.put_item(TableName="global", Item={**key, "n": {"N": "1"}})
    item = wait_for(lambda: home.get_item(TableName="global", Key=key).get("Item"))
    assert item.pop("aws:rep:updatetime")["N"]
    assert item == {**key, "n": {"N": "1"}, "aws:rep:deleting": {"BOOL": False},
                    "aws:rep:updateregion": {"S": "eu-west-1"}}
    wait_for(lambda: "aws:rep:updateregion" in away.get_item(TableName="global", Key=key)["Item"])
    home.delete_item(TableName="global", Key=key)
    wait_for(lambda: "Item" not in away.get_item(TableName="global", Key=key))

    home.update_global_table_settings(
        GlobalTableName="global", GlobalTableProvisionedWriteCapacityUnits=9,
        ReplicaSettingsUpdate=[{"RegionName": "eu-west-1", "ReplicaProvisionedReadCapacityUnits": 6}])
    settings = home.describe_global_table_settings(GlobalTableName="global")["ReplicaSettings"]
    assert [(each["RegionName"], each["ReplicaProvisionedReadCapacityUnits"],
             each["ReplicaProvisionedWriteCapacityUnits"]) for each in settings] == [
        ("us-east-1", 5, 9), ("eu-west-1", 6, 9)]
    assert settings[0]["ReplicaProvisionedReadCapacityAutoScalingSettings"] == {"AutoScalingDisabled": True}

    home.update_global_table(GlobalTableName="global",
                             ReplicaUpdates=[{"Delete": {"RegionName": "eu-west-1"}}])
    with pytest.raises(home.exceptions.ReplicaNotFoundException):
        home.update_global_table(GlobalTableName="global",
                                 ReplicaUpdates=[{"Delete": {"RegionName": "eu-west-1"}}])
    assert away.describe_table(TableName="global")["Table"]["TableStatus"] == "ACTIVE"


def create_table(tables):
    tables.create_table(TableName="global", BillingMode="PAY_PER_REQUEST",
                        AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}],
                        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}])


def test_a_strongly_consistent_global_table_is_read_everywhere_at_once(client):
    home, other = client("dynamodb"), client("dynamodb", region="us-east-2")
    create_table(home)
    with pytest.raises(ClientError) as refused:
        home.update_table(TableName="global", MultiRegionConsistency="STRONG",
                          ReplicaUpdates=[{"Create": {"RegionName": "us-east-2"}}])
    assert refused.value.response["Error"]["Code"] == "ValidationException"
    home.update_table(TableName="global", MultiRegionConsistency="STRONG",
                      ReplicaUpdates=[{"Create": {"RegionName": "us-east-2"}}],
                      GlobalTableWitnessUpdates=[{"Create": {"RegionName": "us-west-2"}}])
    table = other.describe_table(TableName="global")["Table"]
    assert table["MultiRegionConsistency"] == "STRONG"
    assert table["GlobalTableWitnesses"] == [{"RegionName": "us-west-2", "WitnessStatus": "ACTIVE"}]
    for number in range(20):
        key = {"pk": {"S": str(number)}}
        home.put_item(TableName="global", Item=key)
        assert other.get_item(TableName="global", Key=key, ConsistentRead=True)["Item"] == key
        other.delete_item(TableName="global", Key=key)
        assert "Item" not in home.get_item(TableName="global", Key=key, ConsistentRead=True)
    home.update_table(TableName="global", ReplicaUpdates=[{"Delete": {"RegionName": "us-east-2"}}],
                      GlobalTableWitnessUpdates=[{"Delete": {"RegionName": "us-west-2"}}])
    assert "MultiRegionConsistency" not in home.describe_table(TableName="global")["Table"]


def test_a_replica_is_disassociated(client):
    home, away = client("dynamodb"), client("dynamodb", region="eu-west-1")
    create_table(home)
    home.update_table(TableName="global", ReplicaUpdates=[{"Create": {"RegionName": "eu-west-1"}}])
    wait_for(lambda: home.describe_table(
        TableName="global")["Table"]["Replicas"][0]["ReplicaStatus"] == "ACTIVE")
    leave = [{"Disassociate": {"RegionName": "eu-west-1", "DisassociationMode": "WAIT_FOR_REPLICATION"}}]
    with pytest.raises(ClientError) as refused:
        away.update_table(TableName="global", ReplicaUpdates=leave)
    assert "protected" in refused.value.response["Error"]["Message"]
    away.update_table(TableName="global", DisassociationProtectionEnabled=False)
    home.put_item(TableName="global", Item={"pk": {"S": "a"}})
    away.update_table(TableName="global", ReplicaUpdates=leave)
    wait_for(lambda: "Item" in away.get_item(TableName="global", Key={"pk": {"S": "a"}}))
    for tables in (home, away):
        assert "Replicas" not in tables.describe_table(TableName="global")["Table"]


def test_an_index_has_a_key_of_many_attributes(client):
    tables = client("dynamodb")
    names = ["pk", "country", "city", "year", "name"]
    tables.create_table(
        TableName="places", BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[{"AttributeName": name, "AttributeType": "S"} for name in names],
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
        GlobalSecondaryIndexes=[{
            "IndexName": "by-place", "Projection": {"ProjectionType": "ALL"},
            "KeySchema": [{"AttributeName": "country", "KeyType": "HASH"},
                          {"AttributeName": "city", "KeyType": "HASH"},
                          {"AttributeName": "year", "KeyType": "RANGE"},
                          {"AttributeName": "name", "KeyType": "RANGE"}]}])
    places = [("Bern", "2025", "b"), ("Bern", "2025", "a"), ("Bern", "2026", "c"), ("Basel", "2025", "d")]
    for number, (city, year, name) in enumerate(places):
        values = {"pk": str(number), "country": "CH", "city": city, "year": year, "name": name}
        tables.put_item(TableName="places", Item={key: {"S": value} for key, value in values.items()})
    found = tables.query(
        TableName="places", IndexName="by-place",
        KeyConditionExpression="country = :c AND city = :b AND #y = :y",
        ExpressionAttributeNames={"#y": "year"},
        ExpressionAttributeValues={":c": {"S": "CH"}, ":b": {"S": "Bern"}, ":y": {"S": "2025"}})
    assert [item["name"]["S"] for item in found["Items"]] == ["a", "b"]
