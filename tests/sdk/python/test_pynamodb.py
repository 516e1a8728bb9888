"""PynamoDB: models, versions, indexes, transactions."""

import secrets
from datetime import datetime, timezone

import pytest
from pynamodb.attributes import (
    JSONAttribute,
    ListAttribute,
    MapAttribute,
    NumberAttribute,
    UnicodeAttribute,
    UnicodeSetAttribute,
    UTCDateTimeAttribute,
    VersionAttribute,
)
from pynamodb.connection import Connection
from pynamodb.exceptions import PutError, TransactWriteError
from pynamodb.indexes import AllProjection, GlobalSecondaryIndex
from pynamodb.models import Model
from pynamodb.transactions import TransactWrite


class ByState(GlobalSecondaryIndex):
    class Meta:
        index_name = "by-state"
        projection = AllProjection()

    state = UnicodeAttribute(hash_key=True)
    number = NumberAttribute(range_key=True)


class Address(MapAttribute):
    street = UnicodeAttribute()
    number = NumberAttribute()


@pytest.fixture
def orders(endpoint, account):
    """A model whose table stands in the test's own account."""

    class Order(Model):
        class Meta:
            table_name = f"orders-{secrets.token_hex(4)}"
            host = endpoint
            region = "us-east-1"
            aws_access_key_id = account
            aws_secret_access_key = "test"
            max_retry_attempts = 0
            billing_mode = "PAY_PER_REQUEST"

        customer = UnicodeAttribute(hash_key=True)
        number = NumberAttribute(range_key=True)
        state = UnicodeAttribute(null=True)
        placed = UTCDateTimeAttribute(null=True)
        tags = UnicodeSetAttribute(null=True)
        lines = ListAttribute(null=True)
        address = Address(null=True)
        extra = JSONAttribute(null=True)
        version = VersionAttribute()
        by_state = ByState()

    Order.create_table(wait=True)
    return Order


def test_a_model_comes_back_as_it_was_saved(orders):
    placed = datetime(2026, 10, 9, 8, 7, 6, 5000, tzinfo=timezone.utc)
    orders(
        "ada",
        1,
        state="open",
        placed=placed,
        tags={"new", "gift"},
        lines=["bolt", 2],
        address=Address(street="Main", number=5),
        extra={"a": [1, None]},
    ).save()
    got = orders.get("ada", 1, consistent_read=True)
    assert (got.placed, got.tags, got.lines, got.extra) == (
        placed,
        {"new", "gift"},
        ["bolt", 2],
        {"a": [1, None]},
    )
    assert (got.address.street, got.address.number, got.version) == ("Main", 5, 1)
    with pytest.raises(orders.DoesNotExist):
        orders.get("ada", 2)


def test_an_old_version_is_not_saved_over_a_newer_one(orders):
    orders("ada", 1, state="open").save()
    stale, fresh = orders.get("ada", 1), orders.get("ada", 1)
    fresh.update(actions=[orders.state.set("sent"), orders.lines.set(["bolt"])])
    stale.state = "lost"
    with pytest.raises(PutError) as refused:
        stale.save()
    assert refused.value.cause_response_code == "ConditionalCheckFailedException"
    assert orders.get("ada", 1).state == "sent"


def test_queries_page_in_order_through_table_and_index(orders):
    with orders.batch_write() as batch:
        for number in range(1, 31):  # more than one BatchWriteItem takes
            batch.save(orders("ada", number, state="even" if number % 2 == 0 else "odd"))
    found = orders.query(
        "ada",
        orders.number.between(5, 20),
        filter_condition=orders.state == "odd",
        scan_index_forward=False,
        page_size=3,
    )
    assert [order.number for order in found] == [19, 17, 15, 13, 11, 9, 7, 5]
    assert [order.number for order in orders.by_state.query("even", orders.number > 24)] == [26, 28, 30]
    assert orders.count("ada") == 30
    assert {order.number for order in orders.batch_get([("ada", 1), ("ada", 30), ("ada", 99)])} == {1, 30}


def test_a_transaction_writes_all_or_nothing(orders, endpoint, monkeypatch, account):
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", account)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    connection = Connection(region="us-east-1", host=endpoint, max_retry_attempts=0)
    orders("ada", 1).save()
    with pytest.raises(TransactWriteError) as cancelled:
        with TransactWrite(connection=connection) as transaction:
            transaction.save(orders("ada", 2))
            transaction.save(orders("ada", 1))  # exists, and a new model's version says that it must not
    assert [reason and reason.code for reason in cancelled.value.cancellation_reasons] == [
        None,
        "ConditionalCheckFailed",
    ]
    assert orders.count("ada") == 1
