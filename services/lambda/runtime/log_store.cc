#include "services/lambda/runtime/log_store.h"

#include "src/base/log.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>

namespace fogbank::lambda {

namespace {

class File {
public:
    File(const std::string& path, int flags) : number_(::open(path.c_str(), flags | O_CLOEXEC, 0644)) {}
    ~File() {
        if (number_ >= 0) ::close(number_);
    }
    File(const File&) = delete;
    File& operator=(const File&) = delete;
    int get() const { return number_; }
    explicit operator bool() const { return number_ >= 0; }
    std::int64_t size() const {
        struct stat found {};
        return ::fstat(number_, &found) == 0 ? static_cast<std::int64_t>(found.st_size) : 0;
    }

private:
    int number_;
};

}  // namespace

std::string LogStore::path(std::string_view account, std::string_view region,
                           std::string_view function) const {
    std::string result = folder_;
    for (const std::string_view part : {account, region, function}) {
        result += '/';
        result += part;
    }
    return result + ".log";
}

void LogStore::append(std::string_view account, std::string_view region, std::string_view function,
                      std::string_view text) {
    const std::string name = path(account, region, function);
    const std::scoped_lock lock(mutex_);
    std::error_code ignored;
    {
        File file(name, O_WRONLY | O_APPEND | O_CREAT);
        if (!file) {
            std::filesystem::create_directories(std::filesystem::path(name).parent_path(), ignored);
        } else if (file.size() < kFileLimit) {
            if (::write(file.get(), text.data(), text.size()) < 0) {
                log::warning("a function's log cannot be written", {{"file", name}});
            }
            return;
        } else {
            std::filesystem::rename(name, name + ".1", ignored);
        }
    }
    const File file(name, O_WRONLY | O_APPEND | O_CREAT);
    if (!file || ::write(file.get(), text.data(), text.size()) < 0) {
        log::warning("a function's log cannot be written", {{"file", name}});
    }
}

LogPiece LogStore::read(std::string_view account, std::string_view region, std::string_view function,
                        std::int64_t offset) const {
    const File file(path(account, region, function), O_RDONLY);
    if (!file) return {};
    const std::int64_t size = file.size();
    if (offset < 0) offset = std::max<std::int64_t>(0, size + offset);
    if (offset > size) offset = 0;
    LogPiece piece;
    piece.text.resize(static_cast<std::size_t>(std::min(size - offset, kPieceLimit)));
    const ssize_t got = ::pread(file.get(), piece.text.data(), piece.text.size(), static_cast<off_t>(offset));
    piece.text.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
    piece.next_offset = offset + static_cast<std::int64_t>(piece.text.size());
    return piece;
}

void LogStore::erase(std::string_view account) {
    std::error_code ignored;
    std::filesystem::remove_all(account.empty() ? folder_ : folder_ + "/" + std::string(account), ignored);
}

}  // namespace fogbank::lambda
