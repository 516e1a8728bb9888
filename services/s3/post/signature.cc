#include "services/s3/post/signature.h"

#include "services/s3/errors.h"
#include "src/auth/errors.h"
#include "src/auth/sigv2.h"
#include "src/auth/sigv4.h"
#include "src/base/bytes.h"
#include "src/base/digest.h"

#include <array>
#include <vector>

namespace fogbank::s3::post {

namespace {

const std::string& require(const Fields& fields, std::string_view name) {
    const std::string* value = find_field(fields, name);
    if (value != nullptr) return *value;
    throw invalid_argument("Bucket POST must contain a field named '" + std::string(name) +
                               "'.  If it is specified, please check the order of the fields.",
                           name, "");
}

FormSignature read_v4(const Fields& fields) {
    FormSignature out;
    const std::string& algorithm = require(fields, "X-Amz-Algorithm");
    if (algorithm != "AWS4-HMAC-SHA256") {
        throw invalid_argument("X-Amz-Algorithm only supports \"AWS4-HMAC-SHA256\"", "X-Amz-Algorithm",
                               algorithm);
    }
    const std::string& credential = require(fields, "X-Amz-Credential");
    require(fields, "X-Amz-Date");
    out.signature = require(fields, "X-Amz-Signature");
    // key/date/region/service/aws4_request from the right: a key may hold a slash.
    std::vector<std::string_view> parts;
    std::string_view rest = credential;
    while (parts.size() < 4 && rest.rfind('/') != std::string_view::npos) {
        parts.push_back(rest.substr(rest.rfind('/') + 1));
        rest = rest.substr(0, rest.rfind('/'));
    }
    if (parts.size() < 4 || parts[0] != "aws4_request" || rest.empty()) {
        throw invalid_argument(
            "the Credential is mal-formed; expecting \"<YOUR-AKID>/YYYYMMDD/REGION/SERVICE/aws4_request\".",
            "X-Amz-Credential", credential);
    }
    out.service = parts[1];
    out.region = parts[2];
    out.date = parts[3];
    out.access_key = rest;
    return out;
}

bool has_any(const Fields& fields, std::initializer_list<std::string_view> names) {
    for (const std::string_view name : names) {
        if (find_field(fields, name) != nullptr) return true;
    }
    return false;
}

}  // namespace

std::optional<FormSignature> read_signature(const Fields& fields) {
    const std::string* policy = find_field(fields, "policy");
    if (policy == nullptr) return std::nullopt;
    FormSignature out;
    if (has_any(fields, {"X-Amz-Algorithm", "X-Amz-Credential", "X-Amz-Date", "X-Amz-Signature"})) {
        out = read_v4(fields);
    } else if (has_any(fields, {"AWSAccessKeyId", "Signature"})) {
        out.version = SignatureVersion::v2;
        out.access_key = require(fields, "AWSAccessKeyId");
        out.signature = require(fields, "Signature");
    } else {
        throw access_denied();
    }
    out.policy = *policy;
    return out;
}

void verify(const FormSignature& signature, std::string_view secret) {
    std::string expected;
    if (signature.version == SignatureVersion::v2) {
        expected = auth::signature_v2(secret, signature.policy);
    } else {
        const std::string key =
            auth::signing_key(secret, signature.date, signature.region, signature.service);
        expected = hex_encode(hmac_sha256(key, signature.policy));
    }
    if (equal_in_constant_time(expected, signature.signature)) return;
    throw auth::errors::signature_mismatch(auth::Dialect::s3,
                                           {signature.access_key, signature.signature, signature.policy, {}});
}

}  // namespace fogbank::s3::post
