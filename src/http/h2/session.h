// An HTTP/2 connection: frames through nghttp2, a coroutine per request. One coroutine reads, one writes;
// both and all requests are on the connection's executor.
#pragma once

#include "src/http/answer.h"
#include "src/http/connection.h"
#include "src/http/h2/stream.h"

#include <nghttp2/nghttp2.h>

#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>

namespace fogbank::http::h2 {

// RFC 9113 3.4: what a client begins with.
inline constexpr std::string_view kPreface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

class Session : public std::enable_shared_from_this<Session> {
public:
    explicit Session(std::shared_ptr<Connection> connection);
    ~Session();
    Session(const Session&) = delete;
    Session& operator=(const Session&) = delete;

    // Serves what lies in the connection's input and what follows, until the connection is over and every
    // handler has ended.
    static Task<void> run(std::shared_ptr<Session> self);

    // For the connection. `write_deadline` is the transport's.
    void check_deadlines(std::int64_t now_ms, std::int64_t write_deadline);
    // Takes no new requests; ends when those under way are answered.
    void drain();

    // For a request's body.
    void send_continue(Stream& stream);
    void give_window(const Stream& stream, std::size_t bytes);
    Task<void> wait_for_body(Stream& stream);

private:
    friend struct Callbacks;
    using StreamPtr = std::shared_ptr<Stream>;  // shared: a stream may close while its handler works
    enum class Goodbye { wait_for_client, at_once };

    // reading and writing (session.cc)
    void start();
    Task<void> read_frames();
    static Task<void> write_frames(std::shared_ptr<Session> self);
    void gather();
    void settle();
    void resume_woken();
    void wake(Stream& stream);
    void terminate(std::uint32_t error_code);
    void finish();
    void end_streams();
    void check_stream(Stream& stream, std::int64_t now_ms);

    // requests (requests.cc)
    static Task<void> serve(std::shared_ptr<Session> self, StreamPtr stream);
    Response refuse(const Stream& stream) const;
    Task<void> send(Stream& stream, const Response& response);
    Task<void> send_pieces(Stream& stream, ByteStream& source, std::int64_t length);
    Task<void> send_piece(Stream& stream, std::string_view piece);
    void submit(Stream& stream, const Response& response, const BodyPlan& plan);
    void end_exchange(Stream& stream);
    void reset(Stream& stream, std::uint32_t error_code);

    // frames (callbacks.cc)
    void open_stream(std::int32_t id);
    void end_head(Stream& stream);
    void take_data(Stream& stream, std::string_view bytes);
    void close_stream(Stream& stream, std::uint32_t error_code);
    void count_abort();
    std::int64_t timeout(std::chrono::milliseconds limit) const;

    std::shared_ptr<Connection> connection_;  // shared: it ends after its session
    nghttp2_session* frames_ = nullptr;
    std::unordered_map<std::int32_t, StreamPtr> streams_;
    std::deque<StreamPtr> woken_;
    std::size_t running_ = 0;  // handlers

    std::string out_;  // frames on their way to the socket
    ResumeSlot writer_;
    ResumeSlot reader_;  // waits for the writer, where too much is to be written
    ResumeSlot last_;    // waits for the handlers to end
    bool resuming_ = false;
    bool changed_ = false;  // something may be to be written
    bool writing_ = false;  // the writer waits for the socket
    bool over_ = false;     // goodbye is said, or the connection is gone
    bool ended_ = false;    // frames_ is used no more
    Goodbye goodbye_ = Goodbye::wait_for_client;

    std::int64_t idle_deadline_ = kNever;
    std::int64_t head_deadline_ = kNever;  // of the header block that is coming
    std::int64_t close_deadline_ = kNever;
    std::int64_t aborts_ = 0;  // a bucket that leaks with time
    std::int64_t aborts_seen_ms_ = 0;
};

}  // namespace fogbank::http::h2
