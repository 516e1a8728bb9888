// SSE-C: keys that requests bring along. The key itself is never kept, only what tells it again. Pure.
// docs: S3 User Guide, "Using server-side encryption with customer-provided keys (SSE-C)".
#pragma once

#include "services/s3/object_headers.h"

#include <optional>
#include <string>

namespace fogbank::s3 {

Error incompatible_encryption(std::string_view algorithm);

struct CustomerKey {
    std::string print;  // SHA-256 of the key, in hex
    std::string md5;    // base64, as the answer repeats it
};

// Nothing where the request has none of the three headers. Throws in AWS's words where they don't fit.
std::optional<CustomerKey> read_customer_key(const std::optional<std::string>& algorithm,
                                             const std::optional<std::string>& key,
                                             const std::optional<std::string>& md5);

// Throws where the key is not the one that the object was stored with, or one too many.
void check_customer_key(const ObjectHeaders& stored, const std::optional<CustomerKey>& key);
// The same for a part of an upload.
void check_part_key(const ObjectHeaders& upload, const std::optional<CustomerKey>& key);

template <class Input>
std::optional<CustomerKey> customer_key_of(const Input& input) {
    return read_customer_key(input.SSECustomerAlgorithm, input.SSECustomerKey, input.SSECustomerKeyMD5);
}

template <class Input>
std::optional<CustomerKey> copy_source_key_of(const Input& input) {
    return read_customer_key(input.CopySourceSSECustomerAlgorithm, input.CopySourceSSECustomerKey,
                             input.CopySourceSSECustomerKeyMD5);
}

// The key of what the request writes, into the headers.
template <class Input>
std::optional<CustomerKey> take_customer_key(const Input& input, ObjectHeaders& headers) {
    std::optional<CustomerKey> key = customer_key_of(input);
    if (!key) return key;
    if (input.ServerSideEncryption) throw incompatible_encryption(*input.ServerSideEncryption);
    headers.customer_key = key->print;
    return key;
}

template <class Output>
void show_customer_key(Output& output, const std::optional<CustomerKey>& key) {
    if (!key) return;
    output.SSECustomerAlgorithm = "AES256";
    output.SSECustomerKeyMD5 = key->md5;
}

}  // namespace fogbank::s3
