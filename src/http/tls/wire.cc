#include "src/http/tls/wire.h"

#include <openssl/bio.h>
#include <openssl/ssl.h>

namespace fogbank::http::tls {

std::string close_notify(SSL* connection) {
    // Asio's shutdown waits for the other side's close_notify. The record alone comes out of an output of its
    // own.
    BIO* output = BIO_new(BIO_s_mem());
    if (!output) return {};
    SSL_set0_wbio(connection, output);
    SSL_shutdown(connection);
    char* bytes = nullptr;
    const long size = BIO_get_mem_data(output, &bytes);
    return size > 0 ? std::string(bytes, static_cast<std::size_t>(size)) : std::string();
}

bool agreed_on_http2(const SSL* connection) {
    const unsigned char* name = nullptr;
    unsigned int size = 0;
    SSL_get0_alpn_selected(connection, &name, &size);
    return size == 2 && name[0] == 'h' && name[1] == '2';
}

}  // namespace fogbank::http::tls
