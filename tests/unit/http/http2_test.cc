// HTTP/2 as a well-behaved client sees it: requests, answers, bodies both ways.
#include "tests/unit/http/h2_client.h"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <catch2/catch.hpp>

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <future>

using namespace fogbank;
using namespace fogbank::http;
using namespace fogbank::http::test;
using std::chrono::milliseconds;

namespace {

std::string without_date(const Headers& headers) {
    std::string text;
    for (const auto& [name, value] : headers) {
        if (name != "date") text += name + ": " + value + "\n";
    }
    return text;
}

// Gives `count` pieces of `size` bytes and counts what was asked for.
class Pieces final : public ByteStream {
public:
    Pieces(int count, std::size_t size, std::atomic<int>& asked)
        : left_(count), piece_(size, 'p'), asked_(asked) {}
    Task<std::string_view> next() override {
        ++asked_;
        if (left_-- == 0) co_return std::string_view();
        co_return piece_;
    }
    std::optional<std::uint64_t> length() const override { return std::nullopt; }

private:
    int left_;
    std::string piece_;
    std::atomic<int>& asked_;
};

class Broken final : public ByteStream {
public:
    Task<std::string_view> next() override {
        if (asked_++ == 0) co_return std::string_view("begun");
        throw std::runtime_error("broken");
    }
    std::optional<std::uint64_t> length() const override { return std::nullopt; }

private:
    int asked_ = 0;
};

Task<void> wait_for(std::future<void>& go) {
    const Executor executor = co_await current_executor();
    while (go.wait_for(std::chrono::seconds(0)) != std::future_status::ready) {
        boost::asio::steady_timer timer(executor, milliseconds(2));
        co_await timer.async_wait(boost::asio::as_tuple(boost::asio::use_awaitable));
    }
}

}  // namespace

TEST_CASE("Many requests at once on one connection get their own answers") {
    LiveServer server(echo);
    H2Client client(server.port());
    std::vector<std::int32_t> ids;
    for (int i = 0; i < 90; ++i) {
        ids.push_back(client.submit({"POST", "/" + std::to_string(i), {}, std::string(1000, 'b')}));
    }
    for (int i = 0; i < 90; ++i) {
        const H2Answer& answer = client.finish(ids[static_cast<std::size_t>(i)]);
        CHECK(answer.status == 200);
        CHECK(answer.closed == NGHTTP2_NO_ERROR);
        CHECK(answer.body == "POST /" + std::to_string(i) + " 1000:" + std::string(200, 'b'));
    }
    CHECK(server.server().connections() == 1);
}

TEST_CASE("A request's head arrives as it does over HTTP/1, and an answer's head in lower case") {
    Headers seen;
    std::string line;
    LiveServer server([&](Request& request) -> Task<Response> {
        seen = request.headers;
        line = request.method + " " + request.target + " " + request.peer + (request.secure ? " tls" : "");
        Response response = text("ok");
        response.headers.add("X-Amz-RequestId", "a\r\nb");
        response.headers.add("Connection", "close");
        response.headers.add("Transfer-Encoding", "chunked");
        response.headers.add("Upgrade", "h2c");
        response.status = 201;
        co_return response;
    });
    H2Client client(server.port());
    const H2Request request{
        "DELETE", "/k%20?a=%2F", {{"x-amz-target", "T"}, {"cookie", "a=1"}, {"cookie", "b=2"}}, ""};
    const H2Answer& answer = client.ask(request);
    CHECK(line == "DELETE /k%20?a=%2F 127.0.0.1");
    CHECK(without_date(seen) == "host: localhost\nx-amz-target: T\ncookie: a=1; b=2\n");
    CHECK(answer.status == 201);
    CHECK(without_date(answer.headers) == "x-amz-requestid: a  b\ncontent-length: 2\n");
    CHECK(answer.headers.get("date").size() == 29);
    CHECK(answer.body == "ok");
}

TEST_CASE("The preface is found at any split, and HTTP/1 requests that begin like it are served") {
    LiveServer server(echo);
    RawClient split(server.port());
    for (const char c : opening() + get_frame(1)) split.send({&c, 1});
    CHECK(receive_frame(split, NGHTTP2_DATA).payload == "GET / 0:");
    for (const std::string line : {"POST /x", "PRI /x", "PRI *"}) {
        RawClient client(server.port());
        for (const char c : line + " HTTP/1.1\r\n\r\n") client.send({&c, 1});
        CHECK(test::without_date(client.receive_response()) ==
              "HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(line.size() + 3) + "\r\n\r\n" + line +
                  " 0:");
    }
    RawClient upgrade(server.port());
    upgrade.send(
        "GET / HTTP/1.1\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: \r\n\r\n");
    CHECK(test::without_date(upgrade.receive_response()) ==
          "HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\nGET / 0:");
}

TEST_CASE("Large bodies go both ways over HTTP/2, and files too") {
    char name[] = "/tmp/fogbank-h2-XXXXXX";
    const int file = ::mkstemp(name);
    const std::string contents(3'000'000, 'f');
    REQUIRE(::write(file, contents.data(), contents.size()) == static_cast<ssize_t>(contents.size()));
    ::close(file);
    LiveServer server([&](Request& request) -> Task<Response> {
        if (request.method == "PUT") {
            Response response = co_await echo(request);
            co_return response;
        }
        Response response;
        response.body = FileBody{::open(name, O_RDONLY | O_CLOEXEC), 1, contents.size() - 1};
        if (request.target == "/short") std::get<FileBody>(response.body).length = contents.size();
        co_return response;
    });
    H2Client client(server.port());
    const std::int32_t put = client.submit({"PUT", "/", {}, std::string(5'000'000, 'b')});
    const std::int32_t get = client.submit({});
    CHECK(client.finish(put).body == "PUT / 5000000:" + std::string(200, 'b'));
    CHECK(client.finish(get).body == contents.substr(1));
    CHECK(client.answer(get).headers.get("content-length") == "2999999");
    // A file that is shorter than announced: the client must not take it for whole.
    const H2Answer& cut = client.ask({"GET", "/short", {}, ""});
    CHECK(cut.closed == NGHTTP2_INTERNAL_ERROR);
    ::unlink(name);
}

TEST_CASE("A client sends no more of a body than the window while the handler does not read") {
    std::promise<void> begun, go;
    std::future<void> gone = go.get_future();
    LiveServer server([&](Request& request) -> Task<Response> {
        if (request.method == "GET") co_return text("ok");
        begun.set_value();
        co_await wait_for(gone);
        Response response = co_await echo(request);
        co_return response;
    });
    H2Client client(server.port());
    CHECK(client.ask({}).body == "ok");  // the server's settings have come
    const std::int32_t id = client.submit({"PUT", "/", {}, std::string(2'000'000, 'b')});
    client.until([&] { return client.sent_of_body(id) >= 256 * 1024; });
    begun.get_future().wait();
    // All that the server allows has gone; a further answer shows that it asked for nothing more meanwhile.
    CHECK(client.ask({}).body == "ok");
    CHECK(client.sent_of_body(id) == 256 * 1024);
    go.set_value();
    CHECK(client.finish(id).body == "PUT / 2000000:" + std::string(200, 'b'));
}

TEST_CASE("A stream is asked for its next piece only when the client takes the one before") {
    std::atomic<int> asked{0};
    LiveServer server([&](Request&) -> Task<Response> {
        Response response;
        response.body = std::make_unique<Pieces>(100, 10'000, asked);
        co_return response;
    });
    H2Client client(server.port(), H2Client::Windows::by_hand);
    const std::int32_t id = client.submit({});
    client.until([&] { return client.answer(id).body.size() == 65'535; });
    CHECK(asked == 7);  // the seventh does not fit the window of 65,535 bytes
    client.open_window(id, 10'000);
    client.until([&] { return client.answer(id).body.size() == 75'535; });
    CHECK(asked == 8);
    client.open_window(id, 2'000'000);
    CHECK(client.finish(id).body == std::string(1'000'000, 'p'));
    CHECK(asked == 101);
}

TEST_CASE("HEAD, 204 and 304 over HTTP/2 send no body and announce the right length") {
    LiveServer server([](Request& request) -> Task<Response> {
        Response response;
        if (request.target == "/announced") response.announced_length = 5'000'000'000;
        if (request.target != "/announced") response.body = "hello";
        if (request.target == "/204") response.status = 204;
        if (request.target == "/304") response.status = 304;
        co_return response;
    });
    H2Client client(server.port());
    const auto ask = [&](const std::string& method, const std::string& path) {
        const H2Answer& answer = client.ask({method, path, {}, ""});
        return std::to_string(answer.status) + " " + without_date(answer.headers) + answer.body;
    };
    CHECK(ask("HEAD", "/announced") == "200 content-length: 5000000000\n");
    CHECK(ask("HEAD", "/text") == "200 content-length: 5\n");
    CHECK(ask("GET", "/204") == "204 ");
    CHECK(ask("GET", "/304") == "304 ");
    CHECK(ask("GET", "/text") == "200 content-length: 5\nhello");
}

TEST_CASE("What a handler throws is a 500, a body that breaks off resets its stream, and others go on") {
    LiveServer server([](Request& request) -> Task<Response> {
        if (request.target == "/throw") throw std::runtime_error("broken");
        Response response = text("ok");
        if (request.target == "/broken") response.body = std::make_unique<Broken>();
        co_return response;
    });
    H2Client client(server.port());
    const H2Answer& broken = client.ask({"GET", "/broken", {}, ""});
    CHECK(broken.body == "begun");
    CHECK(broken.closed == NGHTTP2_INTERNAL_ERROR);
    CHECK(client.ask({"GET", "/throw", {}, ""}).status == 500);
    CHECK(client.ask({}).body == "ok");
}

TEST_CASE("100 Continue comes when the handler asks for the body, and not when it answers without") {
    LiveServer server([](Request& request) -> Task<Response> {
        if (request.target == "/refuse") co_return text("no");
        Response response = co_await echo(request);
        co_return response;
    });
    RawClient client(server.port());
    // :method POST, :scheme http, :path /, :authority h, content-length: 2, expect: 100-continue.
    const std::string block = std::string("\x83\x86\x84\x41\x01h\x0f\x0d\x01", 9) + "2" +
                              std::string("\x0f\x14\x0c", 3) + "100-continue";
    client.send(opening() + frame_bytes(NGHTTP2_HEADERS, NGHTTP2_FLAG_END_HEADERS, 1, block));
    // 100 is no entry of the static table: a literal value behind the name's index 8.
    CHECK(receive_frame(client, NGHTTP2_HEADERS).payload.find("\x48") == 0);
    client.send(frame_bytes(NGHTTP2_DATA, NGHTTP2_FLAG_END_STREAM, 1, "hi"));
    CHECK(receive_frame(client, NGHTTP2_DATA).payload == "POST / 2:hi");

    H2Client other(server.port());
    const H2Answer& refused =
        other.ask({"PUT", "/refuse", {{"expect", "100-continue"}}, std::string(1'000'000, 'b')});
    CHECK(refused.informational.empty());
    CHECK(refused.body == "no");
}

TEST_CASE("An answer before the body's end stands, and the connection goes on") {
    LiveServer server([](Request&) -> Task<Response> { co_return text("early"); });
    H2Client client(server.port());
    for (const std::size_t size : {std::size_t{10'000}, std::size_t{3'000'000}}) {
        const H2Answer& answer = client.ask({"PUT", "/", {}, std::string(size, 'b')});
        CHECK(answer.status == 200);
        CHECK(answer.body == "early");
        CHECK(answer.closed == NGHTTP2_NO_ERROR);
    }
    CHECK(client.ask({}).body == "early");
    CHECK_FALSE(client.goaway().has_value());
}

TEST_CASE("A response that says close lets the connection end after it") {
    LiveServer server([](Request&) -> Task<Response> {
        Response response = text("last");
        response.close = true;
        co_return response;
    });
    H2Client client(server.port());
    CHECK(client.ask({}).body == "last");
    client.until([] { return false; });
    CHECK(client.ended());
    CHECK(client.goaway() == NGHTTP2_NO_ERROR);
}
