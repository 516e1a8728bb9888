// A floor for scripts/bench: the least that an HTTP server on Beast costs. One thread, callbacks, answers
// every request with its own body, or with {} where it has none.
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>

#include <cstdio>
#include <cstdlib>
#include <memory>

namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;
using asio::ip::tcp;

class Session : public std::enable_shared_from_this<Session> {
public:
    explicit Session(tcp::socket socket) : socket_(std::move(socket)) {
        socket_.set_option(tcp::no_delay(true));
    }

    void read() {
        request_ = {};
        http::async_read(socket_, buffer_, request_,
                         [self = shared_from_this()](const boost::system::error_code& ec, std::size_t) {
                             if (!ec) self->answer();
                         });
    }

private:
    void answer() {
        response_ = {};
        response_.result(http::status::ok);
        response_.set(http::field::content_type, "application/x-amz-json-1.0");
        response_.body() = request_.body().empty() ? "{}" : std::move(request_.body());
        response_.prepare_payload();
        http::async_write(socket_, response_,
                          [self = shared_from_this()](const boost::system::error_code& ec, std::size_t) {
                              if (!ec) self->read();
                          });
    }

    tcp::socket socket_;
    boost::beast::flat_buffer buffer_;
    http::request<http::string_body> request_;
    http::response<http::string_body> response_;
};

void accept(tcp::acceptor& acceptor) {
    acceptor.async_accept([&acceptor](const boost::system::error_code& ec, tcp::socket socket) {
        if (!ec) std::make_shared<Session>(std::move(socket))->read();
        accept(acceptor);
    });
}

}  // namespace

int main(int argc, char** argv) {
    const auto port = static_cast<unsigned short>(argc > 1 ? std::atoi(argv[1]) : 0);
    asio::io_context context(1);
    tcp::acceptor acceptor(context, {asio::ip::address_v4::loopback(), port});
    accept(acceptor);
    std::printf("%d\n", acceptor.local_endpoint().port());
    std::fflush(stdout);
    context.run();
}
