// CreateMultipartUpload, UploadPart, AbortMultipartUpload, ListParts, ListMultipartUploads.
#include "services/s3/access/object_gate.h"
#include "services/s3/customer_key.h"
#include "services/s3/errors.h"
#include "services/s3/list_rules.h"
#include "services/s3/model/abort_multipart_upload.h"
#include "services/s3/model/create_multipart_upload.h"
#include "services/s3/model/list_multipart_uploads.h"
#include "services/s3/model/list_parts.h"
#include "services/s3/model/upload_part.h"
#include "services/s3/multipart.h"
#include "services/s3/names.h"
#include "services/s3/object_headers.h"
#include "services/s3/receive.h"
#include "services/s3/service.h"
#include "services/s3/write_rules.h"
#include "src/base/bytes.h"
#include "src/base/clock.h"

#include <algorithm>

namespace fogbank::s3 {

namespace {

constexpr std::size_t kUploadIdLength = 96;
constexpr std::int32_t kPageLimit = 1000;

std::int32_t page_size(const std::optional<std::int32_t>& given, const char* name) {
    if (!given) return kPageLimit;
    if (*given < 0) {
        throw invalid_argument(
            "Argument " + std::string(name) + " must be an integer between 0 and 2147483647", name,
            std::to_string(*given));
    }
    return std::min(*given, kPageLimit);
}

// aws: a part's checksum is of the upload's algorithm, where that was chosen.
void check_part_algorithm(const Declared& declared, const UploadRow& upload) {
    const std::string& given = declared.checksum.algorithm;
    if (given.empty() || upload.checksum_algorithm.empty() || given == upload.checksum_algorithm) return;
    const auto lower = [](std::string text) {
        for (char& c : text) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c;
        return text;
    };
    throw invalid_request("Checksum Type mismatch occurred, expected checksum Type: " +
                          lower(upload.checksum_algorithm) + ", actual checksum Type: " + lower(given));
}

constexpr std::size_t kTimeLength = 9;

// docs: ListMultipartUploads: uploads of a key come in the order of their beginnings, and pages go on behind
// an id: so ids sort by time.
std::string sortable_time(std::int64_t millis) {
    constexpr std::string_view kDigits = "0123456789abcdefghijklmnopqrstuvwxyz";
    std::string out(kTimeLength, '0');
    auto rest = static_cast<std::uint64_t>(millis);
    for (std::size_t at = out.size(); at-- > 0; rest /= kDigits.size())
        out[at] = kDigits[rest % kDigits.size()];
    return out;
}

std::string initiator_of(const UploadRow& upload, const Bucket& bucket) {
    return owner_id(upload.initiator.empty() ? bucket.account : upload.initiator);
}

// An upload that its initiator may see and abort. docs: "Multipart upload API and permissions".
template <class Input>
UploadRow admitted_upload(store::ReadTxn& txn, Access& access, const gateway::RequestContext& context,
                          const Input& input, Bucket& bucket) {
    bucket = require_bucket(txn, *input.Bucket, input.ExpectedBucketOwner);
    auto upload = find_upload(txn, bucket.id, *input.Key, *input.UploadId);
    access.check_also(txn, context, bucket, input, upload ? upload->initiator : std::string());
    if (!upload) throw no_such_upload(*input.UploadId);
    return std::move(*upload);
}

// Who will own the object.
std::string owner_of(const UploadRow& upload, const Bucket& bucket) {
    if (upload.headers.empty() || bucket.acls_disabled()) return owner_id(bucket.account);
    return owner_id(ObjectHeaders::from_json(upload.headers).owner.value_or(bucket.account));
}

}  // namespace

Task<api::CreateMultipartUpload::Output> Service::create_multipart_upload(
    const Context& context, const api::CreateMultipartUpload::Input& input) {
    check_key(*input.Key);
    ObjectHeaders headers = headers_of(input);
    read_lock_headers(input, context.received_at, headers);
    name_kms_key(context, headers);
    check_encryption_context(input.SSEKMSEncryptionContext);
    const std::optional<CustomerKey> customer_key = take_customer_key(input, headers);
    UploadRow upload;
    upload.key = *input.Key;
    upload.initiated_ms = unix_millis(context.received_at);
    upload.upload = sortable_time(upload.initiated_ms) + entropy_.alphanumeric(kUploadIdLength - kTimeLength);
    upload.storage_class = storage_class_of(input.StorageClass);
    upload.content_type = content_type_of(input.ContentType);
    upload.checksum_algorithm = input.ChecksumAlgorithm.value_or("");
    upload.checksum_type = checksum_type_of(input.ChecksumAlgorithm, input.ChecksumType);
    auto body = [&](store::Txn& txn) {
        const Bucket bucket = access_.admit_write(txn, context, input, brought_by(input));
        check_acl_allowed(bucket, headers.acl);
        if (headers.has_lock()) bucket.require_object_lock();
        UploadRow row = upload;
        row.bucket = bucket.id;
        auto settled = settled_headers(txn, settings_, context, bucket, *input.Key, headers);
        const ObjectHeaders& kept = settled ? *settled : headers;
        if (!kept.empty()) row.headers = kept.to_json();
        const bool anonymous = context.principal.kind == auth::PrincipalKind::anonymous;
        const std::string& caller = context.principal.account;
        if (anonymous || caller != bucket.account)
            row.initiator = anonymous ? std::string(kAnonymousAccount) : caller;
        insert_upload(txn, row);
        return settled;
    };
    const std::optional<ObjectHeaders> settled = co_await database_.write(body);
    api::CreateMultipartUpload::Output output;
    output.Bucket = input.Bucket;
    output.Key = input.Key;
    output.UploadId = upload.upload;
    if (input.ChecksumAlgorithm) {
        output.ChecksumAlgorithm = input.ChecksumAlgorithm;
        output.ChecksumType = upload.checksum_type;
    }
    show_encryption(output, settled ? *settled : headers);
    show_customer_key(output, customer_key);
    output.SSEKMSEncryptionContext = input.SSEKMSEncryptionContext;
    co_return output;
}

Task<api::UploadPart::Output> Service::upload_part(const Context& context,
                                                   const api::UploadPart::Input& input) {
    check_key(*input.Key);
    check_part_number(*input.PartNumber);
    const std::optional<CustomerKey> customer_key = customer_key_of(input);
    Declared declared;
    declared.checksum = declared_checksum(input, context.payload);
    declared.content_md5 = input.ContentMD5;
    check_body_headers(declared, context.payload);
    const UploadRow upload = database_.read([&](store::ReadTxn& txn) {
        const Bucket bucket = access_.admit(txn, context, input);
        return require_upload(txn, bucket.id, *input.Key, *input.UploadId);
    });
    const ObjectHeaders headers = ObjectHeaders::of(upload.headers);
    check_part_key(headers, customer_key);
    check_part_algorithm(declared, upload);
    declared.algorithm = declared.checksum.algorithm;
    if (declared.algorithm.empty()) declared.algorithm = upload.checksum_algorithm;
    if (declared.algorithm.empty()) declared.algorithm = kDefaultAlgorithm;
    Received received = co_await receive(blobs_, context.payload, declared);
    BlobGuard guard(blobs_, received.bytes.blob);
    PartRow part;
    part.number = *input.PartNumber;
    part.size = static_cast<std::int64_t>(received.bytes.size);
    part.modified_ms = unix_millis(context.received_at);
    part.etag = hex_encode(received.md5);
    if (!upload.checksum_algorithm.empty()) part.checksum = received.checksum.value;
    part.blob = std::move(received.bytes.blob);
    part.body = std::move(received.bytes.inline_bytes);
    auto body = [&](store::Txn& txn) {
        const Bucket bucket = access_.admit(txn, context, input);
        const UploadRow standing = require_upload(txn, bucket.id, *input.Key, *input.UploadId);
        put_part(txn, blobs_, standing.id, part);
    };
    co_await database_.write(body);
    guard.release();
    api::UploadPart::Output output;
    output.ETag = "\"" + part.etag + "\"";
    show_checksum(output, received.checksum);
    show_encryption(output, headers);
    show_customer_key(output, customer_key);
    co_return output;
}

Task<api::AbortMultipartUpload::Output> Service::abort_multipart_upload(
    const Context& context, const api::AbortMultipartUpload::Input& input) {
    if (input.IfMatchInitiatedTime) throw not_implemented("x-amz-if-match-initiated-time");
    auto body = [&](store::Txn& txn) {
        Bucket bucket;
        erase_upload(txn, blobs_, admitted_upload(txn, access_, context, input, bucket).id);
    };
    co_await database_.write(body);
    co_return api::AbortMultipartUpload::Output{};
}

api::ListParts::Output Service::list_parts(const Context& context, const api::ListParts::Input& input) {
    const std::int32_t limit = page_size(input.MaxParts, "max-parts");
    const std::int32_t marker = input.PartNumberMarker.value_or(0);
    if (marker < 0) {
        throw invalid_argument("Argument part-number-marker must be an integer between 0 and 2147483647",
                               "part-number-marker", std::to_string(marker));
    }
    UploadRow upload;
    Bucket bucket;
    std::vector<PartRow> parts = database_.read([&](store::ReadTxn& txn) {
        upload = admitted_upload(txn, access_, context, input, bucket);
        return s3::list_parts(txn, upload.id, marker, limit + 1, PartBodies::no);
    });
    api::ListParts::Output output;
    output.Bucket = input.Bucket;
    output.Key = input.Key;
    output.UploadId = input.UploadId;
    output.PartNumberMarker = marker;
    output.MaxParts = limit;
    output.StorageClass = upload.storage_class;
    output.Owner.emplace().ID = owner_of(upload, bucket);
    output.Initiator.emplace().ID = initiator_of(upload, bucket);
    if (!upload.checksum_algorithm.empty()) {
        output.ChecksumAlgorithm = upload.checksum_algorithm;
        output.ChecksumType = upload.checksum_type;
    }
    output.IsTruncated = static_cast<std::int32_t>(parts.size()) > limit;
    if (*output.IsTruncated) parts.resize(static_cast<std::size_t>(limit));
    output.NextPartNumberMarker = parts.empty() ? 0 : static_cast<std::int32_t>(parts.back().number);
    if (!parts.empty()) output.Parts.emplace();
    for (const PartRow& part : parts) {
        api::Part& to = output.Parts->emplace_back();
        to.PartNumber = static_cast<std::int32_t>(part.number);
        to.LastModified = from_unix_seconds(part.modified_ms / 1000);
        to.ETag = "\"" + part.etag + "\"";
        to.Size = part.size;
        show_checksum(to, Checksum{upload.checksum_algorithm, part.checksum, upload.checksum_type});
    }
    return output;
}

api::ListMultipartUploads::Output Service::list_multipart_uploads(
    const Context& context, const api::ListMultipartUploads::Input& input) {
    const KeyText text(input.EncodingType);
    UploadQuery query;
    query.prefix = input.Prefix.value_or("");
    query.delimiter = input.Delimiter.value_or("");
    query.key_marker = input.KeyMarker.value_or("");
    // docs: ListMultipartUploads: without a key marker the upload id marker is ignored.
    if (!query.key_marker.empty()) query.upload_marker = input.UploadIdMarker.value_or("");
    query.limit = page_size(input.MaxUploads, "max-uploads");
    Bucket bucket;
    const UploadPage page = database_.read([&](store::ReadTxn& txn) {
        bucket = access_.admit(txn, context, input);
        query.bucket = bucket.id;
        return list_uploads(txn, query);
    });
    api::ListMultipartUploads::Output output;
    output.Bucket = input.Bucket;
    output.KeyMarker = text(query.key_marker);
    output.UploadIdMarker = query.upload_marker;
    output.Prefix = text(query.prefix);
    if (!query.delimiter.empty()) output.Delimiter = text(query.delimiter);
    output.MaxUploads = static_cast<std::int32_t>(query.limit);
    output.EncodingType = input.EncodingType;
    output.IsTruncated = page.truncated;
    if (!page.last_key.empty()) {
        output.NextKeyMarker = text(page.last_key);
        output.NextUploadIdMarker = page.last_upload;
    }
    if (!page.common_prefixes.empty()) output.CommonPrefixes.emplace();
    for (const std::string& prefix : page.common_prefixes) {
        output.CommonPrefixes->emplace_back().Prefix = text(prefix);
    }
    if (!page.uploads.empty()) output.Uploads.emplace();
    for (const UploadRow& upload : page.uploads) {
        api::MultipartUpload& to = output.Uploads->emplace_back();
        to.UploadId = upload.upload;
        to.Key = text(upload.key);
        to.Initiated = from_unix_seconds(upload.initiated_ms / 1000);
        to.StorageClass = upload.storage_class;
        to.Owner.emplace().ID = owner_of(upload, bucket);
        to.Initiator.emplace().ID = initiator_of(upload, bucket);
        if (upload.checksum_algorithm.empty()) continue;
        to.ChecksumAlgorithm = upload.checksum_algorithm;
        to.ChecksumType = upload.checksum_type;
    }
    return output;
}

}  // namespace fogbank::s3
