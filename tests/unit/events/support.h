// A dispatcher on a temporary database and a manual clock, with a target that keeps what it takes in a table.
#pragma once

#include "src/base/event_loop.h"
#include "src/events/dispatcher.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_future.hpp>

#include <atomic>
#include <functional>
#include <future>
#include <memory>
#include <string>
#include <vector>

namespace fogbank::events::test {

inline constexpr Timestamp kStart{std::chrono::seconds(1'800'000'000)};

// Stores accepted events in the table `inbox`; refuses as told.
class InboxTarget final : public Target {
public:
    void accept(store::Txn& txn, const Event& event, const Arn& target) override;
    std::function<void(int attempt)> refuse = [](int) {};  // called first; attempts count from 1
    std::atomic<int> attempts = 0;
    Event last;
};

struct InboxRow {
    std::string event;
    std::string target;
    std::string payload;
};

class Fixture {
public:
    Fixture();
    ~Fixture();
    Fixture(const Fixture&) = delete;
    Fixture& operator=(const Fixture&) = delete;

    template <class T>
    T run(Task<T> task) {
        return boost::asio::co_spawn(loop_.executor(), std::move(task), boost::asio::use_future).get();
    }
    void write(std::function<void(store::Txn&)> body);
    Event event(const std::string& id, const std::string& account = "111111111111") const;
    void append(const Event& event, std::vector<Arn> targets);
    void start() { dispatcher->start(loop_.executor()); }
    IdleReport idle(Scope scope = {}, Duration timeout = std::chrono::seconds(10));
    std::vector<InboxRow> inbox();
    std::int64_t deliveries(const Scope& scope = {});
    // Waits, in real time, until `done` holds.
    void eventually(const std::function<bool()>& done);

private:
    EventLoop loop_;
    std::string folder_;

public:
    std::unique_ptr<MovableClock> clock;
    std::unique_ptr<store::Database> database;
    std::unique_ptr<TraceLog> trace_log;
    std::unique_ptr<Dispatcher> dispatcher;
    InboxTarget target;
};

inline Arn queue_arn(const std::string& name = "orders") {
    return Arn("aws", "sqs", "us-east-1", "111111111111", name);
}

}  // namespace fogbank::events::test
