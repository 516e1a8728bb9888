// Which stream a request means: StreamName, StreamARN, or both.
#pragma once

#include "services/kinesis/store/streams.h"
#include "src/gateway/request_context.h"

#include <optional>
#include <string>

namespace fogbank::kinesis {

// The name, after checking that the ARN is of the caller's account and region and agrees with the name. Empty
// where neither is given.
std::string stream_name(const gateway::RequestContext& context, const std::optional<std::string>& name,
                        const std::optional<std::string>& arn);

// As above; throws ValidationException where neither is given.
template <class Input>
std::string required_stream_name(const gateway::RequestContext& context, const Input& input);

std::string stream_arn(const gateway::RequestContext& context, std::string_view name);

// The stream in any state. Throws ResourceNotFoundException in AWS's words.
Stream require_stream(store::ReadTxn& txn, const gateway::RequestContext& context, std::string_view name);
// The stream, ready for records: one in CREATING or DELETING counts as not found.
Stream require_active_stream(store::ReadTxn& txn, const gateway::RequestContext& context,
                             std::string_view name);

[[noreturn]] void throw_stream_not_found(const gateway::RequestContext& context, std::string_view name);
[[noreturn]] void throw_shard_not_found(const gateway::RequestContext& context, std::string_view name,
                                        std::int64_t shard);
[[noreturn]] void throw_missing_stream();

template <class Input>
std::string required_stream_name(const gateway::RequestContext& context, const Input& input) {
    std::string name = stream_name(context, input.StreamName, input.StreamARN);
    if (name.empty()) throw_missing_stream();
    return name;
}

}  // namespace fogbank::kinesis
