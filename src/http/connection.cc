#include "src/http/connection.h"

#include "src/base/log.h"
#include "src/http/answer.h"
#include "src/http/coarse_time.h"
#include "src/http/h2/session.h"
#include "src/http/shard.h"

#include <boost/asio/error.hpp>

#include <algorithm>
#include <cstring>
#include <limits>

namespace fogbank::http {

namespace asio = boost::asio;

namespace {

constexpr std::int64_t kNever = std::numeric_limits<std::int64_t>::max();
constexpr std::size_t kLargeBuffer = 128 * 1024;
// A first byte that no HTTP method begins with: the TLS record type "handshake".
constexpr char kTlsHandshake = 0x16;
// What is read and dropped so that a closing client gets to see the answer instead of a reset.
constexpr std::size_t kLingerBytes = 2 * 1024 * 1024;
constexpr std::chrono::milliseconds kLingerTime{2000};

std::string address_of(const Socket& socket) {
    boost::system::error_code ec;
    const auto endpoint = socket.remote_endpoint(ec);
    if (ec) return {};
    const auto address = endpoint.address();
    // A dual-stack socket sees IPv4 clients as ::ffff:127.0.0.1.
    if (address.is_v6() && address.to_v6().is_v4_mapped()) {
        return asio::ip::make_address_v4(asio::ip::v4_mapped, address.to_v6()).to_string();
    }
    return address.to_string();
}

}  // namespace

// The callback of a read. Where the operation is destroyed instead of completed (the io_context goes away),
// it breaks the circle connection -> waiter -> coroutine -> connection.
struct Connection::ReadDone {
    explicit ReadDone(std::shared_ptr<Connection> c) : connection(std::move(c)) {}
    ReadDone(ReadDone&&) noexcept = default;
    ReadDone& operator=(ReadDone&&) noexcept = default;
    ~ReadDone() {
        if (connection) connection->abandon();
    }
    void operator()(const boost::system::error_code& ec, std::size_t bytes) {
        const auto owner = std::move(connection);
        owner->on_read(ec, bytes);
    }
    std::shared_ptr<Connection> connection;
};

Connection::Connection(std::shared_ptr<Shard> shard, Socket socket, int local_port)
    : shard_(std::move(shard)),
      deadline_(kNever),
      transport_(std::move(socket), deadline_, shard_->options().write_timeout),
      local_port_(local_port),
      parser_({shard_->options().header_limit, shard_->options().target_limit}) {
    ++shard_->shared().connections;
}

Connection::~Connection() {
    if (entered_) shard_->leave(*this);
    ServerShared& shared = shard_->shared();
    if (--shared.connections == 0 && shared.stopping) shared.on_empty();
}

void Connection::enter(Phase phase, std::chrono::milliseconds timeout) {
    phase_ = phase;
    deadline_ = steady_millis() + timeout.count();
}

void Connection::enter_handler() {
    phase_ = Phase::handler;
    deadline_ = kNever;
}

void Connection::check_deadline(std::int64_t now_ms) {
    if (phase_ == Phase::http2) return session_->check_deadlines(now_ms, deadline_);
    if (now_ms < deadline_) return;
    deadline_ = kNever;
    if (phase_ == Phase::head || phase_ == Phase::body) {
        timed_out_ = true;  // whoever waits for the bytes answers
        transport_.cancel();
    } else {
        if (phase_ == Phase::idle) transport_.shutdown_send();
        close_now();
    }
}

void Connection::close_if_idle() {
    if (phase_ == Phase::http2) return session_->drain();
    if (phase_ == Phase::idle || phase_ == Phase::head || phase_ == Phase::handshake ||
        phase_ == Phase::closing) {
        if (phase_ == Phase::idle) transport_.shutdown_send();
        close_now();
    }
}

void Connection::close_now() {
    const auto self = weak_from_this().lock();  // a cancelled handler may let go of the last reference
    closed_ = true;
    transport_.close();
    cancel_.cancel();
}

Task<void> Connection::run(std::shared_ptr<Connection> self) {
    if (self->shard_->shared().stopping) co_return;
    self->shard_->enter(*self);
    self->entered_ = true;
    co_await self->serve();
    self->closed_ = true;
    self->transport_.close();
}

Task<void> Connection::serve() {
    boost::system::error_code ec;
    transport_.socket().set_option(asio::ip::tcp::no_delay(true), ec);
    transport_.socket().native_non_blocking(true, ec);
    if (ec) co_return;
    peer_ = address_of(transport_.socket());
    input_ = shard_->buffers().take();
    const Begun begun = co_await begin();
    if (begun == Begun::http_2) co_await serve_http2();
    while (begun == Begun::http_1 && !closed_) {
        Request request;
        const HeadResult result = co_await read_head(request);
        if (result == HeadResult::closed) {
            if (ended_ && !closed_) transport_.shutdown_send();
            co_return;
        }
        if (result == HeadResult::refused) {
            co_await refuse(parser_.refusal().status, parser_.refusal().message);
            co_return;
        }
        const Framing framing = parser_.framing();
        const Next next = co_await exchange(request, framing);
        if (next == Next::linger) co_await linger();
        if (next != Next::request) co_return;
        shrink_input();
    }
}

// Waits for the first bytes, which tell TLS, HTTP/2 and HTTP/1 apart.
Task<Connection::Begun> Connection::begin() {
    enter(Phase::idle, shard_->options().idle_timeout);
    Receipt receipt = co_await receive();
    if (receipt != Receipt::bytes) co_return Begun::closed;
    if (input_.bytes[input_.begin] == kTlsHandshake) {
        const Begun begun = co_await begin_tls();
        co_return begun;
    }
    // Only a client that sends a part of "PRI * HTTP/2.0" and pauses gets to wait here.
    while (input_.size() < h2::kPreface.size() && h2::kPreface.starts_with(input_.view())) {
        enter(Phase::head, shard_->options().header_timeout);
        receipt = co_await receive();
        if (receipt != Receipt::bytes) co_return timed_out_ ? Begun::http_1 : Begun::closed;
    }
    co_return input_.view().starts_with(h2::kPreface) ? Begun::http_2 : Begun::http_1;
}

Task<Connection::Begun> Connection::begin_tls() {
    auto context = shard_->shared().identity.context();
    if (!context) co_return Begun::closed;
    enter(Phase::handshake, shard_->options().header_timeout);
    Buffer hello = std::move(input_);
    input_ = shard_->buffers().take();
    const bool secure = co_await transport_.handshake(std::move(context), hello.view());
    shard_->buffers().give_back(std::move(hello));
    if (!secure) co_return Begun::closed;
    co_return transport_.agreed_on_http2() ? Begun::http_2 : Begun::http_1;
}

Task<void> Connection::serve_http2() {
    const auto session = std::make_shared<h2::Session>(shared_from_this());
    session_ = session.get();
    phase_ = Phase::http2;
    co_await h2::Session::run(session);
    enter_handler();
    session_ = nullptr;
}

void Connection::describe(Request& request) const {
    request.peer = peer_;
    request.local_port = local_port_;
    request.secure = transport_.secure();
}

Task<Connection::Receipt> Connection::receive_frames(Room room) {
    if (room == Room::large) {
        make_large();
    } else {
        shrink_input();
    }
    return receive();
}

Task<Connection::HeadResult> Connection::read_head(Request& request) {
    parser_.begin(request);
    const bool waits = input_.empty() && (!ahead_ || ahead_.empty());
    enter(waits ? Phase::idle : Phase::head,
          waits ? shard_->options().idle_timeout : shard_->options().header_timeout);
    const std::size_t limit = shard_->options().header_limit;
    bool started = false;
    for (;;) {
        adopt_read_ahead();
        // RFC 9112 2.2: an empty line before the request line is to be ignored.
        while (!started && !input_.empty() && (input_.view()[0] == '\r' || input_.view()[0] == '\n'))
            ++input_.begin;
        if (!input_.empty()) {
            started = true;
            if (phase_ == Phase::idle) enter(Phase::head, shard_->options().header_timeout);
            const std::size_t used = parser_.parse(input_.view());
            if (used > 0) {
                input_.begin += used;
                break;
            }
            if (parser_.refusal().status != 0) co_return HeadResult::refused;
            make_room(std::min(input_.size() * 2, limit + 1));
        }
        const Receipt receipt = co_await receive();
        if (receipt == Receipt::timed_out && started) {
            co_await refuse(408, "the request's headers did not come in time");
            co_return HeadResult::closed;
        }
        if (receipt != Receipt::bytes) co_return HeadResult::closed;
    }
    describe(request);
    request.cancelled = cancel_.token();
    co_return HeadResult::complete;
}

// Waits for the read under way, or a new one. Whoever calls has seen to room at the end of the input.
Task<Connection::Receipt> Connection::receive() {
    if (!reading_ && !ended_ && !closed_ && !timed_out_) start_read(input_);
    if (reading_) {
        co_await waiter_.wait();
        adopt_read_ahead();
        if (!ended_ && !closed_ && !timed_out_) co_return Receipt::bytes;
    }
    co_return timed_out_ ? Receipt::timed_out : Receipt::ended;
}

std::chrono::milliseconds Connection::body_timeout() const {
    return shard_->options().body_timeout;
}

Task<Connection::Receipt> Connection::receive_body(Room room, std::chrono::milliseconds timeout) {
    if (room == Room::large) make_large();
    if (!reading_) make_room(1);
    enter(Phase::body, timeout);
    const Receipt receipt = co_await receive();
    enter_handler();
    co_return receipt;
}

void Connection::make_large() {
    if (!input_.empty() || input_.capacity >= kLargeBuffer || reading_) return;
    shard_->buffers().give_back(std::move(input_));
    input_ = Buffer{std::make_unique_for_overwrite<char[]>(kLargeBuffer), kLargeBuffer, 0, 0};
}

void Connection::start_read(Buffer& target) {
    if (target.begin == target.end) target.begin = target.end = 0;
    reading_ = true;
    reads_ahead_ = &target == &ahead_;
    transport_.read(target.bytes.get() + target.end, target.capacity - target.end,
                    ReadDone(shared_from_this()));
}

void Connection::on_read(const boost::system::error_code& ec, std::size_t bytes) {
    reading_ = false;
    (reads_ahead_ ? ahead_ : input_).end += bytes;
    if (ec && !timed_out_) ended_ = true;
    // A client that has only closed its sending side looks the same as one that is gone; its answer is still
    // sent.
    if (ended_) cancel_.cancel();
    waiter_.resume();
}

void Connection::abandon() {
    waiter_.drop();
}

void Connection::read_ahead() {
    if (reading_ || ended_ || closed_ || !input_.empty() || ahead_) return;
    ahead_ = shard_->buffers().take();
    start_read(ahead_);
}

// The bytes of the request before are done with, so what was read ahead becomes the input.
void Connection::adopt_read_ahead() {
    if (!ahead_ || !input_.empty()) return;
    std::swap(input_, ahead_);
    reads_ahead_ = false;
    shard_->buffers().give_back(std::move(ahead_));
    ahead_ = {};
}

// Sees to room behind the input, and to `wanted` bytes in all from its beginning on.
void Connection::make_room(std::size_t wanted) {
    if (input_.empty()) input_.begin = input_.end = 0;
    if (input_.end < input_.capacity && input_.capacity - input_.begin >= wanted) return;
    const std::size_t size = input_.size();
    if (size < input_.capacity && input_.capacity >= wanted) {
        std::memmove(input_.bytes.get(), input_.bytes.get() + input_.begin, size);
    } else {
        const std::size_t capacity = std::max(wanted, input_.capacity * 2);
        auto bytes = std::make_unique_for_overwrite<char[]>(capacity);
        std::memcpy(bytes.get(), input_.bytes.get() + input_.begin, size);
        input_.bytes = std::move(bytes);
        input_.capacity = capacity;
    }
    input_.begin = 0;
    input_.end = size;
}

// Between requests a connection holds a small buffer again.
void Connection::shrink_input() {
    if (input_.capacity <= kSmallBuffer || input_.size() > kSmallBuffer || (reading_ && !reads_ahead_))
        return;
    Buffer small = shard_->buffers().take();
    std::memcpy(small.bytes.get(), input_.bytes.get() + input_.begin, input_.size());
    small.end = input_.size();
    input_ = std::move(small);
}

Task<void> Connection::refuse(int status, std::string_view message) {
    const ServerOptions& options = shard_->options();
    const Refusal refusal{status, message, input_.view(), local_port_, options.header_limit};
    const Response response = refusal_answer(options, refusal);
    const bool sent = co_await send(response, plan(response, {}, Framing{}, Close::yes));
    if (sent) co_await linger();
}

// Closing with unread input resets the connection, and the client may lose the answer: so read on for a
// while.
Task<void> Connection::linger() {
    if (ended_ || closed_) co_return;
    timed_out_ = false;
    enter(Phase::closing, kLingerTime);
    transport_.shutdown_send();
    std::size_t dropped = 0;
    while (dropped < kLingerBytes) {
        adopt_read_ahead();
        dropped += input_.size();
        input_.begin = input_.end;
        const Receipt receipt = co_await receive();
        if (receipt != Receipt::bytes) break;
    }
}

}  // namespace fogbank::http
