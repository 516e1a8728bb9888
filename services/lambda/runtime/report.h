// The lines that AWS puts around what a function prints.
#pragma once

#include "src/base/timestamp.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace fogbank::lambda {

struct Report {
    std::string_view request_id;
    Duration duration{};
    std::int64_t memory_size_mb = 0;
    std::int64_t max_memory_mb = 0;
    std::optional<Duration> init_duration;  // of the first invocation of a sandbox
    std::string_view status;                // "timeout", "error"; empty where the runtime answered
    std::string_view error_type;            // beside status "error"
};

std::string start_line(std::string_view request_id, std::string_view version);
// END and REPORT.
std::string end_lines(const Report& report);
// "Task timed out after 3.00 seconds"
std::string timeout_text(int timeout_s);

}  // namespace fogbank::lambda
