#include "src/store/blob_file.h"

#include "src/store/disk_full.h"
#include "src/store/work_pool.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <stdexcept>

namespace fogbank::store {
namespace {

constexpr std::size_t kReadBytes = 256 * 1024;

[[noreturn]] void fail(std::string_view what, const std::string& path, int error) {
    std::string text = fmt::format("cannot {} {}: {}", what, path, std::strerror(error));
    if (error == ENOSPC || error == EDQUOT) throw DiskFull(text);
    throw std::runtime_error(text);
}

int create(const std::string& path) {
    int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
    if (file < 0 && errno == ENOENT) {
        // The first file of its shard.
        std::filesystem::create_directories(std::filesystem::path(path).parent_path());
        file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
    }
    if (file < 0) fail("create", path, errno);
    return file;
}

void sync_folder_of(const std::string& path) {
    std::string folder = std::filesystem::path(path).parent_path();
    int file = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (file < 0) fail("open", folder, errno);
    int result = ::fsync(file);
    int error = errno;
    ::close(file);
    if (result != 0) fail("sync", folder, error);
}

class FileStream final : public ByteStream {
public:
    FileStream(int file, std::string path, std::uint64_t offset, std::uint64_t length, WorkPool& pool)
        : file_(file), path_(std::move(path)), offset_(offset), length_(length), left_(length), pool_(pool) {}
    ~FileStream() override { ::close(file_); }
    FileStream(const FileStream&) = delete;
    FileStream& operator=(const FileStream&) = delete;

    Task<std::string_view> next() override {
        if (left_ == 0) co_return std::string_view();
        buffer_.resize(std::min<std::uint64_t>(left_, kReadBytes));
        ssize_t got = -1;
        int error = 0;
        auto read_piece = [&] {
            do {
                got = ::pread(file_, buffer_.data(), buffer_.size(), static_cast<off_t>(offset_));
                error = errno;
            } while (got < 0 && error == EINTR);
        };
        co_await pool_.run_and_wait(read_piece);
        if (got < 0) fail("read", path_, error);
        if (got == 0) throw std::runtime_error("shorter than its row says: " + path_);
        offset_ += static_cast<std::uint64_t>(got);
        left_ -= static_cast<std::uint64_t>(got);
        co_return std::string_view(buffer_.data(), static_cast<std::size_t>(got));
    }

    std::optional<std::uint64_t> length() const override { return length_; }

private:
    int file_;
    std::string path_;
    std::uint64_t offset_;
    std::uint64_t length_;
    std::uint64_t left_;
    WorkPool& pool_;
    std::string buffer_;
};

}  // namespace

BlobFile::BlobFile(std::string path)
    : path_(std::move(path)), temporary_(path_ + std::string(kUnfinished)), file_(create(temporary_)) {}

BlobFile::~BlobFile() {
    if (file_ < 0) return;
    ::close(file_);
    ::unlink(temporary_.c_str());
}

void BlobFile::write(std::string_view bytes) {
    while (!bytes.empty()) {
        ssize_t wrote = ::write(file_, bytes.data(), bytes.size());
        if (wrote < 0 && errno == EINTR) continue;
        if (wrote < 0) fail("write", temporary_, errno);
        bytes.remove_prefix(static_cast<std::size_t>(wrote));
    }
}

void BlobFile::finish(Sync sync) {
    if (sync == Sync::disk && ::fdatasync(file_) != 0) fail("sync", temporary_, errno);
    if (::rename(temporary_.c_str(), path_.c_str()) != 0) fail("name", path_, errno);
    ::close(file_);
    file_ = -1;
    if (sync == Sync::disk) sync_folder_of(path_);
}

std::unique_ptr<ByteStream> open_blob_file(const std::string& path, std::uint64_t offset,
                                           std::uint64_t length, WorkPool& pool) {
    int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (file < 0) fail("open", path, errno);
    return std::make_unique<FileStream>(file, path, offset, length, pool);
}

}  // namespace fogbank::store
