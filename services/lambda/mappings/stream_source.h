// A stream that a mapping reads, whichever service has it.
#pragma once

#include "src/events/trace.h"
#include "src/gateway/service.h"

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace fogbank::lambda {

struct StreamShard {
    std::string id;
    std::string parent;  // empty where none; read to its end before this one
};

struct StreamRecord {
    std::string sequence;
    std::int64_t written_ms = 0;
    std::string json;     // an element of the event's Records, as AWS formats it
    events::Trace trace;  // of the write, where it is known
};

struct StreamPage {
    std::vector<StreamRecord> records;
    std::string next_iterator;  // empty: the shard is closed and read to its end
};

// Where to begin in a shard.
struct StreamPosition {
    std::string after_sequence;          // empty: see below
    std::optional<Timestamp> timestamp;  // else from this time on; else from the oldest record
};

class StreamSource {
public:
    virtual ~StreamSource() = default;
    // Throws the service's Error where the stream is not there.
    virtual Task<std::vector<StreamShard>> shards() = 0;
    virtual Task<std::string> iterator(const StreamShard& shard, const StreamPosition& position) = 0;
    virtual Task<StreamPage> read(const StreamShard& shard, const std::string& iterator,
                                  std::int32_t limit) = 0;
};

// Makes the context of a call by Lambda itself; its trace is a new one.
using ServiceContext = std::function<gateway::RequestContext()>;

// By the ARN's service: dynamodb or kinesis. Null for another.
std::unique_ptr<StreamSource> open_stream(const gateway::LocalClient& client, ServiceContext context,
                                          const std::string& arn, const std::string& role);

}  // namespace fogbank::lambda
