// Signature version 2 of S3: HMAC-SHA1 over a few headers and the resource, in the header or the query.
// docs: S3 User Guide, "Signing and authenticating REST requests (AWS signature version 2)".
#pragma once

#include "src/auth/credential.h"

#include <string>
#include <string_view>

namespace fogbank::auth {

// `host_bucket`: what a virtual-hosted request names in its Host header; it is signed in front of the path.
std::string string_to_sign_v2(const RequestParts& request, const Credential& credential,
                              std::string_view host_bucket);

// Base64 HMAC-SHA1, as headers, URLs and POST forms carry it.
std::string signature_v2(std::string_view secret, std::string_view text);

// Throws SignatureDoesNotMatch. The time of the request is not judged here.
void verify_v2(const RequestParts& request, const Credential& credential, std::string_view secret,
               std::string_view host_bucket);

}  // namespace fogbank::auth
