#include "services/lambda/mappings/event_format.h"

#include "services/dynamodbstreams/model/get_records.h"
#include "src/base/bytes.h"
#include "src/base/clock.h"
#include "src/protocol/json_body.h"

#include <cstring>

namespace fogbank::lambda {

namespace {

const model::Member& member_of(const model::Shape& shape, const char* name) {
    for (const model::Member& member : shape.members) {
        if (std::strcmp(member.name, name) == 0) return member;
    }
    throw std::logic_error(std::string("no member ") + name + " in " + shape.name);
}

// The table of StreamRecord, found by its place in GetRecords: tables have no names outside the generated
// code.
const model::Shape& stream_record_shape() {
    static const model::Shape& shape =
        *member_of(
             *member_of(*dynamodbstreams::api::GetRecords::descriptor().output, "Records").shape->element,
             "dynamodb")
             .shape;
    return shape;
}

void write_text(json::Writer& out, const char* name, const std::optional<std::string>& text) {
    if (text) out.field(name, *text);
}

}  // namespace

std::string format_dynamodb_record(const dynamodbstreams::api::Record& record, std::string_view stream_arn) {
    std::string text;
    json::Writer out(text);
    out.begin_object();
    write_text(out, "eventID", record.eventID);
    write_text(out, "eventName", record.eventName);
    write_text(out, "eventVersion", record.eventVersion);
    write_text(out, "eventSource", record.eventSource);
    write_text(out, "awsRegion", record.awsRegion);
    if (record.dynamodb) {
        out.key("dynamodb");
        protocol::encode_json(stream_record_shape(), &*record.dynamodb, out);
    }
    if (record.userIdentity) {
        // aws: lower case here, though the API's own members begin with capitals
        out.key("userIdentity").begin_object();
        write_text(out, "principalId", record.userIdentity->PrincipalId);
        write_text(out, "type", record.userIdentity->Type);
        out.end_object();
    }
    out.field("eventSourceARN", stream_arn).end_object();
    return text;
}

std::string format_kinesis_record(const kinesis::api::Record& record, std::string_view shard,
                                  std::string_view region, std::string_view stream_arn,
                                  std::string_view role) {
    const std::string sequence = record.SequenceNumber.value_or("");
    std::string text;
    json::Writer out(text);
    out.begin_object().key("kinesis").begin_object();
    out.field("kinesisSchemaVersion", "1.0");
    out.field("partitionKey", record.PartitionKey.value_or(""));
    out.field("sequenceNumber", sequence);
    out.field("data", base64_encode(record.Data ? record.Data->data : std::string()));
    if (record.ApproximateArrivalTimestamp) {
        out.key("approximateArrivalTimestamp")
            .number(unix_seconds_fraction(*record.ApproximateArrivalTimestamp));
    }
    out.end_object();
    out.field("eventSource", "aws:kinesis");
    out.field("eventVersion", "1.0");
    out.field("eventID", std::string(shard) + ":" + sequence);
    out.field("eventName", "aws:kinesis:record");
    out.field("invokeIdentityArn", role);
    out.field("awsRegion", region);
    out.field("eventSourceARN", stream_arn);
    out.end_object();
    return text;
}

}  // namespace fogbank::lambda
