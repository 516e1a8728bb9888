#include "src/exec/process/launch.h"

#include <fcntl.h>
#include <linux/close_range.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <cstdlib>
#include <stdexcept>
#include <system_error>
#include <utility>

namespace fogbank::exec {

namespace {

constexpr rlim_t kOpenFiles = 1024;  // aws: 1,024 file descriptors (docs: Lambda quotas)

std::vector<char*> pointers(const std::vector<std::string>& strings) {
    std::vector<char*> result;
    result.reserve(strings.size() + 1);
    for (const std::string& text : strings) result.push_back(const_cast<char*>(text.c_str()));
    result.push_back(nullptr);
    return result;
}

struct ChildPlan {
    const Launch& launch;
    char* const* arguments;
    char* const* environment;
    pid_t parent;
    int null_input;
    sigset_t signals;
};

// Runs in the child of vfork, which shares our memory: system calls only. Returns errno where a step failed.
int become_program(const ChildPlan& plan) {
    setpgid(0, 0);
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != plan.parent) return ESRCH;
    const rlimit no_core{0, 0};
    setrlimit(RLIMIT_CORE, &no_core);
    rlimit files{};
    if (getrlimit(RLIMIT_NOFILE, &files) == 0) {
        files.rlim_cur = files.rlim_max < kOpenFiles ? files.rlim_max : kOpenFiles;
        setrlimit(RLIMIT_NOFILE, &files);
    }
    if (dup2(plan.null_input, 0) < 0 || dup2(plan.launch.output, 1) < 0 || dup2(plan.launch.output, 2) < 0) {
        return errno;
    }
    int first_unused = 3;
    if (plan.launch.control >= 0) {
        // Equal numbers would leave close-on-exec set.
        if (plan.launch.control == 3) {
            fcntl(3, F_SETFD, 0);
        } else if (dup2(plan.launch.control, 3) < 0) {
            return errno;
        }
        first_unused = 4;
    }
    syscall(SYS_close_range, static_cast<unsigned>(first_unused), ~0U, 0U);
    if (chdir(plan.launch.folder.c_str()) != 0) return errno;
    for (int number : {SIGPIPE, SIGINT, SIGTERM, SIGHUP, SIGCHLD}) ::signal(number, SIG_DFL);
    sigprocmask(SIG_SETMASK, &plan.signals, nullptr);
    execve(plan.launch.program.c_str(), plan.arguments, plan.environment);
    return errno;
}

}  // namespace

Descriptor& Descriptor::operator=(Descriptor&& other) noexcept {
    if (this != &other) {
        reset();
        number_ = other.release();
    }
    return *this;
}

int Descriptor::release() {
    return std::exchange(number_, -1);
}

void Descriptor::reset() {
    if (number_ >= 0) ::close(std::exchange(number_, -1));
}

Pipe make_pipe() {
    std::array<int, 2> ends{};
    if (pipe2(ends.data(), O_CLOEXEC) != 0) throw std::system_error(errno, std::generic_category(), "pipe");
    Pipe result{Descriptor(ends[0]), Descriptor(ends[1])};
    fcntl(ends[0], F_SETFL, O_NONBLOCK);
    return result;
}

pid_t launch(const Launch& launch) {
    Descriptor null_input(::open("/dev/null", O_RDONLY | O_CLOEXEC));
    if (!null_input) throw std::system_error(errno, std::generic_category(), "/dev/null");
    const std::vector<char*> arguments = pointers(launch.arguments);
    const std::vector<char*> environment = pointers(launch.environment);
    ChildPlan plan{launch, arguments.data(), environment.data(), getpid(), null_input.get(), {}};
    sigset_t all;
    sigfillset(&all);
    sigset_t before;
    // No handler of ours may run in the child while it shares our memory.
    pthread_sigmask(SIG_SETMASK, &all, &before);
    sigemptyset(&plan.signals);
    volatile int failure = 0;
    const pid_t pid = vfork();
    if (pid == 0) {
        failure = become_program(plan);
        _exit(127);
    }
    const int fork_error = errno;
    pthread_sigmask(SIG_SETMASK, &before, nullptr);
    if (pid < 0) throw std::system_error(fork_error, std::generic_category(), "vfork for " + launch.program);
    if (const int error = failure; error != 0) {
        while (waitpid(pid, nullptr, 0) < 0 && errno == EINTR) {
        }
        throw std::system_error(error, std::generic_category(), launch.program);
    }
    return pid;
}

Descriptor open_pidfd(pid_t pid) {
    const long number = syscall(SYS_pidfd_open, pid, 0);
    if (number < 0) throw std::system_error(errno, std::generic_category(), "pidfd_open");
    return Descriptor(static_cast<int>(number));
}

ExitStatus reap_group(pid_t pid) {
    siginfo_t info{};
    // WNOWAIT keeps the zombie, and with it the number of its group, until the group is killed.
    while (waitid(P_PID, static_cast<id_t>(pid), &info, WEXITED | WNOWAIT) != 0) {
        if (errno != EINTR) return {};
    }
    ::kill(-pid, SIGKILL);
    while (waitpid(pid, nullptr, 0) < 0 && errno == EINTR) {
    }
    if (info.si_code == CLD_EXITED) return {info.si_status, 0};
    return {0, info.si_status};
}

std::string find_program(std::string_view name, std::string_view search_path) {
    while (!search_path.empty()) {
        const std::size_t colon = search_path.find(':');
        const std::string_view folder = search_path.substr(0, colon);
        search_path = colon == std::string_view::npos ? std::string_view() : search_path.substr(colon + 1);
        if (folder.empty()) continue;
        std::string path = std::string(folder) + "/" + std::string(name);
        struct stat found {};
        if (::stat(path.c_str(), &found) == 0 && S_ISREG(found.st_mode) &&
            ::access(path.c_str(), X_OK) == 0) {
            return path;
        }
    }
    return {};
}

std::int64_t peak_memory_bytes(pid_t pid) {
    const std::string path = "/proc/" + std::to_string(pid) + "/status";
    const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    if (!file) return 0;
    std::array<char, 4096> buffer{};
    const ssize_t size = ::read(file.get(), buffer.data(), buffer.size());
    if (size <= 0) return 0;
    const std::string_view text(buffer.data(), static_cast<std::size_t>(size));
    const std::size_t at = text.find("VmHWM:");
    if (at == std::string_view::npos) return 0;
    const std::size_t digits = text.find_first_of("0123456789", at);
    if (digits == std::string_view::npos) return 0;
    std::int64_t kilobytes = 0;
    std::from_chars(text.data() + digits, text.data() + text.size(), kilobytes);
    return kilobytes * 1024;
}

}  // namespace fogbank::exec
