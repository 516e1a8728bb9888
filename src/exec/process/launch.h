// Starts a program as a child of ours: clean environment, own process group, killed with the daemon.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <sys/types.h>

namespace fogbank::exec {

// A descriptor, owned.
class Descriptor {
public:
    Descriptor() = default;
    explicit Descriptor(int number) : number_(number) {}
    ~Descriptor() { reset(); }
    Descriptor(Descriptor&& other) noexcept : number_(other.release()) {}
    Descriptor& operator=(Descriptor&& other) noexcept;
    int get() const { return number_; }
    explicit operator bool() const { return number_ >= 0; }
    int release();
    void reset();

private:
    int number_ = -1;
};

struct Pipe {
    Descriptor read;   // non-blocking
    Descriptor write;  // blocking: functions expect that of their stdout
};
Pipe make_pipe();  // both ends close on exec; throws std::system_error

struct Launch {
    std::string program;                   // path
    std::vector<std::string> arguments;    // argv with argv[0]
    std::vector<std::string> environment;  // NAME=value, nothing else is passed on
    std::string folder;                    // the working directory
    int output = -1;                       // becomes stdout and stderr
    int control = -1;                      // becomes descriptor 3 where >= 0
};

// Returns once the program runs. Throws std::system_error naming the program where exec fails. The calling
// thread must live as long as the daemon does: the child is killed when it ends (PR_SET_PDEATHSIG).
pid_t launch(const Launch& launch);

// A descriptor that becomes readable when `pid`, a child not yet reaped, ends.
Descriptor open_pidfd(pid_t pid);

struct ExitStatus {
    int status = 0;
    int signal = 0;
};
// Kills what is left of the child's process group, then reaps the child. Blocks until the child has ended.
ExitStatus reap_group(pid_t pid);

// The first executable file `name` in the folders of `search_path`; empty where there is none.
std::string find_program(std::string_view name, std::string_view search_path);

// VmHWM of a running process; 0 where it is gone.
std::int64_t peak_memory_bytes(pid_t pid);

}  // namespace fogbank::exec
