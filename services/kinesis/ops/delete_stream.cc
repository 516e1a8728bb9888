#include "services/kinesis/model/delete_stream.h"
#include "services/kinesis/service.h"
#include "services/kinesis/stream_reference.h"

namespace fogbank::kinesis {

Task<api::DeleteStream::Output> Service::delete_stream(const Context& context,
                                                       const api::DeleteStream::Input& input) {
    const std::string name = required_stream_name(context, input);
    auto remove = [&](store::Txn& txn) {
        const Stream stream = require_stream(txn, context, name);
        if (stream.delete_ms != 0) return;
        mark_deleted(txn, stream, unix_millis(context.received_at) + options_.latency_ms);
        txn.notify(kPurgeChannel);
        // Readers that wait for records find out that none will come.
        txn.notify("stream:" + stream_arn(context, name));
    };
    co_await database_.write(remove);
    co_return api::DeleteStream::Output{};
}

}  // namespace fogbank::kinesis
