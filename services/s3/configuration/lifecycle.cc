#include "services/s3/configuration/checks.h"
#include "services/s3/errors.h"
#include "services/s3/model/types/bucket_lifecycle_configuration.h"
#include "src/base/clock.h"

#include <algorithm>
#include <set>

namespace fogbank::s3 {

namespace {

constexpr std::size_t kRuleLimit = 1000;  // docs: "Managing the lifecycle of objects"
constexpr std::size_t kIdLimit = 255;
constexpr std::int32_t kInfrequentAccessDays = 30;
constexpr std::int32_t kArchiveDays = 90;  // in GLACIER
constexpr std::int32_t kNewerVersionsLimit = 100;
constexpr std::int64_t kDaySeconds = 86'400;

Error bad_argument(std::string message) {
    return Error("InvalidArgument", 400, std::move(message));
}

// What a rule applies to, as far as its checks and messages need it.
struct Scope {
    std::string prefix;
    std::vector<const api::Tag*> tags;
    bool sized = false;
    std::string text() const { return "'(prefix=" + prefix + ")'"; }
};

void check_sizes(const std::optional<std::int64_t>& greater, const std::optional<std::int64_t>& less,
                 Scope& scope) {
    scope.sized = greater || less;
    if ((greater && *greater < 0) || (less && *less < 1)) {
        throw invalid_request("'ObjectSizeGreaterThan' and 'ObjectSizeLessThan' must be positive.");
    }
    if (greater && less && *less <= *greater) {
        throw invalid_request("'ObjectSizeLessThan' has to be a value greater than 'ObjectSizeGreaterThan'.");
    }
}

Scope scope_of_filter(const api::LifecycleRuleFilter& filter) {
    Scope scope;
    const int given = int{filter.Prefix.has_value()} + int{filter.Tag.has_value()} +
                      int{filter.And.has_value()} + int{filter.ObjectSizeGreaterThan.has_value()} +
                      int{filter.ObjectSizeLessThan.has_value()};
    if (given > 1) throw malformed_xml();
    scope.prefix = filter.Prefix.value_or("");
    if (filter.Tag) scope.tags.push_back(&*filter.Tag);
    check_sizes(filter.ObjectSizeGreaterThan, filter.ObjectSizeLessThan, scope);
    if (!filter.And) return scope;
    const api::LifecycleRuleAndOperator& all = *filter.And;
    const std::size_t tags = all.Tags ? all.Tags->size() : 0;
    const std::size_t parts = std::size_t{all.Prefix.has_value()} + tags +
                              std::size_t{all.ObjectSizeGreaterThan.has_value()} +
                              std::size_t{all.ObjectSizeLessThan.has_value()};
    if (parts < 2) throw malformed_xml();
    scope.prefix = all.Prefix.value_or("");
    if (all.Tags) {
        for (const api::Tag& tag : *all.Tags) scope.tags.push_back(&tag);
    }
    check_sizes(all.ObjectSizeGreaterThan, all.ObjectSizeLessThan, scope);
    return scope;
}

Scope scope_of(const api::LifecycleRule& rule) {
    Scope scope;
    if (rule.Filter) {
        if (rule.Prefix) throw malformed_xml();
        scope = scope_of_filter(*rule.Filter);
    } else {
        if (!rule.Prefix) throw malformed_xml();
        scope.prefix = *rule.Prefix;
    }
    std::set<std::string_view> keys;
    for (const api::Tag* tag : scope.tags) {
        if (!keys.insert(*tag->Key).second) throw invalid_request("Duplicate Tag Keys are not allowed.");
    }
    return scope;
}

void check_midnight(const std::optional<Timestamp>& date) {
    if (date && unix_seconds(*date) % kDaySeconds != 0) throw bad_argument("'Date' must be at midnight GMT");
}

void check_expiration(const api::LifecycleExpiration& expiration, const Scope& scope) {
    const int given = int{expiration.Days.has_value()} + int{expiration.Date.has_value()} +
                      int{expiration.ExpiredObjectDeleteMarker.has_value()};
    if (given != 1) throw malformed_xml();
    if (expiration.Days && *expiration.Days < 1) {
        throw bad_argument("'Days' for Expiration action must be a positive integer");
    }
    check_midnight(expiration.Date);
    if (!expiration.ExpiredObjectDeleteMarker) return;
    if (!scope.tags.empty())
        throw invalid_request("ExpiredObjectDeleteMarker cannot be specified with Tags.");
    if (scope.sized) throw invalid_request("ExpiredObjectDeleteMarker cannot be specified with Object Size.");
}

void check_transition(const api::Transition& transition) {
    if (transition.Days.has_value() == transition.Date.has_value() || !transition.StorageClass)
        throw malformed_xml();
    check_midnight(transition.Date);
    if (!transition.Days) return;
    if (*transition.Days < 0) throw bad_argument("'Days' for Transition action must be nonnegative");
    const bool infrequent =
        *transition.StorageClass == "STANDARD_IA" || *transition.StorageClass == "ONEZONE_IA";
    if (infrequent && *transition.Days < kInfrequentAccessDays) {
        throw bad_argument(
            "'Days' in Transition action must be greater than or equal to 30 for storageClass '" +
            *transition.StorageClass + "'");
    }
}

// How long an object stays in a class before it may go on to an archive; 0: no rule.
std::int32_t least_stay(std::string_view from, std::string_view to) {
    const bool archive = to == "GLACIER" || to == "DEEP_ARCHIVE";
    if (archive && (from == "STANDARD_IA" || from == "ONEZONE_IA")) return kInfrequentAccessDays;
    return from == "GLACIER" && to == "DEEP_ARCHIVE" ? kArchiveDays : 0;
}

// docs: S3 User Guide, "Transitioning objects using Amazon S3 Lifecycle"; the words are of an answer of AWS.
void check_waterfall(const std::vector<api::Transition>& transitions, const Scope& scope) {
    for (const api::Transition& from : transitions) {
        for (const api::Transition& to : transitions) {
            const std::int32_t stay = least_stay(*from.StorageClass, *to.StorageClass);
            if (stay == 0 || !from.Days || !to.Days || *to.Days >= *from.Days + stay) continue;
            throw bad_argument("'Days' in the 'Transition' action for StorageClass '" + *to.StorageClass +
                               "' for filter " + scope.text() + " must be " + std::to_string(stay) +
                               " days more than 'filter " + scope.text() +
                               "' in the 'Transition' action for StorageClass '" + *from.StorageClass + "'");
        }
    }
}

// Expiry comes after every transition, and both count in the same way.
void check_order(const api::LifecycleRule& rule, const Scope& scope) {
    std::set<std::string_view> classes;
    const bool by_days = rule.Expiration && rule.Expiration->Days;
    const bool by_date = rule.Expiration && rule.Expiration->Date;
    bool days = by_days;
    bool dates = by_date;
    for (const api::Transition& transition : *rule.Transitions) {
        if (!classes.insert(*transition.StorageClass).second) {
            throw invalid_request(
                "'StorageClass' must be different for 'Transition' actions in same 'Rule' with filter " +
                scope.text());
        }
        days = days || transition.Days;
        dates = dates || transition.Date;
        if (days && dates) {
            throw invalid_request(
                "Found mixed 'Date' and 'Days' based Expiration and Transition actions in lifecycle rule for "
                "filter " +
                scope.text());
        }
        if (by_days && *rule.Expiration->Days <= *transition.Days) {
            throw bad_argument("'Days' in the Expiration action for filter " + scope.text() +
                               " must be greater than 'Days' in the Transition action");
        }
        if (by_date && *rule.Expiration->Date <= *transition.Date) {
            throw bad_argument("'Date' in the Expiration action for filter " + scope.text() +
                               " must be later than 'Date' in the Transition action");
        }
    }
}

void check_newer_versions(const std::optional<std::int32_t>& newer, const char* action) {
    if (!newer || (*newer >= 1 && *newer <= kNewerVersionsLimit)) return;
    throw bad_argument("'NewerNoncurrentVersions' for " + std::string(action) +
                       " action must be a positive integer not greater than 100");
}

void check_noncurrent(const api::LifecycleRule& rule, const Scope& scope) {
    if (rule.NoncurrentVersionTransitions) {
        for (const api::NoncurrentVersionTransition& transition : *rule.NoncurrentVersionTransitions) {
            if (!transition.NoncurrentDays || !transition.StorageClass) throw malformed_xml();
            if (*transition.NoncurrentDays < 0) {
                throw bad_argument(
                    "'NoncurrentDays' for NoncurrentVersionTransition action must be nonnegative");
            }
            const std::string& to = *transition.StorageClass;
            if ((to == "STANDARD_IA" || to == "ONEZONE_IA") &&
                *transition.NoncurrentDays < kInfrequentAccessDays) {
                throw bad_argument(
                    "'NoncurrentDays' in NoncurrentVersionTransition action must be greater than or equal to "
                    "30 for storageClass '" +
                    to + "'");
            }
            check_newer_versions(transition.NewerNoncurrentVersions, "NoncurrentVersionTransition");
        }
    }
    if (!rule.NoncurrentVersionExpiration) return;
    const api::NoncurrentVersionExpiration& expiration = *rule.NoncurrentVersionExpiration;
    if (!expiration.NoncurrentDays) throw malformed_xml();
    if (*expiration.NoncurrentDays < 1) {
        throw bad_argument(
            "'NoncurrentDays' for NoncurrentVersionExpiration action must be a positive integer");
    }
    check_newer_versions(expiration.NewerNoncurrentVersions, "NoncurrentVersionExpiration");
    if (!rule.NoncurrentVersionTransitions) return;
    for (const api::NoncurrentVersionTransition& transition : *rule.NoncurrentVersionTransitions) {
        if (*expiration.NoncurrentDays > *transition.NoncurrentDays) continue;
        throw bad_argument(
            "'NoncurrentDays' in the NoncurrentVersionExpiration action for filter " + scope.text() +
            " must be greater than 'NoncurrentDays' in the NoncurrentVersionTransition action");
    }
}

void check_abort(const api::AbortIncompleteMultipartUpload& abort, const Scope& scope) {
    if (!abort.DaysAfterInitiation) throw malformed_xml();
    if (*abort.DaysAfterInitiation < 1) {
        throw bad_argument(
            "'DaysAfterInitiation' for AbortIncompleteMultipartUpload action must be a positive integer");
    }
    if (!scope.tags.empty())
        throw invalid_request("AbortIncompleteMultipartUpload cannot be specified with Tags");
    if (scope.sized)
        throw invalid_request("AbortIncompleteMultipartUpload cannot be specified with Object Size");
}

void check_rule(const api::LifecycleRule& rule) {
    if (rule.ID && rule.ID->size() > kIdLimit) {
        throw bad_argument("ID length should not exceed allowed limit of 255");
    }
    const Scope scope = scope_of(rule);
    const bool transitions = rule.Transitions && !rule.Transitions->empty();
    const bool noncurrent = rule.NoncurrentVersionTransitions && !rule.NoncurrentVersionTransitions->empty();
    if (!rule.Expiration && !transitions && !noncurrent && !rule.NoncurrentVersionExpiration &&
        !rule.AbortIncompleteMultipartUpload) {
        throw invalid_request("At least one action needs to be specified in a rule");
    }
    if (rule.Expiration) check_expiration(*rule.Expiration, scope);
    if (transitions) {
        for (const api::Transition& transition : *rule.Transitions) check_transition(transition);
        check_order(rule, scope);
        check_waterfall(*rule.Transitions, scope);
    }
    check_noncurrent(rule, scope);
    if (rule.AbortIncompleteMultipartUpload) check_abort(*rule.AbortIncompleteMultipartUpload, scope);
}

}  // namespace

void check_lifecycle(api::BucketLifecycleConfiguration& lifecycle, Entropy& entropy) {
    std::vector<api::LifecycleRule>& rules = *lifecycle.Rules;
    if (rules.empty() || rules.size() > kRuleLimit) throw malformed_xml();
    const auto filtered = [](const api::LifecycleRule& rule) { return rule.Filter.has_value(); };
    const bool v2 = std::any_of(rules.begin(), rules.end(), filtered);
    if (v2 && !std::all_of(rules.begin(), rules.end(), filtered)) {
        throw invalid_request(
            "Base level prefix cannot be used in Lifecycle V2, prefixes are only supported in the Filter.");
    }
    std::set<std::string> ids;
    for (api::LifecycleRule& rule : rules) {
        check_rule(rule);
        if (!rule.ID || rule.ID->empty()) rule.ID = entropy.uuid();
        if (!ids.insert(*rule.ID).second) {
            throw bad_argument("Rule ID must be unique. Found same ID for more than one rule");
        }
    }
}

}  // namespace fogbank::s3
