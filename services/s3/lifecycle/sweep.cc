#include "services/s3/lifecycle/sweep.h"

#include "services/s3/configuration/document.h"
#include "services/s3/object_headers.h"
#include "services/s3/object_lock.h"
#include "services/s3/open_gate.h"
#include "services/s3/store/configuration_store.h"
#include "services/s3/store/upload_store.h"
#include "services/s3/store/version_listing.h"
#include "services/s3/versions.h"
#include "src/base/url.h"

#include <fmt/format.h>
#include <algorithm>

namespace fogbank::s3::lifecycle {

namespace {

constexpr std::int64_t kSlice = 200;  // versions of one transaction

// How far a look has come.
struct Place {
    std::string key;            // the next to look at
    std::string after_version;  // of that key; empty: from its newest
    std::int64_t since_ms = 0;  // the time of the version that was looked at last
    std::int64_t newer = 0;     // noncurrent versions of the key seen so far
    std::optional<std::int64_t> next_ms;
    bool at_end = false;

    void consider(const std::optional<std::int64_t>& due_ms) {
        if (due_ms) next_ms = std::min(next_ms.value_or(*due_ms), *due_ms);
    }
};

std::optional<Rules> rules_of(store::ReadTxn& txn, const Bucket& bucket) {
    const auto document = find_configuration(txn, bucket.id, Configuration::lifecycle);
    if (!document) return std::nullopt;
    return output_from_document<api::GetBucketLifecycleConfiguration>(*document).Rules.value_or(Rules());
}

bool reads_tags(const Rules& rules) {
    return std::any_of(rules.begin(), rules.end(), [](const api::LifecycleRule& rule) {
        return rule.Filter && (rule.Filter->Tag || (rule.Filter->And && rule.Filter->And->Tags));
    });
}

class Slice {
public:
    Slice(const Parts& parts, store::Txn& txn, const Bucket& bucket, const Rules& rules,
          const gateway::RequestContext& context)
        : parts_(parts),
          txn_(txn),
          bucket_(bucket),
          rules_(rules),
          context_(context),
          now_ms_(unix_millis(context.received_at)),
          tags_(reads_tags(rules)) {}

    void run(Place& place) {
        VersionQuery query;
        query.bucket = bucket_.id;
        query.from = place.key;
        query.after_version = place.after_version;
        query.limit = kSlice;
        const VersionPage page = list_versions(txn_, query);
        const std::vector<ListedVersion>& found = page.versions;
        // A page that ends in the middle leaves its last key to the next slice, unless it has no other.
        std::size_t count = found.size();
        place.at_end = !page.truncated || found.empty();
        if (!place.at_end) {
            while (count > 0 && found[count - 1].key == found.back().key) --count;
            place.key = found.back().key;
            place.after_version.clear();
            if (count == 0) {
                // The next slice begins behind a version whose id tells its place even when it is gone.
                count = found.back().version == kNullVersion ? found.size() - 1 : found.size();
                place.after_version = found[count - 1].version;
            }
        }
        for (std::size_t i = 0; i < count; ++i) {
            const bool last_of_key =
                i + 1 == found.size() ? !page.truncated : found[i + 1].key != found[i].key;
            look(found[i], last_of_key, place);
        }
    }

private:
    void look(const ListedVersion& version, bool last_of_key, Place& place) {
        Facts facts;
        facts.key = version.key;
        facts.size = version.size;
        facts.modified_ms = version.modified_ms;
        facts.storage_class = version.storage_class;
        facts.current = version.is_latest;
        facts.delete_marker = version.delete_marker;
        facts.alone = version.is_latest && last_of_key;
        facts.noncurrent_since_ms = place.since_ms;
        if (version.is_latest) place.newer = 0;
        facts.newer_noncurrent = place.newer;
        if (!version.is_latest) ++place.newer;
        place.since_ms = version.modified_ms;
        if (tags_ && !version.delete_marker) facts.tags = tags_of(version);
        const Decision decision = decide(rules_, facts, now_ms_);
        place.consider(decision.next_ms);
        act(version, decision, place);
    }

    Tags tags_of(const ListedVersion& version) {
        const std::optional<std::string> id = version.version;
        const OpenGate gate;
        const std::optional<std::string> anyone;
        const ObjectName name{bucket_.name, version.key, id, anyone, gate};
        const ObjectRow row = require_version(txn_, name, WithBody::no);
        if (row.headers.empty()) return {};
        return parse_query(ObjectHeaders::from_json(row.headers).tagging.value_or(""));
    }

    void act(const ListedVersion& version, const Decision& decision, Place& place) {
        switch (decision.action) {
            case Action::none:
                return;
            case Action::transition:
                return move(version, decision.storage_class, place);
            case Action::expire:
                return tell(version, remove_current(txn_, parts_.blobs, bucket_, version.key, now_ms_,
                                                    context_.request_id));
            case Action::erase_version:
                if (is_held(version)) return;
                [[fallthrough]];
            case Action::erase_marker:
                return tell(version,
                            remove_version(txn_, parts_.blobs, bucket_, version.key, version.version));
        }
    }

    // docs: "Managing object retention": a locked version stays, whatever the rules say.
    bool is_held(const ListedVersion& version) {
        if (!bucket_.has_object_lock() || version.delete_marker) return false;
        const std::optional<std::string> id = version.version;
        const std::optional<std::string> anyone;
        const OpenGate gate;
        const ObjectName name{bucket_.name, version.key, id, anyone, gate};
        const ObjectRow row = require_version(txn_, name, WithBody::no);
        try {
            check_erasable(ObjectHeaders::of(row.headers), context_.received_at, GovernanceBypass::no);
            return false;
        } catch (const Error&) {
            return true;
        }
    }

    void tell(const ListedVersion& version, const Removal& removal) {
        if (!removal.changed) return;
        EventRecord record;
        record.name =
            removal.marker_made ? "LifecycleExpiration:DeleteMarkerCreated" : "LifecycleExpiration:Delete";
        record.key = version.key;
        if (bucket_.ever_versioned()) record.version = removal.version;
        parts_.service.emit_event(txn_, context_, bucket_, record);
    }

    void move(const ListedVersion& version, const std::string& storage_class, Place& place) {
        set_storage_class(txn_, bucket_.id, version.key, version.version, storage_class);
        EventRecord record;
        record.name = "LifecycleTransition";
        record.key = version.key;
        record.size = version.size;
        record.etag = version.etag;
        if (bucket_.ever_versioned()) record.version = version.version;
        record.data = transition_data(storage_class);
        parts_.service.emit_event(txn_, context_, bucket_, record);
        // What it becomes next is seen at the next look.
        place.consider(midnight_after(now_ms_));
    }

    const Parts& parts_;
    store::Txn& txn_;
    const Bucket& bucket_;
    const Rules& rules_;
    const gateway::RequestContext& context_;
    std::int64_t now_ms_;
    bool tags_;
};

void abort_uploads(const Parts& parts, store::Txn& txn, const Bucket& bucket, const Rules& rules,
                   std::int64_t now_ms, Place& place) {
    UploadQuery query;
    query.bucket = bucket.id;
    query.limit = kSlice;
    while (true) {
        const UploadPage page = list_uploads(txn, query);
        for (const UploadRow& upload : page.uploads) {
            const auto due = abort_due(rules, upload.key, upload.initiated_ms);
            if (!due) continue;
            if (due->at_ms <= now_ms) {
                erase_upload(txn, parts.blobs, upload.id);
            } else {
                place.consider(due->at_ms);
            }
        }
        if (!page.truncated) return;
        query.key_marker = page.last_key;
        query.upload_marker = page.last_upload;
    }
}

void earlier(std::int64_t& out, std::int64_t time_ms) {
    out = std::min(out, time_ms);
}

}  // namespace

gateway::RequestContext context_of(Entropy& entropy, const Bucket& bucket, Timestamp now) {
    gateway::RequestContext context;
    context.request_id = entropy.uuid();
    context.account = bucket.account;
    context.region = bucket.region;
    context.received_at = now;
    context.principal.kind = auth::PrincipalKind::service;
    context.principal.arn = "s3.amazonaws.com";
    context.source_ip = "s3.amazonaws.com";
    context.trace.id = fmt::format("1-{:08x}-", unix_seconds(now)) + entropy.hex(24);
    context.trace.cause = entropy.hex(16);
    return context;
}

std::int64_t latest_next_look(const Rules& rules, std::int64_t now_ms) {
    std::int64_t out = midnight_after(now_ms + 365 * kDayMs);
    const auto days = [&](const std::optional<std::int32_t>& count) {
        if (count) earlier(out, midnight_after(now_ms + std::int64_t{*count} * kDayMs));
    };
    const auto date = [&](const std::optional<Timestamp>& at) {
        if (at) earlier(out, std::max(unix_millis(*at), midnight_after(now_ms)));
    };
    for (const api::LifecycleRule& rule : rules) {
        if (!rule.Status || *rule.Status != "Enabled") continue;
        if (rule.Expiration) {
            days(rule.Expiration->Days);
            date(rule.Expiration->Date);
            if (rule.Expiration->ExpiredObjectDeleteMarker.value_or(false))
                earlier(out, midnight_after(now_ms));
        }
        for (const api::Transition& transition : rule.Transitions.value_or(std::vector<api::Transition>())) {
            days(transition.Days);
            date(transition.Date);
        }
        if (rule.NoncurrentVersionExpiration) days(rule.NoncurrentVersionExpiration->NoncurrentDays);
        if (rule.NoncurrentVersionTransitions) {
            for (const auto& transition : *rule.NoncurrentVersionTransitions) days(transition.NoncurrentDays);
        }
        if (rule.AbortIncompleteMultipartUpload)
            days(rule.AbortIncompleteMultipartUpload->DaysAfterInitiation);
    }
    return out;
}

namespace {

Task<void> sweep(const Parts& parts, DueBucket due, Timestamp now, CancelToken stopped) {
    const std::int64_t now_ms = unix_millis(now);
    if (due.next_ms == 0) {
        auto plan = [&](store::Txn& txn) { set_next_lifecycle(txn, due.bucket, midnight_after(now_ms)); };
        co_await parts.database.write(plan);
        co_return;
    }
    Place place;
    bool first = true;
    while (!place.at_end && !stopped.cancelled()) {
        const Place before = place;
        auto body = [&](store::Txn& txn) {
            Place at = before;
            const auto bucket = find_bucket(txn, bucket_name(txn, due.bucket));
            const auto rules = bucket ? rules_of(txn, *bucket) : std::nullopt;
            at.at_end = !rules;
            if (!rules) {
                forget_lifecycle(txn, due.bucket);
                return at;
            }
            const gateway::RequestContext context = context_of(parts.entropy, *bucket, now);
            if (first) abort_uploads(parts, txn, *bucket, *rules, now_ms, at);
            Slice(parts, txn, *bucket, *rules, context).run(at);
            if (at.at_end) {
                const std::int64_t latest = latest_next_look(*rules, now_ms);
                const std::int64_t next = std::min(at.next_ms.value_or(latest), latest);
                set_next_lifecycle(txn, due.bucket, std::max(next, now_ms + 1));
            }
            return at;
        };
        place = co_await parts.database.write(body);
        first = false;
    }
}

}  // namespace

Task<bool> sweep_one(const Parts& parts, Timestamp now, CancelToken stopped) {
    const auto due =
        parts.database.read([&](store::ReadTxn& txn) { return find_due_bucket(txn, unix_millis(now)); });
    if (!due) co_return false;
    co_await sweep(parts, *due, now, stopped);
    co_return true;
}

}  // namespace fogbank::s3::lifecycle
