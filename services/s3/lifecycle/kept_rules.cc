#include "services/s3/lifecycle/kept_rules.h"

#include "services/s3/configuration/document.h"
#include "services/s3/object_headers.h"
#include "services/s3/store/configuration_store.h"
#include "services/s3/store/lifecycle_store.h"
#include "src/base/url.h"

#include <set>

namespace fogbank::s3::lifecycle {

KeptRules::KeptRules(store::Database& database)
    : database_(database), changed_(database.channel(kLifecycleChannel)), seen_(changed_.generation() - 1) {}

void KeptRules::look_for_changes() {
    const std::uint64_t now = changed_.generation();
    if (now == seen_.load(std::memory_order_acquire)) return;
    const auto names = database_.read([](store::ReadTxn& txn) { return list_lifecycle_buckets(txn); });
    const std::lock_guard lock(mutex_);
    kept_.clear();
    for (const std::string& name : names) kept_.emplace(name, nullptr);
    none_.store(kept_.empty(), std::memory_order_release);
    seen_.store(now, std::memory_order_release);
}

std::shared_ptr<const Rules> KeptRules::rules_of(std::string_view bucket) {
    {
        const std::lock_guard lock(mutex_);
        const auto found = kept_.find(bucket);
        if (found == kept_.end() || found->second) return found == kept_.end() ? nullptr : found->second;
    }
    const auto document = database_.read([&](store::ReadTxn& txn) -> std::optional<std::string> {
        const auto row = find_bucket(txn, bucket);
        return row ? find_configuration(txn, row->id, Configuration::lifecycle) : std::nullopt;
    });
    if (!document) return nullptr;
    auto output = output_from_document<api::GetBucketLifecycleConfiguration>(*document);
    auto rules = std::make_shared<const Rules>(std::move(output.Rules).value_or(Rules()));
    const std::lock_guard lock(mutex_);
    if (const auto found = kept_.find(bucket); found != kept_.end()) found->second = rules;
    return rules;
}

std::optional<std::string> KeptRules::expiration(std::string_view bucket, const Facts& object,
                                                 std::string_view headers) {
    look_for_changes();
    if (none_.load(std::memory_order_acquire)) return std::nullopt;
    const std::shared_ptr<const Rules> rules = rules_of(bucket);
    if (!rules) return std::nullopt;
    Facts facts = object;
    if (!headers.empty()) facts.tags = parse_query(ObjectHeaders::from_json(headers).tagging.value_or(""));
    return expiration_header(*rules, facts);
}

}  // namespace fogbank::s3::lifecycle
