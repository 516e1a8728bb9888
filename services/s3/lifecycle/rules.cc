#include "services/s3/lifecycle/rules.h"

#include "src/base/clock.h"
#include "src/base/url.h"

#include <algorithm>
#include <array>

namespace fogbank::s3::lifecycle {

namespace {

struct Filter {
    std::string_view prefix;
    std::vector<const api::Tag*> tags;
    std::optional<std::int64_t> greater, less;
};

Filter filter_of(const api::LifecycleRule& rule) {
    Filter out;
    if (rule.Prefix) out.prefix = *rule.Prefix;
    if (!rule.Filter) return out;
    const api::LifecycleRuleFilter& filter = *rule.Filter;
    if (filter.Prefix) out.prefix = *filter.Prefix;
    if (filter.Tag) out.tags.push_back(&*filter.Tag);
    out.greater = filter.ObjectSizeGreaterThan;
    out.less = filter.ObjectSizeLessThan;
    if (!filter.And) return out;
    if (filter.And->Prefix) out.prefix = *filter.And->Prefix;
    if (filter.And->Tags) {
        for (const api::Tag& tag : *filter.And->Tags) out.tags.push_back(&tag);
    }
    out.greater = filter.And->ObjectSizeGreaterThan;
    out.less = filter.And->ObjectSizeLessThan;
    return out;
}

bool applies(const api::LifecycleRule& rule, const Facts& object) {
    if (!rule.Status || *rule.Status != "Enabled") return false;
    const Filter filter = filter_of(rule);
    if (!object.key.starts_with(filter.prefix)) return false;
    if (filter.greater && object.size <= *filter.greater) return false;
    if (filter.less && object.size >= *filter.less) return false;
    return std::all_of(filter.tags.begin(), filter.tags.end(), [&](const api::Tag* wanted) {
        return std::any_of(object.tags.begin(), object.tags.end(), [&](const auto& tag) {
            return tag.first == wanted->Key.value_or("") && tag.second == wanted->Value.value_or("");
        });
    });
}

// How cold a class is: transitions go one way. docs: "Transitioning objects using Amazon S3 Lifecycle".
int coldness(std::string_view storage_class) {
    constexpr std::array<std::string_view, 7> kOrder = {"STANDARD",    "STANDARD_IA", "INTELLIGENT_TIERING",
                                                        "ONEZONE_IA",  "GLACIER_IR",  "GLACIER",
                                                        "DEEP_ARCHIVE"};
    const auto found = std::find(kOrder.begin(), kOrder.end(), storage_class);
    return found == kOrder.end() ? 0 : static_cast<int>(found - kOrder.begin());
}

// aws: since September 2024 objects below 128 KB are not moved, unless a rule names a size.
constexpr std::int64_t kSmallestMoved = 128 * 1024;

bool moves_size(const api::LifecycleRule& rule, const Facts& object) {
    if (object.size >= kSmallestMoved) return true;
    const Filter filter = filter_of(rule);
    return filter.greater || filter.less;
}

int rank(Action action) {
    switch (action) {
        case Action::erase_version:
        case Action::erase_marker:
            return 3;
        case Action::transition:
            return 2;
        case Action::expire:
            return 1;
        case Action::none:
            break;
    }
    return 0;
}

// Gathers what each rule wants, and keeps the strongest of what is due.
class Judge {
public:
    Judge(const Facts& object, std::int64_t now_ms) : object_(object), now_ms_(now_ms) {}

    void consider(const api::LifecycleRule& rule, Action action, std::int64_t due_ms,
                  std::string storage_class = {}) {
        if (due_ms > now_ms_) {
            out_.next_ms = std::min(out_.next_ms.value_or(due_ms), due_ms);
            return;
        }
        const bool colder = action == Action::transition && out_.action == Action::transition &&
                            coldness(storage_class) > coldness(out_.storage_class);
        if (rank(action) <= rank(out_.action) && !colder) return;
        out_.action = action;
        out_.rule = rule.ID.value_or("");
        out_.storage_class = std::move(storage_class);
    }

    void judge_current(const api::LifecycleRule& rule) {
        const auto& expiration = rule.Expiration;
        if (object_.delete_marker) {
            if (!object_.alone || !expiration) return;
            if (expiration->ExpiredObjectDeleteMarker.value_or(false))
                consider(rule, Action::erase_marker, 0);
            // docs: a marker that hides nothing goes by the age that objects go by.
            if (const auto due = expiry(*expiration)) consider(rule, Action::erase_marker, *due);
            return;
        }
        if (expiration) {
            if (const auto due = expiry(*expiration)) consider(rule, Action::expire, *due);
        }
        if (!rule.Transitions || !moves_size(rule, object_)) return;
        for (const api::Transition& transition : *rule.Transitions) {
            const std::string to = transition.StorageClass.value_or("");
            if (coldness(to) <= coldness(object_.storage_class)) continue;
            if (transition.Date) consider(rule, Action::transition, unix_millis(*transition.Date), to);
            if (transition.Days) consider(rule, Action::transition, after_days(*transition.Days), to);
        }
    }

    void judge_noncurrent(const api::LifecycleRule& rule) {
        const auto& expiration = rule.NoncurrentVersionExpiration;
        if (expiration && expiration->NoncurrentDays &&
            object_.newer_noncurrent >= expiration->NewerNoncurrentVersions.value_or(0)) {
            consider(rule, Action::erase_version, noncurrent_days(*expiration->NoncurrentDays));
        }
        if (!rule.NoncurrentVersionTransitions || object_.delete_marker || !moves_size(rule, object_)) return;
        for (const api::NoncurrentVersionTransition& transition : *rule.NoncurrentVersionTransitions) {
            const std::string to = transition.StorageClass.value_or("");
            const bool kept = object_.newer_noncurrent < transition.NewerNoncurrentVersions.value_or(0);
            if (kept || !transition.NoncurrentDays || coldness(to) <= coldness(object_.storage_class))
                continue;
            consider(rule, Action::transition, noncurrent_days(*transition.NoncurrentDays), to);
        }
    }

    std::optional<std::int64_t> expiry(const api::LifecycleExpiration& expiration) const {
        if (expiration.Date) return unix_millis(*expiration.Date);
        if (expiration.Days) return after_days(*expiration.Days);
        return std::nullopt;
    }

    Decision take() { return std::move(out_); }

private:
    std::int64_t after_days(std::int32_t days) const {
        return midnight_after(object_.modified_ms + std::int64_t{days} * kDayMs);
    }
    std::int64_t noncurrent_days(std::int32_t days) const {
        return midnight_after(object_.noncurrent_since_ms + std::int64_t{days} * kDayMs);
    }

    const Facts& object_;
    std::int64_t now_ms_;
    Decision out_;
};

}  // namespace

std::int64_t midnight_after(std::int64_t time_ms) {
    return (time_ms / kDayMs + 1) * kDayMs;
}

Decision decide(const Rules& rules, const Facts& object, std::int64_t now_ms) {
    Judge judge(object, now_ms);
    for (const api::LifecycleRule& rule : rules) {
        if (!applies(rule, object)) continue;
        if (object.current) {
            judge.judge_current(rule);
        } else {
            judge.judge_noncurrent(rule);
        }
    }
    return judge.take();
}

std::optional<Due> abort_due(const Rules& rules, std::string_view key, std::int64_t initiated_ms) {
    std::optional<Due> out;
    Facts upload;
    upload.key = key;
    for (const api::LifecycleRule& rule : rules) {
        const auto& abort = rule.AbortIncompleteMultipartUpload;
        if (!abort || !abort->DaysAfterInitiation || !applies(rule, upload)) continue;
        const std::int64_t due =
            midnight_after(initiated_ms + std::int64_t{*abort->DaysAfterInitiation} * kDayMs);
        if (!out || due < out->at_ms) out = Due{due, rule.ID.value_or("")};
    }
    return out;
}

std::optional<std::string> expiration_header(const Rules& rules, const Facts& object) {
    std::optional<Due> first;
    const Judge judge(object, 0);
    for (const api::LifecycleRule& rule : rules) {
        if (!rule.Expiration || !applies(rule, object)) continue;
        const auto due = judge.expiry(*rule.Expiration);
        if (due && (!first || *due < first->at_ms)) first = Due{*due, rule.ID.value_or("")};
    }
    if (!first) return std::nullopt;
    return "expiry-date=\"" + format_http_date(from_unix_millis(first->at_ms)) + "\", rule-id=\"" +
           percent_encode(first->rule, " ") + "\"";
}

}  // namespace fogbank::s3::lifecycle
