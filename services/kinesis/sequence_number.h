// Sequence numbers and shard ids in AWS's forms.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace fogbank::kinesis {

// A sequence number is 186 bits written as 56 decimal digits. From the top, in hexadecimal digits: "2", 9 of
// the second in which the shard was created, 1 of the shard, 16 of the position in the shard, 2 zeros, 9 of
// the second of arrival, 8 of the shard, "2". So numbers grow with the position. Evidence: kinesalite's
// suite, made on AWS.
struct SequenceNumber {
    std::int64_t shard_created_s = 0;
    std::int64_t position = 0;
    std::int64_t arrived_s = 0;
    std::int64_t shard = 0;  // negative where 32 bits do not hold it: no shard has it
    int version = 2;         // 0 and 1 are forms of the past, still recognized
};

std::string format_sequence_number(const SequenceNumber& number);
// Nothing where `decimal` is none. Precondition: digits only (the model's pattern).
std::optional<SequenceNumber> parse_sequence_number(std::string_view decimal);

std::string shard_id(std::int64_t shard);  // shardId-000000000007
// Reads the number after the last part's dash ("shardId-7", "7", "any-0007"); nothing where it is none or too
// large.
std::optional<std::int64_t> parse_shard_id(std::string_view id);

}  // namespace fogbank::kinesis
