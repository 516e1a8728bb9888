// A server on two I/O threads for the tests of this folder, and a raw socket to talk to it in exact bytes.
#pragma once

#include "src/http/server.h"

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace fogbank::http::test {

class LiveServer {
public:
    explicit LiveServer(Handler handler, ServerOptions options = {});
    ~LiveServer();
    LiveServer(const LiveServer&) = delete;
    LiveServer& operator=(const LiveServer&) = delete;

    int port() const { return port_; }
    Server& server() { return *server_; }
    Executor executor() const;
    // Runs stop() and returns how long it took.
    std::chrono::milliseconds stop(std::chrono::milliseconds grace);

private:
    struct Threads;
    std::unique_ptr<Threads> threads_;
    std::unique_ptr<Server> server_;
    int port_ = 0;
};

// A blocking TCP client; every wait is bounded by five seconds.
class RawClient {
public:
    explicit RawClient(int port);
    ~RawClient();
    RawClient(RawClient&& other) noexcept;
    RawClient(const RawClient&) = delete;

    void send(std::string_view bytes);
    bool try_send(std::string_view bytes);   // false where the other side is gone
    void finish_sending();                   // half-close
    std::string receive_some();              // what has come; empty at the end of the connection
    std::string receive(std::size_t bytes);  // exactly so many, or fewer where the connection ends
    std::string receive_until(std::string_view mark);
    std::string receive_all();                            // until the connection ends
    std::string receive_response();                       // head, and a body of Content-Length
    bool closed_within(std::chrono::milliseconds limit);  // by the other side, with nothing more sent
    void close();

private:
    int socket_ = -1;
    std::string pending_;
};

// The response without its Date header, which changes.
std::string without_date(std::string response);

Response text(std::string body);
// Answers "METHOD target body-length:body".
Task<Response> echo(Request& request);

}  // namespace fogbank::http::test
