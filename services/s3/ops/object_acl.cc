// PutObjectAcl and GetObjectAcl.
#include "services/s3/access/object_gate.h"
#include "services/s3/errors.h"
#include "services/s3/model/get_object_acl.h"
#include "services/s3/model/put_object_acl.h"
#include "services/s3/names.h"
#include "services/s3/service.h"
#include "services/s3/versions.h"

namespace fogbank::s3 {

namespace {

struct Found {
    Bucket bucket;
    ObjectRow row;
    ObjectFacts facts;
    std::string owner() const { return owner_id(facts.owner.empty() ? bucket.account : facts.owner); }
};

template <class Input>
Found find(store::ReadTxn& txn, const Input& input, const ObjectGate& gate, std::string_view method) {
    Found found;
    const ObjectName name{*input.Bucket, *input.Key, input.VersionId, input.ExpectedBucketOwner, gate};
    found.row = require_object(txn, name, WithBody::no, method);
    found.bucket = require_bucket(txn, *input.Bucket);
    found.facts = facts_of(found.row);
    if (found.bucket.acls_disabled()) found.facts.owner.clear();
    return found;
}

}  // namespace

Task<api::PutObjectAcl::Output> Service::put_object_acl(const Context& context,
                                                        const api::PutObjectAcl::Input& input) {
    check_key(*input.Key);
    check_version_id(input.VersionId);
    const ObjectGate gate = ObjectGate::of<api::PutObjectAcl>(access_, context, input);
    auto body = [&](store::Txn& txn) {
        const Found found = find(txn, input, gate, "PUT");
        const std::string acl =
            requested_acl(acl_headers(input), input.AccessControlPolicy, AclOf::object, found.owner());
        if (found.bucket.acls_disabled()) throw acls_not_allowed();
        Access::check_public_acl(context, found.bucket, acl, "s3:PutObjectAcl", *input.Key);
        ObjectHeaders headers =
            found.row.headers.empty() ? ObjectHeaders{} : ObjectHeaders::from_json(found.row.headers);
        // docs: "Supported event types": none "when a request results in no change to an object's ACL".
        if (headers.acl.value_or("private") == acl) return;
        headers.acl = acl;
        set_headers(txn, found.row.id, headers);
        EventRecord record;
        record.name = "ObjectAcl:Put";
        record.key = *input.Key;
        record.etag = found.row.etag;
        record.version = found.row.version;
        emit(txn, context, found.bucket, record);
    };
    co_await database_.write(body);
    co_return api::PutObjectAcl::Output{};
}

api::GetObjectAcl::Output Service::get_object_acl(const Context& context,
                                                  const api::GetObjectAcl::Input& input) {
    check_key(*input.Key);
    check_version_id(input.VersionId);
    const ObjectGate gate = ObjectGate::of<api::GetObjectAcl>(access_, context, input);
    const Found found = database_.read([&](store::ReadTxn& txn) { return find(txn, input, gate, "GET"); });
    const std::string owner = found.owner();
    api::GetObjectAcl::Output output;
    output.Owner.emplace().ID = owner;
    const Acl acl = found.bucket.acls_disabled()
                        ? owner_only(owner)
                        : read_acl(found.facts.acl, {owner, owner_id(found.bucket.account)});
    output.Grants = to_grants(acl);
    return output;
}

}  // namespace fogbank::s3
