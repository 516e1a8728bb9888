// One I/O thread's share of the server: its connections, the one timer that watches their deadlines, and what
// they use in turn. Everything here runs on that thread's executor unless it says otherwise.
#pragma once

#include "src/http/buffer.h"
#include "src/http/server.h"
#include "src/http/tls/identity.h"
#include "src/http/transport.h"

#include <boost/asio/basic_waitable_timer.hpp>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace fogbank::http {

class Connection;

// What all shards share. Outlives the Server object while connections wind down.
struct ServerShared {
    ServerShared(Handler h, ServerOptions o)
        : handler(std::move(h)), options(std::move(o)), identity(options) {}

    const Handler handler;
    const ServerOptions options;
    tls::Identity identity;
    std::atomic<std::size_t> connections{0};
    std::atomic<bool> stopping{false};
    std::function<void()> on_empty;  // set before `stopping`; runs on the thread of the last connection
};

class Shard : public std::enable_shared_from_this<Shard> {
public:
    Shard(IoExecutor executor, std::shared_ptr<ServerShared> shared);

    const IoExecutor& executor() const { return executor_; }
    ServerShared& shared() { return *shared_; }
    const ServerOptions& options() const { return shared_->options; }

    // Serves an accepted socket. Any thread.
    void serve(Socket socket, int local_port);

    void enter(Connection& connection);
    void leave(Connection& connection);

    BufferPool& buffers() { return buffers_; }
    std::string_view date();  // of now, as the Date header has it

    void close_idle();  // connections without a request under way
    void close_all();

private:
    void arm();
    void sweep();

    using Timer =
        boost::asio::basic_waitable_timer<std::chrono::steady_clock,
                                          boost::asio::wait_traits<std::chrono::steady_clock>, IoExecutor>;
    IoExecutor executor_;
    std::shared_ptr<ServerShared> shared_;  // shared with the other shards and the server
    Timer timer_;
    bool armed_ = false;
    std::chrono::milliseconds sweep_interval_;
    std::vector<Connection*> connections_;  // each knows its place
    BufferPool buffers_;
    std::int64_t date_second_ = -1;
    std::string date_;
};

}  // namespace fogbank::http
