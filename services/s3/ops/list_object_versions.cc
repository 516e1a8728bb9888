#include "services/s3/model/list_object_versions.h"
#include "services/s3/access/object_gate.h"
#include "services/s3/archive.h"
#include "services/s3/errors.h"
#include "services/s3/list_rules.h"
#include "services/s3/names.h"
#include "services/s3/service.h"
#include "services/s3/store/version_listing.h"
#include "services/s3/versions.h"
#include "src/base/clock.h"

namespace fogbank::s3 {

namespace {

using Output = api::ListObjectVersions::Output;

VersionQuery query_of(const api::ListObjectVersions::Input& input) {
    VersionQuery query;
    query.prefix = input.Prefix.value_or("");
    query.delimiter = input.Delimiter.value_or("");
    query.limit = keys_of_page(input.MaxKeys);
    const bool has_key = input.KeyMarker && !input.KeyMarker->empty();
    if (input.VersionIdMarker && !has_key) {
        throw invalid_argument("A version-id marker cannot be specified without a key marker.",
                               "version-id-marker", *input.VersionIdMarker);
    }
    if (!has_key) return query;
    if (!input.VersionIdMarker) {
        query.from = from_marker(*input.KeyMarker, query.prefix, query.delimiter);
        return query;
    }
    if (input.VersionIdMarker->empty()) {
        throw invalid_argument("A version-id marker cannot be empty.", "version-id-marker", "");
    }
    if (!is_version_id(*input.VersionIdMarker)) {
        throw invalid_argument("Invalid version id specified", "version-id-marker", *input.VersionIdMarker);
    }
    query.from = *input.KeyMarker;
    query.after_version = *input.VersionIdMarker;
    return query;
}

template <class Entry>
void name_version(Entry& to, ListedVersion& version, const KeyText& text, const std::string& owner) {
    to.Key = text(version.key);
    to.VersionId = std::move(version.version);
    to.IsLatest = version.is_latest;
    to.LastModified = from_unix_seconds(version.modified_ms / 1000);
    to.Owner.emplace().ID = owner;
}

// What is told of each version besides.
struct Besides {
    Bucket bucket;
    bool restore_status = false;
    Timestamp now;
};

void add_version(Output& output, ListedVersion& version, const KeyText& text, const Besides& besides) {
    const std::string owner = listed_owner(besides.bucket, version.headers);
    if (!output.Entries) output.Entries.emplace();
    api::VersionEntry& entry = output.Entries->emplace_back();
    if (version.delete_marker) return name_version(entry.DeleteMarker.emplace(), version, text, owner);
    api::ObjectVersion& to = entry.Version.emplace();
    name_version(to, version, text, owner);
    to.ETag = "\"" + version.etag + "\"";
    to.Size = version.size;
    to.StorageClass = std::move(version.storage_class);
    if (besides.restore_status) to.RestoreStatus = restore_status(version.headers, besides.now);
    if (version.checksum_algorithm.empty()) return;
    to.ChecksumAlgorithm.emplace().push_back(std::move(version.checksum_algorithm));
    to.ChecksumType = std::move(version.checksum_type);
}

}  // namespace

Task<Output> Service::list_object_versions(const Context& context,
                                           const api::ListObjectVersions::Input& input) {
    const KeyText text(input.EncodingType);
    VersionQuery query = query_of(input);
    Besides besides{{}, wants_restore_status(input.OptionalObjectAttributes), context.received_at};
    auto body = [&](store::ReadTxn& txn) {
        besides.bucket = access_.admit(txn, context, input);
        query.bucket = besides.bucket.id;
        if (besides.restore_status || has_foreign_objects(besides.bucket)) query.headers = WithHeaders::yes;
        return list_versions(txn, query);
    };
    VersionPage page = co_await database_.read_in_pool(body);
    Output output;
    output.Name = input.Bucket;
    output.Prefix = text(query.prefix);
    output.KeyMarker = text(input.KeyMarker.value_or(""));
    output.VersionIdMarker = input.VersionIdMarker.value_or("");
    if (!query.delimiter.empty()) output.Delimiter = text(query.delimiter);
    output.MaxKeys = static_cast<std::int32_t>(query.limit);
    output.EncodingType = input.EncodingType;
    output.IsTruncated = page.truncated;
    if (page.truncated) {
        output.NextKeyMarker = text(page.last_key);
        if (!page.last_version.empty()) output.NextVersionIdMarker = page.last_version;
    }
    for (ListedVersion& version : page.versions) add_version(output, version, text, besides);
    if (!page.common_prefixes.empty()) output.CommonPrefixes.emplace();
    for (const std::string& prefix : page.common_prefixes) {
        output.CommonPrefixes->emplace_back().Prefix = text(prefix);
    }
    co_return output;
}

}  // namespace fogbank::s3
