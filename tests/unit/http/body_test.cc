// Bodies both ways: streamed, cut short, left unread, from files.
#include "tests/unit/http/live_server.h"

#include <catch2/catch.hpp>

#include <fcntl.h>
#include <unistd.h>

#include <atomic>
#include <cstdlib>
#include <fstream>
#include <mutex>

using namespace fogbank;
using namespace fogbank::http;
using namespace fogbank::http::test;
using std::chrono::milliseconds;

namespace {

// A file of `size` patterned bytes, already unlinked.
int pattern_file(std::size_t size, std::string& contents) {
    contents.resize(size);
    for (std::size_t i = 0; i < size; ++i) contents[i] = static_cast<char>('a' + (i * 7 + i / 1000) % 26);
    char name[] = "/tmp/fogbank-http-XXXXXX";
    const int file = ::mkstemp(name);
    REQUIRE(file >= 0);
    ::unlink(name);
    REQUIRE(::write(file, contents.data(), contents.size()) == static_cast<ssize_t>(contents.size()));
    return file;
}

class Pieces final : public ByteStream {
public:
    Pieces(std::vector<std::string> pieces, std::optional<std::uint64_t> length, bool breaks = false)
        : pieces_(std::move(pieces)), length_(length), breaks_(breaks) {}
    Task<std::string_view> next() override {
        if (at_ == pieces_.size()) {
            if (breaks_) throw std::runtime_error("disk gone");
            co_return std::string_view();
        }
        co_return pieces_[at_++];
    }
    std::optional<std::uint64_t> length() const override { return length_; }

private:
    std::vector<std::string> pieces_;
    std::optional<std::uint64_t> length_;
    bool breaks_;
    std::size_t at_ = 0;
};

Handler streaming(std::vector<std::string> pieces, std::optional<std::uint64_t> length, bool breaks = false) {
    return [=](Request&) -> Task<Response> {
        Response response;
        response.body = std::make_unique<Pieces>(pieces, length, breaks);
        co_return response;
    };
}

}  // namespace

TEST_CASE("A large body reaches the handler in pieces of bounded size, whole and in order") {
    std::size_t largest = 0, total = 0;
    bool in_order = true;
    std::optional<std::uint64_t> announced;
    LiveServer server([&](Request& request) -> Task<Response> {
        announced = request.body->length();
        for (;;) {
            const std::string_view piece = co_await request.body->next();
            if (piece.empty()) break;
            for (std::size_t i = 0; i < piece.size(); ++i) {
                in_order = in_order && piece[i] == static_cast<char>((total + i) % 251);
            }
            total += piece.size();
            largest = std::max(largest, piece.size());
        }
        co_return text("done");
    });
    std::string body(20'000'000, '\0');
    for (std::size_t i = 0; i < body.size(); ++i) body[i] = static_cast<char>(i % 251);
    RawClient client(server.port());
    client.send("PUT / HTTP/1.1\r\nContent-Length: 20000000\r\n\r\n");
    client.send(body);
    CHECK(without_date(client.receive_response()) == "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\ndone");
    CHECK(announced == 20'000'000);
    CHECK(total == body.size());
    CHECK(in_order);
    CHECK(largest <= 256 * 1024);
    // The connection serves the next request as before.
    client.send("PUT / HTTP/1.1\r\nContent-Length: 0\r\n\r\n");
    CHECK(without_date(client.receive_response()) == "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\ndone");
}

TEST_CASE("A chunked body has no length and may be followed by the next request at once") {
    LiveServer server([](Request& request) -> Task<Response> {
        const bool known = request.body->length().has_value();
        Response response = co_await echo(request);
        std::get<std::string>(response.body) += known ? " known" : " unknown";
        co_return response;
    });
    RawClient client(server.port());
    std::string chunks;
    for (int i = 0; i < 1000; ++i) chunks += "64\r\n" + std::string(100, 'x') + "\r\n";
    client.send("PUT /a HTTP/1.1\r\nTransfer-Encoding: CHUNKED\r\n\r\n" + chunks +
                "0\r\n\r\nGET /b HTTP/1.1\r\n\r\n");
    CHECK(client.receive_response().find("PUT /a 100000:xxx") != std::string::npos);
    CHECK(client.receive_response().find("GET /b 0: known") != std::string::npos);
}

TEST_CASE("A body shorter than its length, malformed or too slow is an error of the sender") {
    std::mutex mutex;
    std::vector<std::string> codes;
    ServerOptions options;
    options.body_timeout = milliseconds(100);
    LiveServer server(
        [&](Request& request) -> Task<Response> {
            try {
                co_return co_await echo(request);
            } catch (const Error& error) {
                const std::lock_guard lock(mutex);
                codes.push_back(error.code() + " " + std::to_string(error.http_status()));
            }
            Response response;
            response.status = 400;
            co_return response;
        },
        options);
    const auto ask = [&server](const std::string& bytes, bool half_close) {
        RawClient client(server.port());
        client.send(bytes);
        if (half_close) client.finish_sending();
        return without_date(client.receive_all());
    };
    const std::string refused = "HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
    CHECK(ask("PUT / HTTP/1.1\r\nContent-Length: 10\r\n\r\nfive5", true) == refused);
    CHECK(ask("PUT / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nfi", true) == refused);
    CHECK(ask("PUT / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nnonsense", false) == refused);
    CHECK(ask("PUT / HTTP/1.1\r\nContent-Length: 10\r\n\r\nfive5", false) == refused);
    CHECK(codes == std::vector<std::string>{"IncompleteBody 400", "IncompleteBody 400", "InvalidRequest 400",
                                            "RequestTimeout 400"});
}

TEST_CASE("A body that the handler leaves unread is dropped where it is small, else the connection closes") {
    LiveServer server([](Request&) -> Task<Response> { co_return text("ok"); });
    const std::string ok = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
    {
        RawClient client(server.port());
        const std::string body(100'000, 'x');
        for (int i = 0; i < 3; ++i) {
            client.send("PUT / HTTP/1.1\r\nContent-Length: 100000\r\n\r\n");
            client.send(body);
            CHECK(without_date(client.receive_response()) == ok);
        }
    }
    {
        // The client sends 1.5 MB before it looks at the answer, and still finds it.
        RawClient client(server.port());
        client.send("PUT / HTTP/1.1\r\nContent-Length: 10000000\r\n\r\n");
        client.try_send(std::string(1'500'000, 'x'));
        CHECK(without_date(client.receive_all()) ==
              "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok");
    }
}

TEST_CASE("A file body is sent whole or as the part asked for, and its descriptor is closed") {
    std::string contents;
    const int file = pattern_file(9'000'000, contents);
    std::atomic<int> used{-1};
    LiveServer server([&](Request& request) -> Task<Response> {
        Response response;
        used = ::dup(file);
        FileBody body{used, 0, contents.size()};
        if (request.target == "/part") body = {used, 1'234'567, 1000};
        response.body = body;
        co_return response;
    });
    RawClient client(server.port());
    client.send("GET /part HTTP/1.1\r\n\r\n");
    const std::string part = client.receive_response();
    CHECK(without_date(part) ==
          "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n" + contents.substr(1'234'567, 1000));
    client.send("GET / HTTP/1.1\r\n\r\nHEAD / HTTP/1.1\r\n\r\n");
    const std::string whole = client.receive_response();
    CHECK(whole.substr(whole.find("\r\n\r\n") + 4) == contents);
    CHECK(without_date(client.receive_until("\r\n\r\n")) ==
          "HTTP/1.1 200 OK\r\nContent-Length: 9000000\r\n\r\n");
    server.stop(milliseconds(0));
    CHECK(::fcntl(used, F_GETFD) == -1);
    ::close(file);
}

TEST_CASE(
    "A stream of known length is sent with it, one of unknown length in chunks, or to the end for HTTP/1.0") {
    {
        LiveServer server(streaming({"hello ", "world"}, 11));
        RawClient client(server.port());
        client.send("GET / HTTP/1.1\r\n\r\n");
        CHECK(without_date(client.receive_response()) ==
              "HTTP/1.1 200 OK\r\nContent-Length: 11\r\n\r\nhello world");
    }
    LiveServer server(streaming({"hello ", std::string(300, 'x')}, std::nullopt));
    RawClient client(server.port());
    client.send("GET / HTTP/1.1\r\n\r\n");
    CHECK(without_date(client.receive_until("0\r\n\r\n")) ==
          "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n6\r\nhello \r\n12c\r\n" +
              std::string(300, 'x') + "\r\n0\r\n\r\n");
    client.send("GET / HTTP/1.0\r\n\r\n");
    CHECK(without_date(client.receive_all()) ==
          "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nhello " + std::string(300, 'x'));
}

TEST_CASE("A response body that breaks off ends the connection without the mark of its end") {
    {
        LiveServer server(streaming({"half"}, std::nullopt, true));
        RawClient client(server.port());
        client.send("GET / HTTP/1.1\r\n\r\n");
        CHECK(without_date(client.receive_all()) ==
              "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n");
    }
    LiveServer server(streaming({"short"}, 10));
    RawClient client(server.port());
    client.send("GET / HTTP/1.1\r\n\r\n");
    CHECK(without_date(client.receive_all()) == "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nshort");
}

TEST_CASE("A response larger than the socket's buffers reaches a client that reads slowly") {
    const std::string large(30'000'000, 'z');
    LiveServer server([&large](Request&) -> Task<Response> { co_return text(large); });
    RawClient client(server.port());
    client.send("GET / HTTP/1.1\r\n\r\n");
    const std::string response = client.receive_response();
    CHECK(response.size() - response.find("\r\n\r\n") - 4 == large.size());
}
