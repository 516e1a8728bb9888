// HTTP/2 clients that vanish, stall, flood or send garbage; stopping.
#include "tests/unit/http/h2_client.h"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <catch2/catch.hpp>

#include <atomic>
#include <future>
#include <random>
#include <thread>

using namespace fogbank;
using namespace fogbank::http;
using namespace fogbank::http::test;
using std::chrono::milliseconds;
using Steady = std::chrono::steady_clock;

namespace {

Task<Response> answer_ok(Request&) {
    co_return text("ok");
}

// Waits until the request is cancelled, ten seconds at most.
Task<bool> cancelled_in_time(Request& request) {
    const Executor executor = co_await current_executor();
    const auto timer = std::make_shared<boost::asio::steady_timer>(executor, std::chrono::seconds(10));
    const auto id = request.cancelled.on_cancel([timer] { timer->cancel(); });
    co_await timer->async_wait(boost::asio::as_tuple(boost::asio::use_awaitable));
    request.cancelled.forget(id);
    co_return request.cancelled.cancelled();
}

class Endless final : public ByteStream {
public:
    explicit Endless(std::atomic<int>& made) : made_(made) {}
    Task<std::string_view> next() override {
        ++made_;
        co_return piece_;
    }
    std::optional<std::uint64_t> length() const override { return std::nullopt; }

private:
    std::string piece_ = std::string(100'000, 'e');
    std::atomic<int>& made_;
};

struct Waiting {
    std::promise<void> begun;
    std::promise<bool> cancelled;
    Handler handler() {
        return [this](Request& request) -> Task<Response> {
            if (request.target != "/") co_return text("ok");
            begun.set_value();
            const bool fired = co_await cancelled_in_time(request);
            cancelled.set_value(fired);
            co_return text("late");
        };
    }
};

std::uint32_t goaway_code(RawClient& client) {
    const Frame frame = receive_frame(client, NGHTTP2_GOAWAY);
    return frame.type == -1 ? 0xffffffff : number_at(frame.payload, 4);
}

void still_serves(LiveServer& server) {
    H2Client client(server.port());
    CHECK(client.ask({"GET", "/other", {}, ""}).status == 200);
}

}  // namespace

TEST_CASE("A client that resets a stream cancels that request and no other") {
    Waiting waiting;
    LiveServer server(waiting.handler());
    H2Client client(server.port());
    const std::int32_t id = client.submit({});
    client.send();
    waiting.begun.get_future().wait();
    client.reset(id);
    CHECK(waiting.cancelled.get_future().get());
    CHECK(client.ask({"GET", "/other", {}, ""}).body == "ok");
}

TEST_CASE("A client that vanishes cancels its requests") {
    Waiting waiting;
    LiveServer server(waiting.handler());
    auto client = std::make_unique<H2Client>(server.port());
    client->submit({});
    client->send();
    waiting.begun.get_future().wait();
    client.reset();
    CHECK(waiting.cancelled.get_future().get());
}

TEST_CASE("A body that breaks off or stays silent is an Error of the body") {
    ServerOptions options;
    options.body_timeout = milliseconds(100);
    std::promise<std::string> broken, silent;
    std::promise<void> begun;
    LiveServer server(
        [&](Request& request) -> Task<Response> {
            std::string code = "none";
            if (request.target != "/") begun.set_value();
            try {
                const Error too_large("TooLarge", 413, "");
                const std::string whole = co_await read_all(*request.body, 1000, too_large);
                code = whole;
            } catch (const Error& error) {
                code = error.code();
            }
            (request.target == "/" ? silent : broken).set_value(code);
            co_return text(code);
        },
        options);
    RawClient client(server.port());
    const std::string to_root = "\x83\x86\x84\x41\x01h";
    const std::string to_index = "\x83\x86\x85\x41\x01h";  // :path /index.html
    client.send(opening() + frame_bytes(NGHTTP2_HEADERS, NGHTTP2_FLAG_END_HEADERS, 1, to_root) +
                frame_bytes(NGHTTP2_HEADERS, NGHTTP2_FLAG_END_HEADERS, 3, to_index) +
                frame_bytes(NGHTTP2_DATA, 0, 3, "begun"));
    begun.get_future().wait();
    client.send(frame_bytes(NGHTTP2_RST_STREAM, 0, 3, std::string("\0\0\0\x08", 4)));
    CHECK(broken.get_future().get() == "IncompleteBody");
    CHECK(silent.get_future().get() == "RequestTimeout");
}

TEST_CASE("Heads above the limits are refused by the hook with what came, and the connection goes on") {
    ServerOptions options;
    std::string seen;
    options.refusal = [&seen](const Refusal& refusal) {
        seen = refusal.head;
        Response response = text(std::string(refusal.message));
        response.status = refusal.status;
        return response;
    };
    LiveServer server(answer_ok, options);
    H2Client client(server.port());
    const std::vector<std::pair<std::string, std::string>> large{
        {"x-amz-target", "T"}, {"x-1", std::string(33'000, 'x')}, {"x-2", std::string(33'000, 'x')}};
    const H2Answer& head = client.ask({"POST", "/a", large, ""});
    CHECK(head.status == 431);
    CHECK(head.body == "the request's headers are too large");
    CHECK(seen.substr(0, 56) == "POST /a HTTP/2\r\nhost: localhost\r\nx-amz-target: T\r\nx-1: x");
    // nghttp2 inflates a value of up to 64 KiB.
    options.target_limit = 1000;
    LiveServer narrow(answer_ok, options);
    H2Client other(narrow.port());
    CHECK(other.ask({"GET", "/" + std::string(1001, 'p'), {}, ""}).status == 414);
    CHECK(other.ask({"GET", "/", {{"expect", "miracle"}}, ""}).status == 200);
    CHECK(other.ask({}).body == "ok");
}

// HPACK cannot go on behind a value that nghttp2 does not inflate, so an answer with 431 is not to be had.
TEST_CASE("One header value above 64 KiB ends its connection with COMPRESSION_ERROR, and no other") {
    LiveServer server(answer_ok);
    RawClient client(server.port());
    const std::size_t size = 70'000;
    std::string block = "\x82\x86\x84\x41\x01h";  // GET http / of h
    block += std::string("\x00\x01x\x7f", 4);     // x, not to be indexed; the value's length follows
    std::size_t rest = size - 127;
    for (; rest >= 128; rest /= 128) block += static_cast<char>(rest % 128 + 128);
    block += static_cast<char>(rest);
    block += std::string(size, 'v');
    std::string frames = opening();
    constexpr std::size_t kFrame = 16'384;
    for (std::size_t at = 0; at < block.size(); at += kFrame) {
        const bool is_last = at + kFrame >= block.size();
        const int flags = (at == 0 ? NGHTTP2_FLAG_END_STREAM : 0) | (is_last ? NGHTTP2_FLAG_END_HEADERS : 0);
        frames += frame_bytes(at == 0 ? NGHTTP2_HEADERS : NGHTTP2_CONTINUATION, flags, 1,
                              std::string_view(block).substr(at, kFrame));
    }
    client.send(frames);
    CHECK(goaway_code(client) == NGHTTP2_COMPRESSION_ERROR);
    still_serves(server);
}

TEST_CASE("No more than 128 requests of a connection run at once") {
    std::atomic<int> running{0}, most{0};
    LiveServer server([&](Request& request) -> Task<Response> {
        const int now = ++running;
        if (now > most) most = now;
        co_await cancelled_in_time(request);
        --running;
        co_return text("");
    });
    RawClient client(server.port());
    std::string flood = opening();
    for (std::uint32_t i = 0; i < 129; ++i) flood += get_frame(2 * i + 1);
    client.send(flood);
    const Frame refused = receive_frame(client, NGHTTP2_RST_STREAM);
    CHECK(refused.stream == 257);
    CHECK(number_at(refused.payload, 0) == NGHTTP2_REFUSED_STREAM);
    client.close();
    server.stop(milliseconds(0));
    CHECK(most <= 128);
    CHECK(running == 0);
}

TEST_CASE("A client that opens and resets streams without end is told to calm down") {
    LiveServer server(answer_ok);
    RawClient client(server.port());
    client.send(opening());
    std::string flood;
    for (std::uint32_t i = 0; i < 1000; ++i) {
        flood += get_frame(2 * i + 1) +
                 frame_bytes(NGHTTP2_RST_STREAM, 0, 2 * i + 1, std::string("\0\0\0\x08", 4));
    }
    client.try_send(flood);
    CHECK(goaway_code(client) == NGHTTP2_ENHANCE_YOUR_CALM);
    still_serves(server);
}

TEST_CASE("A flood of CONTINUATION, of pings or of settings ends the connection") {
    LiveServer server(answer_ok);
    const std::string continuation = frame_bytes(NGHTTP2_CONTINUATION, 0, 1, "");
    const std::string begun = frame_bytes(NGHTTP2_HEADERS, NGHTTP2_FLAG_END_STREAM, 1, "\x82");
    const std::string ping = frame_bytes(NGHTTP2_PING, 0, 0, "12345678");
    const std::string settings = frame_bytes(NGHTTP2_SETTINGS, 0, 0, "");
    for (const auto& [first, more] : {std::pair{begun, continuation}, std::pair{std::string(), ping},
                                      std::pair{std::string(), settings}}) {
        RawClient client(server.port());
        client.send(opening() + first);
        std::string flood;
        for (int i = 0; i < 2000; ++i) flood += more;
        client.try_send(flood);
        CHECK(goaway_code(client) == NGHTTP2_ENHANCE_YOUR_CALM);
    }
    still_serves(server);
}

TEST_CASE("A header block that does not end in time ends the connection") {
    ServerOptions options;
    options.header_timeout = milliseconds(100);
    LiveServer server(answer_ok, options);
    H2Client malformed(server.port());
    CHECK(malformed.ask({"GET", "/", {{"connection", "close"}}, ""}).closed == NGHTTP2_PROTOCOL_ERROR);
    RawClient client(server.port());
    client.send(opening() + frame_bytes(NGHTTP2_HEADERS, NGHTTP2_FLAG_END_STREAM, 1, "\x82"));
    CHECK(goaway_code(client) == NGHTTP2_ENHANCE_YOUR_CALM);
    RawClient preface(server.port());
    preface.send(kPrefaceBytes.substr(0, 10));
    CHECK(preface.receive_until("\r\n").substr(0, 13) == "HTTP/1.1 408 ");
    // The malformed one has cost its stream only, also after all this time.
    CHECK(malformed.ask({}).body == "ok");
}

TEST_CASE("An idle HTTP/2 connection says goodbye after the idle timeout, whatever it pings") {
    ServerOptions options;
    options.idle_timeout = milliseconds(150);
    LiveServer server(answer_ok, options);
    H2Client client(server.port());
    CHECK(client.ask({}).body == "ok");
    client.raw().send(frame_bytes(NGHTTP2_PING, 0, 0, "12345678"));
    client.until([] { return false; });
    CHECK(client.ended());
    CHECK(client.goaway() == NGHTTP2_NO_ERROR);
}

TEST_CASE("A client that does not open its window loses the stream after the write timeout") {
    ServerOptions options;
    options.write_timeout = milliseconds(150);
    LiveServer server([](Request&) -> Task<Response> { co_return text(std::string(1'000'000, 'z')); },
                      options);
    H2Client client(server.port(), H2Client::Windows::by_hand);
    const H2Answer& answer = client.ask({});
    CHECK(answer.body.size() == 65'535);
    CHECK(answer.closed == NGHTTP2_CANCEL);
}

TEST_CASE("A client that does not read is cut off, and no more is made for it than the sockets take") {
    ServerOptions options;
    options.write_timeout = milliseconds(200);
    std::atomic<int> made{0};
    LiveServer server(
        [&made](Request&) -> Task<Response> {
            Response response;
            response.body = std::make_unique<Endless>(made);
            co_return response;
        },
        options);
    RawClient client(server.port());
    // Windows as wide as they go.
    client.send(std::string(kPrefaceBytes) +
                frame_bytes(NGHTTP2_SETTINGS, 0, 0, std::string("\0\x04\x7f\xff\xff\xff", 6)) +
                frame_bytes(NGHTTP2_WINDOW_UPDATE, 0, 0, std::string("\x7f\xff\0\0", 4)) + get_frame(1));
    CHECK(receive_frame(client, NGHTTP2_DATA).type == NGHTTP2_DATA);
    const auto start = Steady::now();
    while (server.server().connections() != 0 && Steady::now() - start < std::chrono::seconds(5))
        std::this_thread::yield();
    CHECK(server.server().connections() == 0);
    // In pieces of 100 kB. Sockets of this machine hold up to 10 MB.
    CHECK(made < 200);
}

TEST_CASE("Stopping says GOAWAY, lets HTTP/2 requests under way end and closes idle connections") {
    std::promise<void> begun, go;
    std::future<void> gone = go.get_future();
    LiveServer server([&](Request& request) -> Task<Response> {
        if (request.target != "/") co_return text("ok");
        begun.set_value();
        const Executor executor = co_await current_executor();
        while (gone.wait_for(std::chrono::seconds(0)) != std::future_status::ready) {
            boost::asio::steady_timer timer(executor, milliseconds(2));
            co_await timer.async_wait(boost::asio::as_tuple(boost::asio::use_awaitable));
        }
        co_return text("finished");
    });
    H2Client idle(server.port()), busy(server.port());
    CHECK(idle.ask({"GET", "/other", {}, ""}).body == "ok");
    const std::int32_t id = busy.submit({});
    busy.send();
    begun.get_future().wait();
    std::thread stopping([&] { server.stop(milliseconds(5000)); });
    busy.until([&] { return busy.goaway().has_value(); });
    CHECK(busy.goaway() == NGHTTP2_NO_ERROR);
    CHECK_FALSE(busy.answer(id).closed.has_value());
    go.set_value();
    CHECK(busy.finish(id).body == "finished");
    busy.until([] { return false; });
    CHECK(busy.ended());
    busy.raw().close();
    idle.until([] { return false; });
    CHECK(idle.ended());
    CHECK(idle.goaway() == NGHTTP2_NO_ERROR);
    stopping.join();
    CHECK(server.server().connections() == 0);
}

TEST_CASE("Stopping cancels an HTTP/2 request that does not end within the grace") {
    Waiting waiting;
    LiveServer server(waiting.handler());
    H2Client client(server.port());
    client.submit({});
    client.send();
    waiting.begun.get_future().wait();
    server.stop(milliseconds(100));
    CHECK(waiting.cancelled.get_future().get());
    CHECK(server.server().connections() == 0);
}

TEST_CASE("Garbage behind the preface neither crashes the server nor keeps it from answering") {
    LiveServer server(echo);
    std::mt19937 random(20261124);
    std::string seed;
    for (std::uint32_t i = 0; i < 4; ++i) {
        seed += get_frame(2 * i + 1) + frame_bytes(NGHTTP2_WINDOW_UPDATE, 0, 2 * i + 1, "1234") +
                frame_bytes(NGHTTP2_DATA, 0, 2 * i + 1, "body") + frame_bytes(NGHTTP2_PING, 0, 0, "12345678");
    }
    for (int round = 0; round < 300; ++round) {
        std::string bytes = seed;
        if (round % 2 == 0) {
            bytes.resize(random() % 3000);
            for (char& c : bytes) c = static_cast<char>(random());
        } else {
            for (int i = 0; i < 5; ++i) bytes[random() % bytes.size()] = static_cast<char>(random());
        }
        RawClient client(server.port());
        client.try_send(opening() + bytes);
        client.finish_sending();
        client.receive_all();
    }
    RawClient client(server.port());
    client.send(opening() + get_frame(1));
    CHECK(receive_frame(client, NGHTTP2_DATA).payload == "GET / 0:");
}
