// CreateBucket, HeadBucket, ListBuckets, DeleteBucket, GetBucketLocation.
#include "services/s3/configuration/checks.h"
#include "services/s3/errors.h"
#include "services/s3/list_rules.h"
#include "services/s3/model/create_bucket.h"
#include "services/s3/model/delete_bucket.h"
#include "services/s3/model/get_bucket_location.h"
#include "services/s3/model/head_bucket.h"
#include "services/s3/model/list_buckets.h"
#include "services/s3/model/put_bucket_tagging.h"
#include "services/s3/names.h"
#include "services/s3/service.h"
#include "src/base/clock.h"

#include <algorithm>
#include <array>

namespace fogbank::s3 {

namespace {

constexpr std::string_view kGlobalRegion = "us-east-1";
constexpr std::int64_t kBucketPage = 10'000;  // docs: ListBuckets, MaxBuckets

// Every region that a LocationConstraint may name; us-east-1 is the one without a constraint.
constexpr std::array<std::string_view, 38> kLocations = {"EU",
                                                         "af-south-1",
                                                         "ap-east-1",
                                                         "ap-east-2",
                                                         "ap-northeast-1",
                                                         "ap-northeast-2",
                                                         "ap-northeast-3",
                                                         "ap-south-1",
                                                         "ap-south-2",
                                                         "ap-southeast-1",
                                                         "ap-southeast-2",
                                                         "ap-southeast-3",
                                                         "ap-southeast-4",
                                                         "ap-southeast-5",
                                                         "ap-southeast-6",
                                                         "ap-southeast-7",
                                                         "ca-central-1",
                                                         "ca-west-1",
                                                         "cn-north-1",
                                                         "cn-northwest-1",
                                                         "eu-central-1",
                                                         "eu-central-2",
                                                         "eu-north-1",
                                                         "eu-south-1",
                                                         "eu-south-2",
                                                         "eu-west-1",
                                                         "eu-west-2",
                                                         "eu-west-3",
                                                         "il-central-1",
                                                         "me-central-1",
                                                         "me-south-1",
                                                         "mx-central-1",
                                                         "sa-east-1",
                                                         "us-east-2",
                                                         "us-gov-east-1",
                                                         "us-gov-west-1",
                                                         "us-west-1",
                                                         "us-west-2"};

Error illegal_location(const std::string& which) {
    return Error("IllegalLocationConstraintException", 400,
                 "The " + which +
                     " location constraint is incompatible for the region specific endpoint this request was "
                     "sent to.");
}

// The constraint as given, empty for us-east-1.
std::string location_of(const api::CreateBucket::Input& input, std::string_view endpoint) {
    const auto& configuration = input.CreateBucketConfiguration;
    const std::string given = configuration && configuration->LocationConstraint
                                  ? *configuration->LocationConstraint
                                  : std::string();
    if (given.empty()) {
        if (endpoint != kGlobalRegion) throw illegal_location("unspecified");
        return {};
    }
    if (std::find(kLocations.begin(), kLocations.end(), given) == kLocations.end()) {
        throw Error("InvalidLocationConstraint", 400, "The specified location-constraint is not valid")
            .with("LocationConstraint", given);
    }
    const std::string region = given == "EU" ? "eu-west-1" : given;
    if (endpoint != kGlobalRegion && endpoint != region) throw illegal_location(given);
    return given;
}

void refuse_unserved_bucket(const api::CreateBucket::Input& input) {
    if (input.BucketNamespace && *input.BucketNamespace != "global") {
        throw not_implemented("x-amz-bucket-namespace");
    }
    if (!input.CreateBucketConfiguration) return;
    const auto& configuration = *input.CreateBucketConfiguration;
    if (!configuration.Location && !configuration.Bucket) return;
    throw Error("NotImplemented", 501,
                "Fogbank's S3 has general purpose buckets only: directory buckets are not served.");
}

std::string checked_ownership(const api::CreateBucket::Input& input) {
    constexpr std::array<std::string_view, 3> kOwnerships = {"BucketOwnerEnforced", "BucketOwnerPreferred",
                                                             "ObjectWriter"};
    const std::string ownership = input.ObjectOwnership.value_or("BucketOwnerEnforced");
    if (std::find(kOwnerships.begin(), kOwnerships.end(), ownership) == kOwnerships.end()) {
        throw invalid_argument("Invalid x-amz-object-ownership header: " + ownership,
                               "x-amz-object-ownership", ownership);
    }
    return ownership;
}

// The ACL that the headers ask for, in its stored form.
std::string checked_bucket_acl(const api::CreateBucket::Input& input, const Bucket& bucket) {
    const std::optional<std::string> acl = acl_of_headers(acl_headers(input), AclOf::bucket);
    if (!acl) return "private";
    if (bucket.acls_disabled()) throw acl_with_ownership();
    // aws: the public access block of a new bucket stands before its ACL.
    if ((bucket.configured & kBlockPublicAcls) != 0 && read_acl(*acl, {}).is_public()) {
        throw Error("InvalidBucketAclWithBlockPublicAccessError", 400,
                    "Bucket cannot have public ACLs set with BlockPublicAccess enabled");
    }
    return *acl;
}

// The tags as PutBucketTagging would keep them; nothing where there are none.
std::optional<std::string> tagging_of(const api::CreateBucket::Input& input) {
    const auto& configuration = input.CreateBucketConfiguration;
    if (!configuration || !configuration->Tags || configuration->Tags->empty()) return std::nullopt;
    api::Tagging tagging;
    tagging.TagSet = *configuration->Tags;
    check_bucket_tagging(tagging);
    return to_document(document_shape<api::PutBucketTagging>(), &tagging);
}

// Throws where the name is taken; true where the request only repeats an earlier one.
bool repeats(const std::optional<Bucket>& standing, const Bucket& wanted, std::string_view endpoint) {
    if (!standing) return false;
    if (standing->account != wanted.account) {
        throw Error(
            "BucketAlreadyExists", 409,
            "The requested bucket name is not available. The bucket namespace is shared by all users of the "
            "system. Please select a different name and try again.")
            .with("BucketName", wanted.name);
    }
    // aws: in us-east-1 creating one's own bucket again succeeds (docs: CreateBucket,
    // "BucketAlreadyOwnedByYou").
    if (standing->region == kGlobalRegion && endpoint == kGlobalRegion && wanted.location.empty())
        return true;
    throw Error("BucketAlreadyOwnedByYou", 409,
                "Your previous request to create the named bucket succeeded and you already own it.")
        .with("BucketName", wanted.name);
}

}  // namespace

Task<api::CreateBucket::Output> Service::create_bucket(const Context& context,
                                                       const api::CreateBucket::Input& input) {
    if (context.principal.kind == auth::PrincipalKind::anonymous) throw access_denied();
    check_bucket_name(*input.Bucket);
    refuse_unserved_bucket(input);
    Bucket bucket;
    bucket.name = *input.Bucket;
    bucket.account = context.account;
    bucket.location = location_of(input, context.region);
    bucket.region = bucket.location.empty()   ? context.region
                    : bucket.location == "EU" ? std::string("eu-west-1")
                                              : bucket.location;
    bucket.ownership = checked_ownership(input);
    bucket.configured = new_bucket_configured_;
    bucket.acl = checked_bucket_acl(input, bucket);
    bucket.created_ms = unix_millis(context.received_at);
    if (input.ObjectLockEnabledForBucket.value_or(false)) {
        // docs: "Configuring S3 Object Lock": a bucket with a lock has versions from the start.
        bucket.versioning = "Enabled";
        bucket.object_lock = kLockWithoutRetention;
    }
    const std::optional<std::string> tagging = tagging_of(input);
    auto body = [&](store::Txn& txn) {
        const std::optional<Bucket> standing = find_bucket(txn, bucket.name);
        if (repeats(standing, bucket, context.region)) {
            // docs: CreateBucket, "BucketAlreadyOwnedByYou": in us-east-1 the ACL is reset.
            set_bucket_acl(txn, standing->id, bucket.acl);
            return;
        }
        insert_bucket(txn, bucket);
        if (!tagging) return;
        const ConfigurationRow row{Configuration::tagging, {}, *tagging};
        put_configuration(txn, *find_bucket(txn, bucket.name), row, settings_.next_version());
    };
    co_await database_.write(body);
    api::CreateBucket::Output output;
    // aws: the global endpoint answers with a path, the regional ones with a URL.
    output.Location =
        bucket.region == kGlobalRegion ? "/" + bucket.name : "http://" + bucket.name + ".s3.amazonaws.com/";
    co_return output;
}

api::HeadBucket::Output Service::head_bucket(const Context& context, const api::HeadBucket::Input& input) {
    const Bucket bucket =
        database_.read([&](store::ReadTxn& txn) { return access_.admit(txn, context, input); });
    api::HeadBucket::Output output;
    output.BucketRegion = bucket.region;
    output.AccessPointAlias = false;
    return output;
}

api::ListBuckets::Output Service::list_buckets(const Context& context, const api::ListBuckets::Input& input) {
    if (context.principal.kind == auth::PrincipalKind::anonymous) throw access_denied();
    BucketQuery query;
    query.account = context.account;
    query.prefix = input.Prefix.value_or("");
    query.region = input.BucketRegion.value_or("");
    query.limit = input.MaxBuckets.value_or(kBucketPage);
    if (query.limit < 1 || query.limit > kBucketPage) {
        throw invalid_argument("Argument max-buckets must be an integer between 1 and 10000", "max-buckets",
                               std::to_string(query.limit));
    }
    if (input.ContinuationToken) query.after = position_of_token(*input.ContinuationToken);
    const std::int64_t limit = query.limit++;
    std::vector<Bucket> buckets =
        database_.read([&](store::ReadTxn& txn) { return s3::list_buckets(txn, query); });
    api::ListBuckets::Output output;
    if (static_cast<std::int64_t>(buckets.size()) > limit) {
        buckets.resize(static_cast<std::size_t>(limit));
        output.ContinuationToken = continuation_token(buckets.back().name);
    }
    // aws: the region of each is told only to a request with a parameter.
    const bool with_region =
        input.MaxBuckets || input.Prefix || input.BucketRegion || input.ContinuationToken;
    auto& list = output.Buckets.emplace();
    for (Bucket& bucket : buckets) {
        api::Bucket& to = list.emplace_back();
        to.Name = std::move(bucket.name);
        to.CreationDate = from_unix_seconds(bucket.created_ms / 1000);
        if (with_region) to.BucketRegion = std::move(bucket.region);
    }
    output.Owner.emplace().ID = owner_id(context.account);
    output.Prefix = input.Prefix;
    return output;
}

Task<api::DeleteBucket::Output> Service::delete_bucket(const Context& context,
                                                       const api::DeleteBucket::Input& input) {
    auto body = [&](store::Txn& txn) {
        const Bucket bucket = access_.admit(txn, context, input);
        if (bucket_content(txn, bucket.id) != Content::none) {
            throw Error("BucketNotEmpty", 409,
                        bucket.ever_versioned() ? "The bucket you tried to delete is not empty. You must "
                                                  "delete all versions in the bucket."
                                                : "The bucket you tried to delete is not empty")
                .with("BucketName", bucket.name);
        }
        erase_contents(txn, blobs_, bucket.id);
        erase_bucket(txn, bucket.id);
    };
    co_await database_.write(body);
    co_return api::DeleteBucket::Output{};
}

api::GetBucketLocation::Output Service::get_bucket_location(const Context& context,
                                                            const api::GetBucketLocation::Input& input) {
    const Bucket bucket =
        database_.read([&](store::ReadTxn& txn) { return access_.admit(txn, context, input); });
    api::GetBucketLocation::Output output;
    if (!bucket.location.empty()) output.LocationConstraint = bucket.location;
    return output;
}

}  // namespace fogbank::s3
