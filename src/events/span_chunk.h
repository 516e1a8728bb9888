// Spans as bytes: cheap to append, quick to search, stored many to a row.
#pragma once

#include "src/events/trace_log.h"

#include <functional>
#include <string>
#include <string_view>

namespace fogbank::events {

// A span whose texts stand in the bytes of a chunk.
struct SpanView {
    std::string_view trace, id, cause, kind, account, service, name, resource, outcome;
    Timestamp started;
    Duration duration;
    std::string_view encoded;  // all of it

    Span copy() const;
};

void append_span(std::string& chunk, const Span& span);

// In the order of appending. Stops at bytes that are no span.
void for_each_span(std::string_view chunk, const std::function<void(const SpanView&)>& visit);

}  // namespace fogbank::events
