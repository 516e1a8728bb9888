#include "services/s3/configuration/checks.h"
#include "services/s3/errors.h"
#include "services/s3/model/types/replication_configuration.h"
#include "src/base/arn.h"
#include "src/gateway/unheeded.h"

#include <algorithm>
#include <set>

namespace fogbank::s3 {

namespace {

constexpr std::size_t kRuleLimit = 1000;  // docs: PutBucketReplication
constexpr std::size_t kIdLimit = 255;
constexpr const char* kNewSchema =
    " must be specified for this version of Cross Region Replication configuration schema. Please refer to "
    "S3 Developer Guide for more information.";

// What the second schema, the one with filters, demands of a rule.
void check_filtered(const api::ReplicationRule& rule) {
    const api::ReplicationRuleFilter& filter = *rule.Filter;
    if (int{filter.Prefix.has_value()} + int{filter.Tag.has_value()} + int{filter.And.has_value()} > 1) {
        throw malformed_xml();
    }
    if (!rule.DeleteMarkerReplication)
        throw invalid_request(std::string("DeleteMarkerReplication") + kNewSchema);
    if (!rule.Priority) throw invalid_request(std::string("Priority") + kNewSchema);
    const bool tagged = filter.Tag || (filter.And && filter.And->Tags && !filter.And->Tags->empty());
    if (tagged && rule.DeleteMarkerReplication->Status == "Enabled") {
        throw invalid_request(
            "Delete marker replication is not supported if any Tag filter is specified. Please refer to S3 "
            "Developer Guide for more information.");
    }
    if (filter.And && filter.And->Tags) check_tags(*filter.And->Tags);
    if (filter.Tag) check_tags({*filter.Tag});
}

void check_destination(const api::Destination& destination) {
    const auto arn = Arn::parse(*destination.Bucket);
    if (!arn || arn->service() != "s3" || arn->resource().empty()) {
        throw Error("InvalidArgument", 400, "Invalid bucket ARN.");
    }
    if (destination.AccessControlTranslation && !destination.Account) {
        throw invalid_request("Account must be specified when AccessControlTranslation is set.");
    }
    if (destination.ReplicationTime && destination.ReplicationTime->Status == "Enabled" &&
        (!destination.Metrics || destination.Metrics->Status != "Enabled")) {
        throw invalid_request("Metrics must be enabled when ReplicationTime is enabled.");
    }
    if (destination.Metrics && destination.Metrics->Status == "Enabled") gateway::refuse_unheeded("Metrics");
    if (destination.EncryptionConfiguration) gateway::refuse_unheeded("EncryptionConfiguration");
    if (destination.AccessControlTranslation) gateway::refuse_unheeded("AccessControlTranslation");
}

// What is not acted on is not taken: a replica that lacks what was asked for would look whole.
void refuse_unserved(const api::ReplicationRule& rule) {
    const auto& criteria = rule.SourceSelectionCriteria;
    if (criteria && criteria->ReplicaModifications && criteria->ReplicaModifications->Status == "Enabled") {
        throw not_implemented("ReplicaModifications");
    }
    if (rule.ExistingObjectReplication && rule.ExistingObjectReplication->Status == "Enabled") {
        throw not_implemented("ExistingObjectReplication");
    }
}

}  // namespace

void check_replication(api::ReplicationConfiguration& replication, Entropy& entropy) {
    std::vector<api::ReplicationRule>& rules = *replication.Rules;
    if (rules.empty() || rules.size() > kRuleLimit) throw malformed_xml();
    const auto role = Arn::parse(*replication.Role);
    if (!role || role->service() != "iam" || !role->resource().starts_with("role/")) {
        throw Error("InvalidArgument", 400, "Invalid Amazon Resource Name (ARN) for the IAM role.");
    }
    std::set<std::string> ids;
    std::set<std::int32_t> priorities;
    for (api::ReplicationRule& rule : rules) {
        if (rule.ID && rule.ID->size() > kIdLimit) {
            throw Error("InvalidArgument", 400, "ID length should not exceed allowed limit of 255");
        }
        if (rule.Filter && rule.Prefix) throw malformed_xml();
        if (!rule.Filter && !rule.Prefix) throw malformed_xml();
        if (rule.Filter) check_filtered(rule);
        check_destination(*rule.Destination);
        refuse_unserved(rule);
        if (!rule.ID || rule.ID->empty()) rule.ID = entropy.uuid();
        if (!ids.insert(*rule.ID).second) throw Error("InvalidArgument", 400, "Rule Id must be unique");
        if (rule.Priority && !priorities.insert(*rule.Priority).second) {
            throw invalid_request("Found duplicate priority, every rule must have a unique priority.");
        }
    }
}

}  // namespace fogbank::s3
