// An own certificate authority and server certificates signed by it, on P-256.
#pragma once

#include <openssl/evp.h>
#include <openssl/x509.h>

#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace fogbank::http::tls {

template <auto Free>
struct Freed {
    template <class T>
    void operator()(T* resource) const {
        Free(resource);
    }
};
using Key = std::unique_ptr<EVP_PKEY, Freed<EVP_PKEY_free>>;
using Certificate = std::unique_ptr<X509, Freed<X509_free>>;

struct Pair {
    Certificate certificate;
    Key key;
};

// A DNS name, with or without a wildcard, or an IP address.
bool is_certificate_name(std::string_view name);

// All throw std::runtime_error naming the step that failed.
Pair make_authority();
// `names`: DNS names, with wildcards, and IP addresses.
Pair make_server_certificate(const Pair& authority, const std::vector<std::string>& names);

std::string certificate_pem(const Certificate& certificate);
std::string key_pem(const Key& key);
// Null where the text is none.
Certificate parse_certificate(const std::string& pem);
Key parse_key(const std::string& pem);

// The certificate's DNS names and addresses.
std::set<std::string> subject_names(const Certificate& certificate);
bool expires_within_days(const Certificate& certificate, int days);
bool belongs_to(const Certificate& certificate, const Key& key);
bool signed_by(const Certificate& certificate, const Certificate& authority);

}  // namespace fogbank::http::tls
