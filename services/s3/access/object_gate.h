// Who may read an object, and what a new object gets from its bucket and its writer.
#pragma once

#include "services/s3/access/access.h"
#include "services/s3/access/actions.h"
#include "services/s3/copy_source.h"
#include "services/s3/object_headers.h"
#include "services/s3/store/object_store.h"

#include <optional>
#include <string_view>

namespace fogbank::s3 {

// A read by the context's caller: cheap to make, and asks nothing until the bucket makes it.
class ObjectGate final : public ReadGate {
public:
    struct Read {
        RequestInput input;  // none where the read is a part of another operation
        std::string_view operation, key;
        VersionNamed version = VersionNamed::no;
    };
    ObjectGate(Access& access, const gateway::RequestContext& context, const Read& read)
        : access_(access), context_(context), read_(read) {}

    // For `input` of `Op`, whose handler others may call too: the context may be that of a wider operation.
    template <class Op>
    static ObjectGate of(Access& access, const gateway::RequestContext& context,
                         const typename Op::Input& input) {
        const model::Operation& operation = Op::descriptor();
        const Read read{{&operation, &input}, operation.name, *input.Key, named(input.VersionId)};
        return ObjectGate(access, context, read);
    }
    // The source of a copy.
    static ObjectGate of_source(Access& access, const gateway::RequestContext& context,
                                const CopySource& source) {
        return ObjectGate(access, context, {{}, "GetObject", source.key, named(source.version)});
    }

    bool is_open(std::string_view bucket_owner, std::int64_t configured) const override {
        return Access::is_plain(context_, bucket_owner, configured);
    }
    void admit(store::ReadTxn& txn, const Bucket& bucket, const ObjectRow& row) const override;
    Error absent(store::ReadTxn& txn, const Bucket& bucket, Error absent) const override;

private:
    Access& access_;
    const gateway::RequestContext& context_;
    Read read_;
};

ObjectFacts facts_of(const ObjectRow& row);

// The headers of a new object with what the request leaves to its bucket: the owner where another account
// writes, and the default encryption. Nothing where the bucket leaves them as they are. Marks the bucket once
// it holds others' objects. Throws AccessDenied where a public ACL is blocked, and for SSE-C where the bucket
// blocks it.
std::optional<ObjectHeaders> settled_headers(store::Txn& txn, SettingsCache& settings,
                                             const gateway::RequestContext& context, const Bucket& bucket,
                                             std::string_view key, const ObjectHeaders& headers);

}  // namespace fogbank::s3
