#include "services/s3/mount/files.h"

#include "services/s3/mount/paths.h"
#include "src/base/bytes.h"
#include "src/base/digest.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <array>
#include <cerrno>
#include <filesystem>
#include <system_error>

namespace fogbank::s3::mount {

namespace {

namespace fs = std::filesystem;

[[noreturn]] void fail(const std::string& path) {
    throw std::system_error(errno, std::generic_category(), path);
}

}  // namespace

std::optional<FileState> state_of(const std::string& path) {
    struct stat info {};
    if (::lstat(path.c_str(), &info) != 0 || !S_ISREG(info.st_mode)) return std::nullopt;
    return FileState{info.st_size, info.st_mtim.tv_sec * 1'000'000'000 + info.st_mtim.tv_nsec, {}, {}, {}};
}

std::map<std::string, FileState> read_tree(const std::string& folder) {
    std::map<std::string, FileState> out;
    std::error_code error;
    fs::recursive_directory_iterator at(folder, fs::directory_options::skip_permission_denied, error);
    for (; !error && at != fs::recursive_directory_iterator(); at.increment(error)) {
        const std::string path = at->path().string();
        const std::string key = path.substr(folder.size() + 1);
        if (!can_be_file(key)) continue;
        if (const auto state = state_of(path)) out.emplace(key, *state);
    }
    return out;
}

FileWriter::FileWriter(std::string folder, std::string path) : path_(std::move(path)) {
    fs::create_directories(fs::path(path_).parent_path());
    temporary_ = folder + "/" + std::string(kTemporary) + "XXXXXX";
    descriptor_ = ::mkostemp(temporary_.data(), O_CLOEXEC);
    if (descriptor_ < 0) fail(temporary_);
    ::fchmod(descriptor_, 0644);
}

FileWriter::~FileWriter() {
    if (descriptor_ < 0) return;
    ::close(descriptor_);
    ::unlink(temporary_.c_str());
}

void FileWriter::write(std::string_view piece) {
    while (!piece.empty()) {
        const ssize_t written = ::write(descriptor_, piece.data(), piece.size());
        if (written < 0 && errno == EINTR) continue;
        if (written < 0) fail(temporary_);
        piece.remove_prefix(static_cast<std::size_t>(written));
    }
}

void FileWriter::finish() {
    if (::rename(temporary_.c_str(), path_.c_str()) != 0) fail(path_);
    ::close(descriptor_);
    descriptor_ = -1;
}

void remove_unfinished(const std::string& folder) {
    std::error_code error;
    for (const auto& entry : fs::directory_iterator(folder, error)) {
        if (entry.path().filename().string().starts_with(kTemporary)) fs::remove(entry.path(), error);
    }
}

void remove_file(const std::string& folder, const std::string& path) {
    ::unlink(path.c_str());
    fs::path parent = fs::path(path).parent_path();
    // rmdir refuses a folder that holds something.
    while (parent.string().size() > folder.size() && ::rmdir(parent.c_str()) == 0)
        parent = parent.parent_path();
}

std::optional<std::string> md5_of(const std::string& path) {
    const int descriptor = open_file(path);
    if (descriptor < 0) return std::nullopt;
    Digest digest(DigestKind::md5);
    std::array<char, 64 * 1024> piece;
    ssize_t got = 0;
    while ((got = ::read(descriptor, piece.data(), piece.size())) > 0) {
        digest.update(std::string_view(piece.data(), static_cast<std::size_t>(got)));
    }
    ::close(descriptor);
    if (got < 0) return std::nullopt;
    return hex_encode(digest.finish());
}

int open_file(const std::string& path) {
    return ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
}

}  // namespace fogbank::s3::mount
