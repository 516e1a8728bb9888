// What a caller gets where the function did not answer by itself, in AWS's words.
#pragma once

#include "services/lambda/runtime/invocation.h"

#include <string>
#include <string_view>

namespace fogbank::lambda {

Outcome timeout_failure(std::string_view request_id, int timeout_s);
Outcome exit_failure(std::string_view request_id, int status, int signal);
Outcome entrypoint_failure(std::string_view request_id, std::string_view reason);
Outcome response_too_large();
// "Error: Runtime exited with error: exit status 1", as logs have it too.
std::string exit_text(int status, int signal);

}  // namespace fogbank::lambda
