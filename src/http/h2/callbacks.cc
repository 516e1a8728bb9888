#include "src/http/h2/callbacks.h"

#include "src/http/coarse_time.h"
#include "src/http/h2/fields.h"
#include "src/http/h2/session.h"
#include "src/http/shard.h"

#include <unistd.h>

#include <algorithm>
#include <memory>

namespace fogbank::http::h2 {

namespace {

// Frames for the socket wait in memory up to about this much.
constexpr std::size_t kGathered = 128 * 1024;
// Handlers of requests that the client has given up still run: no more than this in all.
constexpr std::size_t kRunningLimit = 256;
// CVE-2023-44487: requests given up cost the client nothing. So many at once, then so many a second.
constexpr std::int64_t kAbortBurst = 400;
constexpr std::int64_t kAbortsPerSecond = 40;
// What is read and dropped of a body after its answer; closing is cheaper for both sides beyond it.
constexpr std::uint64_t kDropLimit = 256 * 1024;

Session& session_of(void* user) {
    return *static_cast<Session*>(user);
}

Stream* stream_of(nghttp2_session* frames, std::int32_t id) {
    return static_cast<Stream*>(nghttp2_session_get_stream_user_data(frames, id));
}

std::string_view view(const std::uint8_t* bytes, std::size_t size) {
    return {reinterpret_cast<const char*>(bytes), size};
}

}  // namespace

struct Callbacks {
    static int begin_headers(nghttp2_session*, const nghttp2_frame* frame, void* user) {
        Session& session = session_of(user);
        session.head_deadline_ = session.timeout(session.connection_->shard().options().header_timeout);
        if (frame->headers.cat == NGHTTP2_HCAT_REQUEST) session.open_stream(frame->hd.stream_id);
        return 0;
    }

    static int header(nghttp2_session* frames, const nghttp2_frame* frame, const std::uint8_t* name,
                      std::size_t name_size, const std::uint8_t* value, std::size_t value_size, std::uint8_t,
                      void* user) {
        Stream* stream = stream_of(frames, frame->hd.stream_id);
        // Trailers are read and dropped, as those of chunked bodies are.
        if (stream == nullptr || stream->head_complete) return 0;
        const ServerOptions& limits = session_of(user).connection_->shard().options();
        take_field(*stream, view(name, name_size), view(value, value_size),
                   {limits.header_limit, limits.target_limit});
        return 0;
    }

    static int frame_received(nghttp2_session* frames, const nghttp2_frame* frame, void* user) {
        Session& session = session_of(user);
        const bool is_headers = frame->hd.type == NGHTTP2_HEADERS;
        if (is_headers) session.head_deadline_ = kNever;
        if (!is_headers && frame->hd.type != NGHTTP2_DATA) return 0;
        Stream* stream = stream_of(frames, frame->hd.stream_id);
        if (stream == nullptr) return 0;
        if ((frame->hd.flags & NGHTTP2_FLAG_END_STREAM) != 0) {
            stream->input_ended = true;
            session.wake(*stream);
        }
        if (is_headers && !stream->head_complete) session.end_head(*stream);
        return 0;
    }

    // A header block that breaks HTTP costs its stream; it is not to be waited for.
    static int invalid_frame(nghttp2_session*, const nghttp2_frame* frame, int, void* user) {
        if (frame->hd.type == NGHTTP2_HEADERS) session_of(user).head_deadline_ = kNever;
        return 0;
    }

    static int data(nghttp2_session* frames, std::uint8_t, std::int32_t id, const std::uint8_t* bytes,
                    std::size_t size, void* user) {
        if (Stream* stream = stream_of(frames, id)) {
            session_of(user).take_data(*stream, view(bytes, size));
        } else {
            nghttp2_session_consume(frames, id, size);
        }
        return 0;
    }

    static int stream_closed(nghttp2_session* frames, std::int32_t id, std::uint32_t error_code, void* user) {
        if (Stream* stream = stream_of(frames, id)) session_of(user).close_stream(*stream, error_code);
        return 0;
    }

    // How much of the body the next frame takes. It is taken in send_data, which may be asked again.
    static ssize_t read_body(nghttp2_session*, std::int32_t, std::uint8_t*, std::size_t room,
                             std::uint32_t* flags, nghttp2_data_source* source, void*) {
        auto& stream = *static_cast<Stream*>(source->ptr);
        const std::uint64_t left = stream.piece.size() + stream.file_left;
        if (left == 0 && !stream.pieces_end) {
            stream.deferred = true;
            stream.deadline = kNever;
            return NGHTTP2_ERR_DEFERRED;
        }
        *flags |= NGHTTP2_DATA_FLAG_NO_COPY;
        if (left <= room && stream.pieces_end) *flags |= NGHTTP2_DATA_FLAG_EOF;
        return static_cast<ssize_t>(std::min<std::uint64_t>(left, room));
    }

    static int send_data(nghttp2_session*, nghttp2_frame* frame, const std::uint8_t* head, std::size_t size,
                         nghttp2_data_source* source, void* user) {
        constexpr std::size_t kFrameHead = 9;
        Session& session = session_of(user);
        if (session.out_.size() >= kGathered) return NGHTTP2_ERR_WOULDBLOCK;
        auto& stream = *static_cast<Stream*>(source->ptr);
        const std::size_t at = session.out_.size();
        session.out_.append(view(head, kFrameHead));
        if (stream.file_left > 0) {
            session.out_.resize(at + kFrameHead + size);
            const ssize_t got = ::pread(stream.file, session.out_.data() + at + kFrameHead, size,
                                        static_cast<off_t>(stream.file_offset));
            if (got != static_cast<ssize_t>(size)) {
                session.out_.resize(at);  // the file is shorter than what was announced
                return NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE;
            }
            stream.file_offset += size;
            stream.file_left -= size;
        } else {
            session.out_.append(stream.piece.substr(0, size));
            stream.piece.remove_prefix(size);
        }
        stream.deadline = session.timeout(session.connection_->shard().options().write_timeout);
        stream.sent = (frame->hd.flags & NGHTTP2_FLAG_END_STREAM) != 0;
        if (stream.piece.empty() && stream.file_left == 0) session.wake(stream);
        return 0;
    }
};

void Session::open_stream(std::int32_t id) {
    if (running_ >= kRunningLimit) {
        nghttp2_submit_rst_stream(frames_, NGHTTP2_FLAG_NONE, id, NGHTTP2_REFUSED_STREAM);
        count_abort();
        return;
    }
    const auto stream = std::make_shared<Stream>(*this, id, connection_->shard().options().body_timeout);
    streams_.emplace(id, stream);
    nghttp2_session_set_stream_user_data(frames_, id, stream.get());
}

void Session::end_head(Stream& stream) {
    end_fields(stream);
    connection_->describe(stream.request);
    stream.request.cancelled = stream.cancel.token();
    stream.request.body = &stream;
    wake(stream);
}

void Session::take_data(Stream& stream, std::string_view bytes) {
    stream.continue_due = false;
    if (!stream.dropping) {
        stream.arrived += bytes;
        wake(stream);
        return;
    }
    nghttp2_session_consume(frames_, stream.id, bytes.size());
    stream.dropped += bytes.size();
    stream.deadline = timeout(connection_->shard().options().body_timeout);
    if (stream.dropped > kDropLimit) reset(stream, NGHTTP2_NO_ERROR);
}

void Session::close_stream(Stream& stream, std::uint32_t error_code) {
    // What nobody will read must not narrow the connection's window.
    nghttp2_session_consume_connection(frames_, stream.arrived.size());
    stream.closed = true;
    stream.deadline = kNever;
    if (error_code != NGHTTP2_NO_ERROR) count_abort();
    if (stream.running) wake(stream);
    streams_.erase(stream.id);  // where no coroutine holds it, this was its end
    if (streams_.empty()) idle_deadline_ = timeout(connection_->shard().options().idle_timeout);
}

void Session::count_abort() {
    const std::int64_t now = steady_millis();
    const std::int64_t leaked = (now - aborts_seen_ms_) * kAbortsPerSecond / 1000;
    if (leaked > 0) {
        aborts_ = std::max<std::int64_t>(0, aborts_ - leaked);
        aborts_seen_ms_ = now;
    }
    if (++aborts_ > kAbortBurst) terminate(NGHTTP2_ENHANCE_YOUR_CALM);
}

const nghttp2_session_callbacks* callbacks() {
    static const auto made = [] {
        nghttp2_session_callbacks* list = nullptr;
        nghttp2_session_callbacks_new(&list);
        nghttp2_session_callbacks_set_on_begin_headers_callback(list, Callbacks::begin_headers);
        nghttp2_session_callbacks_set_on_header_callback(list, Callbacks::header);
        nghttp2_session_callbacks_set_on_frame_recv_callback(list, Callbacks::frame_received);
        nghttp2_session_callbacks_set_on_invalid_frame_recv_callback(list, Callbacks::invalid_frame);
        nghttp2_session_callbacks_set_on_data_chunk_recv_callback(list, Callbacks::data);
        nghttp2_session_callbacks_set_on_stream_close_callback(list, Callbacks::stream_closed);
        nghttp2_session_callbacks_set_send_data_callback(list, Callbacks::send_data);
        return std::unique_ptr<nghttp2_session_callbacks, void (*)(nghttp2_session_callbacks*)>(
            list, nghttp2_session_callbacks_del);
    }();
    return made.get();
}

const nghttp2_option* options() {
    static const auto made = [] {
        nghttp2_option* list = nullptr;
        nghttp2_option_new(&list);
        nghttp2_option_set_no_auto_window_update(list, 1);
        nghttp2_option_set_no_closed_streams(list, 1);
        return std::unique_ptr<nghttp2_option, void (*)(nghttp2_option*)>(list, nghttp2_option_del);
    }();
    return made.get();
}

nghttp2_data_provider body_provider() {
    nghttp2_data_provider provider{};
    provider.read_callback = Callbacks::read_body;
    return provider;
}

}  // namespace fogbank::http::h2
