"""DynamoDB tables to and from S3 through boto3: what is exported can be imported."""
import gzip
import json
import time

KEYS = {"AttributeDefinitions": [{"AttributeName": "pk", "AttributeType": "S"}],
        "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}]}


def wait_for(read, seconds=30):
    until = time.time() + seconds
    while time.time() < until:
        found = read()
        if found:
            return found
        time.sleep(0.05)
    raise AssertionError("it did not end in time")


def export(tables, **wanted):
    arn = tables.export_table_to_point_in_time(**wanted)["ExportDescription"]["ExportArn"]
    waiter = tables.get_waiter("export_completed")
    waiter.wait(ExportArn=arn, WaiterConfig={"Delay": 1})
    return tables.describe_export(ExportArn=arn)["ExportDescription"]


def test_what_is_exported_can_be_imported(client):
    tables, s3 = client("dynamodb"), client("s3")
    s3.create_bucket(Bucket="transfers")
    arn = tables.create_table(TableName="source", BillingMode="PAY_PER_REQUEST",
                              **KEYS)["TableDescription"]["TableArn"]
    tables.update_continuous_backups(
        TableName="source", PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": True})
    items = [{"pk": {"S": f"k{number:02}"}, "n": {"N": str(number)}, "s": {"SS": ["x"]}}
             for number in range(60)]
    for item in items:
        tables.put_item(TableName="source", Item=item)
    done = export(tables, TableArn=arn, S3Bucket="transfers", S3Prefix="out")
    assert (done["ItemCount"], done["ExportType"]) == (60, "FULL_EXPORT")
    some = export(tables, TableArn=arn, S3Bucket="transfers", S3Prefix="some", FilterSpecification={
        "FilterExpression": "n BETWEEN :low AND :high",
        "ExpressionAttributeValues": {":low": {"N": "10"}, ":high": {"N": "14"}}})
    assert some["ItemCount"] == 5 and some["FilterSpecification"]["FilterExpression"].startswith("n BETWEEN")

    read = lambda key: s3.get_object(Bucket="transfers", Key=key)["Body"].read()  # noqa: E731
    summary = json.loads(read(done["ExportManifest"]))
    files = [json.loads(line) for line in read(summary["manifestFilesS3Key"]).splitlines()]
    assert sum(file["itemCount"] for file in files) == 60
    exported = [json.loads(line)["Item"] for file in files
                for line in gzip.decompress(read(file["dataFileS3Key"])).splitlines()]
    assert sorted(item["pk"]["S"] for item in exported) == [item["pk"]["S"] for item in items]

    folder = done["ExportManifest"].rsplit("/", 1)[0] + "/data/"
    begun = tables.import_table(
        S3BucketSource={"S3Bucket": "transfers", "S3KeyPrefix": folder}, InputFormat="DYNAMODB_JSON",
        InputCompressionType="GZIP",
        TableCreationParameters={"TableName": "copy", "BillingMode": "PAY_PER_REQUEST", **KEYS})
    import_arn = begun["ImportTableDescription"]["ImportArn"]
    tables.get_waiter("import_completed").wait(ImportArn=import_arn, WaiterConfig={"Delay": 1})
    described = tables.describe_import(ImportArn=import_arn)["ImportTableDescription"]
    assert (described["ImportedItemCount"], described["ErrorCount"]) == (60, 0)
    assert tables.describe_table(TableName="copy")["Table"]["TableStatus"] == "ACTIVE"
    copied = tables.scan(TableName="copy")["Items"]
    assert sorted(copied, key=lambda item: item["pk"]["S"]) == items
    assert [each["ImportArn"] for each in tables.list_imports()["ImportSummaryList"]] == [import_arn]
    assert len(tables.list_exports(TableArn=arn)["ExportSummaries"]) == 2


def test_a_csv_file_becomes_a_table(client):
    tables, s3 = client("dynamodb"), client("s3")
    s3.create_bucket(Bucket="csv")
    s3.put_object(Bucket="csv", Key="a.csv", Body=b"pk,title\n1,\"Dune, Part One\"\n,none\n")
    begun = tables.import_table(
        S3BucketSource={"S3Bucket": "csv"}, InputFormat="CSV",
        TableCreationParameters={"TableName": "films", "BillingMode": "PAY_PER_REQUEST", **KEYS})
    arn = begun["ImportTableDescription"]["ImportArn"]
    done = wait_for(lambda: next((found for found in [tables.describe_import(ImportArn=arn)]
                                  if found["ImportTableDescription"]["ImportStatus"] == "COMPLETED"), None))
    assert done["ImportTableDescription"]["ErrorCount"] == 1
    assert tables.scan(TableName="films")["Items"] == [{"pk": {"S": "1"}, "title": {"S": "Dune, Part One"}}]
