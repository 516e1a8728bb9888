// The HTTP server: HTTP/1.1, plain and TLS on the same port, keep-alive, pipelining, 100-continue, chunked bodies
// both ways, bounded in everything a client can make it hold.
#pragma once

#include "src/base/clock.h"
#include "src/base/task.h"
#include "src/http/message.h"

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace fogbank::http {

// Called once per request on the connection's executor. What it throws becomes a bare 500.
using Handler = std::function<Task<Response>(Request&)>;

struct Endpoint {
    std::string host;
    int port = 0;  // 0: any free one
};

struct ServerOptions {
    std::size_t header_limit = 64 * 1024;  // bytes of request line and headers
    std::size_t target_limit = 64 * 1024;
    std::chrono::seconds header_timeout{30};  // from the first byte of a request to its last header
    std::chrono::seconds idle_timeout{75};    // between requests
    std::chrono::seconds body_timeout{60};    // without a byte of the body
    std::chrono::seconds write_timeout{60};   // without progress in sending
    std::size_t connection_limit = 10'000;
    std::string tls_folder;  // keeps the CA and the certificate; made at the first TLS hello. Empty: no TLS
    std::string certificate_file, key_file;  // PEM; a user's own, instead of ours
    std::vector<std::string> certificate_names;  // subject alternative names
};

class Server {
public:
    virtual ~Server() = default;
    // Binds; throws std::system_error with the address in its message. Returns the port.
    virtual int listen(const Endpoint& endpoint) = 0;
    // Stops accepting, lets requests under way end within `grace`, then closes. Resumes when all are gone.
    virtual Task<void> stop(std::chrono::milliseconds grace) = 0;
    virtual std::size_t connections() const = 0;
};

// `contexts`: one executor per I/O thread; connections are spread over them and stay on theirs.
std::unique_ptr<Server> make_server(std::vector<Executor> contexts, Handler handler, ServerOptions options);

}  // namespace fogbank::http
