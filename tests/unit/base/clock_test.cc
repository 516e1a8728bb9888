#include "src/base/clock.h"
#include "tests/unit/base/loop_thread.h"

#include <catch2/catch.hpp>

#include <string>
#include <thread>
#include <vector>

using namespace fogbank;
using namespace std::chrono_literals;
using fogbank::test::LoopThread;

namespace {

const Timestamp kStart = from_unix_seconds(std::int64_t{1'795'447'620});

bool is_ready(const auto& future) {
    return future.wait_for(0s) == std::future_status::ready;
}

// Lets the loop run until `clock` has a sleeper that is due first at `due`.
void wait_for_sleeper(LoopThread& loop, const MovableClock& clock, Timestamp due) {
    for (int turn = 0; turn < 100'000 && clock.next_due() != due; ++turn) loop.drain();
    REQUIRE(clock.next_due() == due);
}

Task<Wake> note(MovableClock& clock, Timestamp due, std::string name, std::string& order) {
    Wake wake = co_await clock.sleep_until(due, {});
    order += name;
    co_return wake;
}

}  // namespace

TEST_CASE("a manual clock stands until it is moved, and never goes back") {
    LoopThread loop;
    auto clock = make_manual_clock(loop.executor(), kStart);
    CHECK(clock->now() == kStart);
    CHECK(clock->frozen());
    CHECK_FALSE(clock->next_due().has_value());
    CHECK(clock->set(kStart + 1h));
    CHECK(clock->now() == kStart + 1h);
    CHECK(clock->set(kStart + 1h));
    CHECK_FALSE(clock->set(kStart + 1h - 1ns));
    CHECK(clock->now() == kStart + 1h);
    CHECK(clock->system_time() != clock->now());
}

TEST_CASE("sleepers wake in the order of their due times, equal ones in that of their arrival") {
    LoopThread loop;
    auto clock = make_manual_clock(loop.executor(), kStart);
    std::string order;
    std::vector<std::future<Wake>> sleepers;
    auto sleep = [&](Duration after, const char* name) {
        sleepers.push_back(
            loop.start([&, after, name] { return note(*clock, kStart + after, name, order); }));
    };
    sleep(3s, "d");
    sleep(2s, "b");
    sleep(2s, "c");
    sleep(5s, "e");
    sleep(1s, "a");
    wait_for_sleeper(loop, *clock, kStart + 1s);
    REQUIRE(clock->set(kStart + 3s));
    for (std::size_t i : {0UL, 1UL, 2UL, 4UL}) CHECK(sleepers[i].get() == Wake::due);
    CHECK(order == "abcd");
    CHECK(clock->next_due() == kStart + 5s);
    CHECK_FALSE(is_ready(sleepers[3]));
    REQUIRE(clock->set(kStart + 5s));
    CHECK(sleepers[3].get() == Wake::due);
    CHECK_FALSE(clock->next_due().has_value());
}

TEST_CASE("a time that has come does not wait, and tells whether it was cancelled") {
    LoopThread loop;
    auto clock = make_manual_clock(loop.executor(), kStart);
    CancelSource cancelled;
    cancelled.cancel();
    CHECK(loop.run([&] { return clock->sleep_until(kStart, {}); }) == Wake::due);
    CHECK(loop.run([&] { return clock->sleep_until(kStart - 1h, {}); }) == Wake::due);
    CHECK(loop.run([&] { return clock->sleep_until(kStart, cancelled.token()); }) == Wake::cancelled);
    CHECK(loop.run([&] { return clock->sleep_until(kStart + 1h, cancelled.token()); }) == Wake::cancelled);
    CHECK_FALSE(clock->next_due().has_value());
}

TEST_CASE("a cancelled sleeper wakes at once and leaves no due time") {
    LoopThread loop;
    auto clock = make_manual_clock(loop.executor(), kStart);
    CancelSource source;
    auto sleeper = loop.start([&] { return clock->sleep_until(kStart + 1h, source.token()); });
    wait_for_sleeper(loop, *clock, kStart + 1h);
    source.cancel();
    CHECK(sleeper.get() == Wake::cancelled);
    CHECK_FALSE(clock->next_due().has_value());
}

TEST_CASE("cancelling and moving the clock at the same moment wakes a sleeper exactly once") {
    LoopThread loop;
    auto clock = make_manual_clock(loop.executor(), kStart);
    for (int round = 1; round <= 300; ++round) {
        CancelSource source;
        Timestamp due = clock->now() + 1s;
        auto sleeper = loop.start([&] { return clock->sleep_until(due, source.token()); });
        if (round % 2 == 0) wait_for_sleeper(loop, *clock, due);
        std::thread other([&] { source.cancel(); });
        clock->set(due);
        Wake wake = sleeper.get();
        other.join();
        REQUIRE((wake == Wake::due || wake == Wake::cancelled));
        REQUIRE_FALSE(clock->next_due().has_value());
    }
}

TEST_CASE("the system clock follows the system until it is moved, then keeps its distance") {
    LoopThread loop;
    auto clock = make_system_clock(loop.executor());
    CHECK_FALSE(clock->frozen());
    Timestamp before = clock->system_time();
    Timestamp now = clock->now();
    CHECK(before <= now);
    CHECK(now <= clock->system_time());
    REQUIRE(clock->set(now + 24h));
    Timestamp moved = clock->now();
    CHECK(moved >= now + 24h);
    CHECK(moved <= clock->system_time() + 24h);
    CHECK_FALSE(clock->set(now));
    CHECK(clock->now() >= moved);
}

TEST_CASE("a sleeper of the system clock wakes by itself") {
    LoopThread loop;
    auto clock = make_system_clock(loop.executor());
    Timestamp due = clock->now() + 10ms;
    CHECK(loop.run([&] { return clock->sleep_until(due, {}); }) == Wake::due);
    CHECK(clock->now() >= due);
}

TEST_CASE("moving the system clock to just before a due time brings the real wait down with it") {
    LoopThread loop;
    auto clock = make_system_clock(loop.executor());
    Timestamp due = clock->now() + 10h;
    auto sleeper = loop.start([&] { return clock->sleep_until(due, {}); });
    wait_for_sleeper(loop, *clock, due);
    loop.drain();  // the timer for ten hours is set
    REQUIRE(clock->set(due - 20ms));
    REQUIRE(sleeper.wait_for(20s) == std::future_status::ready);
    CHECK(sleeper.get() == Wake::due);
    CHECK(clock->now() >= due);
}

TEST_CASE("moving the system clock past a due time wakes at once") {
    LoopThread loop;
    auto clock = make_system_clock(loop.executor());
    Timestamp due = clock->now() + 10h;
    auto sleeper = loop.start([&] { return clock->sleep_until(due, {}); });
    wait_for_sleeper(loop, *clock, due);
    REQUIRE(clock->set(due + 1s));
    CHECK(sleeper.get() == Wake::due);
}

TEST_CASE("a frozen clock wakes nobody by itself; resumed, it goes on from where it stood") {
    LoopThread loop;
    auto clock = make_system_clock(loop.executor());
    clock->freeze();
    Timestamp stood = clock->now();
    auto sleeper = loop.start([&] { return clock->sleep_until(stood + 5ms, {}); });
    wait_for_sleeper(loop, *clock, stood + 5ms);
    CHECK(loop.run([&] { return clock->sleep_for(30ms, {}); }) == Wake::due);
    CHECK(clock->now() == stood);
    CHECK_FALSE(is_ready(sleeper));
    clock->freeze();  // twice is once
    CHECK(clock->now() == stood);
    clock->resume();
    CHECK_FALSE(clock->frozen());
    CHECK(sleeper.get() == Wake::due);
    CHECK(clock->now() >= stood + 5ms);
    CHECK(clock->now() < clock->system_time());
    clock->resume();
}

TEST_CASE("freezing stops a wait under way, and a frozen clock can be moved") {
    LoopThread loop;
    auto clock = make_system_clock(loop.executor());
    Timestamp due = clock->now() + 50ms;
    auto sleeper = loop.start([&] { return clock->sleep_until(due, {}); });
    wait_for_sleeper(loop, *clock, due);
    clock->freeze();
    if (clock->now() < due) {  // a slow machine may be past it
        CHECK(loop.run([&] { return clock->sleep_for(80ms, {}); }) == Wake::due);
        CHECK_FALSE(is_ready(sleeper));
        REQUIRE(clock->set(due));
        CHECK(clock->frozen());
    }
    CHECK(sleeper.get() == Wake::due);
}

TEST_CASE("sleep_for waits in real time whatever civil time does, and can be cancelled") {
    LoopThread loop;
    auto clock = make_manual_clock(loop.executor(), kStart);
    Instant before = clock->steady();
    CHECK(loop.run([&] { return clock->sleep_for(15ms, {}); }) == Wake::due);
    CHECK(clock->steady() - before >= 15ms);
    CHECK(clock->now() == kStart);
    CHECK_FALSE(clock->next_due().has_value());

    CancelSource source;
    auto sleeper = loop.start([&] { return clock->sleep_for(10h, source.token()); });
    loop.drain();
    source.cancel();
    CHECK(sleeper.get() == Wake::cancelled);
    CHECK(loop.run([&] { return clock->sleep_for(10h, source.token()); }) == Wake::cancelled);
}
