// Who the server is on TLS: a user's own certificate, or ours from the folder, made when first needed.
#pragma once

#include <boost/asio/ssl/context.hpp>

#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace fogbank::http {
struct ServerOptions;
}

namespace fogbank::http::tls {

// Files in the folder: ca.pem and ca.key, server.pem (with the CA behind it) and server.key.
class Identity {
public:
    explicit Identity(const ServerOptions& options);

    // The context for the next connection: made at the first call, made anew where the certificate nears its
    // end. Null, with a logged reason, where there is none. Thread-safe.
    std::shared_ptr<boost::asio::ssl::context> context();

private:
    std::shared_ptr<boost::asio::ssl::context> load();
    void prepare_files(const std::string& folder) const;

    std::string folder_;
    std::string certificate_file_;
    std::string key_file_;
    std::vector<std::string> names_;
    std::mutex mutex_;
    std::shared_ptr<boost::asio::ssl::context> context_;  // shared with the connections that use it
    std::int64_t look_again_ms_ = 0;                      // steady
};

}  // namespace fogbank::http::tls
