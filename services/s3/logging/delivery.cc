#include "services/s3/logging/delivery.h"

#include "services/s3/configuration/document.h"
#include "services/s3/logging/record.h"
#include "services/s3/model/get_bucket_logging.h"
#include "services/s3/store/configuration_store.h"
#include "services/s3/store/log_store.h"
#include "src/base/bytes.h"
#include "src/base/digest.h"

#include <fmt/format.h>

namespace fogbank::s3::logging {

namespace {

constexpr std::size_t kObjectSize = store::kInlineLimit;  // bytes of one log object

struct Destination {
    Bucket bucket;
    Target target;
};

std::optional<Destination> destination_of(store::ReadTxn& txn, const Bucket& source) {
    const auto document = find_configuration(txn, source.id, Configuration::logging);
    if (!document) return std::nullopt;
    const auto logging = output_from_document<api::GetBucketLogging>(*document).LoggingEnabled;
    if (!logging || !logging->TargetBucket) return std::nullopt;
    const auto bucket = find_bucket(txn, *logging->TargetBucket);
    if (!bucket) return std::nullopt;
    Destination out{*bucket, {}};
    out.target.prefix = logging->TargetPrefix.value_or("");
    if (logging->TargetObjectKeyFormat && logging->TargetObjectKeyFormat->PartitionedPrefix) {
        out.target.partitioned = true;
        const auto& source_of_date = logging->TargetObjectKeyFormat->PartitionedPrefix->PartitionDateSource;
        out.target.by_event_time = source_of_date != "DeliveryTime";
    }
    return out;
}

ObjectRow log_object(std::string text, std::int64_t now_ms) {
    ObjectRow row;
    row.size = static_cast<std::int64_t>(text.size());
    row.modified_ms = now_ms;
    row.etag = md5_hex(text);
    row.storage_class = "STANDARD";
    row.content_type = "text/plain";
    row.checksum = {std::string(kDefaultAlgorithm), base64_encode(digest(DigestKind::crc64nvme, text)),
                    std::string(kFullObject)};
    row.body = std::move(text);
    return row;
}

gateway::RequestContext context_of(const Bucket& bucket, Timestamp now, const std::string& id) {
    gateway::RequestContext context;
    context.request_id = id;
    context.account = bucket.account;
    context.region = bucket.region;
    context.received_at = now;
    context.principal.kind = auth::PrincipalKind::service;
    context.principal.arn = "logging.s3.amazonaws.com";
    context.source_ip = "s3.amazonaws.com";
    context.trace.id = fmt::format("1-{:08x}-", unix_seconds(now)) + id.substr(0, 8) +
                       id.substr(id.size() - 12) + id.substr(9, 4);
    context.trace.cause = id.substr(id.size() - 12) + id.substr(9, 4);
    return context;
}

}  // namespace

Task<bool> deliver_one(const DeliveryParts& parts, Timestamp now) {
    const std::int64_t now_ms = unix_millis(now);
    const std::string id = parts.entropy.uuid();
    std::string unique = parts.entropy.hex(16);
    for (char& c : unique) {
        if (c >= 'a') c = static_cast<char>(c & ~0x20);
    }
    auto body = [&](store::Txn& txn) {
        auto due = take_due_lines(txn, now_ms, kObjectSize);
        if (!due) return false;
        erase_log_lines(txn, due->bucket_id, due->last_id);
        const auto source = find_bucket(txn, due->bucket);
        const auto destination = source ? destination_of(txn, *source) : std::nullopt;
        if (!destination) return true;
        const std::string key =
            object_key(destination->target, source->account, source->region, source->name, now, unique);
        parts.service.store_object(txn, context_of(destination->bucket, now, id), destination->bucket, key,
                                   log_object(std::move(due->text), now_ms));
        return true;
    };
    const bool found = co_await parts.database.write(body);
    co_return found;
}

}  // namespace fogbank::s3::logging
