// Work in the background: a loop that does pieces until none is left, then sleeps until rows change or the
// clock makes more of it due.
#pragma once

#include "src/base/cancel.h"
#include "src/base/clock.h"
#include "src/base/completion.h"
#include "src/store/database.h"

#include <functional>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

namespace fogbank::events {

class WorkLoop {
public:
    // Does a bounded piece; false where nothing is left to do now. A throw is told to the log, and the step
    // tried again after a second of real time; the other steps go on meanwhile.
    using Step = std::function<Task<bool>(CancelToken stopped)>;
    struct Parts {
        std::string_view name;     // of the work, in the log
        std::string_view channel;  // notified where there may be more to do
        std::vector<Step> steps;
        std::function<std::optional<Timestamp>()> next_due = {};  // empty: time makes nothing due
    };
    WorkLoop(store::Database& database, Clock& clock, Executor executor, Parts parts)
        : database_(database), clock_(clock), executor_(std::move(executor)), parts_(std::move(parts)) {}
    // Goes on with what an earlier start of the daemon left.
    void start();
    // Resumes when the piece under way is done. Once, after start(); nothing without it.
    Task<void> stop();

private:
    enum class Outcome { idle, found, failed };
    Task<void> run();
    Task<Outcome> round();
    Task<Outcome> attempt(const Step& step);
    Task<void> sleep(Signal& changed, std::uint64_t seen);

    store::Database& database_;
    Clock& clock_;
    Executor executor_;
    Parts parts_;
    CancelSource stopping_;
    std::unique_ptr<OneShot> ended_;  // of a started one
};

}  // namespace fogbank::events
