#include "services/dynamodb/transfers/s3.h"

#include "services/s3/model/get_object.h"
#include "services/s3/model/list_objects_v2.h"
#include "services/s3/model/put_object.h"
#include "src/http/read_file.h"

namespace fogbank::dynamodb {
namespace {

constexpr std::uint64_t kStreamLimit = 1ULL << 30;

}  // namespace

gateway::RequestContext S3::context(const Bucket& bucket) const {
    gateway::RequestContext out;
    out.request_id = entropy_.uuid();
    out.account = bucket.account;
    out.region = bucket.region;
    out.principal.kind = auth::PrincipalKind::service;
    out.principal.account = bucket.account;
    out.principal.arn = "dynamodb.amazonaws.com";
    out.received_at = clock_.now();
    out.user_agent = "dynamodb.amazonaws.com";
    out.source_ip = "dynamodb.amazonaws.com";
    return out;
}

Task<std::string> S3::put(const Bucket& bucket, const std::string& key, const std::string& bytes,
                          const Encryption& encryption) const {
    s3::api::PutObject::Input input;
    input.Bucket = bucket.name;
    input.Key = key;
    input.ExpectedBucketOwner = bucket.owner;
    if (encryption.algorithm == "AES256") input.ServerSideEncryption = "AES256";
    if (encryption.algorithm == "KMS") input.ServerSideEncryption = "aws:kms";
    input.SSEKMSKeyId = encryption.key;
    const auto stream = make_string_stream(bytes);
    gateway::RequestContext by = context(bucket);
    by.payload = stream.get();
    const auto output = co_await client_.call<s3::api::PutObject>(by, input);
    std::string etag = output.ETag.value_or("");
    if (etag.size() >= 2 && etag.front() == '"') etag = etag.substr(1, etag.size() - 2);
    co_return etag;
}

Task<std::optional<S3::Found>> S3::next(const Bucket& bucket, const std::string& prefix,
                                        const std::string& after) const {
    s3::api::ListObjectsV2::Input input;
    input.Bucket = bucket.name;
    input.ExpectedBucketOwner = bucket.owner;
    if (!prefix.empty()) input.Prefix = prefix;
    if (!after.empty()) input.StartAfter = after;
    input.MaxKeys = 1;
    const gateway::RequestContext by = context(bucket);
    const auto output = co_await client_.call<s3::api::ListObjectsV2>(by, input);
    if (!output.Contents || output.Contents->empty()) co_return std::nullopt;
    const auto& object = output.Contents->front();
    co_return Found{object.Key.value_or(""), object.Size.value_or(0)};
}

Task<std::string> S3::get(const Bucket& bucket, const std::string& key) const {
    s3::api::GetObject::Input input;
    input.Bucket = bucket.name;
    input.Key = key;
    input.ExpectedBucketOwner = bucket.owner;
    const gateway::RequestContext by = context(bucket);
    gateway::AnyOutput answer = co_await client_.call_any<s3::api::GetObject>(by, input);
    if (const auto* file = std::get_if<http::FileBody>(&answer.payload)) co_return http::read_file(*file);
    if (auto* stream = std::get_if<std::unique_ptr<ByteStream>>(&answer.payload)) {
        const Error too_large("EntityTooLarge", 400, "The object is too large to be imported.");
        std::string bytes = co_await read_all(**stream, kStreamLimit, too_large);
        co_return bytes;
    }
    if (auto* text = std::get_if<std::string>(&answer.payload)) co_return std::move(*text);
    co_return std::string();
}

}  // namespace fogbank::dynamodb
