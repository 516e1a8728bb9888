#include "src/http/tls/close_notify.h"

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

}  // namespace fogbank::http::tls
