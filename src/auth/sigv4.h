// Signature Version 4: canonical request, string to sign, and the check against a secret. Pure functions.
// docs: IAM User Guide, "Create a signed AWS API request"; S3 API Reference, "Authenticating Requests".
#pragma once

#include "src/auth/credential.h"
#include "src/base/clock.h"

#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>

namespace fogbank::auth {

// S3 signs the path as it stands; the others normalize it (dot segments, double slashes) and encode it once
// more.
enum class PathStyle : std::uint8_t { verbatim, normalized };

std::string canonical_request(const RequestParts& request, std::string_view signed_headers,
                              std::string_view payload_hash, PathStyle style);
std::string string_to_sign(std::string_view timestamp, std::string_view scope, std::string_view canonical);
std::string signing_key(std::string_view secret, std::string_view date, std::string_view region,
                        std::string_view service);
// "20130524/us-east-1/s3/aws4_request"
std::string scope_text(const Credential& credential);

// Remembers derived keys: four HMACs less per request. Bounded, thread-safe. Holds keys of one day, never a
// secret in plain.
class SigningKeys {
public:
    std::string get(std::string_view secret, const Credential& credential);

private:
    static constexpr std::size_t kLimit = 256;
    std::mutex mutex_;
    std::unordered_map<std::string, std::string> keys_;  // by digest of secret and scope
};

struct Verification {
    std::string_view secret;
    // Hex SHA-256 of the body, or for S3 empty: what x-amz-content-sha256 says is signed, and the body is
    // checked by the stream (aws_chunked.h).
    std::string_view payload_hash;
    Timestamp now;  // real time: the clock of a signature is never moved
    Dialect dialect = Dialect::json;
    std::string_view service = {};  // the signing name that the scope has to name; empty: any
    SigningKeys* keys = nullptr;
    std::string_view host_bucket = {};  // of a virtual-hosted request; version 2 signs it
};

// Throws AWS's refusal. S3's version 2 is checked too (sigv2.h). Precondition: credential.scheme is not none.
void verify(const RequestParts& request, const Credential& credential, const Verification& how);

}  // namespace fogbank::auth
