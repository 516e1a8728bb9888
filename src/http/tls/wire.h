// What Asio's TLS stream does not offer of a connection: a goodbye without waiting, and what was agreed on.
#pragma once

#include <boost/asio/ssl/context.hpp>

#include <string>

namespace fogbank::http::tls {

// The record that says close_notify. Precondition: all that was written before is on its way; nothing can be
// written afterwards.
std::string close_notify(SSL* connection);

// Whether client and server agreed on HTTP/2 (ALPN "h2").
bool agreed_on_http2(const SSL* connection);

}  // namespace fogbank::http::tls
