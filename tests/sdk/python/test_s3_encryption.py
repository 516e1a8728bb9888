"""S3: keys that customers bring, KMS in headers, archived objects."""

from buckets import refused


def test_a_customers_key_is_asked_for(s3, bucket):
    place = {"Bucket": bucket, "Key": "k"}
    key = {"SSECustomerAlgorithm": "AES256", "SSECustomerKey": b"a" * 32}
    put = s3.put_object(Body=b"secret", **key, **place)
    assert put["SSECustomerAlgorithm"] == "AES256"
    assert "ServerSideEncryption" not in put
    assert refused(s3.get_object, **place)["Error"]["Code"] == "InvalidRequest"
    other = {"SSECustomerAlgorithm": "AES256", "SSECustomerKey": b"b" * 32}
    assert refused(s3.get_object, **other, **place)["ResponseMetadata"]["HTTPStatusCode"] == 403
    assert s3.get_object(**key, **place)["Body"].read() == b"secret"
    source = {"CopySourceSSECustomerAlgorithm": "AES256", "CopySourceSSECustomerKey": b"a" * 32}
    s3.copy_object(Bucket=bucket, Key="copy", CopySource=place, **source)
    assert s3.get_object(Bucket=bucket, Key="copy")["Body"].read() == b"secret"


def test_kms_is_answered_with_the_keys_arn(s3, bucket):
    kms = {"ServerSideEncryption": "aws:kms", "BucketKeyEnabled": True}
    put = s3.put_object(Bucket=bucket, Key="k", Body=b"x", **kms)
    assert put["SSEKMSKeyId"].startswith("arn:aws:kms:us-east-1:")
    head = s3.head_object(Bucket=bucket, Key="k")
    assert (head["ServerSideEncryption"], head["SSEKMSKeyId"]) == ("aws:kms", put["SSEKMSKeyId"])
    assert head["BucketKeyEnabled"] is True


def test_an_archived_object_is_restored_first(s3, bucket):
    place = {"Bucket": bucket, "Key": "k"}
    s3.put_object(Body=b"cold", StorageClass="GLACIER", **place)
    assert refused(s3.get_object, **place)["Error"]["Code"] == "InvalidObjectState"
    request = {"Days": 1, "GlacierJobParameters": {"Tier": "Expedited"}}
    answer = s3.restore_object(RestoreRequest=request, **place)
    assert answer["ResponseMetadata"]["HTTPStatusCode"] == 202
    got = s3.get_object(**place)
    assert got["Body"].read() == b"cold"
    assert got["Restore"].startswith('ongoing-request="false"')
    s3.put_object(Body=b"warm", Bucket=bucket, Key="other")
    assert all("RestoreStatus" not in entry for entry in s3.list_objects_v2(Bucket=bucket)["Contents"])
    listed = s3.list_objects_v2(Bucket=bucket, OptionalObjectAttributes=["RestoreStatus"])["Contents"]
    assert listed[0]["RestoreStatus"]["IsRestoreInProgress"] is False
    expiry = listed[0]["RestoreStatus"]["RestoreExpiryDate"]
    assert got["Restore"].endswith(expiry.strftime('expiry-date="%a, %d %b %Y %H:%M:%S GMT"'))
    assert "RestoreStatus" not in listed[1]


def test_uploads_are_listed_under_a_delimiter(s3, bucket):
    for key in ("a", "dir/x", "dir/y"):
        s3.create_multipart_upload(Bucket=bucket, Key=key)
    listed = s3.list_multipart_uploads(Bucket=bucket, Delimiter="/")
    assert [upload["Key"] for upload in listed["Uploads"]] == ["a"]
    assert [prefix["Prefix"] for prefix in listed["CommonPrefixes"]] == ["dir/"]
