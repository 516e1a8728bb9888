// The bytes of a connection, plain or TLS: one read at a time by callback, writes that are tried at once
// before they wait.
#pragma once

#include "src/base/task.h"

#include <boost/asio/basic_stream_socket.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>

#include <array>
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace fogbank::http {

// The concrete executor: through a type-erased one each operation would cost an allocation more.
using IoExecutor = boost::asio::io_context::executor_type;
using Socket = boost::asio::basic_stream_socket<boost::asio::ip::tcp, IoExecutor>;
using TlsContext = boost::asio::ssl::context;

// Bytes to write, in order; what has been written is taken off the front.
class WriteList {
public:
    void add(std::string_view bytes) {
        if (!bytes.empty()) parts_[count_++] = bytes;
    }
    bool empty() const { return first_ == count_; }
    void consume(std::size_t bytes);
    std::size_t size() const;
    std::string_view front() const { return parts_[first_]; }
    std::size_t count() const { return count_ - first_; }
    std::string_view operator[](std::size_t i) const { return parts_[first_ + i]; }

private:
    std::array<std::string_view, 4> parts_;
    std::size_t first_ = 0;
    std::size_t count_ = 0;
};

class Transport {
public:
    // `deadline` (steady milliseconds) is moved on with each progress in writing.
    Transport(Socket socket, std::int64_t& deadline, std::chrono::milliseconds write_timeout);

    Socket& socket() { return socket_; }
    bool secure() const { return tls_ != nullptr; }

    // Reads once into `size` bytes at `data`; `done(error_code, bytes)` runs on the connection's executor.
    template <class Done>
    void read(char* data, std::size_t size, Done done) {
        if (tls_) {
            tls_->async_read_some(boost::asio::buffer(data, size), std::move(done));
        } else {
            socket_.async_read_some(boost::asio::buffer(data, size), std::move(done));
        }
    }

    // Goes over to TLS; `first` is what of the hello has been read already.
    Task<bool> handshake(std::shared_ptr<TlsContext> context, std::string_view first);

    bool agreed_on_http2() const;  // in the handshake

    enum class Sent { all, part, failed };
    enum class More { follows, none };
    // Writes what the socket takes without waiting.
    Sent try_write(WriteList& list, More more);
    // Writes the rest; false where the connection broke or stood still for the write timeout.
    Task<bool> finish_write(WriteList list);
    // Sends a part of a file; the descriptor stays open.
    Task<bool> send_file(int descriptor, std::uint64_t offset, std::uint64_t length);

    void cancel();         // ends what is waiting
    void shutdown_send();  // the other side sees the end of our bytes; nothing may be half written
    void close();

private:
    Task<bool> send_file_plain(int descriptor, std::uint64_t offset, std::uint64_t length);
    Task<bool> send_file_tls(int descriptor, std::uint64_t offset, std::uint64_t length);
    Task<bool> wait_writable();
    void progressed();

    Socket socket_;
    std::int64_t& deadline_;
    std::int64_t write_timeout_ms_;
    std::shared_ptr<TlsContext> tls_context_;  // shared with the other TLS connections
    std::unique_ptr<boost::asio::ssl::stream<Socket&>> tls_;
    bool finished_ = false;  // close_notify is sent
};

}  // namespace fogbank::http
