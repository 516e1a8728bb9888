// The loop of background work: wakes by its channel and by the clock, and outlives what fails.
#include "src/events/work_loop.h"
#include "tests/unit/events/support.h"

#include <catch2/catch.hpp>

#include <stdexcept>

namespace fogbank::events::test {
namespace {

struct LoopFixture : Fixture {
    EventLoop worker;
    std::atomic<int> good = 0, bad = 0;
    std::atomic<bool> broken = true;
    std::atomic<int> left = 0;

    LoopFixture() { worker.start_thread("worker"); }

    WorkLoop make(std::function<std::optional<Timestamp>()> next_due = {}) {
        WorkLoop::Step fails = [this](CancelToken) -> Task<bool> {
            ++bad;
            if (broken) throw std::runtime_error("no space left");
            co_return false;
        };
        WorkLoop::Step works = [this](CancelToken) -> Task<bool> {
            ++good;
            co_return left.load() > 0 && left-- > 0;
        };
        return {*database, *clock, worker.executor(), {"test", "test:work", {fails, works}, next_due}};
    }
};

TEST_CASE("A step that fails holds up neither the others nor the end of the loop") {
    LoopFixture f;
    f.left = 3;
    WorkLoop loop = f.make();
    loop.start();
    f.eventually([&] { return f.left == 0; });
    const int before = f.bad;
    f.eventually([&] { return f.bad > before; });  // it is tried again without a call
    f.run(loop.stop());
    CHECK(f.good >= 4);  // three that found something, and the one that found nothing
}

TEST_CASE("What was mended goes on by itself, then sleeps until its channel is notified") {
    LoopFixture f;
    WorkLoop loop = f.make();
    loop.start();
    f.eventually([&] { return f.bad > 0; });
    f.broken = false;
    const int before = f.good;
    f.eventually([&] { return f.good > before; });
    f.left = 1;
    f.write([](store::Txn& txn) { txn.notify("test:work"); });
    f.eventually([&] { return f.left == 0; });
    f.run(loop.stop());
}

TEST_CASE("The movable clock wakes a loop that has more to do at a time") {
    LoopFixture f;
    f.broken = false;
    WorkLoop loop = f.make([] { return std::optional<Timestamp>(kStart + std::chrono::hours(1)); });
    loop.start();
    f.eventually([&] { return f.good > 0; });
    f.left = 1;
    f.clock->set(kStart + std::chrono::hours(1));
    f.eventually([&] { return f.left == 0; });
    f.run(loop.stop());
}

}  // namespace
}  // namespace fogbank::events::test
