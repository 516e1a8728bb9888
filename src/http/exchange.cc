// The answering half of Connection: handler, response head, bodies of each kind.
#include "src/base/log.h"
#include "src/http/answer.h"
#include "src/http/connection.h"
#include "src/http/request_body.h"
#include "src/http/shard.h"

#include <array>
#include <charconv>
#include <stdexcept>

namespace fogbank::http {

namespace {

// A stream that is always ready, to a client that always reads, yields to the other connections this often.
constexpr std::size_t kTurnBytes = 4 * 1024 * 1024;

}  // namespace

// One request from its head to the last byte of its answer.
Task<Connection::Next> Connection::exchange(Request& request, const Framing& framing) {
    RequestBody body(*this, framing);
    request.body = &body;
    if (body.finished()) read_ahead();
    enter_handler();
    Response response;
    try {
        response = co_await shard_->shared().handler(request);
    } catch (const std::exception& problem) {
        response = internal_error(request, problem.what());
    } catch (...) {
        response = internal_error(request, "not an exception of the standard library");
    }
    const FileCloser closer(response);
    const bool keep = framing.keep_alive && !response.close && !shard_->shared().stopping && body.drainable();
    const Plan decided = plan(response, request.method, framing, keep ? Close::no : Close::yes);
    const bool sent = co_await send(response, decided);
    if (!sent) co_return Next::close;
    if (decided.framing.close) {
        const bool silent = body.finished() && input_.empty();
        if (silent) transport_.shutdown_send();
        co_return silent ? Next::close : Next::linger;
    }
    if (body.finished()) co_return Next::request;
    const bool drained = co_await body.drain();
    co_return drained ? Next::request : Next::linger;
}

Connection::Plan Connection::plan(const Response& response, std::string_view method, const Framing& framing,
                                  Close close) const {
    Plan result;
    const BodyPlan body = plan_body(response, method);
    result.sends_body = body.sends;
    result.framing.close = close == Close::yes;
    if (body.sends && body.length < 0) {
        // HTTP/1.0 knows no chunks: the end of the connection is the end of the body.
        result.framing.chunked = !framing.http_1_0;
        if (framing.http_1_0) result.framing.close = true;
    }
    result.framing.length = body.shown;
    result.framing.says_keep_alive = framing.http_1_0;
    return result;
}

// True once all is handed to the socket.
Task<bool> Connection::send(const Response& response, Plan plan) {
    out_.clear();
    append_response_head(out_, response.status, response.headers, plan.framing, shard_->date());
    const auto* text = std::get_if<std::string>(&response.body);
    WriteList list;
    list.add(out_);
    if (text && plan.sends_body) list.add(*text);
    // Only a file follows at once; a stream may think for a while, and its head must not wait for it.
    const bool file_follows = plan.sends_body && std::holds_alternative<FileBody>(response.body);
    const auto more = file_follows ? Transport::More::follows : Transport::More::none;
    // Nearly always the socket takes it all at once, and no coroutine is needed.
    const auto sent = transport_.try_write(list, more);
    if (sent == Transport::Sent::failed) co_return false;
    if (sent == Transport::Sent::part) {
        phase_ = Phase::write;
        const bool written = co_await transport_.finish_write(list);
        if (!written) co_return false;
    }
    if (text || !plan.sends_body) co_return true;
    if (const auto* file = std::get_if<FileBody>(&response.body)) {
        phase_ = Phase::write;
        const bool done = co_await transport_.send_file(file->descriptor, file->offset, file->length);
        co_return done;
    }
    ByteStream& stream = *std::get<std::unique_ptr<ByteStream>>(response.body);
    const bool done = co_await send_stream(stream, plan.framing);
    co_return done;
}

Task<bool> Connection::send_stream(ByteStream& stream, const ResponseFraming& framing) {
    std::array<char, 24> size_line;
    std::int64_t left = framing.length;
    std::size_t in_turn = 0;
    try {
        for (;;) {
            enter_handler();
            const std::string_view piece = co_await stream.next();
            if (piece.empty()) break;
            WriteList list;
            if (framing.chunked) {
                auto at = std::to_chars(size_line.data(), size_line.data() + 20, piece.size(), 16).ptr;
                *at++ = '\r';
                *at++ = '\n';
                list.add(std::string_view(size_line.data(), static_cast<std::size_t>(at - size_line.data())));
                list.add(piece);
                list.add("\r\n");
            } else {
                list.add(piece);
            }
            if (left >= 0) {
                left -= static_cast<std::int64_t>(piece.size());
                if (left < 0) throw std::length_error("the body is longer than its announced length");
            }
            const bool written = co_await write_all(list, Transport::More::none);
            if (!written) co_return false;
            in_turn += piece.size();
            if (in_turn >= kTurnBytes) {
                in_turn = 0;
                co_await yield_now();
            }
        }
        if (left > 0) throw std::length_error("the body is shorter than its announced length");
    } catch (const std::exception& problem) {
        // The head is out: only a broken connection can tell the client that the body is not whole.
        log::warning("a response's body broke off", {{"reason", problem.what()}});
        co_return false;
    }
    if (!framing.chunked) co_return true;
    WriteList end;
    end.add("0\r\n\r\n");
    const bool written = co_await write_all(end, Transport::More::none);
    co_return written;
}

Task<bool> Connection::write_all(WriteList list, Transport::More more) {
    const auto sent = transport_.try_write(list, more);
    if (sent == Transport::Sent::all) co_return true;
    if (sent == Transport::Sent::failed) co_return false;
    phase_ = Phase::write;
    const bool written = co_await transport_.finish_write(list);
    enter_handler();
    co_return written;
}

Task<bool> Connection::send_continue() {
    WriteList list;
    list.add("HTTP/1.1 100 Continue\r\n\r\n");
    return write_all(list, Transport::More::none);
}

}  // namespace fogbank::http
