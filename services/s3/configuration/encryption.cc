#include "services/s3/configuration/checks.h"
#include "services/s3/errors.h"
#include "services/s3/model/types/accelerate_configuration.h"
#include "services/s3/model/types/ownership_controls.h"
#include "services/s3/model/types/server_side_encryption_configuration.h"
#include "src/gateway/unheeded.h"

#include <algorithm>
#include <array>

namespace fogbank::s3 {

void check_encryption_rules(api::ServerSideEncryptionConfiguration& encryption) {
    // aws: one rule, no more and no less (docs: PutBucketEncryption).
    if (encryption.Rules->size() != 1) throw malformed_xml();
    api::ServerSideEncryptionRule& rule = encryption.Rules->front();
    if (!rule.ApplyServerSideEncryptionByDefault) {
        if (!rule.BlockedEncryptionTypes) throw malformed_xml();
        rule.ApplyServerSideEncryptionByDefault.emplace().SSEAlgorithm = "AES256";
    }
    const std::string& algorithm = *rule.ApplyServerSideEncryptionByDefault->SSEAlgorithm;
    const bool kms = algorithm == "aws:kms" || algorithm == "aws:kms:dsse";
    if (!kms && algorithm != "AES256") throw malformed_xml();
    const auto& key = rule.ApplyServerSideEncryptionByDefault->KMSMasterKeyID;
    if (!kms && key) {
        throw invalid_argument(
            "a KMSMasterKeyID is not applicable if the default sse algorithm is not aws:kms or aws:kms:dsse",
            "ApplyServerSideEncryptionByDefault", algorithm);
    }
    if (kms) gateway::refuse_unheeded("SSEAlgorithm " + algorithm);
    // aws: answers it even where the request left it out.
    if (!rule.BucketKeyEnabled) rule.BucketKeyEnabled = false;
}

void check_accelerate(const api::AccelerateConfiguration& accelerate, std::string_view bucket) {
    if (!accelerate.Status) throw malformed_xml();
    if (bucket.find('.') != std::string_view::npos) {
        throw invalid_request(
            "S3 Transfer Acceleration is not supported for buckets with periods (.) in their names");
    }
}

std::string checked_ownership(const api::OwnershipControls& controls) {
    constexpr std::array<std::string_view, 3> kOwnerships = {"BucketOwnerEnforced", "BucketOwnerPreferred",
                                                             "ObjectWriter"};
    if (controls.Rules->size() != 1) throw malformed_xml();
    const std::string& ownership = *controls.Rules->front().ObjectOwnership;
    if (std::find(kOwnerships.begin(), kOwnerships.end(), ownership) == kOwnerships.end())
        throw malformed_xml();
    return ownership;
}

}  // namespace fogbank::s3
