// One run of a function: what goes in and what comes out.
#pragma once

#include "src/events/trace.h"

#include <string>

namespace fogbank::lambda {

struct Invocation {
    std::string request_id;
    std::string payload;
    std::string client_context;  // JSON; empty where none
    std::string invoked_arn;     // as the caller named the function
    events::Trace trace;         // the chain, and the span that invokes
};

struct Outcome {
    std::string payload;
    std::string function_error;  // "Unhandled"; empty where the function returned
    std::string error_type;      // beside it: "Runtime.ExitError", "ValueError"
    std::string log_tail;        // the last 4 KB, START to REPORT

    bool failed() const { return !function_error.empty(); }
};

}  // namespace fogbank::lambda
