#include "src/http/server.h"

#include "tests/unit/http/live_server.h"

#include <catch2/catch.hpp>

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <fcntl.h>
#include <unistd.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <future>
#include <random>

using namespace fogbank;
using namespace fogbank::http;
using namespace fogbank::http::test;
using std::chrono::milliseconds;

namespace {

Task<Response> answer_ok(Request&) {
    co_return text("ok");
}

const std::string kOk = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

}  // namespace

TEST_CASE(
    "The server answers with status line, the handler's headers, length and date, and keeps the connection") {
    LiveServer server([](Request&) -> Task<Response> {
        Response response = text("hi");
        response.status = 201;
        response.headers.add("x-one", "1");
        response.headers.add("Content-Length", "77");
        response.headers.add("Date", "never");
        response.headers.add("connection", "close");
        co_return response;
    });
    RawClient client(server.port());
    for (int i = 0; i < 3; ++i) {
        client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
        const std::string response = client.receive_response();
        CHECK(without_date(response) == "HTTP/1.1 201 Created\r\nx-one: 1\r\nContent-Length: 2\r\n\r\nhi");
        const std::size_t at = response.find("Date: ");
        REQUIRE(at != std::string::npos);
        CHECK(response.substr(at + 6).substr(25, 6) == " GMT\r\n");
    }
}

TEST_CASE("A request arrives as it was sent: method, target, headers in order and undecoded, address") {
    std::promise<Request> seen;
    LiveServer server([&seen](Request& request) -> Task<Response> {
        Request copy = request;
        copy.body = nullptr;
        seen.set_value(std::move(copy));
        co_return text("");
    });
    RawClient client(server.port());
    client.send(
        "REPORT /a%2Fb?x=%20+y HTTP/1.1\r\nHost: h\r\nX-Amz-Copy-Source: /b/k%20%2B\r\nx-dup: 1\r\n"
        "Content-Encoding: gzip\r\nX-Dup:  2 \t\r\nContent-Length: 3\r\n\r\n\x1f\x8b\x08");
    const Request request = seen.get_future().get();
    CHECK(request.method == "REPORT");
    CHECK(request.target == "/a%2Fb?x=%20+y");
    CHECK(request.peer == "127.0.0.1");
    CHECK(request.local_port == server.port());
    CHECK_FALSE(request.secure);
    const std::vector<Headers::Entry> expected{{"Host", "h"},  {"X-Amz-Copy-Source", "/b/k%20%2B"},
                                               {"x-dup", "1"}, {"Content-Encoding", "gzip"},
                                               {"X-Dup", "2"}, {"Content-Length", "3"}};
    CHECK(std::vector<Headers::Entry>(request.headers.begin(), request.headers.end()) == expected);
    CHECK(client.receive_response().find("Content-Length: 0\r\n") != std::string::npos);
}

TEST_CASE("Line breaks in a response's header value cannot make further headers") {
    LiveServer server([](Request&) -> Task<Response> {
        Response response = text("");
        response.headers.add("x", "a\r\nSet-Cookie: b");
        co_return response;
    });
    RawClient client(server.port());
    client.send("GET / HTTP/1.1\r\n\r\n");
    CHECK(without_date(client.receive_response()) ==
          "HTTP/1.1 200 OK\r\nx: a  Set-Cookie: b\r\nContent-Length: 0\r\n\r\n");
}

TEST_CASE("Pipelined requests are answered in their order, also when they come in one piece with bodies") {
    LiveServer server(echo);
    RawClient client(server.port());
    std::string requests, expected;
    for (int i = 0; i < 50; ++i) {
        const std::string body(static_cast<std::size_t>(i * 7), static_cast<char>('a' + i % 26));
        const std::string target = "/" + std::to_string(i);
        requests += "PUT " + target + " HTTP/1.1\r\nContent-Length: " + std::to_string(body.size()) +
                    "\r\n\r\n" + body;
        const std::string answer =
            "PUT " + target + " " + std::to_string(body.size()) + ":" + body.substr(0, 200);
        expected +=
            "HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(answer.size()) + "\r\n\r\n" + answer;
    }
    client.send(requests);
    std::string got;
    for (int i = 0; i < 50; ++i) got += without_date(client.receive_response());
    CHECK(got == expected);
}

TEST_CASE("A half-closed client gets the answers to all that it sent") {
    LiveServer server(echo);
    RawClient client(server.port());
    client.send("GET /1 HTTP/1.1\r\n\r\nGET /2 HTTP/1.1\r\n\r\n");
    client.finish_sending();
    CHECK(without_date(client.receive_response()) == "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nGET /1 0:");
    CHECK(without_date(client.receive_response()) == "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nGET /2 0:");
    CHECK(client.receive_all().empty());
}

TEST_CASE("A request is understood however the network splits it") {
    LiveServer server(echo);
    const std::string request =
        "PUT /split HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n6;x=y\r\n world\r\n0\r\nT: "
        "v\r\n\r\n";
    const std::string expected = "HTTP/1.1 200 OK\r\nContent-Length: 25\r\n\r\nPUT /split 11:hello world";
    RawClient client(server.port());
    for (std::size_t at = 1; at < request.size(); ++at) {
        CAPTURE(at);
        client.send(request.substr(0, at));
        client.send(request.substr(at));
        REQUIRE(without_date(client.receive_response()) == expected);
    }
}

TEST_CASE("A request that comes byte by byte is answered") {
    LiveServer server(echo);
    RawClient client(server.port());
    for (const char c : std::string("PUT /slow HTTP/1.1\r\nContent-Length: 4\r\n\r\nbody"))
        client.send({&c, 1});
    CHECK(without_date(client.receive_response()) ==
          "HTTP/1.1 200 OK\r\nContent-Length: 16\r\n\r\nPUT /slow 4:body");
}

TEST_CASE("100 Continue is sent when the handler reads the body, and not before") {
    std::atomic<bool> reading{false};
    LiveServer server([&reading](Request& request) -> Task<Response> {
        if (request.target == "/refused") {
            Response response = text("no");
            response.status = 403;
            co_return response;
        }
        reading = true;
        Response response = co_await echo(request);
        co_return response;
    });
    const std::string head = " HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n";
    {
        RawClient client(server.port());
        client.send("PUT /taken" + head);
        CHECK(client.receive_until("\r\n\r\n") == "HTTP/1.1 100 Continue\r\n\r\n");
        CHECK(reading);
        client.send("hi");
        CHECK(without_date(client.receive_response()) ==
              "HTTP/1.1 200 OK\r\nContent-Length: 15\r\n\r\nPUT /taken 2:hi");
    }
    {
        // Whether the body follows a refusal is open, so the connection cannot be used again.
        RawClient client(server.port());
        client.send("PUT /refused" + head);
        CHECK(without_date(client.receive_all()) ==
              "HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\nConnection: close\r\n\r\nno");
    }
    {
        RawClient client(server.port());
        client.send("PUT /empty HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 0\r\n\r\n");
        CHECK(client.receive_until("\r\n\r\n") == "HTTP/1.1 100 Continue\r\n\r\n");
        CHECK(without_date(client.receive_response()) ==
              "HTTP/1.1 200 OK\r\nContent-Length: 13\r\n\r\nPUT /empty 0:");
    }
    {
        // A client that does not wait gets no 100.
        RawClient client(server.port());
        client.send("PUT /eager" + head + "hi");
        CHECK(without_date(client.receive_response()) ==
              "HTTP/1.1 200 OK\r\nContent-Length: 15\r\n\r\nPUT /eager 2:hi");
    }
}

TEST_CASE("A PUT without a length has an empty body and is handled at once") {
    LiveServer server(echo);
    RawClient client(server.port());
    client.send("PUT /none HTTP/1.1\r\n\r\n");
    CHECK(without_date(client.receive_response()) ==
          "HTTP/1.1 200 OK\r\nContent-Length: 12\r\n\r\nPUT /none 0:");
}

TEST_CASE("Heads that can be read in two ways, break a limit or are no HTTP are refused") {
    ServerOptions options;
    options.header_limit = 4096;
    options.target_limit = 1000;
    LiveServer server(answer_ok, options);
    const std::string long_target = "GET /" + std::string(2000, 'x') + " HTTP/1.1\r\n\r\n";
    const std::string longer_target = "GET /" + std::string(100'000, 'x') + " HTTP/1.1\r\n\r\n";
    const std::string large_header = "GET / HTTP/1.1\r\nX: " + std::string(100'000, 'x') + "\r\n\r\n";
    std::string many_headers = "GET / HTTP/1.1\r\n";
    for (int i = 0; i < 1000; ++i) many_headers += "x-" + std::to_string(i) + ": 1\r\n";
    const std::vector<std::pair<std::string, int>> cases{
        {"PUT / HTTP/1.1\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400},
        {"PUT / HTTP/1.1\r\nTransfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n0\r\n\r\n", 400},
        {"PUT / HTTP/1.1\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabcd", 400},
        {"PUT / HTTP/1.1\r\nContent-Length: -1\r\n\r\n", 400},
        {"PUT / HTTP/1.1\r\nContent-Length: 99999999999999999999999\r\n\r\n", 400},
        {"PUT / HTTP/1.1\r\nContent-Length: 1a\r\n\r\n", 400},
        {"PUT / HTTP/1.1\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n", 501},
        {"PUT / HTTP/1.1\r\nTransfer-Encoding: identity\r\n\r\n", 501},
        {"PUT / HTTP/1.1\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400},
        {"PUT / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400},
        {"GET / HTTP/1.1\r\nExpect: a-pony\r\nA : space before colon\r\n\r\n", 400},
        {"GET / HTTP/1.1\r\nno colon\r\n\r\n", 400},
        {"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", 400},
        {"GET / HTTP/1.1\r\nA : space before colon\r\n\r\n", 400},
        {"GET / HTTP/2.0\r\n\r\n", 505},
        {"hello\r\n\r\n", 400},
        {std::string("\x00\x01\x02\x03\r\n\r\n", 8), 400},
        {long_target, 414},
        {longer_target, 414},
        {large_header, 431},
        {many_headers, 431},
    };
    for (const auto& [request, status] : cases) {
        CAPTURE(request.substr(0, 100), status);
        RawClient client(server.port());
        client.send(request);
        const std::string response = client.receive_all();
        CHECK(response.substr(0, 13) == "HTTP/1.1 " + std::to_string(status) + " ");
        CHECK(response.find("\r\nConnection: close\r\n") != std::string::npos);
    }
    RawClient client(server.port());
    client.send("PUT / HTTP/1.1\r\nContent-Length: 2\r\nContent-Length: 2\r\n\r\nok");
    CHECK(without_date(client.receive_response()) == kOk);  // the same length twice has one reading
}

TEST_CASE("The refusal hook shapes the answer and sees what came of the request") {
    ServerOptions options;
    options.refusal = [](const Refusal& refusal) {
        Response response =
            text(std::to_string(refusal.status) + " for " + std::string(refusal.head.substr(0, 7)));
        response.status = 403;
        response.headers.add("Content-Type", "application/xml");
        return response;
    };
    LiveServer server(answer_ok, options);
    RawClient client(server.port());
    client.send("BAD\x01 / HTTP/1.1\r\n\r\n");
    CHECK(without_date(client.receive_all()) ==
          "HTTP/1.1 403 Forbidden\r\nContent-Type: application/xml\r\nContent-Length: 15\r\n"
          "Connection: close\r\n\r\n400 for BAD\x01 / ");
}

TEST_CASE(
    "HTTP/1.0 closes after the answer unless it asks for keep-alive, and Connection: close is honoured") {
    LiveServer server(answer_ok);
    {
        RawClient client(server.port());
        client.send("GET / HTTP/1.0\r\n\r\n");
        CHECK(without_date(client.receive_all()) ==
              "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok");
    }
    {
        RawClient client(server.port());
        client.send("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
        CHECK(without_date(client.receive_response()) ==
              "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: keep-alive\r\n\r\nok");
        client.send("GET / HTTP/1.1\r\nConnection: close\r\n\r\n");
        CHECK(without_date(client.receive_all()) ==
              "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok");
    }
}

TEST_CASE("HEAD, 204 and 304 send no body and announce the right length") {
    LiveServer server([](Request& request) -> Task<Response> {
        Response response;
        if (request.target == "/announced") response.announced_length = 5'000'000'000;
        if (request.target == "/text") response.body = "hello";
        if (request.target == "/204") {
            response.status = 204;
            response.body = "dropped";
        }
        if (request.target == "/304") response.status = 304;
        co_return response;
    });
    RawClient client(server.port());
    const auto ask = [&client](const std::string& line) {
        client.send(line + " HTTP/1.1\r\n\r\n");
        return without_date(client.receive_until("\r\n\r\n"));
    };
    CHECK(ask("HEAD /announced") == "HTTP/1.1 200 OK\r\nContent-Length: 5000000000\r\n\r\n");
    CHECK(ask("HEAD /text") == "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n");
    CHECK(ask("GET /204") == "HTTP/1.1 204 No Content\r\n\r\n");
    CHECK(ask("GET /304") == "HTTP/1.1 304 Not Modified\r\n\r\n");
}

TEST_CASE("What a handler throws becomes a bare 500 and the connection goes on") {
    LiveServer server([](Request& request) -> Task<Response> {
        if (request.target == "/throw") throw std::runtime_error("broken");
        co_return text("ok");
    });
    RawClient client(server.port());
    client.send("GET /throw HTTP/1.1\r\n\r\nGET / HTTP/1.1\r\n\r\n");
    CHECK(without_date(client.receive_response()) ==
          "HTTP/1.1 500 Internal Server Error\r\nContent-Length: 0\r\n\r\n");
    CHECK(without_date(client.receive_response()) == kOk);
}
