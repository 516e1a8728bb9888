// Starts and stops sandboxes: places where one instance of a function runs. The function talks to us over the
// Lambda Runtime API, the same for a process, a container, a pod.
#pragma once

#include "src/base/clock.h"
#include "src/base/task.h"

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>

namespace fogbank::exec {

struct SandboxSpec {
    std::string runtime;                             // "python3.12", "nodejs20.x", "provided.al2023"
    std::string task_root;                           // the unpacked code
    std::string handler;                             // "app.handler"
    std::map<std::string, std::string> environment;  // complete: nothing of ours leaks in
    std::string runtime_api;                         // host:port that serves this sandbox's Runtime API
    std::string log_name;                            // for messages about this sandbox
    std::int64_t memory_mb = 128;
};

// Told about a sandbox; calls come on the executor passed at construction, whose context has one thread. All
// other calls of this header are made there too. They may come before start() has returned. A call must not
// destroy the sandbox it speaks of: post that.
class SandboxObserver {
public:
    virtual ~SandboxObserver() = default;
    virtual void on_output(std::string_view bytes) = 0;  // what the function wrote to stdout and stderr
    virtual void on_exit(int status, int signal) = 0;    // once; no call after it
};

class Sandbox {
public:
    virtual ~Sandbox() = default;  // kills the process group and reaps it
    virtual std::int64_t pid() const = 0;
    virtual void kill() = 0;  // on_exit follows
    virtual std::int64_t peak_memory_bytes() const = 0;
    // Passes on what the function has written so far, before returning: what it printed before it answered.
    virtual void drain() = 0;
};

class SandboxExecutor {
public:
    virtual ~SandboxExecutor() = default;
    virtual std::string_view name() const = 0;  // "process"
    // Resumes when the process runs (not when the function is initialized). Throws std::runtime_error that
    // names what is missing ("no node on PATH").
    virtual Task<std::unique_ptr<Sandbox>> start(const SandboxSpec& spec, SandboxObserver& observer) = 0;
    // Told when a function of `runtime` is made: gets ready what its sandboxes share (a preloaded parent).
    virtual void prepare(std::string_view runtime) = 0;
    // Ends preloaded parents and all sandboxes.
    virtual void shutdown() = 0;
};

}  // namespace fogbank::exec
