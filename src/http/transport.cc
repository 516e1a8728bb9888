#include "src/http/transport.h"

#include "src/http/coarse_time.h"
#include "src/http/tls/wire.h"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

namespace fogbank::http {

namespace asio = boost::asio;

namespace {

constexpr auto kTuple = asio::as_tuple(asio::use_awaitable);

// One TLS record. What fits is gathered first, so that head and body share a record.
constexpr std::size_t kTlsRecord = 16 * 1024;
constexpr std::size_t kFilePiece = 64 * 1024;
// sendfile to a fast reader never blocks; after this much the other connections get a turn.
constexpr std::uint64_t kSendfilePiece = 1024 * 1024;

}  // namespace

void WriteList::consume(std::size_t bytes) {
    while (bytes > 0 && first_ < count_) {
        const std::size_t taken = std::min(bytes, parts_[first_].size());
        parts_[first_].remove_prefix(taken);
        bytes -= taken;
        if (parts_[first_].empty()) ++first_;
    }
}

std::size_t WriteList::size() const {
    std::size_t total = 0;
    for (std::size_t i = first_; i < count_; ++i) total += parts_[i].size();
    return total;
}

Transport::Transport(Socket socket, std::int64_t& deadline, std::chrono::milliseconds write_timeout)
    : socket_(std::move(socket)), deadline_(deadline), write_timeout_ms_(write_timeout.count()) {}

void Transport::progressed() {
    deadline_ = steady_millis() + write_timeout_ms_;
}

Task<bool> Transport::handshake(std::shared_ptr<TlsContext> context, std::string_view first) {
    tls_context_ = std::move(context);
    tls_ = std::make_unique<asio::ssl::stream<Socket&>>(socket_, *tls_context_);
    auto [ec, used] = co_await tls_->async_handshake(asio::ssl::stream_base::server,
                                                     asio::buffer(first.data(), first.size()), kTuple);
    co_return !ec;
}

Transport::Sent Transport::try_write(WriteList& list, More more) {
    if (tls_) return Sent::part;
    std::array<iovec, 4> parts;
    std::size_t count = 0;
    for (; count < list.count(); ++count) {
        // iovec is not const-correct; sendmsg does not write.
        parts[count] = {const_cast<char*>(list[count].data()), list[count].size()};
    }
    msghdr message{};
    message.msg_iov = parts.data();
    message.msg_iovlen = count;
    const int flags = MSG_NOSIGNAL | MSG_DONTWAIT | (more == More::follows ? MSG_MORE : 0);
    const ssize_t sent = ::sendmsg(socket_.native_handle(), &message, flags);
    if (sent < 0) {
        return errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR ? Sent::part : Sent::failed;
    }
    list.consume(static_cast<std::size_t>(sent));
    return list.empty() ? Sent::all : Sent::part;
}

Task<bool> Transport::wait_writable() {
    auto [ec] = co_await socket_.async_wait(Socket::wait_write, kTuple);
    co_return !ec;
}

Task<bool> Transport::finish_write(WriteList list) {
    progressed();
    if (!tls_) {
        while (!list.empty()) {
            const bool writable = co_await wait_writable();
            if (!writable) co_return false;
            if (try_write(list, More::none) == Sent::failed) co_return false;
            progressed();
        }
        co_return true;
    }
    std::string gathered;
    if (list.count() > 1 && list.size() <= kTlsRecord) {
        gathered.reserve(list.size());
        for (std::size_t i = 0; i < list.count(); ++i) gathered += list[i];
        list = {};
        list.add(gathered);
    }
    while (!list.empty()) {
        const std::string_view part = list.front();
        auto [ec, sent] = co_await tls_->async_write_some(asio::buffer(part.data(), part.size()), kTuple);
        if (ec) co_return false;
        list.consume(sent);
        progressed();
    }
    co_return true;
}

Task<bool> Transport::send_file(int descriptor, std::uint64_t offset, std::uint64_t length) {
    progressed();
    if (tls_) return send_file_tls(descriptor, offset, length);
    return send_file_plain(descriptor, offset, length);
}

Task<bool> Transport::send_file_plain(int descriptor, std::uint64_t offset, std::uint64_t length) {
    auto at = static_cast<off_t>(offset);
    std::uint64_t in_turn = 0;
    while (length > 0) {
        const std::size_t piece = static_cast<std::size_t>(std::min(length, kSendfilePiece));
        const ssize_t sent = ::sendfile(socket_.native_handle(), descriptor, &at, piece);
        if (sent > 0) {
            length -= static_cast<std::uint64_t>(sent);
            in_turn += static_cast<std::uint64_t>(sent);
            progressed();
            if (in_turn >= 4 * kSendfilePiece) {
                in_turn = 0;
                co_await yield_now();
            }
            continue;
        }
        if (sent == 0) co_return false;  // the file is shorter than what was announced
        if (errno == EINTR) continue;
        if (errno != EAGAIN) co_return false;
        const bool writable = co_await wait_writable();
        if (!writable) co_return false;
        in_turn = 0;
    }
    co_return true;
}

Task<bool> Transport::send_file_tls(int descriptor, std::uint64_t offset, std::uint64_t length) {
    std::string piece(kFilePiece, '\0');
    while (length > 0) {
        const std::size_t wanted = static_cast<std::size_t>(std::min<std::uint64_t>(length, kFilePiece));
        const ssize_t got = ::pread(descriptor, piece.data(), wanted, static_cast<off_t>(offset));
        if (got <= 0) co_return false;
        WriteList list;
        list.add(std::string_view(piece.data(), static_cast<std::size_t>(got)));
        const bool written = co_await finish_write(list);
        if (!written) co_return false;
        offset += static_cast<std::uint64_t>(got);
        length -= static_cast<std::uint64_t>(got);
    }
    co_return true;
}

void Transport::cancel() {
    boost::system::error_code ignored;
    socket_.cancel(ignored);
}

bool Transport::agreed_on_http2() const {
    return tls_ && tls::agreed_on_http2(tls_->native_handle());
}

void Transport::shutdown_send() {
    if (tls_ && !finished_) {
        finished_ = true;
        // Alone in its buffer, so it leaves whole or not at all.
        const std::string record = tls::close_notify(tls_->native_handle());
        ::send(socket_.native_handle(), record.data(), record.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
    }
    boost::system::error_code ignored;
    socket_.shutdown(Socket::shutdown_send, ignored);
}

void Transport::close() {
    boost::system::error_code ignored;
    socket_.close(ignored);
}

}  // namespace fogbank::http
