// Stream records as functions get them (docs: "Using AWS Lambda with Amazon DynamoDB", "... Amazon Kinesis").
#pragma once

#include "services/dynamodbstreams/model/types/record.h"
#include "services/kinesis/model/types/record.h"

#include <string>
#include <string_view>

namespace fogbank::lambda {

std::string format_dynamodb_record(const dynamodbstreams::api::Record& record, std::string_view stream_arn);

std::string format_kinesis_record(const kinesis::api::Record& record, std::string_view shard,
                                  std::string_view region, std::string_view stream_arn,
                                  std::string_view role);

}  // namespace fogbank::lambda
