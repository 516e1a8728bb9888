// Erases what deleted streams leave behind, in chunks, so that no writer waits for a large stream to go.
#pragma once

#include "src/events/work_loop.h"

namespace fogbank::kinesis {

class Purge {
public:
    Purge(store::Database& database, Clock& clock, Executor executor);
    void start() { loop_.start(); }
    Task<void> stop() { return loop_.stop(); }

private:
    std::optional<Timestamp> next_due();
    Task<bool> step();

    store::Database& database_;
    Clock& clock_;
    events::WorkLoop loop_;
};

// The channel to notify after a stream was deleted.
inline constexpr std::string_view kPurgeChannel = "kinesis/purge";

}  // namespace fogbank::kinesis
