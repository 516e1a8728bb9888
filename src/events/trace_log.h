// What happened, as a tree: bounded, in a file of its own, never synced. It draws; it decides nothing.
#pragma once

#include "src/base/clock.h"
#include "src/events/trace.h"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace fogbank::events {

struct Span {
    std::string trace;  // Trace::id
    std::string id;     // this span's
    std::string cause;  // the span that led here; empty at the root
    std::string kind;   // "call", "event", "delivery", "invocation"
    std::string account;
    std::string service;
    std::string name;      // operation, event type, function
    std::string resource;  // ARN or "table/key", where there is one
    std::string outcome;   // "200", error code, "delivered", "failed: ..."
    Timestamp started;
    Duration duration{};
};

class TraceLog {
public:
    virtual ~TraceLog() = default;
    // Cheap: into memory; written by a background thread. Old spans are dropped above the bound.
    virtual void record(Span span) = 0;
    virtual std::vector<Span> spans(const std::string& trace) = 0;  // by start
    struct Summary {
        std::string trace, account, service, name, outcome;
        Timestamp started;
        std::int64_t spans = 0;
        bool has_root = false;  // the names are the root's, not the earliest span's
    };
    virtual std::vector<Summary> recent(const std::string& account, int limit) = 0;  // newest first
    virtual void clear(const std::string& account) = 0;                              // empty: all
};

struct TraceLogOptions {
    std::string folder;  // trace.db; empty: in memory only
    std::int64_t span_limit = 100'000;
};
std::unique_ptr<TraceLog> open_trace_log(const TraceLogOptions& options);

}  // namespace fogbank::events
