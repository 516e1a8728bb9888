"""The sample tables of the developer guide and of NoSQL Workbench, with data of our own."""

from decimal import Decimal

import boto3
import pytest
from boto3.dynamodb.conditions import Attr, Key


@pytest.fixture
def dynamodb(endpoint, account):
    return boto3.resource(
        "dynamodb",
        endpoint_url=endpoint,
        region_name="us-east-1",
        aws_access_key_id=account,
        aws_secret_access_key="test",
    )


def make(dynamodb, name, attributes, hash_key, range_key=None, **settings):
    """A table with provisioned throughput, as the guide makes them."""
    keys = [{"AttributeName": hash_key, "KeyType": "HASH"}]
    if range_key:
        keys.append({"AttributeName": range_key, "KeyType": "RANGE"})
    table = dynamodb.create_table(
        TableName=name,
        KeySchema=keys,
        ProvisionedThroughput={"ReadCapacityUnits": 10, "WriteCapacityUnits": 5},
        AttributeDefinitions=[{"AttributeName": n, "AttributeType": t} for n, t in attributes.items()],
        **settings,
    )
    table.wait_until_exists()
    return table


def fill(table, items):
    with table.batch_writer() as batch:
        for item in items:
            batch.put_item(Item=item)


def index(name, hash_key, range_key, projection="ALL", **more):
    return {
        "IndexName": name,
        "Projection": {"ProjectionType": projection},
        "KeySchema": [
            {"AttributeName": hash_key, "KeyType": "HASH"},
            {"AttributeName": range_key, "KeyType": "RANGE"},
        ],
        **more,
    }


def test_product_catalog_finds_products_by_what_they_are(dynamodb):
    """Books and bicycles in one table: attributes differ from item to item."""
    table = make(dynamodb, "ProductCatalog", {"Id": "N"}, "Id")
    fill(
        table,
        [
            {
                "Id": 101,
                "Title": "A Book of Tides",
                "ISBN": "111-1",
                "Authors": {"A. Moon"},
                "Price": 2,
                "Dimensions": {"Length": 8, "Width": 11, "Thickness": Decimal("0.5")},
                "PageCount": 500,
                "InPublication": True,
                "ProductCategory": "Book",
            },
            {
                "Id": 102,
                "Title": "Harbours",
                "ISBN": "222-2",
                "Authors": {"A. Moon", "B. Quay"},
                "Price": 20,
                "PageCount": 600,
                "InPublication": False,
                "ProductCategory": "Book",
            },
            {
                "Id": 201,
                "Title": "Road 18",
                "BicycleType": "Road",
                "Brand": "Wheelwright",
                "Price": 100,
                "Color": ["Red", "Black"],
                "ProductCategory": "Bicycle",
                "Reviews": {"FiveStar": ["fast", "light"], "OneStar": ["no bell"]},
            },
            {
                "Id": 205,
                "Title": "Hill 20",
                "BicycleType": "Hybrid",
                "Brand": "Upland",
                "Price": 500,
                "Color": ["Red"],
                "ProductCategory": "Bicycle",
            },
        ],
    )
    cheap = table.scan(
        FilterExpression=Attr("ProductCategory").eq("Book") & Attr("Price").lt(10),
        ProjectionExpression="Title, Dimensions.Thickness",
    )["Items"]
    assert cheap == [{"Title": "A Book of Tides", "Dimensions": {"Thickness": Decimal("0.5")}}]
    red = table.scan(FilterExpression=Attr("Color").contains("Red") & Attr("Reviews").not_exists())["Items"]
    assert [item["Id"] for item in red] == [205]
    two = table.scan(FilterExpression=Attr("Authors").size().gt(1))["Items"]
    assert [item["Id"] for item in two] == [102]
    new = table.update_item(
        Key={"Id": 201},
        ReturnValues="UPDATED_NEW",
        ConditionExpression="size(Reviews.OneStar) < :two",
        UpdateExpression=(
            "SET Price = Price - :p, Reviews.FiveStar[1] = :r, Color = list_append(Color, :c) "
            "REMOVE Brand ADD QuantityOnHand :q"
        ),
        ExpressionAttributeValues={":p": 15, ":r": "feather-light", ":c": ["Blue"], ":q": 5, ":two": 2},
    )["Attributes"]
    assert new == {
        "Price": 85,
        "Reviews": {"FiveStar": ["feather-light"]},
        "Color": ["Red", "Black", "Blue"],
        "QuantityOnHand": 5,
    }


def test_forums_threads_and_replies_are_read_by_key_index_and_time(dynamodb):
    """Three tables; Thread and Reply have local indexes, by time and by author."""
    forum = make(dynamodb, "Forum", {"Name": "S"}, "Name")
    thread = make(
        dynamodb,
        "Thread",
        {"ForumName": "S", "Subject": "S", "LastPostedDateTime": "S"},
        "ForumName",
        "Subject",
        LocalSecondaryIndexes=[index("LastPostIndex", "ForumName", "LastPostedDateTime", "KEYS_ONLY")],
    )
    reply = make(
        dynamodb,
        "Reply",
        {"Id": "S", "ReplyDateTime": "S", "PostedBy": "S", "Message": "S"},
        "Id",
        "ReplyDateTime",
        LocalSecondaryIndexes=[index("PostedBy-Index", "Id", "PostedBy", "KEYS_ONLY")],
        GlobalSecondaryIndexes=[
            index(
                "PostedBy-Message-Index",
                "PostedBy",
                "Message",
                "KEYS_ONLY",
                ProvisionedThroughput={"ReadCapacityUnits": 10, "WriteCapacityUnits": 10},
            )
        ],
    )
    fill(
        forum,
        [
            {"Name": "Amazon DynamoDB", "Category": "Amazon Web Services", "Threads": 2, "Messages": 4},
            {"Name": "Amazon S3", "Category": "Amazon Web Services"},
        ],
    )
    threads = [
        ("Amazon DynamoDB", "Thread 1", "2026-09-15T19:58:22.514Z", {"index", "primarykey"}),
        ("Amazon DynamoDB", "Thread 2", "2026-09-22T19:58:22.514Z", {"items"}),
        ("Amazon S3", "Thread 1", "2026-09-29T19:58:22.514Z", {"largeobjects"}),
    ]
    fill(
        thread,
        [
            {"ForumName": f, "Subject": s, "LastPostedDateTime": t, "Tags": tags, "Views": 0, "Answered": 0}
            for f, s, t, tags in threads
        ],
    )
    fill(
        reply,
        [
            {
                "Id": f"Amazon DynamoDB#Thread {n}",
                "ReplyDateTime": f"2026-09-{day}T19:58:22.947Z",
                "Message": f"Thread {n} Reply {day}",
                "PostedBy": user,
            }
            for n, day, user in (
                (1, "15", "User A"),
                (1, "22", "User B"),
                (2, "29", "User A"),
                (2, "30", "User A"),
            )
        ],
    )

    recent = thread.query(
        IndexName="LastPostIndex",
        KeyConditionExpression=Key("ForumName").eq("Amazon DynamoDB")
        & Key("LastPostedDateTime").gt("2026-09-20"),
        Select="ALL_ATTRIBUTES",
        ConsistentRead=True,
    )["Items"]
    assert [(item["Subject"], item["Tags"]) for item in recent] == [("Thread 2", {"items"})]
    answers = reply.query(
        KeyConditionExpression=Key("Id").eq("Amazon DynamoDB#Thread 1")
        & Key("ReplyDateTime").begins_with("2026-09-2")
    )["Items"]
    assert [item["PostedBy"] for item in answers] == ["User B"]
    mine = reply.query(
        IndexName="PostedBy-Index",
        KeyConditionExpression=Key("Id").eq("Amazon DynamoDB#Thread 2") & Key("PostedBy").eq("User A"),
        ReturnConsumedCapacity="INDEXES",
    )
    assert mine["Count"] == 2
    assert mine["ConsumedCapacity"] == {
        "TableName": "Reply",
        "CapacityUnits": 0.5,
        "Table": {"CapacityUnits": 0.0},
        "LocalSecondaryIndexes": {"PostedBy-Index": {"CapacityUnits": 0.5}},
    }
    everywhere = reply.query(
        IndexName="PostedBy-Message-Index",
        KeyConditionExpression=Key("PostedBy").eq("User A")
        & Key("Message").between("Thread 1", "Thread 2 Reply 29"),
    )["Items"]
    assert [item["Message"] for item in everywhere] == ["Thread 1 Reply 15", "Thread 2 Reply 29"]
    dynamodb.meta.client.transact_write_items(
        TransactItems=[
            {
                "Update": {
                    "TableName": "Thread",
                    "Key": {"ForumName": "Amazon S3", "Subject": "Thread 1"},
                    "UpdateExpression": "SET #v = #v + :one",
                    "ExpressionAttributeNames": {"#v": "Views"},
                    "ExpressionAttributeValues": {":one": 1},
                }
            },
            {
                "Update": {
                    "TableName": "Forum",
                    "Key": {"Name": "Amazon S3"},
                    "UpdateExpression": "ADD Messages :one",
                    "ExpressionAttributeValues": {":one": 1},
                }
            },
        ]
    )
    assert forum.get_item(Key={"Name": "Amazon S3"})["Item"]["Messages"] == 1


def test_music_is_read_by_key_by_genre_and_with_partiql(dynamodb):
    """The guide's first table, its index by genre and price, and its statements."""
    table = make(
        dynamodb,
        "Music",
        {"Artist": "S", "SongTitle": "S", "Genre": "S", "Price": "N"},
        "Artist",
        "SongTitle",
        GlobalSecondaryIndexes=[
            index(
                "GenreAndPriceIndex",
                "Genre",
                "Price",
                ProvisionedThroughput={"ReadCapacityUnits": 1, "WriteCapacityUnits": 1},
            )
        ],
    )
    fill(
        table,
        [
            {
                "Artist": "The Acme Band",
                "SongTitle": "Look Out, World",
                "AlbumTitle": "The Buck Starts Here",
                "Price": Decimal("0.99"),
                "Genre": "Rock",
            },
            {
                "Artist": "The Acme Band",
                "SongTitle": "Still in Love",
                "AlbumTitle": "The Buck Starts Here",
                "Price": Decimal("2.47"),
                "Genre": "Rock",
                "PromotionInfo": {
                    "RadioStationsPlaying": {"KHCR", "KBQX"},
                    "Rotation": "HEAVY",
                    "TourDates": {"Seattle": "20260625"},
                },
            },
            {
                "Artist": "No One You Know",
                "SongTitle": "Call Me Today",
                "Price": Decimal("2.14"),
                "Genre": "Country",
                "Year": 2026,
                "CriticRating": Decimal("8.4"),
            },
        ],
    )
    costly = table.query(
        IndexName="GenreAndPriceIndex",
        ScanIndexForward=False,
        KeyConditionExpression=Key("Genre").eq("Rock") & Key("Price").gte(Decimal("0.99")),
    )["Items"]
    assert [song["SongTitle"] for song in costly] == ["Still in Love", "Look Out, World"]
    client = dynamodb.meta.client
    heavy = client.execute_statement(
        Statement=(
            "SELECT SongTitle, PromotionInfo.Rotation FROM Music WHERE Artist = ? AND "
            "contains(PromotionInfo.RadioStationsPlaying, 'KHCR')"
        ),
        Parameters=["The Acme Band"],
    )["Items"]
    assert heavy == [{"SongTitle": "Still in Love", "Rotation": "HEAVY"}]
    client.execute_statement(
        Statement=(
            "UPDATE Music SET AlbumTitle = 'Somewhat Famous' SET Awards = 1 "
            "WHERE Artist = 'No One You Know' AND SongTitle = 'Call Me Today'"
        )
    )
    client.execute_statement(
        Statement="DELETE FROM Music WHERE Artist = 'The Acme Band' AND SongTitle = 'Look Out, World'"
    )
    rest = client.execute_statement(
        Statement=(
            'SELECT Artist, Awards FROM "Music"."GenreAndPriceIndex" '
            "WHERE Genre IN ['Country', 'Rock'] AND Price > 2"
        )
    )["Items"]
    assert sorted(rest, key=lambda song: song["Artist"]) == [
        {"Artist": "No One You Know", "Awards": 1},
        {"Artist": "The Acme Band"},
    ]
