#include "services/lambda/mappings/event_format.h"
#include "src/base/clock.h"
#include "src/base/json.h"

#include <catch2/catch.hpp>

namespace fogbank::lambda {

TEST_CASE("A Kinesis record has the form of Lambda's Kinesis events") {
    kinesis::api::Record record;
    record.SequenceNumber = "49590338271490256608559692538361571095921575989136588898";
    record.PartitionKey = "1";
    record.Data = Bytes{"Hello, this is a test."};
    record.ApproximateArrivalTimestamp = from_unix_millis(1545084650987);
    CHECK(format_kinesis_record(record, "shardId-000000000006", "us-east-2",
                                "arn:aws:kinesis:us-east-2:123456789012:stream/lambda-stream",
                                "arn:aws:iam::123456789012:role/lambda-role") ==
          R"({"kinesis":{"kinesisSchemaVersion":"1.0","partitionKey":"1",)"
          R"("sequenceNumber":"49590338271490256608559692538361571095921575989136588898",)"
          R"("data":"SGVsbG8sIHRoaXMgaXMgYSB0ZXN0Lg==","approximateArrivalTimestamp":1545084650.987},)"
          R"("eventSource":"aws:kinesis","eventVersion":"1.0",)"
          R"("eventID":"shardId-000000000006:49590338271490256608559692538361571095921575989136588898",)"
          R"("eventName":"aws:kinesis:record",)"
          R"("invokeIdentityArn":"arn:aws:iam::123456789012:role/lambda-role",)"
          R"("awsRegion":"us-east-2",)"
          R"("eventSourceARN":"arn:aws:kinesis:us-east-2:123456789012:stream/lambda-stream"})");
}

TEST_CASE("A DynamoDB record has the form of Lambda's DynamoDB events") {
    dynamodbstreams::api::Record record;
    record.eventID = "c81e728d9d4c2f636f067f89cc14862c";
    record.eventName = "REMOVE";
    record.eventVersion = "1.1";
    record.eventSource = "aws:dynamodb";
    record.awsRegion = "us-east-1";
    auto& change = record.dynamodb.emplace();
    change.ApproximateCreationDateTime = from_unix_seconds(std::int64_t{1479499740});
    change.SequenceNumber = "4421584500000000017450439092";
    change.SizeBytes = 59;
    change.StreamViewType = "KEYS_ONLY";
    auto& identity = record.userIdentity.emplace();
    identity.PrincipalId = "dynamodb.amazonaws.com";
    identity.Type = "Service";
    CHECK(format_dynamodb_record(record, "arn:aws:dynamodb:us-east-1:1:table/t/stream/s") ==
          R"({"eventID":"c81e728d9d4c2f636f067f89cc14862c","eventName":"REMOVE","eventVersion":"1.1",)"
          R"("eventSource":"aws:dynamodb","awsRegion":"us-east-1",)"
          R"("dynamodb":{"ApproximateCreationDateTime":1479499740,)"
          R"("SequenceNumber":"4421584500000000017450439092",)"
          R"("SizeBytes":59,"StreamViewType":"KEYS_ONLY"},)"
          R"("userIdentity":{"principalId":"dynamodb.amazonaws.com","type":"Service"},)"
          R"("eventSourceARN":"arn:aws:dynamodb:us-east-1:1:table/t/stream/s"})");
}

}  // namespace fogbank::lambda
