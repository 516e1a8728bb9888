#include "tests/unit/http/live_server.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_future.hpp>
#include <catch2/catch.hpp>

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <thread>
#include <vector>

namespace fogbank::http::test {

namespace asio = boost::asio;

struct LiveServer::Threads {
    asio::io_context second{1}, first{1};  // the first context of a server has to go first
    asio::executor_work_guard<asio::io_context::executor_type> first_work{first.get_executor()};
    asio::executor_work_guard<asio::io_context::executor_type> second_work{second.get_executor()};
    std::vector<std::thread> running;
};

LiveServer::LiveServer(Handler handler, ServerOptions options) : threads_(std::make_unique<Threads>()) {
    std::vector<Executor> executors{threads_->first.get_executor(), threads_->second.get_executor()};
    server_ = make_server(executors, std::move(handler), std::move(options));
    port_ = server_->listen({"127.0.0.1", 0});
    threads_->running.emplace_back([this] { threads_->first.run(); });
    threads_->running.emplace_back([this] { threads_->second.run(); });
}

LiveServer::~LiveServer() {
    stop(std::chrono::milliseconds(0));
    threads_->first.stop();
    threads_->second.stop();
    for (auto& thread : threads_->running) thread.join();
    server_.reset();
}

Executor LiveServer::executor() const {
    return threads_->first.get_executor();
}

std::chrono::milliseconds LiveServer::stop(std::chrono::milliseconds grace) {
    const auto start = std::chrono::steady_clock::now();
    asio::co_spawn(threads_->first, server_->stop(grace), asio::use_future).get();
    return std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - start);
}

RawClient::RawClient(int port) : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<std::uint16_t>(port));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    REQUIRE(::connect(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) == 0);
    const int on = 1;
    ::setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
    const timeval limit{5, 0};
    ::setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));
    ::setsockopt(socket_, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof(limit));
}

RawClient::~RawClient() {
    close();
}

RawClient::RawClient(RawClient&& other) noexcept
    : socket_(std::exchange(other.socket_, -1)), pending_(std::move(other.pending_)) {}

void RawClient::close() {
    if (socket_ >= 0) ::close(std::exchange(socket_, -1));
}

bool RawClient::try_send(std::string_view bytes) {
    while (!bytes.empty()) {
        const ssize_t sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (sent <= 0) return false;
        bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
    return true;
}

void RawClient::send(std::string_view bytes) {
    REQUIRE(try_send(bytes));
}

void RawClient::finish_sending() {
    ::shutdown(socket_, SHUT_WR);
}

std::string RawClient::receive_some() {
    std::array<char, 64 * 1024> piece;
    const ssize_t got = ::recv(socket_, piece.data(), piece.size(), 0);
    if (got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) FAIL("nothing came for five seconds");
    return got <= 0 ? std::string() : std::string(piece.data(), static_cast<std::size_t>(got));
}

std::string RawClient::receive(std::size_t bytes) {
    while (pending_.size() < bytes) {
        const std::string more = receive_some();
        if (more.empty()) break;
        pending_ += more;
    }
    std::string result = pending_.substr(0, bytes);
    pending_.erase(0, result.size());
    return result;
}

std::string RawClient::receive_until(std::string_view mark) {
    for (;;) {
        const std::size_t at = pending_.find(mark);
        if (at != std::string::npos) return receive(at + mark.size());
        const std::string more = receive_some();
        if (more.empty()) return std::exchange(pending_, {});
        pending_ += more;
    }
}

std::string RawClient::receive_all() {
    for (;;) {
        const std::string more = receive_some();
        if (more.empty()) return std::exchange(pending_, {});
        pending_ += more;
    }
}

std::string RawClient::receive_response() {
    std::string head = receive_until("\r\n\r\n");
    const std::size_t at = head.find("Content-Length: ");
    if (at == std::string::npos) return head;
    return head + receive(std::stoul(head.substr(at + 16)));
}

bool RawClient::closed_within(std::chrono::milliseconds limit) {
    pollfd waiting{socket_, POLLIN, 0};
    if (::poll(&waiting, 1, static_cast<int>(limit.count())) != 1) return false;
    char byte = 0;
    return ::recv(socket_, &byte, 1, 0) <= 0;
}

std::string without_date(std::string response) {
    const std::size_t at = response.find("Date: ");
    if (at != std::string::npos) response.erase(at, response.find("\r\n", at) + 2 - at);
    return response;
}

Response text(std::string body) {
    Response response;
    response.body = std::move(body);
    return response;
}

Task<Response> echo(Request& request) {
    const Error too_large("TooLarge", 413, "too large");
    const std::string body = co_await read_all(*request.body, 10'000'000, too_large);
    co_return text(request.method + " " + request.target + " " + std::to_string(body.size()) + ":" +
                   body.substr(0, 200));
}

}  // namespace fogbank::http::test
