#include "services/lambda/runtime/report.h"

#include <fmt/format.h>

namespace fogbank::lambda {

namespace {
double millis(Duration duration) {
    return std::chrono::duration<double, std::milli>(duration).count();
}
}  // namespace

std::string start_line(std::string_view request_id, std::string_view version) {
    return fmt::format("START RequestId: {} Version: {}\n", request_id, version);
}

std::string end_lines(const Report& report) {
    using std::chrono::milliseconds;
    // aws: billed time is rounded up to the next millisecond
    const auto billed = std::chrono::ceil<milliseconds>(report.duration).count();
    std::string text = fmt::format(
        "END RequestId: {0}\nREPORT RequestId: {0}\tDuration: {1:.2f} ms\tBilled Duration: {2} ms\t"
        "Memory Size: {3} MB\tMax Memory Used: {4} MB\t",
        report.request_id, millis(report.duration), billed, report.memory_size_mb, report.max_memory_mb);
    if (report.init_duration)
        text += fmt::format("Init Duration: {:.2f} ms\t", millis(*report.init_duration));
    if (!report.status.empty()) text += fmt::format("Status: {}\t", report.status);
    if (!report.error_type.empty()) text += fmt::format("Error Type: {}\t", report.error_type);
    return text + "\n";
}

std::string timeout_text(int timeout_s) {
    return fmt::format("Task timed out after {}.00 seconds", timeout_s);
}

}  // namespace fogbank::lambda
