// GetObject and HeadObject: one selection of bytes, with and without them.
#include "services/s3/model/get_object.h"
#include "services/s3/access/object_gate.h"
#include "services/s3/archive.h"
#include "services/s3/conditions.h"
#include "services/s3/customer_key.h"
#include "services/s3/errors.h"
#include "services/s3/model/head_object.h"
#include "services/s3/names.h"
#include "services/s3/object_headers.h"
#include "services/s3/parts.h"
#include "services/s3/range.h"
#include "services/s3/service.h"
#include "services/s3/versions.h"
#include "src/base/clock.h"

#include <fcntl.h>
#include <cerrno>

namespace fogbank::s3 {

namespace {

constexpr int kOpenAttempts = 3;

template <class Input>
void check_read_input(const Input& input) {
    check_key(*input.Key);
    check_version_id(input.VersionId);
    // docs: GetObject: "Encryption request headers ... should not be sent for GET requests if your object
    // uses server-side encryption", which every object does.
    if (input.ServerSideEncryption) {
        throw invalid_argument("x-amz-server-side-encryption header is not supported for this operation.",
                               "x-amz-server-side-encryption", *input.ServerSideEncryption);
    }
    if (input.PartNumber && (*input.PartNumber < 1 || *input.PartNumber > 10'000)) {
        throw invalid_argument("Part number must be an integer between 1 and 10000, inclusive", "partNumber",
                               std::to_string(*input.PartNumber));
    }
    if (input.PartNumber && input.Range) {
        throw invalid_request("Cannot specify both Range header and partNumber query parameter");
    }
}

// The bytes of one part; of an object that has no parts, part 1 is all of it.
template <class Output>
ByteRange part_range(const ObjectRow& row, std::int32_t number, Output& output) {
    if (!row.is_multipart()) {
        if (number == 1) return {0, row.size};
        throw Error("InvalidPartNumber", 416, "The requested partnumber is not satisfiable")
            .with("PartNumberRequested", std::to_string(number))
            .with("ActualPartCount", "1");
    }
    const std::vector<ObjectPart> parts = parts_from_json(row.parts);
    if (number > static_cast<std::int32_t>(parts.size())) {
        throw Error("InvalidPartNumber", 416, "The requested partnumber is not satisfiable")
            .with("PartNumberRequested", std::to_string(number))
            .with("ActualPartCount", std::to_string(parts.size()));
    }
    output.PartsCount = static_cast<std::int32_t>(parts.size());
    ByteRange range;
    for (std::int32_t at = 0; at + 1 < number; ++at) range.first += parts[static_cast<std::size_t>(at)].size;
    range.length = parts[static_cast<std::size_t>(number - 1)].size;
    return range;
}

struct Selection {
    ByteRange bytes;
    bool partial = false;
    bool not_modified = false;
};

template <class Input, class Output>
Selection select(const gateway::RequestContext& context, const Input& input, const ObjectRow& row,
                 Output& output) {
    const Timestamp modified = from_unix_millis(row.modified_ms);
    const ReadConditions conditions{input.IfMatch, input.IfNoneMatch, input.IfModifiedSince,
                                    input.IfUnmodifiedSince};
    Selection selection{{0, row.size}, false, false};
    output.ETag = "\"" + row.etag + "\"";
    output.LastModified = modified;
    if (!row.shown_version.empty()) output.VersionId = row.shown_version;
    if (judge_read(conditions, row.etag, modified, context.received_at) == Verdict::not_modified) {
        selection.not_modified = true;
        return selection;
    }
    if (input.PartNumber) {
        selection.bytes = part_range(row, *input.PartNumber, output);
        selection.partial = selection.bytes.length > 0;  // no range can say nothing
    } else if (input.Range) {
        if (const auto range = parse_range(*input.Range, row.size)) {
            selection.bytes = *range;
            selection.partial = true;
        }
    }
    return selection;
}

// aws: a range has no checksum of its own, but one that is the whole object has the object's; a part has its
// own.
Checksum checksum_of(const ObjectRow& row, const Selection& selection,
                     const std::optional<std::int32_t>& part) {
    if (part && row.is_multipart()) {
        std::string value = parts_from_json(row.parts)[static_cast<std::size_t>(*part - 1)].checksum;
        if (value.empty()) return {};
        return {row.checksum.algorithm, std::move(value), row.checksum.type};
    }
    return selection.bytes.length == row.size ? row.checksum : Checksum{};
}

template <class Input, class Output>
void describe(const Input& input, ObjectRow& row, ObjectHeaders&& headers, const Selection& selection,
              Output& output) {
    output.AcceptRanges = "bytes";
    output.ContentLength = selection.bytes.length;
    output.ContentType = std::move(row.content_type);
    if (row.storage_class != "STANDARD") output.StorageClass = row.storage_class;
    if (selection.partial) {
        const std::int64_t last = selection.bytes.first + selection.bytes.length - 1;
        output.ContentRange = "bytes " + std::to_string(selection.bytes.first) + "-" + std::to_string(last) +
                              "/" + std::to_string(row.size);
    }
    if (headers.has_lock()) show_lock(output, headers);
    show_headers(output, std::move(headers));
    if (input.ChecksumMode && *input.ChecksumMode == "ENABLED") {
        show_checksum(output, checksum_of(row, selection, input.PartNumber));
    }
    if (input.ResponseCacheControl) output.CacheControl = input.ResponseCacheControl;
    if (input.ResponseContentDisposition) output.ContentDisposition = input.ResponseContentDisposition;
    if (input.ResponseContentEncoding) output.ContentEncoding = input.ResponseContentEncoding;
    if (input.ResponseContentLanguage) output.ContentLanguage = input.ResponseContentLanguage;
    if (input.ResponseContentType) output.ContentType = input.ResponseContentType;
    if (input.ResponseExpires) output.Expires = format_http_date(*input.ResponseExpires);
}

}  // namespace

Service::Answer<api::GetObject> Service::get_object(const Context& context,
                                                    const api::GetObject::Input& input) {
    check_read_input(input);
    const ObjectGate gate = ObjectGate::of<api::GetObject>(access_, context, input);
    const std::optional<CustomerKey> customer_key = customer_key_of(input);
    for (int attempt = 1;; ++attempt) {
        ObjectRow row = database_.read([&](store::ReadTxn& txn) {
            const ObjectName name{*input.Bucket, *input.Key, input.VersionId, input.ExpectedBucketOwner,
                                  gate};
            return require_object(txn, name, WithBody::yes, "GET");
        });
        ObjectHeaders headers = ObjectHeaders::of(row.headers);
        check_customer_key(headers, customer_key);
        check_readable(row.storage_class, headers, context.received_at);
        Answer<api::GetObject> answer;
        const Selection selection = select(context, input, row, answer.output);
        if (selection.not_modified) {
            answer.status = 304;
            return answer;
        }
        if (selection.partial) answer.status = 206;
        if (!input.VersionId) answer.output.Expiration = expiration_of(*input.Bucket, *input.Key, row);
        answer.output.Restore = restore_header(headers, context.received_at);
        show_customer_key(answer.output, customer_key);
        describe(input, row, std::move(headers), selection, answer.output);
        if (row.blob.empty()) {
            const auto first = static_cast<std::size_t>(selection.bytes.first);
            const auto length = static_cast<std::size_t>(selection.bytes.length);
            answer.payload = length == row.body.size() ? std::move(row.body) : row.body.substr(first, length);
            return answer;
        }
        const int file = ::open(blobs_.path(row.blob).c_str(), O_RDONLY | O_CLOEXEC);
        if (file >= 0) {
            answer.payload = http::FileBody{file, static_cast<std::uint64_t>(selection.bytes.first),
                                            static_cast<std::uint64_t>(selection.bytes.length)};
            return answer;
        }
        // Replaced or deleted since the row was read: its file is gone, the new row tells what is there now.
        if (errno != ENOENT || attempt == kOpenAttempts) {
            throw std::runtime_error("the file of an object cannot be opened: " + row.blob);
        }
    }
}

Service::Answer<api::HeadObject> Service::head_object(const Context& context,
                                                      const api::HeadObject::Input& input) {
    check_read_input(input);
    const ObjectGate gate = ObjectGate::of<api::HeadObject>(access_, context, input);
    const std::optional<CustomerKey> customer_key = customer_key_of(input);
    ObjectRow row = database_.read([&](store::ReadTxn& txn) {
        const ObjectName name{*input.Bucket, *input.Key, input.VersionId, input.ExpectedBucketOwner, gate};
        return require_object(txn, name, WithBody::no, "HEAD");
    });
    ObjectHeaders headers = ObjectHeaders::of(row.headers);
    check_customer_key(headers, customer_key);
    Answer<api::HeadObject> answer;
    const Selection selection = select(context, input, row, answer.output);
    if (selection.not_modified) {
        answer.status = 304;
        return answer;
    }
    if (selection.partial) answer.status = 206;
    if (!input.VersionId) answer.output.Expiration = expiration_of(*input.Bucket, *input.Key, row);
    answer.output.Restore = restore_header(headers, context.received_at);
    show_customer_key(answer.output, customer_key);
    describe(input, row, std::move(headers), selection, answer.output);
    return answer;
}

}  // namespace fogbank::s3
