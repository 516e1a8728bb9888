#include "services/s3/model/complete_multipart_upload.h"
#include "services/s3/body_source.h"
#include "services/s3/conditions.h"
#include "services/s3/customer_key.h"
#include "services/s3/errors.h"
#include "services/s3/multipart.h"
#include "services/s3/names.h"
#include "services/s3/object_headers.h"
#include "services/s3/parts.h"
#include "services/s3/receive.h"
#include "services/s3/service.h"
#include "services/s3/store/completed_store.h"
#include "src/base/bytes.h"
#include "src/base/clock.h"
#include "src/base/text.h"
#include "src/base/url.h"

#include <array>

namespace fogbank::s3 {

namespace {

using Input = api::CompleteMultipartUpload::Input;

struct Chosen {
    std::optional<CompletedUpload> completed;  // the request repeats one that was answered before
    UploadRow upload;
    std::vector<PartRow> parts;
};

Chosen choose(store::ReadTxn& txn, const Input& input, const Bucket& bucket) {
    Chosen out;
    out.completed = find_completed(txn, bucket.id, *input.Key, *input.UploadId);
    if (out.completed) {
        if (out.completed->etag == multipart_etag(*input.MultipartUpload->Parts)) return out;
        throw no_such_upload(*input.UploadId);
    }
    out.upload = require_upload(txn, bucket.id, *input.Key, *input.UploadId);
    const std::vector<PartRow> uploaded = s3::list_parts(txn, out.upload.id, 0, kPartLimit, PartBodies::no);
    out.parts = choose_parts(*input.MultipartUpload->Parts, uploaded, out.upload);
    return out;
}

void check_size(const Input& input, const std::vector<PartRow>& parts) {
    std::int64_t size = 0;
    for (const PartRow& part : parts) size += part.size;
    if (!input.MpuObjectSize || *input.MpuObjectSize == size) return;
    throw invalid_request("The provided 'x-amz-mp-object-size' header value " +
                          std::to_string(*input.MpuObjectSize) +
                          " does not match what was computed: " + std::to_string(size));
}

// The parts' bytes; those that stand inline are read now.
std::vector<BodyPiece> pieces_of(store::Database& database, const Chosen& chosen) {
    std::vector<BodyPiece> pieces;
    for (const PartRow& part : chosen.parts) {
        BodyPiece& piece = pieces.emplace_back();
        piece.blob = part.blob;
        piece.length = part.size;
        if (!part.blob.empty() || part.size == 0) continue;
        auto rows = database.read([&](store::ReadTxn& txn) {
            return s3::list_parts(txn, chosen.upload.id, part.number - 1, 1, PartBodies::yes);
        });
        if (rows.empty() || rows[0].number != part.number) throw no_such_upload(chosen.upload.upload);
        piece.bytes = std::move(rows[0].body);
    }
    return pieces;
}

// aws: a checksum of the whole, and its type, are of the upload's algorithm; an upload without one has the
// default.
void check_declared_kind(const Input& input, const UploadRow& upload) {
    const bool chosen = !upload.checksum_algorithm.empty();
    const std::string_view algorithm =
        chosen ? std::string_view(upload.checksum_algorithm) : kDefaultAlgorithm;
    for (const auto& [name, member] : checksum_members(input)) {
        if (!*member || name == algorithm) continue;
        throw invalid_request("Checksum Type mismatch occurred, expected checksum Type: " +
                              (chosen ? lower_case(upload.checksum_algorithm) : std::string("null")) +
                              ", actual checksum Type: " + lower_case(name));
    }
    if (!input.ChecksumType) return;
    if (*input.ChecksumType != kFullObject && *input.ChecksumType != kComposite) {
        throw invalid_request("Value for x-amz-checksum-type header is invalid.");
    }
    const std::string type = chosen ? upload.checksum_type : std::string(kFullObject);
    if (*input.ChecksumType == type) return;
    throw invalid_request("The upload was created using the " + type +
                          " checksum mode. The complete request must use the same checksum mode.");
}

// The whole object's checksum as the request declares it.
void check_declared_whole(const Input& input, const Checksum& checksum) {
    for (const auto& [name, member] : checksum_members(input)) {
        if (checksum.algorithm == name && *member && **member != checksum.value)
            throw bad_digest(checksum.algorithm);
    }
}

// The object's row but for its bytes and checksum.
ObjectRow row_of(const Chosen& chosen, Timestamp now) {
    ObjectRow row;
    row.modified_ms = unix_millis(now);
    row.etag = multipart_etag(chosen.parts);
    row.storage_class = chosen.upload.storage_class;
    row.content_type = chosen.upload.content_type;
    row.headers = chosen.upload.headers;
    std::vector<ObjectPart> parts;
    for (const PartRow& part : chosen.parts) parts.push_back({part.size, part.checksum});
    row.parts = parts_to_json(parts);
    return row;
}

api::CompleteMultipartUpload::Output answer(const gateway::RequestContext& context, const Input& input,
                                            const CompletedUpload& completed) {
    api::CompleteMultipartUpload::Output output;
    output.Location = context.base_url + "/" + *input.Bucket + "/" + percent_encode(*input.Key, "/");
    output.Bucket = input.Bucket;
    output.Key = input.Key;
    output.ETag = "\"" + completed.etag + "\"";
    if (!completed.version.empty()) output.VersionId = completed.version;
    show_checksum(output, completed.checksum);
    show_encryption(output, ObjectHeaders::of(completed.headers));
    return output;
}

// s3-tests, test_multipart_checksum_sha256: what cannot be a checksum is refused before the parts are judged.
void check_declared_form(const Input& input) {
    for (const auto& [name, member] : checksum_members(input)) {
        if (*member && !is_checksum(name, **member)) throw bad_digest(name);
    }
}

bool same_parts(const std::vector<PartRow>& a, const std::vector<PartRow>& b) {
    if (a.size() != b.size()) return false;
    for (std::size_t at = 0; at < a.size(); ++at) {
        if (a[at].etag != b[at].etag || a[at].blob != b[at].blob) return false;
    }
    return true;
}

}  // namespace

Task<api::CompleteMultipartUpload::Output> Service::complete_multipart_upload(const Context& context,
                                                                              const Input& input) {
    // 1. The request, and the parts it names.
    if (!input.MultipartUpload || !input.MultipartUpload->Parts) throw malformed_xml();
    check_part_list(*input.MultipartUpload->Parts);
    check_declared_form(input);
    const WriteConditions conditions{input.IfMatch, input.IfNoneMatch};
    check_write_conditions(conditions);
    const Chosen chosen = database_.read(
        [&](store::ReadTxn& txn) { return choose(txn, input, access_.admit(txn, context, input)); });
    if (chosen.completed) co_return answer(context, input, *chosen.completed);
    const UploadRow& upload = chosen.upload;
    const std::optional<CustomerKey> customer_key = customer_key_of(input);
    // docs: CompleteMultipartUpload: the key "is required only when the object was created using a checksum
    // algorithm".
    if (customer_key || !upload.checksum_algorithm.empty()) {
        check_part_key(ObjectHeaders::of(upload.headers), customer_key);
    }
    check_size(input, chosen.parts);
    check_declared_kind(input, upload);

    // 2. One body of all parts, outside of any transaction, with the checksum of the whole.
    const bool composite = upload.checksum_type == kComposite;
    const std::string algorithm =
        upload.checksum_algorithm.empty() ? std::string(kDefaultAlgorithm) : upload.checksum_algorithm;
    std::vector<Digest> digests;
    if (!composite) digests.emplace_back(digest_kind(algorithm, "x-amz-checksum-algorithm"));
    const auto stream = make_body_stream(blobs_, pieces_of(database_, chosen));
    const Error too_large = entity_too_large(kObjectLimit + 1, kObjectLimit);
    store::StoredBytes stored = co_await blobs_.put(*stream, digests, kObjectLimit, too_large);
    BlobGuard guard(blobs_, stored.blob);

    // 3. The row.
    ObjectRow row = row_of(chosen, context.received_at);
    row.size = static_cast<std::int64_t>(stored.size);
    row.checksum = composite
                       ? composite_checksum(chosen.parts, algorithm)
                       : Checksum{algorithm, base64_encode(digests[0].finish()), std::string(kFullObject)};
    check_declared_whole(input, row.checksum);
    row.blob = std::move(stored.blob);
    row.body = std::move(stored.inline_bytes);
    auto body = [&](store::Txn& txn) {
        const Bucket bucket = access_.admit(txn, context, input);
        const Chosen now = choose(txn, input, bucket);
        if (!same_parts(now.parts, chosen.parts)) throw no_such_upload(upload.upload);
        const auto standing = find_standing(txn, bucket.id, *input.Key);
        judge_write(conditions, standing ? std::optional<std::string_view>(standing->etag) : std::nullopt,
                    *input.Key);
        erase_upload(txn, blobs_, now.upload.id);
        CompletedUpload completed{row.etag, {}, row.checksum, row.headers};
        completed.version = commit_object(txn, context, bucket, *input.Key, row, standing,
                                          "ObjectCreated:CompleteMultipartUpload");
        insert_completed(txn, bucket.id, *input.Key, upload.upload, completed, row.modified_ms);
        return completed;
    };
    const CompletedUpload completed = co_await database_.write(body);
    guard.release();
    co_return answer(context, input, completed);
}

}  // namespace fogbank::s3
