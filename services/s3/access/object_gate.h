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
    enum class Beside : std::uint8_t {
        nothing,
        tags
    };  // what is read beside the object, with its permission
    struct Read {
        RequestInput input;  // none where the read is a part of another operation
        std::string_view operation, key;
        VersionNamed version = VersionNamed::no;
        Beside beside = Beside::nothing;
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
    // The source of a copy, whose tags the copy may get too.
    static ObjectGate of_source(Access& access, const gateway::RequestContext& context,
                                const CopySource& source, Beside beside) {
        return ObjectGate(access, context, {{}, "GetObject", source.key, named(source.version), beside});
    }

    bool is_open(std::string_view bucket_owner, std::int64_t configured) const override {
        return Access::is_plain(context_, bucket_owner, configured);
    }
    void admit(store::ReadTxn& txn, const Bucket& bucket, ObjectRow& row) const override;
    Error absent(store::ReadTxn& txn, const Bucket& bucket, Error absent) const override;

private:
    AccessQuestion asks(std::string_view operation, const ObjectFacts& facts) const;
    // Takes out of the row what the caller may not see of an object that he may read.
    void hide(store::ReadTxn& txn, const Bucket& bucket, const ObjectFacts& facts, ObjectRow& row) const;

    Access& access_;
    const gateway::RequestContext& context_;
    Read read_;
};

ObjectFacts facts_of(const ObjectRow& row);

// Whether the bucket's objects may belong to others, so that a list has to look at each.
bool has_foreign_objects(const Bucket& bucket);
// The canonical id that a list tells as the owner of an object with `headers` (a row's column).
std::string listed_owner(const Bucket& bucket, const std::string& headers);

// The headers of a new object with what the request leaves to its bucket: the owner where another account
// writes, and the default encryption. Nothing where the bucket leaves them as they are. Marks the bucket once
// it holds others' objects. Throws AccessDenied where a public ACL is blocked, and for SSE-C where the bucket
// blocks it.
std::optional<ObjectHeaders> settled_headers(store::Txn& txn, SettingsCache& settings,
                                             const gateway::RequestContext& context, const Bucket& bucket,
                                             std::string_view key, const ObjectHeaders& headers);

}  // namespace fogbank::s3
