#include "services/s3/model/put_object.h"
#include "services/s3/access/object_gate.h"
#include "services/s3/conditions.h"
#include "services/s3/customer_key.h"
#include "services/s3/errors.h"
#include "services/s3/names.h"
#include "services/s3/object_headers.h"
#include "services/s3/receive.h"
#include "services/s3/service.h"
#include "services/s3/write_rules.h"
#include "src/base/bytes.h"
#include "src/base/clock.h"

namespace fogbank::s3 {

namespace {

// What the request says of its body, checked as far as the headers go.
Declared declared_of(const api::PutObject::Input& input, const ObjectHeaders& headers, ByteStream* payload) {
    Declared declared;
    declared.checksum = declared_checksum(input, payload);
    declared.content_md5 = input.ContentMD5;
    if (headers.has_lock() && declared.checksum.algorithm.empty() && !input.ContentMD5) {
        throw invalid_request(
            "Content-MD5 OR x-amz-checksum- HTTP header is required for Put Object requests with Object Lock "
            "parameters");
    }
    declared.algorithm =
        declared.checksum.algorithm.empty() ? std::string(kDefaultAlgorithm) : declared.checksum.algorithm;
    return declared;
}

// What an upload is by its headers alone.
struct Announced {
    WriteConditions conditions;
    ObjectHeaders headers;
    std::optional<CustomerKey> customer_key;
    ObjectRow row;
    Declared declared;
};

void read_announced(const gateway::RequestContext& context, const api::PutObject::Input& input,
                    const ByteStream* measured, Announced& out) {
    check_key(*input.Key);
    if (input.WriteOffsetBytes) throw not_implemented("x-amz-write-offset-bytes");
    out.conditions = {input.IfMatch, input.IfNoneMatch};
    check_write_conditions(out.conditions);
    out.headers = headers_of(input);
    read_lock_headers(input, context.received_at, out.headers);
    name_kms_key(context, out.headers);
    check_encryption_context(input.SSEKMSEncryptionContext);
    out.customer_key = take_customer_key(input, out.headers);
    out.row.storage_class = storage_class_of(input.StorageClass);
    out.row.content_type = content_type_of(input.ContentType);
    out.row.modified_ms = unix_millis(context.received_at);
    out.declared = declared_of(input, out.headers, context.payload);
    check_body_headers(out.declared, measured);
}

}  // namespace

Task<api::PutObject::Output> Service::put_object(const Context& context, const api::PutObject::Input& input) {
    return upload_object(context, input, UploadKind::put);
}

Task<api::PutObject::Output> Service::post_object(const Context& context,
                                                  const api::PutObject::Input& input) {
    return upload_object(context, input, UploadKind::post);
}

void Service::check_post_bucket(const std::string& bucket) {
    database_.read([&](store::ReadTxn& txn) { require_bucket(txn, bucket); });
}

Task<api::PutObject::Output> Service::upload_object(const Context& context,
                                                    const api::PutObject::Input& input, UploadKind kind) {
    const Brought brought = brought_by(input);
    const auto admit = [&] {
        database_.read([&](store::ReadTxn& txn) { access_.admit_write(txn, context, input, brought); });
    };
    // 1. Everything that the headers alone can be refused for. A form says nowhere how long its file is.
    Announced announced;
    try {
        read_announced(context, input, kind == UploadKind::put ? context.payload : nullptr, announced);
    } catch (const Error&) {
        // s3-tests, test_encryption_sse_c_deny_algo_with_bucket_policy: who may not write is told so first.
        admit();
        throw;
    }
    const ObjectHeaders& headers = announced.headers;
    ObjectRow& row = announced.row;

    // 2. A large body is not taken for a bucket that is not there, and nobody is asked for one in vain.
    const bool large =
        context.payload != nullptr && context.payload->length().value_or(0) > store::kInlineLimit;
    if (large || context.principal.kind == auth::PrincipalKind::anonymous) admit();
    Received received = co_await receive(blobs_, context.payload, announced.declared);
    BlobGuard guard(blobs_, received.bytes.blob);

    // 3. The row, as of the transaction.
    row.size = static_cast<std::int64_t>(received.bytes.size);
    row.etag = hex_encode(received.md5);
    row.checksum = std::move(received.checksum);
    row.blob = std::move(received.bytes.blob);
    row.body = std::move(received.bytes.inline_bytes);
    if (!headers.empty()) row.headers = headers.to_json();
    auto body = [&](store::Txn& txn) {
        const Bucket bucket = access_.admit_write(txn, context, input, brought);
        check_acl_allowed(bucket, headers.acl);
        if (headers.has_lock()) bucket.require_object_lock();
        const auto standing = find_standing(txn, bucket.id, *input.Key);
        judge_write(announced.conditions,
                    standing ? std::optional<std::string_view>(standing->etag) : std::nullopt, *input.Key);
        return commit_settled(txn, context, bucket, *input.Key, row, headers, standing,
                              kind == UploadKind::put ? "ObjectCreated:Put" : "ObjectCreated:Post");
    };
    Written written = co_await database_.write(body);
    guard.release();

    api::PutObject::Output output;
    output.ETag = "\"" + row.etag + "\"";
    if (!written.version.empty()) output.VersionId = std::move(written.version);
    show_checksum(output, row.checksum);
    show_encryption(output, written.headers ? *written.headers : headers);
    show_customer_key(output, announced.customer_key);
    output.SSEKMSEncryptionContext = input.SSEKMSEncryptionContext;
    output.Expiration = expiration_of(*input.Bucket, *input.Key, row);
    co_return output;
}

}  // namespace fogbank::s3
