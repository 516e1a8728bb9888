"""S3 Select: SQL over CSV and JSON, plain and packed, through boto3's event stream reader."""
import bz2
import gzip
import json
import os

import pytest
from botocore.exceptions import ClientError, EventStreamError


PEOPLE = "name,age,city\nAnn,30,Bonn\nBob,25,\"Cologne, old\"\nCyd,41,Bonn\n"


def select(s3, bucket, key, sql, source=None, target=None, **more):
    answer = s3.select_object_content(
        Bucket=bucket, Key=key, Expression=sql, ExpressionType="SQL",
        InputSerialization=source or {"CSV": {"FileHeaderInfo": "USE"}},
        OutputSerialization=target or {"CSV": {}}, **more)
    events = list(answer["Payload"])
    text = b"".join(event["Records"]["Payload"] for event in events if "Records" in event).decode()
    return text, events


def test_rows_are_chosen_and_shown(s3, bucket):
    s3.put_object(Bucket=bucket, Key="people.csv", Body=PEOPLE)
    text, events = select(s3, bucket, "people.csv", "SELECT s.name, s.city FROM S3Object s WHERE s.age > 25")
    assert text == "Ann,Bonn\nCyd,Bonn\n"
    assert list(events[-1]) == ["End"]
    stats = events[-2]["Stats"]["Details"]
    assert stats == {"BytesScanned": len(PEOPLE), "BytesProcessed": len(PEOPLE), "BytesReturned": len(text)}
    text, _ = select(s3, bucket, "people.csv", "SELECT * FROM S3Object LIMIT 2")
    assert text == 'Ann,30,Bonn\nBob,25,"Cologne, old"\n'
    sql = "SELECT * FROM S3Object s WHERE name LIKE 'A%'"
    text, _ = select(s3, bucket, "people.csv", sql, target={"JSON": {}})
    assert json.loads(text) == {"name": "Ann", "age": "30", "city": "Bonn"}
    text, _ = select(s3, bucket, "people.csv", "SELECT s._2 FROM S3Object s", source={"CSV": {}})
    assert text == "age\n30\n25\n41\n"


def test_aggregates_are_one_row(s3, bucket):
    s3.put_object(Bucket=bucket, Key="people.csv", Body=PEOPLE)
    sql = "SELECT COUNT(*), SUM(CAST(age AS INT)), AVG(CAST(age AS FLOAT)), MIN(name), MAX(name) AS last"
    sql += " FROM S3Object"
    assert select(s3, bucket, "people.csv", sql)[0] == "3,96,32,Ann,Cyd\n"
    text, _ = select(s3, bucket, "people.csv", sql, target={"JSON": {}})
    assert json.loads(text)["last"] == "Cyd"


def test_json_lines_and_documents_packed_or_not(s3, bucket):
    lines = "".join(json.dumps({"n": n, "tags": [{"t": "a%d" % n}]}) + "\n" for n in range(5))
    source = {"JSON": {"Type": "LINES"}, "CompressionType": "GZIP"}
    s3.put_object(Bucket=bucket, Key="lines.gz", Body=gzip.compress(lines.encode()))
    sql = "SELECT s.n, s.tags[0].t FROM S3Object s WHERE s.n >= 3"
    text, events = select(s3, bucket, "lines.gz", sql, source, {"JSON": {}})
    assert [json.loads(line) for line in text.splitlines()] == [{"n": 3, "t": "a3"}, {"n": 4, "t": "a4"}]
    assert events[-2]["Stats"]["Details"]["BytesProcessed"] == len(lines)
    document = json.dumps({"items": [{"id": 1, "x": None}, {"id": 2}, {"id": 3, "x": "y"}]}, indent=1)
    s3.put_object(Bucket=bucket, Key="doc.json", Body=document)
    text, _ = select(s3, bucket, "doc.json", "SELECT i.id FROM S3Object[*].items[*] i WHERE i.x IS MISSING",
                     {"JSON": {"Type": "DOCUMENT"}})
    assert text == "2\n"


def test_bzip2_of_csv_and_json(s3, bucket):
    rows = "".join("%d,%d\n" % (n, n * n) for n in range(50_000))
    s3.put_object(Bucket=bucket, Key="rows.csv.bz2", Body=bz2.compress(rows.encode()))
    sql = "SELECT COUNT(*), SUM(CAST(s._2 AS INT)) FROM S3Object s"
    text, events = select(s3, bucket, "rows.csv.bz2", sql, {"CSV": {}, "CompressionType": "BZIP2"})
    assert text == "50000,%d\n" % sum(n * n for n in range(50_000))
    assert events[-2]["Stats"]["Details"]["BytesProcessed"] == len(rows)
    lines = bz2.compress(b'{"n":1}\n') + bz2.compress(b'{"n":2}\n')
    s3.put_object(Bucket=bucket, Key="lines.bz2", Body=lines)
    source = {"JSON": {"Type": "LINES"}, "CompressionType": "BZIP2"}
    assert select(s3, bucket, "lines.bz2", "SELECT s.n FROM S3Object s", source)[0] == "1\n2\n"
    s3.put_object(Bucket=bucket, Key="cut.bz2", Body=lines[:-5])
    with pytest.raises(EventStreamError) as caught:
        select(s3, bucket, "cut.bz2", "SELECT s.n FROM S3Object s", source)
    assert "TruncatedInput" in str(caught.value)


def test_large_results_come_in_several_messages_with_progress(s3, bucket):
    rows = "".join("%d,%s\n" % (n, os.urandom(20).hex()) for n in range(20000))
    s3.put_object(Bucket=bucket, Key="large.csv", Body=rows)
    text, events = select(s3, bucket, "large.csv", "SELECT * FROM S3Object", {"CSV": {}},
                          RequestProgress={"Enabled": True})
    assert text == rows
    assert sum("Records" in event for event in events) > 5
    assert any("Progress" in event for event in events)
    text, _ = select(s3, bucket, "large.csv", "SELECT s._1 FROM S3Object s", {"CSV": {}},
                     ScanRange={"Start": 0, "End": 100})
    assert text == "0\n1\n2\n"


def refused(s3, bucket, sql="SELECT * FROM S3Object", **arguments):
    with pytest.raises(ClientError) as caught:
        select(s3, bucket, "people.csv", sql, **arguments)
    return caught.value.response["Error"]["Code"]


def test_errors_have_the_codes_of_s3_select(s3, bucket):
    assert refused(s3, bucket) == "NoSuchKey"
    s3.put_object(Bucket=bucket, Key="people.csv", Body=PEOPLE)
    assert refused(s3, bucket, "SELEKT 1") == "ParseUnsupportedSelect"
    assert refused(s3, bucket, "SELECT * FROM other") == "InvalidDataSource"
    assert refused(s3, bucket, source={"JSON": {"Type": "X"}}) == "InvalidJsonType"
    assert refused(s3, bucket, source={"CSV": {"FileHeaderInfo": "X"}}) == "InvalidFileHeaderInfo"
    assert refused(s3, bucket, source={"CSV": {}, "CompressionType": "XZ"}) == "InvalidCompressionFormat"
    assert refused(s3, bucket, source={"Parquet": {}}) == "NotImplemented"
    assert refused(s3, bucket, target={"CSV": {"QuoteFields": "X"}}) == "InvalidQuoteFields"
    sql = "SELECT CAST(name AS INT) FROM S3Object"
    with pytest.raises(EventStreamError) as caught:
        select(s3, bucket, "people.csv", sql)
    assert "CastFailed" in str(caught.value)
