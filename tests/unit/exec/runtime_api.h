// A Runtime API for tests of the workers: hands out events in order, keeps what is posted.
#pragma once

#include "src/base/task.h"
#include "src/exec/executor.h"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>

#include <deque>
#include <map>
#include <string>
#include <vector>

namespace fogbank::exec::test {

struct Event {
    std::string id;
    std::string body;
    std::map<std::string, std::string> headers = {};  // further ones
};

struct Posted {
    std::string path;  // "/invocation/1/response"
    std::string body;
    std::string error_type;
};

class RuntimeApi {
public:
    explicit RuntimeApi(boost::asio::io_context& io);
    std::string address() const;
    void add(Event event) { events_.push_back(std::move(event)); }
    const std::vector<Posted>& posted() const { return posted_; }
    int connections() const { return connections_; }

private:
    Task<void> serve();
    Task<void> serve_connection(boost::asio::ip::tcp::socket socket);
    boost::asio::io_context& io_;
    boost::asio::ip::tcp::acceptor acceptor_;
    std::deque<Event> events_;
    std::vector<Posted> posted_;
    int connections_ = 0;
};

class Observer : public SandboxObserver {
public:
    void on_output(std::string_view bytes) override { output += bytes; }
    void on_exit(int exit_status, int exit_signal) override {
        ended = true;
        status = exit_status;
        signal = exit_signal;
    }
    std::string output;
    bool ended = false;
    int status = -1;
    int signal = -1;
};

// A folder that is gone with the object.
class Folder {
public:
    Folder();
    ~Folder();
    Folder(const Folder&) = delete;
    Folder& operator=(const Folder&) = delete;
    std::string path() const { return path_; }
    void write(const std::string& name, const std::string& text) const;

private:
    std::string path_;
};

// Runs `io` until `done()`; false where ten seconds of real time were not enough.
template <class F>
bool run_until(boost::asio::io_context& io, F done) {
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(10);
    while (!done() && std::chrono::steady_clock::now() < end) {
        io.restart();
        io.run_one_for(std::chrono::milliseconds(100));
    }
    return done();
}

}  // namespace fogbank::exec::test
