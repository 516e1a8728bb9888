#include "src/http/tls/certificate.h"

#include <openssl/bio.h>
#include <openssl/ec.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>

#include <arpa/inet.h>

#include <array>
#include <stdexcept>

namespace fogbank::http::tls {

namespace {

constexpr long kDay = 24L * 60 * 60;
constexpr long kAuthorityDays = 10L * 365;
// Apple's clients refuse server certificates that live longer (support.apple.com/HT211025).
constexpr long kServerDays = 397;

using Bio = std::unique_ptr<BIO, Freed<BIO_free>>;
using Extension = std::unique_ptr<X509_EXTENSION, Freed<X509_EXTENSION_free>>;

void require(bool done, const char* step) {
    if (!done) throw std::runtime_error(std::string("TLS certificate: ") + step + " failed");
}

Key make_key() {
    Key key(EVP_EC_gen("P-256"));
    require(key != nullptr, "making a P-256 key");
    return key;
}

void add_extension(X509* certificate, X509V3_CTX& context, int nid, const std::string& value) {
    const Extension extension(X509V3_EXT_conf_nid(nullptr, &context, nid, value.c_str()));
    require(extension && X509_add_ext(certificate, extension.get(), -1) == 1, "adding an extension");
}

Certificate make_unsigned(const Key& key, const char* common_name, long days) {
    Certificate certificate(X509_new());
    require(certificate != nullptr, "making a certificate");
    X509_set_version(certificate.get(), X509_VERSION_3);
    std::array<unsigned char, 16> serial{};
    require(RAND_bytes(serial.data(), static_cast<int>(serial.size())) == 1, "choosing a serial number");
    serial[0] = static_cast<unsigned char>((serial[0] & 0x3f) | 0x40);  // positive and of full length
    const std::unique_ptr<BIGNUM, Freed<BN_free>> number(
        BN_bin2bn(serial.data(), static_cast<int>(serial.size()), nullptr));
    BN_to_ASN1_INTEGER(number.get(), X509_get_serialNumber(certificate.get()));
    // A day back, for clients whose clock is behind (containers, virtual machines that slept).
    X509_gmtime_adj(X509_getm_notBefore(certificate.get()), -kDay);
    X509_gmtime_adj(X509_getm_notAfter(certificate.get()), days * kDay);
    X509_set_pubkey(certificate.get(), key.get());
    X509_NAME* name = X509_get_subject_name(certificate.get());
    const auto add = [name](const char* field, const char* value) {
        X509_NAME_add_entry_by_txt(name, field, MBSTRING_UTF8, reinterpret_cast<const unsigned char*>(value),
                                   -1, -1, 0);
    };
    add("O", "Fogbank");
    add("CN", common_name);
    return certificate;
}

void sign(X509* certificate, const Key& key) {
    require(X509_sign(certificate, key.get(), EVP_sha256()) > 0, "signing");
}

bool is_address(const std::string& name) {
    std::array<unsigned char, 16> address{};
    return ::inet_pton(AF_INET, name.c_str(), address.data()) == 1 ||
           ::inet_pton(AF_INET6, name.c_str(), address.data()) == 1;
}

std::string text_of(BIO* bio) {
    char* bytes = nullptr;
    const long size = BIO_get_mem_data(bio, &bytes);
    return std::string(bytes, static_cast<std::size_t>(size));
}

std::string address_text(const ASN1_OCTET_STRING* address) {
    const int size = ASN1_STRING_length(address);
    std::array<char, INET6_ADDRSTRLEN> text{};
    ::inet_ntop(size == 4 ? AF_INET : AF_INET6, ASN1_STRING_get0_data(address), text.data(), text.size());
    return text.data();
}

}  // namespace

bool is_certificate_name(std::string_view name) {
    if (is_address(std::string(name))) return true;
    return !name.empty() &&
           name.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.*_-") ==
               std::string_view::npos;
}

Pair make_authority() {
    Pair pair{nullptr, make_key()};
    pair.certificate = make_unsigned(pair.key, "Fogbank local CA", kAuthorityDays);
    X509* certificate = pair.certificate.get();
    X509_set_issuer_name(certificate, X509_get_subject_name(certificate));
    X509V3_CTX context;
    X509V3_set_ctx(&context, certificate, certificate, nullptr, nullptr, 0);
    add_extension(certificate, context, NID_basic_constraints, "critical,CA:TRUE,pathlen:0");
    add_extension(certificate, context, NID_key_usage, "critical,keyCertSign,cRLSign");
    add_extension(certificate, context, NID_subject_key_identifier, "hash");
    sign(certificate, pair.key);
    return pair;
}

Pair make_server_certificate(const Pair& authority, const std::vector<std::string>& names) {
    Pair pair{nullptr, make_key()};
    pair.certificate = make_unsigned(pair.key, "localhost.localstack.cloud", kServerDays);
    X509* certificate = pair.certificate.get();
    X509_set_issuer_name(certificate, X509_get_subject_name(authority.certificate.get()));
    X509V3_CTX context;
    X509V3_set_ctx(&context, authority.certificate.get(), certificate, nullptr, nullptr, 0);
    add_extension(certificate, context, NID_basic_constraints, "critical,CA:FALSE");
    add_extension(certificate, context, NID_key_usage, "critical,digitalSignature");
    add_extension(certificate, context, NID_ext_key_usage, "serverAuth");
    add_extension(certificate, context, NID_subject_key_identifier, "hash");
    add_extension(certificate, context, NID_authority_key_identifier, "keyid");
    std::string list;
    for (const std::string& name : names) {
        if (!list.empty()) list += ',';
        list += (is_address(name) ? "IP:" : "DNS:") + name;
    }
    add_extension(certificate, context, NID_subject_alt_name, list);
    sign(certificate, authority.key);
    return pair;
}

std::string certificate_pem(const Certificate& certificate) {
    const Bio bio(BIO_new(BIO_s_mem()));
    require(bio && PEM_write_bio_X509(bio.get(), certificate.get()) == 1, "writing a certificate");
    return text_of(bio.get());
}

std::string key_pem(const Key& key) {
    const Bio bio(BIO_new(BIO_s_mem()));
    require(bio && PEM_write_bio_PrivateKey(bio.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr) == 1,
            "writing a key");
    return text_of(bio.get());
}

Certificate parse_certificate(const std::string& pem) {
    const Bio bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
    return Certificate(bio ? PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr) : nullptr);
}

Key parse_key(const std::string& pem) {
    const Bio bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
    return Key(bio ? PEM_read_bio_PrivateKey(bio.get(), nullptr, nullptr, nullptr) : nullptr);
}

std::set<std::string> subject_names(const Certificate& certificate) {
    std::set<std::string> names;
    const std::unique_ptr<GENERAL_NAMES, Freed<GENERAL_NAMES_free>> list(static_cast<GENERAL_NAMES*>(
        X509_get_ext_d2i(certificate.get(), NID_subject_alt_name, nullptr, nullptr)));
    for (int i = 0; list && i < sk_GENERAL_NAME_num(list.get()); ++i) {
        const GENERAL_NAME* name = sk_GENERAL_NAME_value(list.get(), i);
        if (name->type == GEN_DNS) {
            names.emplace(reinterpret_cast<const char*>(ASN1_STRING_get0_data(name->d.dNSName)),
                          static_cast<std::size_t>(ASN1_STRING_length(name->d.dNSName)));
        } else if (name->type == GEN_IPADD) {
            names.insert(address_text(name->d.iPAddress));
        }
    }
    return names;
}

bool expires_within_days(const Certificate& certificate, int days) {
    int left_days = 0, left_seconds = 0;
    // From now (null) to the end of its life.
    if (ASN1_TIME_diff(&left_days, &left_seconds, nullptr, X509_get0_notAfter(certificate.get())) != 1)
        return true;
    return left_days < days;
}

bool belongs_to(const Certificate& certificate, const Key& key) {
    return X509_check_private_key(certificate.get(), key.get()) == 1;
}

bool signed_by(const Certificate& certificate, const Certificate& authority) {
    return X509_verify(certificate.get(), X509_get0_pubkey(authority.get())) == 1;
}

}  // namespace fogbank::http::tls
