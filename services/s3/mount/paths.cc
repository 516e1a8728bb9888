#include "services/s3/mount/paths.h"

namespace fogbank::s3::mount {

namespace {

constexpr std::size_t kSegmentLimit = 255;  // bytes of a file's name on Linux

bool can_be_name(std::string_view segment) {
    return !segment.empty() && segment != "." && segment != ".." && segment.size() <= kSegmentLimit &&
           segment.find('\0') == std::string_view::npos && !segment.starts_with(kTemporary);
}

}  // namespace

bool can_be_file(std::string_view key) {
    while (true) {
        const std::size_t slash = key.find('/');
        if (!can_be_name(key.substr(0, slash))) return false;
        if (slash == std::string_view::npos) return true;
        key.remove_prefix(slash + 1);
    }
}

std::optional<std::string> file_of(std::string_view folder, std::string_view key) {
    if (!can_be_file(key)) return std::nullopt;
    return std::string(folder) + "/" + std::string(key);
}

}  // namespace fogbank::s3::mount
