// What carries results and news between threads: Completion, OneShot, Signal, the loop itself.
#include "src/base/byte_stream.h"
#include "src/base/completion.h"
#include "src/base/signal.h"
#include "tests/unit/base/loop_thread.h"

#include <catch2/catch.hpp>

#include <pthread.h>
#include <atomic>
#include <csignal>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

using namespace fogbank;
using fogbank::test::LoopThread;

TEST_CASE("a completion gives its value to who waits, set before or after") {
    LoopThread loop;
    Completion<std::unique_ptr<int>> early;
    early.set(std::make_unique<int>(7));
    CHECK(*loop.run([&] { return early.wait(); }) == 7);

    Completion<std::string> late;
    auto waiting = loop.start([&] { return late.wait(); });
    loop.drain();
    std::thread producer([&] { late.set("done"); });
    CHECK(waiting.get() == "done");
    producer.join();

    Completion<void> nothing;
    nothing.set({});
    loop.run([&] { return nothing.wait(); });
}

TEST_CASE("a completion that failed throws on the waiting side") {
    LoopThread loop;
    Completion<int> failed;
    failed.fail(std::make_exception_ptr(Error("Throttling", 400, "slow down")));
    CHECK_THROWS_AS(loop.run([&] { return failed.wait(); }), Error);
}

TEST_CASE("who waits resumes on its own executor, whichever thread produces") {
    LoopThread loop;
    auto thread_id = []() -> Task<std::thread::id> { co_return std::this_thread::get_id(); };
    std::thread::id own = loop.run(thread_id);
    for (int round = 0; round < 500; ++round) {
        OneShot event;
        auto resumed_on = [&]() -> Task<std::thread::id> {
            co_await event.wait();
            co_return std::this_thread::get_id();
        };
        auto waiting = loop.start(resumed_on);
        std::thread producer([&] { event.fire(); });
        REQUIRE(waiting.get() == own);
        producer.join();
        REQUIRE(event.fired());
    }
}

TEST_CASE("a signal's change after the generation that was seen is not lost") {
    LoopThread loop;
    Signal signal;
    std::uint64_t seen = signal.generation();
    signal.notify();
    CHECK(signal.generation() != seen);
    CHECK(loop.run([&] { return signal.wait(seen, {}); }) == Wake::due);
}

TEST_CASE("a notify wakes everyone who waits") {
    LoopThread loop;
    Signal signal;
    std::uint64_t seen = signal.generation();
    std::vector<std::future<Wake>> waiting;
    for (int i = 0; i < 10; ++i) waiting.push_back(loop.start([&] { return signal.wait(seen, {}); }));
    loop.drain();
    signal.notify();
    for (auto& each : waiting) CHECK(each.get() == Wake::due);
}

TEST_CASE("a wait for a signal can be cancelled, before and during it") {
    LoopThread loop;
    Signal signal;
    CancelSource source;
    auto waiting = loop.start([&] { return signal.wait(signal.generation(), source.token()); });
    loop.drain();
    source.cancel();
    CHECK(waiting.get() == Wake::cancelled);
    CHECK(loop.run([&] { return signal.wait(signal.generation(), source.token()); }) == Wake::cancelled);
}

TEST_CASE("a reader that waits for each generation sees the last of a writer's changes") {
    constexpr int kChanges = 2000;
    LoopThread loop;
    Signal signal;
    std::atomic<int> state{0};
    auto read_to_the_end = [&]() -> Task<int> {
        while (true) {
            std::uint64_t seen = signal.generation();
            int value = state;
            if (value == kChanges) co_return value;
            co_await signal.wait(seen, {});
        }
    };
    auto reader = loop.start(read_to_the_end);
    std::thread writer([&] {
        for (int i = 1; i <= kChanges; ++i) {
            state = i;
            signal.notify();
        }
    });
    CHECK(reader.get() == kChanges);
    writer.join();
}

TEST_CASE("cancelling and notifying at the same moment wakes a waiter exactly once") {
    LoopThread loop;
    Signal signal;
    for (int round = 0; round < 300; ++round) {
        CancelSource source;
        std::uint64_t seen = signal.generation();
        auto waiting = loop.start([&] { return signal.wait(seen, source.token()); });
        std::thread cancelling([&] { source.cancel(); });
        signal.notify();
        Wake wake = waiting.get();
        cancelling.join();
        REQUIRE((wake == Wake::due || wake == Wake::cancelled));
    }
}

TEST_CASE("a loop runs what is posted in order, on its named thread, until it is stopped") {
    EventLoop loop;
    std::string order;
    char name[16] = {};
    post(loop.executor(), [&] { order += "a"; });
    post(loop.executor(), [&] {
        order += "b";
        post(loop.executor(), [&] {
            order += "d";
            loop.stop();
        });
    });
    post(loop.executor(), [&] {
        order += "c";
        ::pthread_getname_np(::pthread_self(), name, sizeof name);
    });
    loop.start_thread("a-name-longer-than-15");
    loop.join();
    CHECK(order == "abcd");
    CHECK(std::string(name).size() <= 15);
}

TEST_CASE("a loop runs on the calling thread too") {
    EventLoop loop;
    std::thread::id ran_on;
    post(loop.executor(), [&] {
        ran_on = std::this_thread::get_id();
        loop.stop();
    });
    loop.run();
    CHECK(ran_on == std::this_thread::get_id());
}

TEST_CASE("a loop's signal handler is called each time, instead of the signal's action") {
    EventLoop loop;
    std::vector<int> caught;
    loop.on_signal({SIGUSR1, SIGUSR2}, [&](int signal) {
        caught.push_back(signal);
        if (caught.size() == 2) loop.stop();
        ::raise(SIGUSR2);
    });
    ::raise(SIGUSR1);
    loop.run();
    CHECK(caught == std::vector<int>{SIGUSR1, SIGUSR2});
}

TEST_CASE("yield_now gives the tasks of the same executor a turn") {
    LoopThread loop;
    std::string order;
    auto yielding = [&]() -> Task<void> {
        order += "a";
        post(co_await current_executor(), [&] { order += "b"; });
        co_await yield_now();
        order += "c";
    };
    loop.run(yielding);
    CHECK(order == "abc");
}

TEST_CASE("an exception that leaves a spawned task ends that task only") {
    LoopThread loop;
    auto failing = []() -> Task<void> {
        throw std::runtime_error("this line is expected in the log of unit_base");
        co_return;
    };
    spawn(loop.executor(), failing);
    loop.drain();
    auto answer = []() -> Task<int> { co_return 42; };
    CHECK(loop.run(answer) == 42);
}

TEST_CASE("a body is read whole up to its limit, and refused above it") {
    LoopThread loop;
    const Error too_large("TooLarge", 413, "too large");
    auto read = [&](std::string text, std::uint64_t limit) {
        auto stream = make_string_stream(std::move(text));
        return loop.run([&] { return read_all(*stream, limit, too_large); });
    };
    CHECK(read("", 0) == "");
    CHECK(read("12345", 5) == "12345");
    CHECK_THROWS_AS(read("123456", 5), Error);
    auto stream = make_string_stream("abc");
    CHECK(stream->length() == 3);
    CHECK(loop.run([&] { return read_all(*stream, 10, too_large); }) == "abc");
    CHECK(loop.run([&] { return read_all(*stream, 10, too_large); }) == "");
}
