// ListObjectsV2 and its older form.
#include "services/s3/model/list_objects.h"
#include "services/s3/access/object_gate.h"
#include "services/s3/archive.h"
#include "services/s3/list_rules.h"
#include "services/s3/model/list_objects_v2.h"
#include "services/s3/names.h"
#include "services/s3/service.h"
#include "services/s3/store/listing.h"
#include "src/base/clock.h"

namespace fogbank::s3 {

namespace {

struct Listed {
    Bucket bucket;
    ListPage page;
};

// What is told of each object besides.
struct Besides {
    bool owner = false, restore_status = false;
    Timestamp now;
};

template <class Output>
void fill(Output& output, Listed& listed, const KeyText& text, const Besides& besides) {
    ListPage& page = listed.page;
    const bool foreign = has_foreign_objects(listed.bucket);
    const std::string owner = besides.owner ? owner_id(listed.bucket.account) : std::string();
    if (!page.objects.empty()) output.Contents.emplace().reserve(page.objects.size());
    for (ListedObject& object : page.objects) {
        api::Object& to = output.Contents->emplace_back();
        to.Key = text(std::move(object.key));
        to.LastModified = from_unix_seconds(object.modified_ms / 1000);
        to.ETag.emplace().reserve(object.etag.size() + 2);
        to.ETag->append(1, '"').append(object.etag).append(1, '"');
        to.Size = object.size;
        to.StorageClass = std::move(object.storage_class);
        if (!object.checksum_algorithm.empty()) {
            to.ChecksumAlgorithm.emplace().push_back(std::move(object.checksum_algorithm));
            to.ChecksumType = std::move(object.checksum_type);
        }
        if (besides.owner)
            to.Owner.emplace().ID = foreign ? listed_owner(listed.bucket, object.headers) : owner;
        if (besides.restore_status) to.RestoreStatus = restore_status(object.headers, besides.now);
    }
    if (!page.common_prefixes.empty()) output.CommonPrefixes.emplace();
    for (const std::string& prefix : page.common_prefixes) {
        output.CommonPrefixes->emplace_back().Prefix = text(prefix);
    }
    output.IsTruncated = page.truncated;
}

template <class Input>
Task<Listed> list(store::Database& database, Access& access, const gateway::RequestContext& context,
                  const Input& input, const Besides& besides, ListQuery& query) {
    query.prefix = input.Prefix.value_or("");
    query.delimiter = input.Delimiter.value_or("");
    auto body = [&](store::ReadTxn& txn) {
        Listed listed;
        listed.bucket = access.admit(txn, context, input);
        query.bucket = listed.bucket.id;
        const bool owners = besides.owner && has_foreign_objects(listed.bucket);
        if (owners || besides.restore_status) query.headers = WithHeaders::yes;
        listed.page = s3::list_objects(txn, query);
        return listed;
    };
    co_return co_await database.read_in_pool(body);
}

}  // namespace

Task<api::ListObjectsV2::Output> Service::list_objects_v2(const Context& context,
                                                          const api::ListObjectsV2::Input& input) {
    const KeyText text(input.EncodingType);
    ListQuery query;
    query.limit = keys_of_page(input.MaxKeys);
    // An empty token is none (s3-tests: test_bucket_listv2_continuationtoken_empty).
    if (input.ContinuationToken && !input.ContinuationToken->empty()) {
        query.from = position_of_token(*input.ContinuationToken);
    } else if (input.StartAfter && !input.StartAfter->empty()) {
        query.from = from_marker(*input.StartAfter, input.Prefix.value_or(""), input.Delimiter.value_or(""));
    }
    const Besides besides{input.FetchOwner.value_or(false),
                          wants_restore_status(input.OptionalObjectAttributes), context.received_at};
    Listed listed = co_await list(database_, access_, context, input, besides, query);
    api::ListObjectsV2::Output output;
    output.Name = input.Bucket;
    output.Prefix = text(input.Prefix.value_or(""));
    if (!query.delimiter.empty()) output.Delimiter = text(query.delimiter);
    output.MaxKeys = static_cast<std::int32_t>(query.limit);
    output.EncodingType = input.EncodingType;
    output.ContinuationToken = input.ContinuationToken;
    if (input.StartAfter) output.StartAfter = text(*input.StartAfter);
    output.KeyCount =
        static_cast<std::int32_t>(listed.page.objects.size() + listed.page.common_prefixes.size());
    if (listed.page.truncated) output.NextContinuationToken = continuation_token(listed.page.next);
    fill(output, listed, text, besides);
    co_return output;
}

Task<api::ListObjects::Output> Service::list_objects(const Context& context,
                                                     const api::ListObjects::Input& input) {
    const KeyText text(input.EncodingType);
    ListQuery query;
    query.limit = keys_of_page(input.MaxKeys);
    if (input.Marker && !input.Marker->empty()) {
        query.from = from_marker(*input.Marker, input.Prefix.value_or(""), input.Delimiter.value_or(""));
    }
    const Besides besides{true, wants_restore_status(input.OptionalObjectAttributes), context.received_at};
    Listed listed = co_await list(database_, access_, context, input, besides, query);
    api::ListObjects::Output output;
    output.Name = input.Bucket;
    output.Prefix = text(input.Prefix.value_or(""));
    output.Marker = text(input.Marker.value_or(""));
    if (!query.delimiter.empty()) output.Delimiter = text(query.delimiter);
    output.MaxKeys = static_cast<std::int32_t>(query.limit);
    output.EncodingType = input.EncodingType;
    // aws: without a delimiter the last key is the next marker, and is not said again.
    if (listed.page.truncated && !query.delimiter.empty()) output.NextMarker = text(listed.page.last);
    fill(output, listed, text, besides);
    co_return output;
}

}  // namespace fogbank::s3
