// One connection: reads requests, runs the handler, writes responses in order. A coroutine per connection;
// reads complete by callback, so that one is always under way while a handler works and a vanished client is
// noticed.
#pragma once

#include "src/base/byte_stream.h"
#include "src/base/cancel.h"
#include "src/http/buffer.h"
#include "src/http/head_parser.h"
#include "src/http/message.h"
#include "src/http/response_head.h"
#include "src/http/resume_slot.h"
#include "src/http/transport.h"

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace fogbank::http {

namespace h2 {
class Session;
}
class RequestBody;
class Shard;

class Connection : public std::enable_shared_from_this<Connection> {
public:
    Connection(std::shared_ptr<Shard> shard, Socket socket, int local_port);
    ~Connection();
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;

    static Task<void> run(std::shared_ptr<Connection> self);

    // For the shard.
    std::size_t place = 0;
    void check_deadline(std::int64_t now_ms);
    void close_if_idle();
    void close_now();

    // For the body of the request under way.
    enum class Receipt { bytes, ended, timed_out };
    Buffer& input() { return input_; }
    // Waits for more input. `roomy`: much is to come, so a large buffer pays.
    enum class Room { small, large };
    Task<Receipt> receive_body(Room room, std::chrono::milliseconds timeout);
    std::chrono::milliseconds body_timeout() const;
    void read_ahead();           // where nothing is left of the input: one read for the next request
    Task<bool> send_continue();  // 100 Continue

    // For the HTTP/2 session that has taken over.
    Shard& shard() { return *shard_; }
    Transport& transport() { return transport_; }
    void describe(Request& request) const;  // whom and where it comes from
    Task<Receipt> receive_frames(Room room);

private:
    struct ReadDone;
    // What the connection waits for; decides what its deadline means.
    enum class Phase { idle, head, handshake, handler, body, write, closing, http2 };
    enum class HeadResult { complete, closed, refused };

    void enter(Phase phase, std::chrono::milliseconds timeout);
    void enter_handler();

    // reading (connection.cc)
    Task<void> serve();
    enum class Begun { closed, http_1, http_2 };
    Task<Begun> begin();
    Task<Begun> begin_tls();
    Task<void> serve_http2();
    Task<HeadResult> read_head(Request& request);
    Task<Receipt> receive();
    void start_read(Buffer& target);
    void on_read(const boost::system::error_code& ec, std::size_t bytes);
    void abandon();
    void adopt_read_ahead();
    void make_room(std::size_t wanted);
    void make_large();
    void shrink_input();
    Task<void> refuse(int status, std::string_view message);
    Task<void> linger();

    // answering (exchange.cc)
    // What becomes of the connection after an exchange. `linger`: the client may still be sending.
    enum class Next { request, linger, close };
    Task<Next> exchange(Request& request, const Framing& framing);
    // What is to be written for a response, decided before the first byte.
    struct Plan {
        ResponseFraming framing;
        bool sends_body = false;
    };
    enum class Close { yes, no };
    Plan plan(const Response& response, std::string_view method, const Framing& framing, Close close) const;
    Task<bool> send(const Response& response, Plan plan);
    Task<bool> send_stream(ByteStream& stream, const ResponseFraming& framing);
    Task<bool> write_all(WriteList list, Transport::More more);

    std::shared_ptr<Shard> shard_;  // shared: connections may end after the server object
    std::int64_t deadline_;         // steady milliseconds
    Transport transport_;
    Phase phase_ = Phase::idle;
    std::string peer_;
    int local_port_;

    Buffer input_;
    Buffer ahead_;  // filled by a read-ahead while a request still lies in input_
    bool reading_ = false;
    bool reads_ahead_ = false;  // the read under way fills ahead_
    bool ended_ = false;        // no more input: the client has closed its side or is gone
    bool timed_out_ = false;
    bool closed_ = false;
    bool entered_ = false;  // known to the shard
    ResumeSlot waiter_;     // the coroutine, while it waits for the read

    HeadParser parser_;
    h2::Session* session_ = nullptr;  // while HTTP/2 is spoken
    CancelSource cancel_;
    std::string out_;  // the head of the response
};

}  // namespace fogbank::http
