"""S3: what a bucket can be configured with."""
import datetime

from buckets import refused


def code(call, **arguments):
    return refused(call, **arguments)["Error"]["Code"]


def test_tags(s3, bucket):
    tags = [{"Key": "team", "Value": "fog"}, {"Key": "cost", "Value": "ünïcode 1"}]
    answer = s3.put_bucket_tagging(Bucket=bucket, Tagging={"TagSet": tags})
    assert answer["ResponseMetadata"]["HTTPStatusCode"] == 204
    assert s3.get_bucket_tagging(Bucket=bucket)["TagSet"] == tags
    s3.delete_bucket_tagging(Bucket=bucket)
    error = refused(s3.get_bucket_tagging, Bucket=bucket)
    assert error["Error"]["Code"] == "NoSuchTagSet"
    assert error["Error"]["BucketName"] == bucket
    assert error["ResponseMetadata"]["HTTPStatusCode"] == 404


def test_cors(s3, bucket):
    rules = [{"AllowedMethods": ["GET"], "AllowedOrigins": ["*"], "ExposeHeaders": ["ETag"]}]
    s3.put_bucket_cors(Bucket=bucket, CORSConfiguration={"CORSRules": rules})
    assert s3.get_bucket_cors(Bucket=bucket)["CORSRules"] == rules
    s3.delete_bucket_cors(Bucket=bucket)
    assert code(s3.get_bucket_cors, Bucket=bucket) == "NoSuchCORSConfiguration"


def test_website(s3, bucket):
    website = {
        "IndexDocument": {"Suffix": "index.html"},
        "ErrorDocument": {"Key": "error.html"},
        "RoutingRules": [{"Condition": {"KeyPrefixEquals": "a/"}, "Redirect": {"HostName": "b"}}],
    }
    s3.put_bucket_website(Bucket=bucket, WebsiteConfiguration=website)
    got = s3.get_bucket_website(Bucket=bucket)
    assert {name: got[name] for name in website} == website
    s3.delete_bucket_website(Bucket=bucket)
    assert code(s3.get_bucket_website, Bucket=bucket) == "NoSuchWebsiteConfiguration"


def test_lifecycle(s3, bucket):
    rules = [
        {
            "ID": "one",
            "Status": "Enabled",
            "Filter": {"And": {"Prefix": "a/", "Tags": [{"Key": "k", "Value": "v"}]}},
            "Transitions": [{"Days": 30, "StorageClass": "STANDARD_IA"}],
            "Expiration": {"Days": 60},
        },
        {
            "ID": "two",
            "Status": "Disabled",
            "Filter": {"Prefix": ""},
            "Expiration": {"Date": datetime.datetime(2030, 1, 1, tzinfo=datetime.timezone.utc)},
        },
    ]
    s3.put_bucket_lifecycle_configuration(Bucket=bucket, LifecycleConfiguration={"Rules": rules})
    got = s3.get_bucket_lifecycle_configuration(Bucket=bucket)
    assert got["Rules"] == rules
    assert got["TransitionDefaultMinimumObjectSize"] == "all_storage_classes_128K"
    s3.delete_bucket_lifecycle(Bucket=bucket)
    assert code(s3.get_bucket_lifecycle_configuration, Bucket=bucket) == "NoSuchLifecycleConfiguration"
    rules[0]["Status"] = "enabled"
    error = refused(
        s3.put_bucket_lifecycle_configuration, Bucket=bucket, LifecycleConfiguration={"Rules": rules}
    )
    assert error["Error"]["Code"] == "MalformedXML"


def test_encryption(s3, bucket):
    got = s3.get_bucket_encryption(Bucket=bucket)["ServerSideEncryptionConfiguration"]["Rules"]
    assert got == [
        {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}, "BucketKeyEnabled": False}
    ]
    rules = [{"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms"}, "BucketKeyEnabled": True}]
    s3.put_bucket_encryption(Bucket=bucket, ServerSideEncryptionConfiguration={"Rules": rules})
    got = s3.get_bucket_encryption(Bucket=bucket)["ServerSideEncryptionConfiguration"]["Rules"]
    assert got == rules
    s3.delete_bucket_encryption(Bucket=bucket)
    got = s3.get_bucket_encryption(Bucket=bucket)["ServerSideEncryptionConfiguration"]["Rules"]
    assert got[0]["ApplyServerSideEncryptionByDefault"]["SSEAlgorithm"] == "AES256"


def test_ownership_and_public_access_block(s3, bucket):
    rules = [{"ObjectOwnership": "BucketOwnerPreferred"}]
    s3.put_bucket_ownership_controls(Bucket=bucket, OwnershipControls={"Rules": rules})
    assert s3.get_bucket_ownership_controls(Bucket=bucket)["OwnershipControls"]["Rules"] == rules
    s3.delete_bucket_ownership_controls(Bucket=bucket)
    assert code(s3.get_bucket_ownership_controls, Bucket=bucket) == "OwnershipControlsNotFoundError"
    block = {
        "BlockPublicAcls": True,
        "IgnorePublicAcls": False,
        "BlockPublicPolicy": True,
        "RestrictPublicBuckets": False,
    }
    s3.put_public_access_block(Bucket=bucket, PublicAccessBlockConfiguration=block)
    assert s3.get_public_access_block(Bucket=bucket)["PublicAccessBlockConfiguration"] == block
    s3.delete_public_access_block(Bucket=bucket)
    assert code(s3.get_public_access_block, Bucket=bucket) == "NoSuchPublicAccessBlockConfiguration"


def test_payment_acceleration_and_logging(s3, bucket):
    assert s3.get_bucket_request_payment(Bucket=bucket)["Payer"] == "BucketOwner"
    s3.put_bucket_request_payment(Bucket=bucket, RequestPaymentConfiguration={"Payer": "Requester"})
    assert s3.get_bucket_request_payment(Bucket=bucket)["Payer"] == "Requester"
    assert "Status" not in s3.get_bucket_accelerate_configuration(Bucket=bucket)
    s3.put_bucket_accelerate_configuration(Bucket=bucket, AccelerateConfiguration={"Status": "Suspended"})
    assert s3.get_bucket_accelerate_configuration(Bucket=bucket)["Status"] == "Suspended"
    logging = {"TargetBucket": bucket, "TargetPrefix": "logs/"}
    s3.put_bucket_logging(Bucket=bucket, BucketLoggingStatus={"LoggingEnabled": logging})
    assert s3.get_bucket_logging(Bucket=bucket)["LoggingEnabled"] == logging
    s3.put_bucket_logging(Bucket=bucket, BucketLoggingStatus={})
    assert "LoggingEnabled" not in s3.get_bucket_logging(Bucket=bucket)


def test_inventory_analytics_metrics_and_tiering(s3, bucket):
    inventory = {
        "Id": "daily",
        "IsEnabled": True,
        "IncludedObjectVersions": "Current",
        "Schedule": {"Frequency": "Daily"},
        "Destination": {"S3BucketDestination": {"Bucket": "arn:aws:s3:::reports", "Format": "CSV"}},
        "OptionalFields": ["Size", "ETag"],
    }
    s3.put_bucket_inventory_configuration(Bucket=bucket, Id="daily", InventoryConfiguration=inventory)
    got = s3.get_bucket_inventory_configuration(Bucket=bucket, Id="daily")
    assert got["InventoryConfiguration"] == inventory
    listed = s3.list_bucket_inventory_configurations(Bucket=bucket)
    assert listed["InventoryConfigurationList"] == [inventory]
    assert listed["IsTruncated"] is False
    analytics = {"Id": "a", "Filter": {"Prefix": "p/"}, "StorageClassAnalysis": {}}
    s3.put_bucket_analytics_configuration(Bucket=bucket, Id="a", AnalyticsConfiguration=analytics)
    assert s3.list_bucket_analytics_configurations(Bucket=bucket)["AnalyticsConfigurationList"] == [analytics]
    metrics = {"Id": "m", "Filter": {"And": {"Prefix": "p", "Tags": [{"Key": "k", "Value": "v"}]}}}
    s3.put_bucket_metrics_configuration(Bucket=bucket, Id="m", MetricsConfiguration=metrics)
    assert s3.get_bucket_metrics_configuration(Bucket=bucket, Id="m")["MetricsConfiguration"] == metrics
    tiering = {"Id": "t", "Status": "Enabled", "Tierings": [{"Days": 90, "AccessTier": "ARCHIVE_ACCESS"}]}
    s3.put_bucket_intelligent_tiering_configuration(
        Bucket=bucket, Id="t", IntelligentTieringConfiguration=tiering
    )
    listed = s3.list_bucket_intelligent_tiering_configurations(Bucket=bucket)
    assert listed["IntelligentTieringConfigurationList"] == [tiering]
    s3.delete_bucket_inventory_configuration(Bucket=bucket, Id="daily")
    assert code(s3.get_bucket_inventory_configuration, Bucket=bucket, Id="daily") == "NoSuchConfiguration"


def test_replication(s3, bucket):
    rules = [
        {
            "ID": "all",
            "Priority": 1,
            "Status": "Enabled",
            "Filter": {"Prefix": ""},
            "DeleteMarkerReplication": {"Status": "Disabled"},
            "Destination": {"Bucket": "arn:aws:s3:::%s-copy" % bucket},
        }
    ]
    replication = {"Role": "arn:aws:iam::000000000000:role/replicator", "Rules": rules}
    put = {"Bucket": bucket, "ReplicationConfiguration": replication}
    message = refused(s3.put_bucket_replication, **put)["Error"]["Message"]
    assert message == "Versioning must be 'Enabled' on the bucket to apply a replication configuration"
    s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
    message = refused(s3.put_bucket_replication, **put)["Error"]["Message"]
    assert message == "Destination bucket must exist."
    s3.create_bucket(Bucket=bucket + "-copy")
    message = refused(s3.put_bucket_replication, **put)["Error"]["Message"]
    assert message == "Destination bucket must have versioning enabled."
    s3.put_bucket_versioning(Bucket=bucket + "-copy", VersioningConfiguration={"Status": "Enabled"})
    s3.put_bucket_replication(**put)
    assert s3.get_bucket_replication(Bucket=bucket)["ReplicationConfiguration"] == replication
    s3.delete_bucket_replication(Bucket=bucket)
    assert code(s3.get_bucket_replication, Bucket=bucket) == "ReplicationConfigurationNotFoundError"


def test_metadata_tables_and_abac_are_not_served(s3, bucket):
    for call in (s3.get_bucket_abac, s3.get_bucket_metadata_configuration):
        assert refused(call, Bucket=bucket)["ResponseMetadata"]["HTTPStatusCode"] == 501
