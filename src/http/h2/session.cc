#include "src/http/h2/session.h"

#include "src/http/coarse_time.h"
#include "src/http/h2/callbacks.h"
#include "src/http/shard.h"

#include <array>

namespace fogbank::http::h2 {

namespace {

constexpr std::uint32_t kStreams = 128;
// What a client may send before the handler asks for it: of one body, and of all bodies of a connection.
constexpr std::uint32_t kStreamWindow = 256 * 1024;
constexpr std::int32_t kConnectionWindow = 1024 * 1024;
// Answers to frames (resets, acknowledgements) that wait for a client that does not read: reading pauses.
constexpr std::size_t kQueuedFrames = 1024;
constexpr std::size_t kGathered = 128 * 1024;
// Kept by an idle connection.
constexpr std::size_t kOutKept = 8 * 1024;
// A client that always reads yields to the other connections this often.
constexpr std::size_t kTurnBytes = 4 * 1024 * 1024;
constexpr std::size_t kLingerBytes = 2 * 1024 * 1024;
constexpr std::chrono::milliseconds kLingerTime{2000};

}  // namespace

Session::Session(std::shared_ptr<Connection> connection) : connection_(std::move(connection)) {
    nghttp2_session_server_new2(&frames_, callbacks(), this, options());
}

Session::~Session() {
    nghttp2_session_del(frames_);
}

std::int64_t Session::timeout(std::chrono::milliseconds limit) const {
    return steady_millis() + limit.count();
}

Task<void> Session::run(std::shared_ptr<Session> self) {
    self->start();
    const Executor executor(self->connection_->shard().executor());
    spawn(executor, write_frames(self));
    co_await self->read_frames();
    self->end_streams();
    while (self->running_ > 0) co_await self->last_.wait();
}

void Session::start() {
    const ServerOptions& limits = connection_->shard().options();
    const std::array<nghttp2_settings_entry, 3> settings{{
        {NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS, kStreams},
        {NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE, kStreamWindow},
        {NGHTTP2_SETTINGS_MAX_HEADER_LIST_SIZE, static_cast<std::uint32_t>(limits.header_limit)},
    }};
    nghttp2_submit_settings(frames_, NGHTTP2_FLAG_NONE, settings.data(), settings.size());
    nghttp2_session_set_local_window_size(frames_, NGHTTP2_FLAG_NONE, 0, kConnectionWindow);
    aborts_seen_ms_ = steady_millis();
    idle_deadline_ = timeout(limits.idle_timeout);
}

Task<void> Session::read_frames() {
    std::size_t dropped = 0;
    bool broken = false;
    for (;;) {
        Buffer& input = connection_->input();
        const std::size_t got = input.size();
        const bool filled = input.end == input.capacity;
        if (over_ || broken) {
            dropped += got;
            input.begin = input.end;
            if (dropped > kLingerBytes) co_return;
        } else if (got > 0) {
            const auto used = nghttp2_session_mem_recv(
                frames_, reinterpret_cast<const std::uint8_t*>(input.view().data()), got);
            input.begin = input.end;
            if (used < 0) {
                // No HTTP/2 at all, or a flood of what nghttp2 bounds itself (settings, pings, CONTINUATION).
                broken = true;
                terminate(used == NGHTTP2_ERR_BAD_CLIENT_MAGIC ? NGHTTP2_PROTOCOL_ERROR
                                                               : NGHTTP2_ENHANCE_YOUR_CALM);
            }
            settle();
        }
        while (!over_ && nghttp2_session_get_outbound_queue_size(frames_) > kQueuedFrames)
            co_await reader_.wait();
        const auto room = filled ? Connection::Room::large : Connection::Room::small;
        const auto receipt = co_await connection_->receive_frames(room);
        if (receipt != Connection::Receipt::bytes) co_return;
    }
}

Task<void> Session::write_frames(std::shared_ptr<Session> self) {
    Transport& transport = self->connection_->transport();
    std::size_t in_turn = 0;
    while (!self->ended_) {
        do {
            self->changed_ = false;
            self->gather();
            self->resume_woken();
        } while (self->changed_ && self->out_.size() < kGathered && !self->ended_);
        if (self->out_.empty()) {
            self->finish();
            in_turn = 0;
            if (self->streams_.empty() && self->out_.capacity() > kOutKept) self->out_ = std::string();
            if (!self->ended_) co_await self->writer_.wait();
            continue;
        }
        WriteList list;
        list.add(self->out_);
        auto sent = transport.try_write(list, Transport::More::none);
        if (sent == Transport::Sent::part) {
            in_turn = 0;
            self->writing_ = true;
            const bool written = co_await transport.finish_write(list);
            self->writing_ = false;
            sent = written ? Transport::Sent::all : Transport::Sent::failed;
        }
        if (sent == Transport::Sent::failed) break;
        in_turn += self->out_.size();
        self->out_.clear();
        self->reader_.resume();
        if (in_turn >= kTurnBytes) {
            in_turn = 0;
            co_await yield_now();
        }
    }
    // Where the client is gone the reader has to hear of it.
    if (!self->ended_) self->connection_->close_now();
    self->over_ = true;
    self->reader_.resume();
}

// Moves frames into out_, up to what is worth one write.
void Session::gather() {
    while (!ended_ && out_.size() < kGathered) {
        const std::uint8_t* bytes = nullptr;
        const auto size = nghttp2_session_mem_send(frames_, &bytes);
        if (size <= 0) return;
        out_.append(reinterpret_cast<const char*>(bytes), static_cast<std::size_t>(size));
    }
}

// After anything that may have woken requests or made frames. Not from within nghttp2's callbacks.
void Session::settle() {
    changed_ = true;
    resume_woken();
    writer_.resume();
}

void Session::wake(Stream& stream) {
    if (stream.woken) return;
    const auto found = streams_.find(stream.id);
    if (found == streams_.end()) return;
    stream.woken = true;
    woken_.push_back(found->second);
}

void Session::resume_woken() {
    if (resuming_) return;  // whoever resumes goes on until none is left
    resuming_ = true;
    while (!woken_.empty()) {
        const StreamPtr stream = std::move(woken_.front());
        woken_.pop_front();
        stream->woken = false;
        if (!stream->started) {
            if (!stream->head_complete || stream->closed) continue;
            stream->started = stream->running = true;
            ++running_;
            const Executor executor(connection_->shard().executor());
            spawn(executor, serve(shared_from_this(), stream));
            continue;
        }
        if (stream->closed && !stream->sent) stream->cancel.cancel();
        stream->waiter.resume();
    }
    resuming_ = false;
}

void Session::terminate(std::uint32_t error_code) {
    nghttp2_session_terminate_session(frames_, error_code);
    changed_ = true;
}

// Says goodbye where neither side has anything left to say. Everything is written.
void Session::finish() {
    if (over_ || nghttp2_session_want_read(frames_) != 0 || nghttp2_session_want_write(frames_) != 0) return;
    over_ = true;
    connection_->transport().shutdown_send();
    // Closing with unread input would reset the connection, and the client may lose the last frames.
    close_deadline_ = timeout(kLingerTime);
    if (goodbye_ == Goodbye::at_once) connection_->close_now();
    reader_.resume();
}

void Session::end_streams() {
    ended_ = over_ = true;
    for (const auto& [id, stream] : streams_) {
        stream->closed = true;
        stream->deadline = kNever;
        wake(*stream);
    }
    streams_.clear();
    resume_woken();
    writer_.resume();
}

void Session::drain() {
    if (over_) return;
    if (streams_.empty()) goodbye_ = Goodbye::at_once;
    const std::int32_t last = nghttp2_session_get_last_proc_stream_id(frames_);
    nghttp2_submit_goaway(frames_, NGHTTP2_FLAG_NONE, last, NGHTTP2_NO_ERROR, nullptr, 0);
    settle();
}

void Session::check_deadlines(std::int64_t now_ms, std::int64_t write_deadline) {
    if (ended_) return;
    const auto self = shared_from_this();
    if (now_ms >= close_deadline_ || (writing_ && now_ms >= write_deadline)) {
        connection_->close_now();
        return;
    }
    if (over_) return;
    if (now_ms >= head_deadline_) {
        // A header block in pieces holds up the whole connection.
        head_deadline_ = kNever;
        terminate(NGHTTP2_ENHANCE_YOUR_CALM);
    }
    if (streams_.empty() && now_ms >= idle_deadline_) {
        idle_deadline_ = kNever;
        drain();
        return;
    }
    for (const auto& [id, stream] : streams_) check_stream(*stream, now_ms);
    if (changed_ || !woken_.empty()) settle();
}

void Session::check_stream(Stream& stream, std::int64_t now_ms) {
    if (now_ms < stream.deadline) return;
    stream.deadline = kNever;
    if (stream.answered) {
        reset(stream, stream.dropping ? NGHTTP2_NO_ERROR : NGHTTP2_CANCEL);
    } else {
        stream.timed_out = true;
        wake(stream);
    }
}

}  // namespace fogbank::http::h2
