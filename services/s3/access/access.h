// Who may do what: the one place that decides. docs: S3 User Guide, "How Amazon S3 authorizes a request".
#pragma once

#include "services/s3/access/acl.h"
#include "services/s3/access/actions.h"
#include "services/s3/access/request_values.h"
#include "services/s3/configuration/settings.h"
#include "services/s3/errors.h"
#include "services/s3/store/bucket_store.h"
#include "src/gateway/request_context.h"

#include <optional>
#include <string>
#include <string_view>

namespace fogbank::s3 {

// What a decision about an object needs to know of it.
struct ObjectFacts {
    std::string owner;  // the account that wrote it where that is not the bucket's; empty: the bucket's
    std::string acl;    // stored form; empty: private
    std::string tags;   // as in x-amz-tagging
};

// What is asked for.
struct AccessQuestion {
    const gateway::RequestContext& context;
    RequestInput input = {};              // for the condition keys that name headers and parameters
    std::string_view key = {};            // empty: the bucket itself
    std::string action = {};              // "s3:GetObject"
    const ObjectFacts* object = nullptr;  // where a read or a change of its ACL depends on what is there
    std::string_view prefix = {};         // s3:prefix, where `input` does not have it
    std::string_view granted_with = {};   // the action whose ACL grant gives this one too; empty: its own
    std::string_view also = {};           // an account that may too, unless the policy says otherwise
};

// What a write brings along, each with a permission of its own. docs: PutObject, CopyObject,
// CreateMultipartUpload, "Permissions".
struct Brought {
    bool acl = false, tags = false, retention = false, hold = false;
};
template <class Input>
Brought brought_by(const Input& input) {
    return {acl_headers(input).any(), input.Tagging && !input.Tagging->empty(),
            input.ObjectLockMode || input.ObjectLockRetainUntilDate,
            input.ObjectLockLegalHoldStatus.has_value()};
}

class Access {
public:
    explicit Access(SettingsCache& settings) : settings_(settings) {}

    // The bucket that `input`, the context's operation's, names, if the caller may do the context's operation
    // in it. Throws NoSuchBucket and AccessDenied, also where the caller expects another owner.
    template <class Input>
    Bucket admit(store::ReadTxn& txn, const gateway::RequestContext& context, const Input& input) {
        Bucket bucket = require_bucket(txn, *input.Bucket, input.ExpectedBucketOwner);
        if (!is_plain(context, bucket)) check(txn, bucket, question_of(context, input));
        return bucket;
    }
    // The same before an object's own facts are known: see admit_object.
    template <class Input>
    static AccessQuestion question_of(const gateway::RequestContext& context, const Input& input) {
        AccessQuestion question{context,
                                {context.operation, &input},
                                {},
                                action_of(context.operation->name, version_of(input)),
                                nullptr};
        if constexpr (requires { input.Key; }) question.key = *input.Key;
        return question;
    }

    // The owner in a bucket that nothing guards: may, and nothing else has to be looked at.
    static bool is_plain(const gateway::RequestContext& context, const Bucket& bucket) {
        return is_plain(context, bucket.account, bucket.configured);
    }
    static bool is_plain(const gateway::RequestContext& context, std::string_view owner,
                         std::int64_t configured) {
        return context.principal.account == owner && (configured & kGuarded) == 0 &&
               context.principal.kind != auth::PrincipalKind::anonymous;
    }

    // `admit` for a write that brings more than bytes.
    template <class Input>
    Bucket admit_write(store::ReadTxn& txn, const gateway::RequestContext& context, const Input& input,
                       const Brought& brought) {
        Bucket bucket = require_bucket(txn, *input.Bucket, input.ExpectedBucketOwner);
        if (is_plain(context, bucket)) return bucket;
        check(txn, bucket, question_of(context, input));
        check_brought(txn, bucket, question_of(context, input), brought);
        return bucket;
    }

    // `admit` for what the account `also` may do too.
    template <class Input>
    void check_also(store::ReadTxn& txn, const gateway::RequestContext& context, const Bucket& bucket,
                    const Input& input, std::string_view also) {
        if (is_plain(context, bucket)) return;
        AccessQuestion question = question_of(context, input);
        question.also = also;
        check(txn, bucket, question);
    }

    // Throws AccessDenied.
    void check(store::ReadTxn& txn, const Bucket& bucket, const AccessQuestion& question);
    bool may(store::ReadTxn& txn, const Bucket& bucket, const AccessQuestion& question);

    // What a read answers where there is no such key: that only who may list the bucket there learns it.
    Error absent_key(store::ReadTxn& txn, const Bucket& bucket, const gateway::RequestContext& context,
                     std::string_view key, Error absent);

    // Throws AccessDenied where the public access block refuses public ACLs and `acl` (stored form) is one.
    static void check_public_acl(const gateway::RequestContext& context, const Bucket& bucket,
                                 std::string_view acl, std::string_view action, std::string_view key);

private:
    // aws: whom the bucket's ACL lets write may say everything of his object.
    void check_brought(store::ReadTxn& txn, const Bucket& bucket, AccessQuestion question,
                       const Brought& brought);

    enum class Verdict : std::uint8_t { allowed, refused, denied_by_policy };
    Verdict judge(store::ReadTxn& txn, const Bucket& bucket, const AccessQuestion& question);

    template <class Input>
    static VersionNamed version_of(const Input& input) {
        if constexpr (requires { input.VersionId; }) return named(input.VersionId);
        return VersionNamed::no;
    }

    SettingsCache& settings_;
};

}  // namespace fogbank::s3
