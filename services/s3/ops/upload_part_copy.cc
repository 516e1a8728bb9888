#include "services/s3/model/upload_part_copy.h"
#include "services/s3/access/object_gate.h"
#include "services/s3/archive.h"
#include "services/s3/body_source.h"
#include "services/s3/conditions.h"
#include "services/s3/copy_source.h"
#include "services/s3/customer_key.h"
#include "services/s3/errors.h"
#include "services/s3/multipart.h"
#include "services/s3/names.h"
#include "services/s3/object_headers.h"
#include "services/s3/range.h"
#include "services/s3/receive.h"
#include "services/s3/service.h"
#include "src/base/bytes.h"
#include "src/base/clock.h"

#include <charconv>

namespace fogbank::s3 {

namespace {

// aws: a copy's range names both ends, and both lie inside of the source (docs: UploadPartCopy).
ByteRange copy_range(const std::optional<std::string>& header, std::int64_t size) {
    if (!header) return {0, size};
    constexpr std::string_view kUnit = "bytes=";
    const std::string_view text = *header;
    const std::size_t dash = text.find('-');
    std::int64_t first = 0;
    std::int64_t last = 0;
    const auto number = [](std::string_view digits, std::int64_t& value) {
        const auto [end, code] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
        return code == std::errc() && end == digits.data() + digits.size() && value >= 0;
    };
    if (!text.starts_with(kUnit) || dash == std::string_view::npos ||
        !number(text.substr(kUnit.size(), dash - kUnit.size()), first) ||
        !number(text.substr(dash + 1), last) || last < first) {
        throw invalid_argument(
            "The x-amz-copy-source-range value must be of the form bytes=first-last where first and last are "
            "the "
            "zero-based offsets of the first and last bytes to copy",
            "x-amz-copy-source-range", text);
    }
    if (last >= size) {
        throw invalid_argument(
            "Range specified is not valid for source object of size: " + std::to_string(size),
            "x-amz-copy-source-range", text);
    }
    return {first, last - first + 1};
}

}  // namespace

Task<api::UploadPartCopy::Output> Service::upload_part_copy(const Context& context,
                                                            const api::UploadPartCopy::Input& input) {
    check_key(*input.Key);
    check_part_number(*input.PartNumber);
    const std::optional<CustomerKey> customer_key = customer_key_of(input);
    const std::optional<CustomerKey> source_key = copy_source_key_of(input);
    const CopySource from = parse_copy_source(*input.CopySource);
    const ObjectGate gate = ObjectGate::of_source(access_, context, from, ObjectGate::Beside::nothing);
    UploadRow upload;
    const ObjectRow source = database_.read([&](store::ReadTxn& txn) {
        const Bucket bucket = access_.admit(txn, context, input);
        upload = require_upload(txn, bucket.id, *input.Key, *input.UploadId);
        return require_copy_source(txn, from, input.ExpectedSourceBucketOwner, gate);
    });
    const ObjectHeaders headers = ObjectHeaders::of(upload.headers);
    check_part_key(headers, customer_key);
    const ObjectHeaders source_headers = ObjectHeaders::of(source.headers);
    check_customer_key(source_headers, source_key);
    check_copyable(source.storage_class, source_headers, context.received_at);
    const ReadConditions conditions{input.CopySourceIfMatch, input.CopySourceIfNoneMatch,
                                    input.CopySourceIfModifiedSince, input.CopySourceIfUnmodifiedSince};
    judge_copy_source(conditions, source.etag, from_unix_millis(source.modified_ms), context.received_at);
    const ByteRange range = copy_range(input.CopySourceRange, source.size);
    if (static_cast<std::uint64_t>(range.length) > kUploadLimit) {
        throw entity_too_large(static_cast<std::uint64_t>(range.length), kUploadLimit);
    }
    Declared declared;
    declared.algorithm =
        upload.checksum_algorithm.empty() ? std::string(kDefaultAlgorithm) : upload.checksum_algorithm;
    std::vector<BodyPiece> pieces;
    pieces.push_back({source.blob, source.body, range.first, range.length});
    const auto stream = make_body_stream(blobs_, std::move(pieces));
    Received received = co_await receive(blobs_, stream.get(), declared);
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
        put_part(txn, blobs_, require_upload(txn, bucket.id, *input.Key, *input.UploadId).id, part);
    };
    co_await database_.write(body);
    guard.release();
    api::UploadPartCopy::Output output;
    if (!source.shown_version.empty()) output.CopySourceVersionId = source.shown_version;
    auto& result = output.CopyPartResult.emplace();
    result.ETag = "\"" + part.etag + "\"";
    result.LastModified = from_unix_seconds(part.modified_ms / 1000);
    if (!upload.checksum_algorithm.empty()) show_checksum(result, received.checksum);
    show_encryption(output, headers);
    show_customer_key(output, customer_key);
    co_return output;
}

}  // namespace fogbank::s3
