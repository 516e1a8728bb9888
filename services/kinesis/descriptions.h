// Rows as the API's structures.
#pragma once

#include "services/kinesis/model/describe_stream.h"
#include "services/kinesis/store/streams.h"

namespace fogbank::kinesis {

api::Shard describe(const Shard& shard);
std::vector<api::EnhancedMetrics> describe_monitoring();
api::StreamModeDetails describe_mode(const Stream& stream);

}  // namespace fogbank::kinesis
