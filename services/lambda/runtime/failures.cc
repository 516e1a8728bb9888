#include "services/lambda/runtime/failures.h"

#include "services/lambda/limits.h"
#include "services/lambda/runtime/report.h"
#include "src/base/json.h"

#include <cstring>

namespace fogbank::lambda {

namespace {

Outcome failure(std::string_view type, std::string_view message) {
    Outcome outcome;
    outcome.function_error = "Unhandled";
    outcome.error_type = type;
    json::Writer(outcome.payload)
        .begin_object()
        .field("errorType", type)
        .field("errorMessage", message)
        .end_object();
    return outcome;
}

std::string about(std::string_view request_id, std::string_view text) {
    return "RequestId: " + std::string(request_id) + " Error: " + std::string(text);
}

}  // namespace

std::string exit_text(int status, int signal) {
    if (signal != 0) {
        std::string name = ::strsignal(signal);
        for (char& c : name) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
        return "Runtime exited with error: signal: " + name;
    }
    if (status == 0) return "Runtime exited without providing a reason";
    return "Runtime exited with error: exit status " + std::to_string(status);
}

Outcome timeout_failure(std::string_view request_id, int timeout_s) {
    return failure("Sandbox.Timedout", about(request_id, timeout_text(timeout_s)));
}

Outcome exit_failure(std::string_view request_id, int status, int signal) {
    return failure("Runtime.ExitError", about(request_id, exit_text(status, signal)));
}

Outcome entrypoint_failure(std::string_view request_id, std::string_view reason) {
    return failure("Runtime.InvalidEntrypoint", about(request_id, reason));
}

Outcome response_too_large() {
    return failure("Function.ResponseSizeTooLarge",
                   "Response payload size exceeded maximum allowed payload size (" +
                       std::to_string(kResponseLimit) + " bytes).");
}

}  // namespace fogbank::lambda
