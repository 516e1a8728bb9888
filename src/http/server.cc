#include "src/http/server.h"

#include "src/base/log.h"
#include "src/http/shard.h"

#include <boost/asio/basic_socket_acceptor.hpp>
#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ip/v6_only.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstring>
#include <stdexcept>
#include <system_error>

namespace fogbank::http {

namespace asio = boost::asio;
using asio::ip::tcp;

namespace {

using Timer = asio::basic_waitable_timer<std::chrono::steady_clock>;

// Out of file descriptors: accepting again at once would spin.
constexpr std::chrono::milliseconds kAcceptPause{100};
constexpr int kAcceptTurn = 64;
// After the grace, handlers have seen `cancelled`; one that still does not end is left behind.
constexpr std::chrono::milliseconds kLastWait{5000};

// One listening socket. Accepts on the first shard's thread and deals the connections out in turn: kernel
// balancing (SO_REUSEPORT) would be uneven for a few connections, and would let two daemons share a port
// unnoticed.
class Listener : public std::enable_shared_from_this<Listener> {
public:
    Listener(std::vector<std::shared_ptr<Shard>> shards, const tcp::endpoint& endpoint)
        : shards_(std::move(shards)),
          protocol_(endpoint.protocol()),
          acceptor_(shards_[0]->executor()),
          pause_(shards_[0]->executor()) {
        acceptor_.open(protocol_);
        ::fcntl(acceptor_.native_handle(), F_SETFD, FD_CLOEXEC);
        acceptor_.native_non_blocking(true);
        acceptor_.set_option(asio::socket_base::reuse_address(true));
        if (endpoint.address().is_v6()) acceptor_.set_option(asio::ip::v6_only(false));
        acceptor_.bind(endpoint);
        acceptor_.listen(1024);
        port_ = acceptor_.local_endpoint().port();
    }

    int port() const { return port_; }

    void start() {
        asio::post(shards_[0]->executor(), [self = shared_from_this()] { self->accept(); });
    }

    void close() {
        asio::post(shards_[0]->executor(), [self = shared_from_this()] {
            boost::system::error_code ignored;
            self->acceptor_.close(ignored);
            self->pause_.cancel();
        });
    }

private:
    void accept() {
        if (!acceptor_.is_open()) return;
        acceptor_.async_wait(
            tcp::acceptor::wait_read,
            [self = shared_from_this()](const boost::system::error_code&) { self->accept_all(); });
    }

    // Takes what waits. By accept4 itself: Asio's accept would let the sockets leak into the functions'
    // processes, and a connection that another process holds open is not seen to close.
    void accept_all() {
        for (int i = 0; i < kAcceptTurn && acceptor_.is_open(); ++i) {
            const int accepted =
                ::accept4(acceptor_.native_handle(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK);
            if (accepted >= 0) {
                deal(accepted);
                continue;
            }
            if (errno == EAGAIN || errno == EWOULDBLOCK) break;
            if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM) {
                log::warning("cannot accept connections for the moment", {{"reason", std::strerror(errno)}});
                pause_.expires_after(kAcceptPause);
                pause_.async_wait(
                    [self = shared_from_this()](const boost::system::error_code&) { self->accept(); });
                return;
            }
            // Anything else concerns the one connection that broke before it was accepted.
        }
        accept();
    }

    void deal(int accepted) {
        next_ = (next_ + 1) % shards_.size();
        ServerShared& shared = shards_[next_]->shared();
        Socket socket(shards_[next_]->executor());
        boost::system::error_code ec;
        socket.assign(protocol_, accepted, ec);
        if (ec) {
            ::close(accepted);
        } else if (shared.connections >= shared.options.connection_limit) {
            turn_away(socket);
        } else {
            shards_[next_]->serve(std::move(socket), port_);
        }
    }

    static void turn_away(Socket& socket) {
        static constexpr std::string_view kAnswer =
            "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
        ::send(socket.native_handle(), kAnswer.data(), kAnswer.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
    }

    std::vector<std::shared_ptr<Shard>> shards_;  // shared with the server and the connections
    tcp protocol_;
    asio::basic_socket_acceptor<tcp, IoExecutor> acceptor_;
    asio::basic_waitable_timer<std::chrono::steady_clock, asio::wait_traits<std::chrono::steady_clock>,
                               IoExecutor>
        pause_;
    std::size_t next_ = 0;
    int port_ = 0;
};

std::string describe(const Endpoint& endpoint) {
    return endpoint.host + ":" + std::to_string(endpoint.port);
}

constexpr const char* kAddressHint =
    "Write an address of this machine, such as 127.0.0.1, or 0.0.0.0 for all of them";

tcp::endpoint resolve(const Endpoint& endpoint, const IoExecutor& executor) {
    boost::system::error_code ec;
    const auto port = static_cast<unsigned short>(endpoint.port);
    if (endpoint.host.empty() || endpoint.host == "*") return {asio::ip::address_v4::any(), port};
    const auto address = asio::ip::make_address(endpoint.host, ec);
    if (!ec) return {address, port};
    tcp::resolver resolver(executor);
    const auto found = resolver.resolve(endpoint.host, std::to_string(port), tcp::resolver::passive, ec);
    if (ec || found.empty()) {
        throw std::invalid_argument("cannot listen on " + describe(endpoint) + ": no host '" + endpoint.host +
                                    "' is known here. " + kAddressHint);
    }
    // "localhost" is both 127.0.0.1 and ::1; most clients try the first.
    for (const auto& entry : found) {
        if (entry.endpoint().address().is_v4()) return entry.endpoint();
    }
    return found.begin()->endpoint();
}

class AsioServer final : public Server {
public:
    AsioServer(const std::vector<Executor>& contexts, Handler handler, ServerOptions options)
        : shared_(std::make_shared<ServerShared>(std::move(handler), std::move(options))) {
        for (const Executor& executor : contexts) {
            const auto* io = executor.target<IoExecutor>();
            if (!io) throw std::invalid_argument("the HTTP server runs on executors of an io_context only");
            shards_.push_back(std::make_shared<Shard>(*io, shared_));
        }
        if (shards_.empty()) throw std::invalid_argument("the HTTP server needs an executor");
    }

    ~AsioServer() override {
        for (const auto& listener : listeners_) listener->close();
    }

    int listen(const Endpoint& endpoint) override {
        try {
            const auto address = resolve(endpoint, shards_[0]->executor());
            listeners_.push_back(std::make_shared<Listener>(shards_, address));
        } catch (const boost::system::system_error& problem) {
            if (problem.code() == boost::system::errc::address_not_available) {
                throw std::invalid_argument("cannot listen on " + describe(endpoint) + ": '" + endpoint.host +
                                            "' is no address of this machine. " + kAddressHint);
            }
            throw std::system_error(problem.code().value(), std::system_category(),
                                    "cannot listen on " + describe(endpoint));
        }
        listeners_.back()->start();
        return listeners_.back()->port();
    }

    Task<void> stop(std::chrono::milliseconds grace) override {
        const Executor executor = co_await current_executor();
        const auto timer = std::make_shared<Timer>(executor);
        if (!shared_->stopping) {
            // What the server shares may outlive the timer's context, so it keeps no timer alive.
            shared_->on_empty = [weak = std::weak_ptr(timer), executor] {
                asio::post(executor, [weak] {
                    // Moving the expiry into the past also ends a wait that begins only afterwards.
                    if (const auto waiting = weak.lock()) waiting->expires_at(Timer::time_point::min());
                });
            };
            shared_->stopping = true;
        }
        for (const auto& listener : listeners_) listener->close();
        for (const auto& shard : shards_) {
            asio::post(shard->executor(), [shard] { shard->close_idle(); });
        }
        co_await wait(*timer, grace);
        if (shared_->connections == 0) co_return;
        if (grace.count() > 0) {
            log::info("the grace is over: requests under way are cancelled",
                      {{"connections", std::to_string(shared_->connections)}});
        }
        for (const auto& shard : shards_) {
            asio::post(shard->executor(), [shard] { shard->close_all(); });
        }
        co_await wait(*timer, kLastWait);
        if (shared_->connections != 0) {
            log::warning("handlers did not end", {{"connections", std::to_string(shared_->connections)}});
        }
    }

    std::size_t connections() const override { return shared_->connections; }

private:
    // Until no connection is left, or for `limit`.
    Task<void> wait(Timer& timer, std::chrono::milliseconds limit) {
        timer.expires_after(limit);
        if (shared_->connections == 0) co_return;
        boost::system::error_code ignored;
        co_await timer.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
    }

    std::shared_ptr<ServerShared> shared_;              // shared with connections, which may end later
    std::vector<std::shared_ptr<Shard>> shards_;        // shared with the listeners and connections
    std::vector<std::shared_ptr<Listener>> listeners_;  // shared with their pending accepts
};

}  // namespace

// The first context has to be destroyed before the others: the listener's pending accept, which it holds,
// refers to the shards of all.
std::unique_ptr<Server> make_server(std::vector<Executor> contexts, Handler handler, ServerOptions options) {
    // sendfile knows no MSG_NOSIGNAL: a client that goes away in the middle of a file would end the process.
    std::signal(SIGPIPE, SIG_IGN);
    return std::make_unique<AsioServer>(contexts, std::move(handler), std::move(options));
}

}  // namespace fogbank::http
