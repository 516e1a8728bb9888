#include "services/kinesis/put_rules.h"

#include "services/kinesis/model/errors.h"

namespace fogbank::kinesis {

HashKey choose_hash_key(const std::optional<std::string>& explicit_key, std::string_view partition_key) {
    if (!explicit_key) return HashKey::of_partition_key(partition_key);
    const std::optional<HashKey> hash = HashKey::parse(*explicit_key);
    if (!hash) {
        throw errors::InvalidArgumentException(
            "Invalid ExplicitHashKey. ExplicitHashKey must be in the range: [0, 2^128-1]. Specified value "
            "was " +
            *explicit_key);
    }
    return *hash;
}

void throw_missing(const std::string& where) {
    throw errors::ValidationException("1 validation error detected: Value null at '" + where +
                                      "' failed to satisfy constraint: Member must not be null");
}

void check_size(const Stream& stream, const std::string& where, std::string_view partition_key,
                std::string_view data) {
    const auto limit = static_cast<std::size_t>(stream.max_record_bytes);
    if (partition_key.size() + data.size() <= limit) return;
    const std::string size = std::to_string(data.size());
    // The words of the time when the limit was part of the model; what AWS says since 2025 is not published.
    throw errors::ValidationException(
        "1 validation error detected: Value 'java.nio.HeapByteBuffer[pos=0 lim=" + size + " cap=" + size +
        "]' at '" + where + "' failed to satisfy constraint: Member must have length less than or equal to " +
        std::to_string(limit));
}

void throw_dry_run() {
    throw errors::DryRunOperationException(
        "The request would have succeeded, but the DryRun parameter is set.");
}

}  // namespace fogbank::kinesis
