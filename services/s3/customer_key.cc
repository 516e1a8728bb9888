#include "services/s3/customer_key.h"

#include "services/s3/errors.h"
#include "src/base/bytes.h"
#include "src/base/digest.h"

namespace fogbank::s3 {

namespace {

constexpr std::size_t kKeySize = 32;
constexpr const char* kArgument = "x-amz-server-side-encryption";

Error incomplete(const char* what) {
    return invalid_argument(
        std::string("Requests specifying Server Side Encryption with Customer provided keys must provide ") +
            what,
        kArgument, "null");
}

}  // namespace

Error incompatible_encryption(std::string_view algorithm) {
    return invalid_argument(
        "Server Side Encryption with Customer provided key is incompatible with the encryption method "
        "specified",
        kArgument, algorithm);
}

std::optional<CustomerKey> read_customer_key(const std::optional<std::string>& algorithm,
                                             const std::optional<std::string>& key,
                                             const std::optional<std::string>& md5) {
    if (!algorithm && !key && !md5) return std::nullopt;
    if (!algorithm) throw incomplete("a valid encryption algorithm.");
    if (*algorithm != "AES256") {
        throw Error("InvalidEncryptionAlgorithmError", 400,
                    "The Encryption request you specified is not valid. Supported value: AES256.")
            .with("ArgumentName", "x-amz-server-side-encryption-customer-algorithm")
            .with("ArgumentValue", *algorithm);
    }
    if (!key) throw incomplete("an appropriate secret key.");
    if (!md5) throw incomplete("the client calculated MD5 of the secret key.");
    const std::optional<std::string> bytes = base64_decode(*key);
    if (!bytes || bytes->size() != kKeySize) {
        throw invalid_argument("The secret key was invalid for the specified algorithm.", kArgument, "null");
    }
    if (base64_encode(digest(DigestKind::md5, *bytes)) != *md5) {
        throw invalid_argument("The calculated MD5 hash of the key did not match the hash that was provided.",
                               kArgument, "null");
    }
    return CustomerKey{sha256_hex(*bytes), *md5};
}

void check_customer_key(const ObjectHeaders& stored, const std::optional<CustomerKey>& key) {
    if (!stored.customer_key) {
        if (!key) return;
        throw invalid_request("The encryption parameters are not applicable to this object.");
    }
    if (!key) {
        throw invalid_request(
            "The object was stored using a form of Server Side Encryption. The correct parameters must be "
            "provided to retrieve the object.");
    }
    // aws: no access without the right key.
    if (!equal_in_constant_time(key->print, *stored.customer_key)) throw access_denied();
}

void check_part_key(const ObjectHeaders& upload, const std::optional<CustomerKey>& key) {
    if (upload.customer_key && !key) {
        throw invalid_request(
            "The multipart upload initiate requested encryption. Subsequent part requests must include the "
            "appropriate encryption parameters.");
    }
    if (!upload.customer_key && !key) return;
    if (!upload.customer_key || !equal_in_constant_time(key->print, *upload.customer_key)) {
        throw invalid_request("The provided encryption parameters did not match the ones used originally.");
    }
}

}  // namespace fogbank::s3
