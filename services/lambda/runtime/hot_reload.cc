#include "services/lambda/runtime/hot_reload.h"

#include <filesystem>
#include <string_view>

namespace fogbank::lambda {

namespace fs = std::filesystem;

namespace {
constexpr int kEntryLimit = 10'000;  // of a larger folder the first ones count

bool is_skipped(std::string_view name) {
    return name == "node_modules" || name == ".git" || name == "__pycache__" || name == ".venv";
}
}  // namespace

std::int64_t fingerprint(const std::string& folder) {
    std::uint64_t sum = 0;
    int entries = 0;
    std::error_code error;
    fs::recursive_directory_iterator at(folder, fs::directory_options::skip_permission_denied, error);
    for (; !error && at != fs::recursive_directory_iterator(); at.increment(error)) {
        const std::string name = at->path().filename().string();
        std::error_code ignored;
        if (at->is_directory(ignored)) {
            if (is_skipped(name)) at.disable_recursion_pending();
            continue;
        }
        const auto written = fs::last_write_time(at->path(), ignored).time_since_epoch().count();
        // A sum, because the order of entries is the file system's.
        sum += std::hash<std::string>()(at->path().string()) ^
               (static_cast<std::uint64_t>(written) * 0x9E3779B97F4A7C15U);
        if (++entries >= kEntryLimit) break;
    }
    return static_cast<std::int64_t>(sum);
}

}  // namespace fogbank::lambda
