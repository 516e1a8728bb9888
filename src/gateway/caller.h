// Who an access key is, and whether its signatures are checked: the same for headers, URLs and POST forms.
#pragma once

#include "src/auth/credentials.h"
#include "src/auth/errors.h"
#include "src/auth/principal.h"

#include <optional>
#include <string>
#include <string_view>

namespace fogbank::gateway {

enum class SignatureCheck {
    known_keys,  // keys that the credential store knows are verified, all others are not
    all,         // STRICT=1: the public test keys too, whose secret is "test"; any other is refused
};

// S3_SKIP_SIGNATURE_VALIDATION: of presigned URLs and POST policies.
enum class PresignedCheck { expiry, expiry_and_signature };

struct CallerRules {
    std::string default_account = "000000000000";
    SignatureCheck signatures = SignatureCheck::known_keys;
    PresignedCheck presigned = PresignedCheck::expiry;
};

enum class SignaturePlace { header, url_or_form };

struct KeyOwner {
    auth::Principal principal;
    std::optional<std::string> secret;  // what the signature has to fit; nothing: it is not verified
};

// Throws AWS's refusal of an unknown key where the rules want known ones.
KeyOwner owner_of_key(std::string_view access_key, SignaturePlace place, auth::Dialect dialect,
                      const auth::CredentialStore& credentials, const CallerRules& rules);

}  // namespace fogbank::gateway
