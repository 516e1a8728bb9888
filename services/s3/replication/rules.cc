#include "services/s3/replication/rules.h"

#include "services/s3/errors.h"
#include "src/base/arn.h"

#include <algorithm>
#include <charconv>
#include <map>

namespace fogbank::s3::replication {

namespace {

constexpr std::string_view kPending = "PENDING";

struct Filter {
    std::string_view prefix;
    std::vector<const api::Tag*> tags;
};

Filter filter_of(const api::ReplicationRule& rule) {
    Filter out;
    if (rule.Prefix) out.prefix = *rule.Prefix;
    if (!rule.Filter) return out;
    if (rule.Filter->Prefix) out.prefix = *rule.Filter->Prefix;
    if (rule.Filter->Tag) out.tags.push_back(&*rule.Filter->Tag);
    if (!rule.Filter->And) return out;
    if (rule.Filter->And->Prefix) out.prefix = *rule.Filter->And->Prefix;
    if (rule.Filter->And->Tags) {
        for (const api::Tag& tag : *rule.Filter->And->Tags) out.tags.push_back(&tag);
    }
    return out;
}

bool copies_markers(const api::ReplicationRule& rule) {
    // docs: the first version of configurations, without Filter, replicates delete markers too.
    if (!rule.Filter) return true;
    return rule.DeleteMarkerReplication && rule.DeleteMarkerReplication->Status == "Enabled";
}

bool applies(const api::ReplicationRule& rule, std::string_view key, const Tags& tags, Change change) {
    if (rule.Status != "Enabled") return false;
    const Filter filter = filter_of(rule);
    if (!key.starts_with(filter.prefix)) return false;
    if (change == Change::delete_marker) return copies_markers(rule) && filter.tags.empty();
    return std::all_of(filter.tags.begin(), filter.tags.end(), [&](const api::Tag* wanted) {
        return std::find(tags.begin(), tags.end(),
                         std::pair(wanted->Key.value_or(""), wanted->Value.value_or(""))) != tags.end();
    });
}

}  // namespace

std::string bucket_of(std::string_view arn) {
    const auto parsed = Arn::parse(arn);
    if (!parsed || parsed->service() != "s3" || parsed->resource().empty()) {
        throw Error("InvalidArgument", 400, "Invalid bucket ARN.");
    }
    return std::string(parsed->resource());
}

std::vector<Destination> destinations(const api::ReplicationConfiguration& configuration,
                                      std::string_view key, const Tags& tags, Change change) {
    std::map<std::string, const api::ReplicationRule*> chosen;
    for (const api::ReplicationRule& rule : *configuration.Rules) {
        if (!applies(rule, key, tags, change)) continue;
        const api::ReplicationRule*& best = chosen[bucket_of(*rule.Destination->Bucket)];
        if (best == nullptr || rule.Priority.value_or(0) > best->Priority.value_or(0)) best = &rule;
    }
    std::vector<Destination> out;
    for (const auto& [bucket, rule] : chosen) {
        out.push_back({bucket, rule->Destination->StorageClass.value_or(""), rule->ID.value_or("")});
    }
    return out;
}

std::string pending_status(std::size_t count) {
    return std::string(kPending) + " " + std::to_string(count);
}

std::string next_status(std::string_view kept, bool failed) {
    if (failed || !kept.starts_with(kPending)) return failed ? "FAILED" : std::string(kept);
    std::size_t left = 1;
    const std::string_view count = kept.substr(std::min(kept.size(), kPending.size() + 1));
    std::from_chars(count.data(), count.data() + count.size(), left);
    return left > 1 ? pending_status(left - 1) : "COMPLETED";
}

std::string shown_status(std::string_view kept) {
    return std::string(kept.substr(0, kept.find(' ')));
}

}  // namespace fogbank::s3::replication
