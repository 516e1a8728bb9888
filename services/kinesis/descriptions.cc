#include "services/kinesis/descriptions.h"

namespace fogbank::kinesis {

api::Shard describe(const Shard& shard) {
    api::Shard result;
    result.ShardId = shard_id(shard.number);
    api::HashKeyRange& hashes = result.HashKeyRange.emplace();
    hashes.StartingHashKey = shard.hashes.first.decimal();
    hashes.EndingHashKey = shard.hashes.last.decimal();
    result.SequenceNumberRange.emplace().StartingSequenceNumber =
        format_sequence_number(shard.first_sequence_number());
    return result;
}

std::vector<api::EnhancedMetrics> describe_monitoring() {
    std::vector<api::EnhancedMetrics> monitoring(1);
    monitoring[0].ShardLevelMetrics.emplace();
    return monitoring;
}

api::StreamModeDetails describe_mode(const Stream& stream) {
    api::StreamModeDetails details;
    details.StreamMode = stream.mode;
    return details;
}

}  // namespace fogbank::kinesis
