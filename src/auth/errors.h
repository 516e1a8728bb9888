// AWS's refusals of a signature, in the words and codes of each family of services.
#pragma once

#include "src/auth/credential.h"

#include <string>
#include <string_view>

namespace fogbank::auth::errors {

// An operation that needs a signature came without one.
Error missing_token(Dialect dialect);
// A key that is not ours.
Error unknown_key(Dialect dialect, std::string_view access_key);
// Something of the header or the query is missing or malformed; `message` is whole.
Error incomplete(Dialect dialect, std::string message);
// S3's AuthorizationHeaderMalformed; `what` follows "The authorization header is malformed; ".
Error header_malformed(std::string_view what);
// S3's AuthorizationQueryParametersError.
Error query_malformed(std::string message);
Error two_mechanisms(Dialect dialect, std::string_view authorization);
Error invalid_signature(Dialect dialect, std::string message);

struct Mismatch {
    std::string_view access_key, signature;
    std::string_view string_to_sign, canonical_request;  // empty for a chunk
};
Error signature_mismatch(Dialect dialect, const Mismatch& mismatch);

}  // namespace fogbank::auth::errors
