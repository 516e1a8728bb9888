// The causal chain: every request, event and invocation knows which one led to it.
#pragma once

#include <string>
#include <string_view>

namespace fogbank::events {

// `id` names the chain and is an X-Ray root id ("1-65a1b2c3-0123456789abcdef01234567"), so that SDKs inside
// functions carry it on by themselves. `cause` names the span that led here; empty at the root.
struct Trace {
    std::string id;
    std::string cause;
    int depth = 0;  // hops from the root; bounded, so that a function that triggers itself ends

    // "Root=...;Parent=...;Sampled=1", with depth as Lineage; nothing usable gives an empty id.
    static Trace parse(std::string_view header);
    std::string header() const;
};

// Whether `text` has the form of Trace::id.
bool is_trace_id(std::string_view text);

inline constexpr int kDepthLimit = 64;

}  // namespace fogbank::events
