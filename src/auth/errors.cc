#include "src/auth/errors.h"

#include "src/base/bytes.h"

namespace fogbank::auth::errors {

namespace {

constexpr const char* kMismatch =
    "The request signature we calculated does not match the signature you provided. Check your AWS Secret "
    "Access Key "
    "and signing method. Consult the service documentation for details.";
constexpr const char* kMismatchS3 =
    "The request signature we calculated does not match the signature you provided. Check your key and "
    "signing "
    "method.";

// aws: the JSON protocols over POST / answer 400, the REST and query ones 403.
int status_of(Dialect dialect) {
    return dialect == Dialect::json ? 400 : 403;
}

// S3 shows the bytes it signed as "41 57 53 34".
std::string spaced_hex(std::string_view bytes) {
    const std::string hex = hex_encode(bytes);
    std::string out;
    out.reserve(hex.size() * 3 / 2);
    for (std::size_t at = 0; at < hex.size(); at += 2) {
        if (at > 0) out += ' ';
        out.append(hex, at, 2);
    }
    return out;
}

}  // namespace

Error missing_token(Dialect dialect) {
    switch (dialect) {
        case Dialect::s3:
            return Error("AccessDenied", 403, "Access Denied");
        case Dialect::json:
            return Error(
                "MissingAuthenticationTokenException", 400,
                "Request must contain either a valid (registered) AWS access key ID or X.509 certificate.");
        case Dialect::rest_json:
            return Error("MissingAuthenticationTokenException", 403, "Missing Authentication Token");
        case Dialect::query:
            break;
    }
    return Error("MissingAuthenticationToken", 403, "Request is missing Authentication Token");
}

Error unknown_key(Dialect dialect, std::string_view access_key) {
    if (dialect == Dialect::s3) {
        return Error("InvalidAccessKeyId", 403,
                     "The AWS Access Key Id you provided does not exist in our records.")
            .with("AWSAccessKeyId", std::string(access_key));
    }
    return Error(dialect == Dialect::query ? "InvalidClientTokenId" : "UnrecognizedClientException",
                 status_of(dialect), "The security token included in the request is invalid.");
}

Error incomplete(Dialect dialect, std::string message) {
    return Error(dialect == Dialect::query ? "IncompleteSignature" : "IncompleteSignatureException",
                 status_of(dialect), std::move(message));
}

Error header_malformed(std::string_view what) {
    return Error("AuthorizationHeaderMalformed", 400,
                 "The authorization header is malformed; " + std::string(what));
}

Error query_malformed(std::string message) {
    return Error("AuthorizationQueryParametersError", 400, std::move(message));
}

Error two_mechanisms(Dialect dialect, std::string_view authorization) {
    if (dialect == Dialect::s3) {
        return Error("InvalidArgument", 400,
                     "Only one auth mechanism allowed; only the X-Amz-Algorithm query parameter, Signature "
                     "query "
                     "string parameter or the Authorization header should be specified")
            .with("ArgumentName", "Authorization")
            .with("ArgumentValue", std::string(authorization));
    }
    return invalid_signature(
        dialect, "Found both 'X-Amz-Algorithm' as a query-string param and 'Authorization' as HTTP header.");
}

Error invalid_signature(Dialect dialect, std::string message) {
    return Error(dialect == Dialect::query ? "SignatureDoesNotMatch" : "InvalidSignatureException",
                 status_of(dialect), std::move(message));
}

Error signature_mismatch(Dialect dialect, const Mismatch& mismatch) {
    if (dialect != Dialect::s3) return invalid_signature(dialect, kMismatch);
    Error error = Error("SignatureDoesNotMatch", 403, kMismatchS3)
                      .with("AWSAccessKeyId", std::string(mismatch.access_key))
                      .with("StringToSign", std::string(mismatch.string_to_sign))
                      .with("SignatureProvided", std::string(mismatch.signature))
                      .with("StringToSignBytes", spaced_hex(mismatch.string_to_sign));
    if (mismatch.canonical_request.empty()) return error;
    return std::move(error)
        .with("CanonicalRequest", std::string(mismatch.canonical_request))
        .with("CanonicalRequestBytes", spaced_hex(mismatch.canonical_request));
}

}  // namespace fogbank::auth::errors
