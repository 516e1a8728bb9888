"""DynamoDB Streams through boto3: every change of a table, in order."""


def test_a_stream_tells_each_change_once(client):
    tables, streams = client("dynamodb"), client("dynamodbstreams")
    tables.create_table(TableName="t" * 3, BillingMode="PAY_PER_REQUEST",
                        AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}],
                        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
                        StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"})
    tables.put_item(TableName="ttt", Item={"pk": {"S": "a"}, "n": {"N": "1"}})
    tables.update_item(TableName="ttt", Key={"pk": {"S": "a"}}, UpdateExpression="SET n = n + :one",
                       ExpressionAttributeValues={":one": {"N": "1"}})
    tables.delete_item(TableName="ttt", Key={"pk": {"S": "a"}})

    arn = tables.describe_table(TableName="ttt")["Table"]["LatestStreamArn"]
    shard = streams.describe_stream(StreamArn=arn)["StreamDescription"]["Shards"][0]["ShardId"]
    iterator = streams.get_shard_iterator(StreamArn=arn, ShardId=shard,
                                          ShardIteratorType="TRIM_HORIZON")["ShardIterator"]
    seen = []
    while len(seen) < 3:
        page = streams.get_records(ShardIterator=iterator, Limit=2)
        assert page["Records"]
        seen += page["Records"]
        iterator = page["NextShardIterator"]
    assert [record["eventName"] for record in seen] == ["INSERT", "MODIFY", "REMOVE"]
    assert seen[1]["dynamodb"]["NewImage"]["n"] == {"N": "2"}
    assert seen[1]["dynamodb"]["OldImage"]["n"] == {"N": "1"}
    assert streams.get_records(ShardIterator=iterator)["Records"] == []
