#include "services/kinesis/stream_reference.h"

#include "services/kinesis/model/errors.h"
#include "src/base/arn.h"

namespace fogbank::kinesis {

namespace {

constexpr std::string_view kResourcePrefix = "stream/";

std::string name_of_arn(const gateway::RequestContext& context, const std::string& text) {
    const std::optional<Arn> arn = Arn::parse(text);
    if (!arn || !arn->resource().starts_with(kResourcePrefix)) {
        throw errors::InvalidArgumentException("StreamARN " + text + " is not the ARN of a stream.");
    }
    const std::string name(arn->resource().substr(kResourcePrefix.size()));
    if (arn->region() != context.region) {
        throw errors::ResourceNotFoundException("Stream " + name + " under account " +
                                                std::string(arn->account()) + " not found.");
    }
    // aws: other accounts need a resource policy (docs: "Sharing your data stream with another account").
    if (arn->account() != context.account) {
        const std::string action = std::string("kinesis:") + context.operation->name;
        throw errors::AccessDeniedException(
            "User: " + context.principal.arn + " is not authorized to perform: " + action +
            " on resource: " + text + " because no resource-based policy allows the " + action + " action");
    }
    return name;
}

}  // namespace

std::string stream_name(const gateway::RequestContext& context, const std::optional<std::string>& name,
                        const std::optional<std::string>& arn) {
    if (!arn) return name.value_or(std::string());
    std::string result = name_of_arn(context, *arn);
    if (name && *name != result) {
        throw errors::InvalidArgumentException("StreamARN " + *arn + " and StreamName " + *name +
                                               " do not name the same stream.");
    }
    return result;
}

std::string stream_arn(const gateway::RequestContext& context, std::string_view name) {
    return context.arn("kinesis", std::string(kResourcePrefix) + std::string(name));
}

Stream require_stream(store::ReadTxn& txn, const gateway::RequestContext& context, std::string_view name) {
    std::optional<Stream> stream =
        find_stream(txn, context.account, context.region, name, unix_millis(context.received_at));
    if (!stream) throw_stream_not_found(context, name);
    return *std::move(stream);
}

Stream require_active_stream(store::ReadTxn& txn, const gateway::RequestContext& context,
                             std::string_view name) {
    Stream stream = require_stream(txn, context, name);
    if (stream.status(unix_millis(context.received_at)) != "ACTIVE") throw_stream_not_found(context, name);
    return stream;
}

void throw_stream_not_found(const gateway::RequestContext& context, std::string_view name) {
    throw errors::ResourceNotFoundException("Stream " + std::string(name) + " under account " +
                                            context.account + " not found.");
}

void throw_shard_not_found(const gateway::RequestContext& context, std::string_view name,
                           std::int64_t shard) {
    throw errors::ResourceNotFoundException("Shard " + shard_id(shard) + " in stream " + std::string(name) +
                                            " under account " + context.account + " does not exist");
}

void throw_missing_stream() {
    throw errors::ValidationException(
        "1 validation error detected: Value null at 'streamName' failed to satisfy constraint: Member must "
        "not be null");
}

}  // namespace fogbank::kinesis
