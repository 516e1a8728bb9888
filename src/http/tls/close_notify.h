// The end of a TLS connection's bytes, said so that nobody can mistake it for a cut cable.
#pragma once

#include <boost/asio/ssl/context.hpp>

#include <string>

namespace fogbank::http::tls {

// The record that says close_notify. Precondition: all that was written before is on its way; nothing can be
// written afterwards.
std::string close_notify(SSL* connection);

}  // namespace fogbank::http::tls
