#include "src/base/cancel.h"

#include <catch2/catch.hpp>

#include <atomic>
#include <future>
#include <memory>
#include <string>
#include <thread>

using namespace fogbank;

TEST_CASE("a token without a source is never cancelled and keeps nothing") {
    CancelToken token;
    CHECK_FALSE(bool(token));
    CHECK_FALSE(token.cancelled());
    CHECK(token.on_cancel([] { FAIL("there is no source"); }) == 0);
    token.forget(0);
    token.forget(7);
}

TEST_CASE("callbacks run once, in order, when the source fires") {
    CancelSource source;
    CancelToken token = source.token();
    CHECK(bool(token));
    std::string order;
    CHECK(token.on_cancel([&] { order += "a"; }) != 0);
    std::uint64_t forgotten = token.on_cancel([&] { order += "x"; });
    CHECK(token.on_cancel([&] { order += "b"; }) != 0);
    token.forget(forgotten);
    CHECK_FALSE(token.cancelled());
    source.cancel();
    source.cancel();
    CHECK(order == "ab");
    CHECK(token.cancelled());
    CHECK(source.cancelled());
}

TEST_CASE("a callback of a source that fired runs at once") {
    CancelSource source;
    source.cancel();
    int calls = 0;
    CHECK(source.token().on_cancel([&] { ++calls; }) == 0);
    CHECK(calls == 1);
}

TEST_CASE("a callback may forget itself, and may be the last to know its source") {
    auto source = std::make_unique<CancelSource>();
    CancelToken token = source->token();
    std::uint64_t id = 0;
    bool called = false;
    id = token.on_cancel([&] {
        token.forget(id);
        source.reset();
        called = true;
    });
    source->cancel();
    CHECK(called);
    CHECK(token.cancelled());
}

TEST_CASE("forget waits for a callback that runs on another thread") {
    CancelSource source;
    std::promise<void> entered, release;
    std::atomic<bool> ended{false};
    std::uint64_t id = source.token().on_cancel([&] {
        entered.set_value();
        release.get_future().get();
        ended = true;
    });
    std::thread firing([&] { source.cancel(); });
    entered.get_future().get();
    std::thread releasing([&] { release.set_value(); });
    source.token().forget(id);
    CHECK(ended);
    firing.join();
    releasing.join();
}

TEST_CASE("a callback that is forgotten while the source fires has run wholly or not at all") {
    for (int round = 0; round < 500; ++round) {
        CancelSource source;
        auto target = std::make_unique<int>(0);
        std::uint64_t id = source.token().on_cancel([&] { ++*target; });
        std::thread firing([&] { source.cancel(); });
        source.token().forget(id);
        target.reset();  // a callback that still ran would write here
        firing.join();
    }
}
