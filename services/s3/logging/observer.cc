#include "services/s3/logging/observer.h"

#include "services/s3/logging/record.h"
#include "services/s3/names.h"
#include "services/s3/store/bucket_store.h"
#include "services/s3/store/log_store.h"

#include <charconv>
#include <optional>

namespace fogbank::s3::logging {

namespace {

std::string_view label(const protocol::UriLabels& labels, std::string_view name) {
    for (const auto& [each, value] : labels) {
        if (each == name) return value;
    }
    return {};
}

std::optional<std::int64_t> number(std::string_view text) {
    std::int64_t out = 0;
    const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), out);
    if (text.empty() || code != std::errc() || end != text.data() + text.size()) return std::nullopt;
    return out;
}

std::optional<std::int64_t> bytes_sent(const gateway::AccessRecord& record) {
    if (record.request.method == "HEAD") return std::nullopt;
    const auto& body = record.response.body;
    if (const auto* text = std::get_if<std::string>(&body)) {
        if (text->empty()) return std::nullopt;
        return static_cast<std::int64_t>(text->size());
    }
    if (const auto* file = std::get_if<http::FileBody>(&body)) return static_cast<std::int64_t>(file->length);
    return std::nullopt;
}

// Of the object that was read or written: the total of a range.
std::optional<std::int64_t> object_size(const gateway::AccessRecord& record, bool is_object) {
    if (!is_object || !record.error_code.empty()) return std::nullopt;
    const std::string_view range = record.response.headers.get("content-range");
    if (const std::size_t slash = range.rfind('/'); slash != std::string_view::npos) {
        return number(range.substr(slash + 1));
    }
    if (record.request.method == "PUT") return number(record.request.headers.get("content-length"));
    return number(record.response.headers.get("content-length"));
}

void describe_signature(const auth::Credential& credential, Line& line) {
    if (credential.scheme == auth::Scheme::none) return;
    line.signature = credential.is_v2() ? "SigV2" : "SigV4";
    line.authentication = credential.in_query() ? "QueryString" : "AuthHeader";
}

}  // namespace

Observer::Observer(store::Database& database)
    : database_(database), changed_(database.channel(kLoggingChannel)), seen_(changed_.generation() - 1) {}

bool Observer::wants(std::string_view bucket) {
    const std::uint64_t now = changed_.generation();
    if (now != seen_.load(std::memory_order_acquire)) {
        Buckets fresh = database_.read([](store::ReadTxn& txn) { return list_logging_buckets(txn); });
        const std::lock_guard lock(mutex_);
        none_.store(fresh.empty(), std::memory_order_release);
        buckets_ = std::move(fresh);
        seen_.store(now, std::memory_order_release);
    }
    if (none_.load(std::memory_order_acquire)) return false;
    const std::lock_guard lock(mutex_);
    return buckets_.contains(bucket);
}

Task<void> Observer::observe(const gateway::AccessRecord& record) {
    Line line;
    line.bucket = label(record.labels, "Bucket");
    line.key = label(record.labels, "Key");
    line.time = record.context.received_at;
    line.remote = record.context.source_ip;
    // docs: the canonical id of an account's root, the ARN of anyone else, "-" for anonymous callers.
    const auth::Principal& principal = record.context.principal;
    const bool root = principal.kind == auth::PrincipalKind::account || principal.arn.ends_with(":root");
    const std::string canonical = root ? owner_id(principal.account) : std::string();
    line.requester = root ? std::string_view(canonical) : std::string_view(principal.arn);
    if (principal.kind == auth::PrincipalKind::anonymous) line.requester = {};
    line.request_id = record.context.request_id;
    const std::string operation =
        operation_name(record.context.operation != nullptr ? record.context.operation->name : "Unknown",
                       record.request.method);
    line.operation = operation;
    line.method = record.request.method;
    line.target = record.request.target;
    line.status = record.response.status;
    line.error_code = record.error_code;
    line.bytes_sent = bytes_sent(record);
    line.object_size = object_size(record, !line.key.empty());
    line.total_ms = record.duration / std::chrono::milliseconds(1);
    line.referrer = record.request.headers.get("referer");
    line.user_agent = record.context.user_agent;
    line.version = record.response.headers.get("x-amz-version-id");
    line.host_id = record.host_id;
    line.host = record.request.headers.get("host");
    describe_signature(record.credential, line);
    const std::int64_t due_ms = unix_millis(line.time + kDeliveryDelay);
    auto body = [&](store::Txn& txn) {
        const auto bucket = find_bucket(txn, line.bucket);
        if (!bucket) return;
        Line whole = line;
        const std::string owner = owner_id(bucket->account);
        whole.owner = owner;
        insert_log_line(txn, bucket->id, due_ms, format(whole));
    };
    co_await database_.write(body);
}

}  // namespace fogbank::s3::logging
