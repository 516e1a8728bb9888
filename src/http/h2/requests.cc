// The requests' half of Session: handler, answer, bodies both ways.
#include "src/base/log.h"
#include "src/http/coarse_time.h"
#include "src/http/h2/callbacks.h"
#include "src/http/h2/fields.h"
#include "src/http/h2/session.h"
#include "src/http/shard.h"

#include <stdexcept>

namespace fogbank::http::h2 {

namespace {

// With more than this to come after the answer, asking the client to stop is cheaper for both sides.
constexpr std::uint64_t kDropLimit = 256 * 1024;

}  // namespace

// One request from its head to the last byte of its answer.
Task<void> Session::serve(std::shared_ptr<Session> self, StreamPtr stream) {
    Response response;
    try {
        if (stream->refusal.status != 0) {
            response = self->refuse(*stream);
        } else if (!stream->closed) {
            response = co_await self->connection_->shard().shared().handler(stream->request);
        }
    } catch (const std::exception& problem) {
        response = internal_error(stream->request, problem.what());
    } catch (...) {
        response = internal_error(stream->request, "not an exception of the standard library");
    }
    const FileCloser closer(response);
    if (!stream->closed) co_await self->send(*stream, response);
    self->end_exchange(*stream);
    if (response.close) self->drain();
    stream->running = false;
    if (--self->running_ == 0) self->last_.resume();
}

Response Session::refuse(const Stream& stream) const {
    const ServerOptions& options = connection_->shard().options();
    const std::string head = head_text(stream.request);
    const Refusal refusal{stream.refusal.status, stream.refusal.message, head, stream.request.local_port,
                          options.header_limit};
    return refusal_answer(options, refusal);
}

Task<void> Session::send(Stream& stream, const Response& response) {
    const BodyPlan plan = plan_body(response, stream.request.method);
    if (plan.sends) {
        if (const auto* text = std::get_if<std::string>(&response.body)) stream.piece = *text;
        if (const auto* file = std::get_if<FileBody>(&response.body)) {
            stream.file = file->descriptor;
            stream.file_offset = file->offset;
            stream.file_left = file->length;
        }
    }
    ByteStream* source = nullptr;
    if (const auto* held = std::get_if<std::unique_ptr<ByteStream>>(&response.body)) source = held->get();
    stream.pieces_end = source == nullptr;
    submit(stream, response, plan);
    if (plan.sends && source != nullptr) co_await send_pieces(stream, *source, plan.length);
    while (!stream.sent && !stream.closed) co_await stream.waiter.wait();
}

void Session::submit(Stream& stream, const Response& response, const BodyPlan& plan) {
    const ResponseFields fields(response, plan.shown, connection_->shard().date());
    nghttp2_data_provider body = body_provider();
    body.source.ptr = &stream;
    stream.answered = true;
    stream.deadline = timeout(connection_->shard().options().write_timeout);
    const int result = nghttp2_submit_response(frames_, stream.id, fields.list().data(), fields.list().size(),
                                               plan.sends ? &body : nullptr);
    if (result != 0) reset(stream, NGHTTP2_INTERNAL_ERROR);
    stream.sent = result == 0 && !plan.sends;
    settle();
}

Task<void> Session::send_pieces(Stream& stream, ByteStream& source, std::int64_t length) {
    std::int64_t left = length;
    try {
        while (!stream.closed) {
            const std::string_view piece = co_await source.next();
            if (piece.empty()) break;
            left -= static_cast<std::int64_t>(piece.size());
            if (length >= 0 && left < 0)
                throw std::length_error("the body is longer than its announced length");
            co_await send_piece(stream, piece);
        }
        if (length >= 0 && left > 0 && !stream.closed)
            throw std::length_error("the body is shorter than its announced length");
    } catch (const std::exception& problem) {
        // The head is out: only a reset can tell the client that the body is not whole.
        log::warning("a response's body broke off", {{"reason", problem.what()}});
        stream.piece = {};
        if (!stream.closed && !ended_) reset(stream, NGHTTP2_INTERNAL_ERROR);
        settle();
        co_return;
    }
    stream.pieces_end = true;
    co_await send_piece(stream, std::string_view());
}

// Hands over the next piece and waits until it is on its way: it may vanish afterwards.
Task<void> Session::send_piece(Stream& stream, std::string_view piece) {
    if (stream.closed || ended_) co_return;
    stream.piece = piece;
    stream.deadline = timeout(connection_->shard().options().write_timeout);
    if (stream.deferred) {
        stream.deferred = false;
        nghttp2_session_resume_data(frames_, stream.id);
    }
    settle();
    while (!stream.piece.empty() && !stream.closed) co_await stream.waiter.wait();
}

// The answer is out; the client may still be sending.
void Session::end_exchange(Stream& stream) {
    if (stream.closed || ended_) return;
    stream.deadline = kNever;
    if (stream.input_ended) return;
    const std::uint64_t announced = stream.announced.value_or(0);
    if (!stream.sent) {
        reset(stream, NGHTTP2_INTERNAL_ERROR);
    } else if (stream.continue_due || announced > kDropLimit) {
        reset(stream, NGHTTP2_NO_ERROR);
    } else {
        stream.dropping = true;
        stream.deadline = timeout(connection_->shard().options().body_timeout);
        nghttp2_session_consume(frames_, stream.id, stream.arrived.size());
        stream.arrived.clear();
    }
    settle();
}

void Session::reset(Stream& stream, std::uint32_t error_code) {
    nghttp2_submit_rst_stream(frames_, NGHTTP2_FLAG_NONE, stream.id, error_code);
    changed_ = true;
}

void Session::send_continue(Stream& stream) {
    stream.continue_due = false;
    if (stream.closed || ended_) return;
    std::string text = ":status100";
    auto* const bytes = reinterpret_cast<std::uint8_t*>(text.data());
    const nghttp2_nv status{bytes, bytes + 7, 7, 3, NGHTTP2_NV_FLAG_NONE};
    nghttp2_submit_headers(frames_, NGHTTP2_FLAG_NONE, stream.id, nullptr, &status, 1, nullptr);
    settle();
}

void Session::give_window(const Stream& stream, std::size_t bytes) {
    if (stream.closed || ended_) return;
    nghttp2_session_consume(frames_, stream.id, bytes);
    changed_ = true;
    writer_.resume();
}

Task<void> Session::wait_for_body(Stream& stream) {
    const std::int64_t began_ms = steady_millis();
    const std::size_t before = stream.arrived.size();
    stream.deadline = timeout(stream.pace.left());
    co_await stream.waiter.wait();
    stream.deadline = kNever;
    stream.pace.note(std::chrono::milliseconds(steady_millis() - began_ms), stream.arrived.size() - before);
}

}  // namespace fogbank::http::h2
