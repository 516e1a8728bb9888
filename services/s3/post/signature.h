// Who signed a POST form: the string to sign is the policy as sent.
// docs: S3 API Reference, "Calculating a signature" of "Browser-based uploads using POST".
#pragma once

#include "services/s3/post/form.h"

#include <optional>
#include <string>
#include <string_view>

namespace fogbank::s3::post {

enum class SignatureVersion : std::uint8_t { v2, v4 };

struct FormSignature {
    SignatureVersion version = SignatureVersion::v4;
    std::string access_key, signature;
    std::string date, region, service;  // of version 4's scope
    std::string policy;
};

// Nothing for a form without a policy: it is anonymous. Throws InvalidArgument naming the field that is
// missing, AccessDenied where there is a policy and no signature of any kind.
std::optional<FormSignature> read_signature(const Fields& fields);

// Throws SignatureDoesNotMatch.
void verify(const FormSignature& signature, std::string_view secret);

}  // namespace fogbank::s3::post
