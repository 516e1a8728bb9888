// PutObjectTagging, GetObjectTagging, DeleteObjectTagging.
#include "services/s3/access/object_gate.h"
#include "services/s3/configuration/checks.h"
#include "services/s3/errors.h"
#include "services/s3/model/delete_object_tagging.h"
#include "services/s3/model/get_object_tagging.h"
#include "services/s3/model/put_object_tagging.h"
#include "services/s3/names.h"
#include "services/s3/service.h"
#include "services/s3/versions.h"

#include <algorithm>

namespace fogbank::s3 {

namespace {

template <class Op>
ObjectRow tagged(store::ReadTxn& txn, Access& access, const gateway::RequestContext& context,
                 const typename Op::Input& input, std::string_view method) {
    const ObjectGate gate = ObjectGate::of<Op>(access, context, input);
    // aws: tags cannot be put to, or taken from, what a delete marker hides; only reads call it absent
    // (getmoto/moto#9401, scality/cloudserver#709: tried on AWS).
    std::optional<std::string> version = input.VersionId;
    if (!version && method != "GET") version = hiding_marker(txn, *input.Bucket, *input.Key);
    const ObjectName name{*input.Bucket, *input.Key, version, input.ExpectedBucketOwner, gate};
    return require_object(txn, name, WithBody::no, method);
}

}  // namespace

std::string Service::change_tagging(store::Txn& txn, const Context& context, const std::string& bucket_name,
                                    std::string_view key, const ObjectRow& row,
                                    std::optional<std::string> tagging) {
    ObjectHeaders headers = ObjectHeaders::of(row.headers);
    headers.tagging = std::move(tagging);
    set_headers(txn, row.id, headers);
    const Bucket bucket = require_bucket(txn, bucket_name);
    EventRecord record;
    record.name = headers.tagging ? "ObjectTagging:Put" : "ObjectTagging:Delete";
    record.key = key;
    record.etag = row.etag;
    if (bucket.has_versions()) record.version = row.shown_version;
    emit(txn, context, bucket, record);
    return row.shown_version;
}

Task<api::PutObjectTagging::Output> Service::put_object_tagging(const Context& context,
                                                                const api::PutObjectTagging::Input& input) {
    check_key(*input.Key);
    check_version_id(input.VersionId);
    const std::vector<api::Tag>& tags = *input.Tagging->TagSet;
    check_object_tags(tags);
    std::optional<std::string> tagging;
    if (!tags.empty()) tagging = tagging_of(tags);
    auto body = [&](store::Txn& txn) {
        const ObjectRow row = tagged<api::PutObjectTagging>(txn, access_, context, input, "PUT");
        return change_tagging(txn, context, *input.Bucket, *input.Key, row, tagging);
    };
    std::string version = co_await database_.write(body);
    api::PutObjectTagging::Output output;
    if (!version.empty()) output.VersionId = std::move(version);
    co_return output;
}

api::GetObjectTagging::Output Service::get_object_tagging(const Context& context,
                                                          const api::GetObjectTagging::Input& input) {
    check_key(*input.Key);
    check_version_id(input.VersionId);
    const ObjectRow row = database_.read([&](store::ReadTxn& txn) {
        return tagged<api::GetObjectTagging>(txn, access_, context, input, "GET");
    });
    api::GetObjectTagging::Output output;
    std::vector<api::Tag> tags = tags_from(ObjectHeaders::of(row.headers).tagging.value_or(""));
    // s3-tests, test_put_obj_with_tags: by key, whatever order they came in.
    std::sort(tags.begin(), tags.end(), [](const api::Tag& a, const api::Tag& b) { return a.Key < b.Key; });
    output.TagSet = std::move(tags);
    if (!row.shown_version.empty()) output.VersionId = row.shown_version;
    return output;
}

Task<api::DeleteObjectTagging::Output> Service::delete_object_tagging(
    const Context& context, const api::DeleteObjectTagging::Input& input) {
    check_key(*input.Key);
    check_version_id(input.VersionId);
    auto body = [&](store::Txn& txn) {
        const ObjectRow row = tagged<api::DeleteObjectTagging>(txn, access_, context, input, "DELETE");
        return change_tagging(txn, context, *input.Bucket, *input.Key, row, std::nullopt);
    };
    std::string version = co_await database_.write(body);
    api::DeleteObjectTagging::Output output;
    if (!version.empty()) output.VersionId = std::move(version);
    co_return output;
}

}  // namespace fogbank::s3
