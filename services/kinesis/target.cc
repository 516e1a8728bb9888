#include "services/kinesis/target.h"

#include "services/kinesis/model/errors.h"
#include "services/kinesis/put_rules.h"
#include "services/kinesis/store/records.h"

namespace fogbank::kinesis {

void Target::accept(store::Txn& txn, const events::Event& event, const Arn& target) {
    constexpr std::string_view kPrefix = "stream/";
    std::string_view name = target.resource();
    if (name.starts_with(kPrefix)) name.remove_prefix(kPrefix.size());
    const std::int64_t now_ms = unix_millis(clock_.now());
    const std::optional<Stream> stream = find_stream(txn, target.account(), target.region(), name, now_ms);
    if (!stream || stream->status(now_ms) == "DELETING") {
        throw errors::ResourceNotFoundException("Stream " + std::string(name) + " under account " +
                                                std::string(target.account()) + " not found.");
    }
    const std::string_view payload(event.payload);
    const std::size_t split = payload.find('\n');
    const std::string_view key = payload.substr(0, split);
    const std::string_view data = payload.substr(split + 1);
    check_size(*stream, "data", key, data);
    const HashKey hash = choose_hash_key(std::nullopt, key);
    insert_record(txn, *stream, {hash, key, data}, now_ms, event.trace.header());
    txn.notify("stream:" + target.text());
}

}  // namespace fogbank::kinesis
