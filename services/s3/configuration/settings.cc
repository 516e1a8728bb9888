#include "services/s3/configuration/settings.h"

#include "services/s3/access/policy_rules.h"
#include "services/s3/configuration/document.h"
#include "services/s3/model/get_bucket_encryption.h"
#include "services/s3/model/get_bucket_request_payment.h"
#include "services/s3/store/configuration_store.h"

#include <algorithm>

namespace fogbank::s3 {

namespace {

constexpr std::size_t kKeptLimit = 1000;

void read_encryption(const std::string& document, Settings& settings) {
    const auto output = output_from_document<api::GetBucketEncryption>(document);
    const api::ServerSideEncryptionRule& rule = output.ServerSideEncryptionConfiguration->Rules->front();
    const auto& by_default = *rule.ApplyServerSideEncryptionByDefault;
    if (*by_default.SSEAlgorithm != "AES256") settings.encryption = by_default.SSEAlgorithm;
    settings.kms_key = by_default.KMSMasterKeyID;
    settings.bucket_key = rule.BucketKeyEnabled.value_or(false);
    if (!rule.BlockedEncryptionTypes || !rule.BlockedEncryptionTypes->EncryptionType) return;
    const auto& blocked = *rule.BlockedEncryptionTypes->EncryptionType;
    settings.blocks_customer_keys = std::find(blocked.begin(), blocked.end(), "SSE-C") != blocked.end();
}

std::shared_ptr<const Settings> read_settings(store::ReadTxn& txn, std::int64_t bucket) {
    auto settings = std::make_shared<Settings>();
    for (ConfigurationRow& row : list_settings(txn, bucket)) {
        if (row.kind == Configuration::encryption) read_encryption(row.body, *settings);
        if (row.kind == Configuration::request_payment) {
            const auto payment = output_from_document<api::GetBucketRequestPayment>(row.body);
            settings->requester_pays = payment.Payer == "Requester";
        }
        if (row.kind == Configuration::policy) {
            auto parsed = auth::parse_policy(row.body);
            settings->policy = std::move(std::get<auth::Policy>(parsed));
            settings->policy_is_public = is_public(*settings->policy);
        }
        settings->documents.emplace(row.kind, std::move(row.body));
    }
    return settings;
}

}  // namespace

const std::string* Settings::document(Configuration kind) const {
    const auto found = documents.find(kind);
    return found == documents.end() ? nullptr : &found->second;
}

std::shared_ptr<const Settings> SettingsCache::of(store::ReadTxn& txn, const Bucket& bucket) {
    {
        const std::lock_guard lock(mutex_);
        const auto found = kept_.find(bucket.settings);
        if (found != kept_.end()) return found->second;
    }
    std::shared_ptr<const Settings> settings = read_settings(txn, bucket.id);
    const std::lock_guard lock(mutex_);
    if (kept_.size() >= kKeptLimit) kept_.clear();
    kept_.insert_or_assign(bucket.settings, settings);
    return settings;
}

}  // namespace fogbank::s3
