// Erases what deleted streams leave behind, in chunks, so that no writer waits for a large stream to go.
#pragma once

#include "src/base/clock.h"
#include "src/base/completion.h"
#include "src/store/database.h"

namespace fogbank::kinesis {

class Purge {
public:
    Purge(store::Database& database, Clock& clock, Executor executor)
        : database_(database), clock_(clock), executor_(std::move(executor)) {}
    // Goes on with what an earlier start left.
    void start();
    Task<void> stop();

private:
    Task<void> run();
    // False once nothing is left to erase.
    Task<bool> step();

    store::Database& database_;
    Clock& clock_;
    Executor executor_;
    CancelSource stopping_;
    OneShot stopped_;
    bool started_ = false;
};

// The channel to notify after a stream was deleted.
inline constexpr std::string_view kPurgeChannel = "kinesis/purge";

}  // namespace fogbank::kinesis
