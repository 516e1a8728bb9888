#include "tests/unit/exec/runtime_api.h"

#include <boost/asio/read.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <filesystem>
#include <fstream>

namespace fogbank::exec::test {

namespace asio = boost::asio;
using asio::ip::tcp;

namespace {

constexpr std::string_view kPrefix = "/2018-06-01/runtime";

std::string header_of(const std::string& head, const std::string& name) {
    const std::size_t at = head.find("\r\n" + name + ": ");
    if (at == std::string::npos) return {};
    const std::size_t start = at + name.size() + 4;
    return head.substr(start, head.find("\r\n", start) - start);
}

}  // namespace

RuntimeApi::RuntimeApi(asio::io_context& io)
    : io_(io), acceptor_(io, tcp::endpoint(asio::ip::make_address("127.0.0.1"), 0)) {
    spawn(io.get_executor(), serve());
}

std::string RuntimeApi::address() const {
    return "127.0.0.1:" + std::to_string(acceptor_.local_endpoint().port());
}

Task<void> RuntimeApi::serve() {
    for (;;) {
        tcp::socket socket = co_await acceptor_.async_accept(asio::use_awaitable);
        ++connections_;
        spawn(io_.get_executor(), serve_connection(std::move(socket)));
    }
}

Task<void> RuntimeApi::serve_connection(tcp::socket socket) {
    std::string data;
    for (;;) {
        boost::system::error_code error;
        const std::size_t size = co_await asio::async_read_until(
            socket, asio::dynamic_buffer(data), "\r\n\r\n", asio::redirect_error(asio::use_awaitable, error));
        if (error) co_return;
        const std::string head = data.substr(0, size);
        data.erase(0, size);
        const std::string length_text = header_of(head, "Content-Length");
        const std::size_t length = length_text.empty() ? 0 : std::stoul(length_text);
        if (data.size() < length) {
            co_await asio::async_read(socket, asio::dynamic_buffer(data),
                                      asio::transfer_exactly(length - data.size()), asio::use_awaitable);
        }
        std::string answer;
        if (head.rfind("GET ", 0) == 0) {
            if (events_.empty()) continue;  // the long poll waits for ever
            const Event event = std::move(events_.front());
            events_.pop_front();
            answer = "HTTP/1.1 200 OK\r\nLambda-Runtime-Aws-Request-Id: " + event.id + "\r\n";
            for (const auto& [name, value] : event.headers) answer += name + ": " + value + "\r\n";
            answer += "Content-Length: " + std::to_string(event.body.size()) + "\r\n\r\n" + event.body;
        } else {
            const std::size_t start = head.find(' ') + 1 + kPrefix.size();
            posted_.push_back({head.substr(start, head.find(' ', start) - start), data.substr(0, length),
                               header_of(head, "Lambda-Runtime-Function-Error-Type")});
            answer = "HTTP/1.1 202 Accepted\r\nContent-Length: 15\r\n\r\n{\"status\":\"OK\"}";
        }
        data.erase(0, length);
        co_await asio::async_write(socket, asio::buffer(answer), asio::use_awaitable);
    }
}

Folder::Folder() {
    std::string name = (std::filesystem::temp_directory_path() / "fogbank-exec-XXXXXX").string();
    if (mkdtemp(name.data()) == nullptr) throw std::runtime_error("mkdtemp");
    path_ = name;
}

Folder::~Folder() {
    std::filesystem::remove_all(path_);
}

void Folder::write(const std::string& name, const std::string& text) const {
    const std::filesystem::path path = std::filesystem::path(path_) / name;
    std::filesystem::create_directories(path.parent_path());
    std::ofstream(path, std::ios::binary) << text;
    std::filesystem::permissions(path, std::filesystem::perms::owner_all);
}

}  // namespace fogbank::exec::test
