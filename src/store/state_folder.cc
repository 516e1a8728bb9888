#include "src/store/state_folder.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <stdexcept>

namespace fogbank::store {
namespace {

constexpr int kLockWaitMs = 3'000;
constexpr int kLockPauseMs = 20;

std::string temporary_folder() {
    std::string name = (std::filesystem::temp_directory_path() / "fogbank-XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr) {
        throw std::runtime_error(fmt::format("cannot make a folder like {}: {}", name, std::strerror(errno)));
    }
    return name;
}

// A daemon that was killed holds its lock until the kernel has taken it apart: seconds where it was large.
bool wait_for_lock(int file) {
    for (int waited_ms = 0; waited_ms < kLockWaitMs; waited_ms += kLockPauseMs) {
        if (::flock(file, LOCK_EX | LOCK_NB) == 0) return true;
        ::poll(nullptr, 0, kLockPauseMs);
    }
    return ::flock(file, LOCK_EX | LOCK_NB) == 0;
}

}  // namespace

StateFolder::StateFolder(const std::string& path, Lifetime lifetime) : path_(path), lifetime_(lifetime) {
    if (lifetime == Lifetime::temporary) {
        path_ = temporary_folder();
        return;
    }
    std::error_code error;
    std::filesystem::create_directories(path_, error);
    if (error)
        throw std::runtime_error(fmt::format("cannot make the state folder {}: {}", path_, error.message()));
    lock();
}

StateFolder::~StateFolder() {
    if (lock_ >= 0) ::close(lock_);
    if (lifetime_ != Lifetime::temporary) return;
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
}

void StateFolder::lock() {
    std::string file = path_ + "/lock";
    lock_ = ::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
    if (lock_ < 0) throw std::runtime_error(fmt::format("cannot open {}: {}", file, std::strerror(errno)));
    if (!wait_for_lock(lock_)) {
        char holder[32] = {};
        [[maybe_unused]] auto got = ::read(lock_, holder, sizeof holder - 1);
        ::close(lock_);
        lock_ = -1;
        throw std::runtime_error(fmt::format(
            "the state folder {} is in use by another daemon (process {}); stop it or name another folder",
            path_, std::string_view(holder).substr(0, std::strcspn(holder, "\n"))));
    }
    std::string mine = fmt::format("{}\n", ::getpid());
    if (::ftruncate(lock_, 0) != 0 || ::pwrite(lock_, mine.data(), mine.size(), 0) < 0) {
        int error = errno;
        ::close(lock_);
        lock_ = -1;
        throw std::runtime_error(fmt::format("cannot write {}: {}", file, std::strerror(error)));
    }
}

}  // namespace fogbank::store
