#include "services/s3/model/copy_object.h"
#include "services/s3/access/object_gate.h"
#include "services/s3/archive.h"
#include "services/s3/body_source.h"
#include "services/s3/conditions.h"
#include "services/s3/copy_source.h"
#include "services/s3/customer_key.h"
#include "services/s3/errors.h"
#include "services/s3/names.h"
#include "services/s3/object_headers.h"
#include "services/s3/receive.h"
#include "services/s3/service.h"
#include "services/s3/write_rules.h"
#include "src/base/bytes.h"
#include "src/base/clock.h"

#include <array>

namespace fogbank::s3 {

namespace {

constexpr std::int64_t kCopyLimit = 5LL << 30;
constexpr int kAttempts = 5;

// How the request wants the copy made.
struct CopyRules {
    explicit CopyRules(const api::CopyObject::Input& input);
    bool replace_metadata, replace_tags;
    std::string storage_class;
    WriteConditions conditions;
    ReadConditions source_conditions;
    std::optional<CustomerKey> source_key;
};

// True where the directive says REPLACE.
bool replaces(const std::optional<std::string>& directive, const char* message, const char* header) {
    if (!directive || *directive == "COPY") return false;
    if (*directive == "REPLACE") return true;
    throw invalid_argument(message, header, *directive);
}

void refuse_unserved_copy(const api::CopyObject::Input& input) {
    if (input.AnnotationDirective && *input.AnnotationDirective != "COPY") {
        throw not_implemented("x-amz-object-annotation-directive");
    }
}

// aws: an object copied to itself has to change.
void check_self_copy(const api::CopyObject::Input& input, const CopySource& source, bool replace) {
    if (source.bucket != *input.Bucket || source.key != *input.Key || replace) return;
    if (source.version) return;  // an older version becomes the current one
    if (input.StorageClass || input.WebsiteRedirectLocation || input.ServerSideEncryption) return;
    if (input.SSECustomerAlgorithm || input.CopySourceSSECustomerAlgorithm) return;
    throw invalid_request(
        "This copy request is illegal because it is trying to copy an object to itself without changing the "
        "object's "
        "metadata, storage class, website redirect location or encryption attributes.");
}

CopyRules::CopyRules(const api::CopyObject::Input& input)
    : replace_metadata(
          replaces(input.MetadataDirective, "Unknown metadata directive.", "x-amz-metadata-directive")),
      replace_tags(replaces(input.TaggingDirective, "Unknown tagging directive.", "x-amz-tagging-directive")),
      storage_class(storage_class_of(input.StorageClass)),
      conditions{input.IfMatch, input.IfNoneMatch},
      source_conditions{input.CopySourceIfMatch, input.CopySourceIfNoneMatch, input.CopySourceIfModifiedSince,
                        input.CopySourceIfUnmodifiedSince},
      source_key(copy_source_key_of(input)) {
    check_write_conditions(conditions);
    check_encryption_context(input.SSEKMSEncryptionContext);
}

void check_source(const ObjectRow& source, const ObjectHeaders& headers, const CopyRules& rules,
                  Timestamp now) {
    check_customer_key(headers, rules.source_key);
    check_copyable(source.storage_class, headers, now);
    judge_copy_source(rules.source_conditions, source.etag, from_unix_millis(source.modified_ms), now);
    if (source.size <= kCopyLimit) return;
    throw invalid_request(
        "The specified copy source is larger than the maximum allowable size for a copy source: "
        "5368709120");
}

ObjectHeaders target_headers(const api::CopyObject::Input& input, const ObjectHeaders& kept,
                             const CopyRules& rules, Timestamp now) {
    ObjectHeaders given = headers_of(input);
    ObjectHeaders out = rules.replace_metadata ? given : kept;
    out.tagging = rules.replace_tags ? given.tagging : kept.tagging;
    // Encryption, redirect and ACL belong to the target.
    out.encryption = given.encryption;
    out.kms_key = given.kms_key;
    out.bucket_key = given.bucket_key;
    out.customer_key = out.restored_until = out.owner = std::nullopt;
    out.redirect = given.redirect;
    out.acl = given.acl;
    // aws: a lock is the version's own, and no copy takes it along.
    out.lock_mode = out.retain_until = out.legal_hold = std::nullopt;
    read_lock_headers(input, now, out);
    return out;
}

// The etag and checksum that the copy gets. A plain source's are right as they stand; a multipart one's are
// not.
Task<void> digest_copy(store::BlobStore& blobs, const ObjectRow& source, ObjectRow& row) {
    const bool same_checksum = row.checksum.algorithm == source.checksum.algorithm &&
                               source.checksum.type == kFullObject && !source.checksum.value.empty();
    if (same_checksum) row.checksum = source.checksum;
    if (!source.is_multipart() && same_checksum) {
        row.etag = source.etag;
        co_return;
    }
    Digest md5(DigestKind::md5);
    Digest checksum(digest_kind(row.checksum.algorithm, "x-amz-checksum-algorithm"));
    std::vector<BodyPiece> pieces;
    pieces.push_back({source.blob, source.body, 0, source.size});
    const auto stream = make_body_stream(blobs, std::move(pieces));
    while (true) {
        const std::string_view piece = co_await stream->next();
        if (piece.empty()) break;
        md5.update(piece);
        checksum.update(piece);
    }
    row.etag = hex_encode(md5.finish());
    row.checksum.value = base64_encode(checksum.finish());
    row.checksum.type = kFullObject;
}

}  // namespace

Task<api::CopyObject::Output> Service::copy_object(const Context& context,
                                                   const api::CopyObject::Input& input) {
    check_key(*input.Key);
    refuse_unserved_copy(input);
    const CopySource from = parse_copy_source(*input.CopySource);
    const CopyRules rules(input);
    check_self_copy(input, from, rules.replace_metadata);
    const ObjectGate gate = ObjectGate::of_source(
        access_, context, from, rules.replace_tags ? ObjectGate::Beside::nothing : ObjectGate::Beside::tags);
    Brought brought = brought_by(input);
    brought.tags = false;  // known with the source

    for (int attempt = 1;; ++attempt) {
        // 1. The source, as of a snapshot.
        const ObjectRow source = database_.read([&](store::ReadTxn& txn) {
            access_.admit_write(txn, context, input, brought);
            return require_copy_source(txn, from, input.ExpectedSourceBucketOwner, gate);
        });
        const ObjectHeaders source_headers = ObjectHeaders::of(source.headers);
        check_source(source, source_headers, rules, context.received_at);

        // 2. The copy's row.
        ObjectHeaders headers = target_headers(input, source_headers, rules, context.received_at);
        name_kms_key(context, headers);
        brought.tags = headers.tagging.has_value();
        const std::optional<CustomerKey> customer_key = take_customer_key(input, headers);
        ObjectRow row;
        row.size = source.size;
        row.modified_ms = unix_millis(context.received_at);
        row.storage_class = rules.storage_class;
        row.content_type = rules.replace_metadata ? content_type_of(input.ContentType) : source.content_type;
        row.checksum.algorithm = input.ChecksumAlgorithm.value_or(source.checksum.algorithm);
        row.blob = source.blob;
        row.body = source.body;
        if (!headers.empty()) row.headers = headers.to_json();
        co_await digest_copy(blobs_, source, row);

        // 3. Written if the file still stands: it may have been replaced meanwhile.
        auto body = [&](store::Txn& txn) {
            std::optional<Written> written;
            const Bucket bucket = access_.admit_write(txn, context, input, brought);
            check_acl_allowed(bucket, headers.acl);
            if (headers.has_lock()) bucket.require_object_lock();
            const auto standing = find_standing(txn, bucket.id, *input.Key);
            judge_write(rules.conditions,
                        standing ? std::optional<std::string_view>(standing->etag) : std::nullopt,
                        *input.Key);
            if (!row.blob.empty()) {
                if (!still_stands(txn, source.id, row.blob)) return written;
                blobs_.retain(txn, row.blob);
            }
            written = commit_settled(txn, context, bucket, *input.Key, row, headers, standing,
                                     "ObjectCreated:Copy");
            return written;
        };
        std::optional<Written> written = co_await database_.write(body);
        if (!written) {
            if (attempt == kAttempts) throw std::runtime_error("the source of a copy kept changing");
            continue;
        }
        api::CopyObject::Output output;
        if (!written->version.empty()) output.VersionId = std::move(written->version);
        if (!source.shown_version.empty()) output.CopySourceVersionId = source.shown_version;
        auto& result = output.CopyObjectResult.emplace();
        result.ETag = "\"" + row.etag + "\"";
        result.LastModified = from_unix_seconds(row.modified_ms / 1000);
        show_checksum(result, row.checksum);
        show_encryption(output, written->headers ? *written->headers : headers);
        show_customer_key(output, customer_key);
        output.SSEKMSEncryptionContext = input.SSEKMSEncryptionContext;
        co_return output;
    }
}

}  // namespace fogbank::s3
