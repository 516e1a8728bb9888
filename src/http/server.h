// The HTTP server: HTTP/1.1 and HTTP/2, plain and TLS on the same port, keep-alive, pipelining, 100-continue,
// chunked bodies both ways, bounded in everything a client can make it hold.
#pragma once

#include "src/base/clock.h"
#include "src/base/task.h"
#include "src/http/message.h"

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace fogbank::http {

// Called once per request on the connection's executor. What it throws becomes a bare 500.
using Handler = std::function<Task<Response>(Request&)>;

// A request that the server itself refuses, because it breaks HTTP or a limit. The connection closes after
// it.
struct Refusal {
    int status = 400;          // 400, 408, 414, 431, 501 or 505
    std::string_view message;  // "the request's headers hold more than 65536 bytes"
    std::string_view head;     // what came of the request, unparsed
    int local_port = 0;
    std::size_t header_limit = 0;  // ServerOptions::header_limit
};

struct Endpoint {
    std::string host;
    int port = 0;  // 0: any free one
};

struct ServerOptions {
    std::size_t header_limit = 64 * 1024;  // bytes of request line and headers
    std::size_t target_limit = 64 * 1024;
    std::chrono::milliseconds header_timeout{30'000};  // from the first byte of a request to its last header
    std::chrono::milliseconds idle_timeout{75'000};    // between requests
    std::chrono::milliseconds body_timeout{60'000};    // without a byte of the body; see body_pace.h
    std::chrono::milliseconds write_timeout{60'000};   // without progress in sending
    std::size_t connection_limit = 10'000;
    std::string tls_folder;  // keeps the CA and the certificate; made at the first TLS hello. Empty: no TLS
    std::string certificate_file, key_file;      // PEM; a user's own, instead of ours
    std::vector<std::string> certificate_names;  // further subject alternative names, DNS names or addresses
    // The answer to what never became a Request. Unset: the status, and the message as plain text.
    std::function<Response(const Refusal&)> refusal;
};

class Server {
public:
    virtual ~Server() = default;
    // Binds; throws std::system_error with the address in its message. Returns the port.
    virtual int listen(const Endpoint& endpoint) = 0;
    // Stops accepting, lets requests under way end within `grace`, then fires their `cancelled` and closes.
    // Resumes when all are gone.
    virtual Task<void> stop(std::chrono::milliseconds grace) = 0;
    virtual std::size_t connections() const = 0;
};

// `contexts`: one executor per I/O thread; connections are spread over them and stay on theirs.
std::unique_ptr<Server> make_server(std::vector<Executor> contexts, Handler handler, ServerOptions options);

}  // namespace fogbank::http
