// A preloaded Python process that forks the workers of one runtime.
#pragma once

#include "src/base/completion.h"
#include "src/exec/executor.h"
#include "src/exec/process/launch.h"
#include "src/exec/process/output_pipe.h"

#include <boost/asio/posix/stream_descriptor.hpp>

#include <deque>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace fogbank::exec {

struct PythonParentOptions {
    std::string runtime;                  // "python3.12"
    std::vector<std::string> candidates;  // interpreters to try, best first; paths
    std::string script;                   // path of python_worker.py
    std::vector<std::string> environment;
    std::string folder;
    std::string packages;
};

// Shared with the handlers that wait on its socket.
class PythonParent : public std::enable_shared_from_this<PythonParent> {
public:
    PythonParent(Executor executor, PythonParentOptions options);
    ~PythonParent();
    // Starts the process if none runs; throws std::runtime_error where no candidate works.
    void ensure_started();
    Task<std::unique_ptr<Sandbox>> spawn(const SandboxSpec& spec, SandboxObserver& observer);
    void shutdown();

    // What a worker's sandbox needs; it ends with the worker's exit message.
    struct Worker {
        pid_t pid = 0;
        std::shared_ptr<OutputPipe> output;
        SandboxObserver* observer = nullptr;
        bool ended = false;
    };

private:
    struct Request {
        std::string message;
        Descriptor output;
        std::shared_ptr<Worker> worker;
        Completion<pid_t> answer;
        bool sent = false;
    };

    void start_candidate();
    void wait_readable();
    void on_readable();
    void on_message(std::string_view text);
    void on_worker_exit(pid_t pid, int status, int signal);
    void on_parent_end();
    void flush();
    bool send(const Request& request);
    void fail_requests(const std::string& reason);

    Executor executor_;
    PythonParentOptions options_;
    std::size_t candidate_ = 0;
    pid_t pid_ = 0;
    bool ready_ = false;
    bool waits_for_room_ = false;
    std::shared_ptr<boost::asio::posix::stream_descriptor>
        control_;  // shared with the handlers that wait on it
    std::int64_t last_id_ = 0;
    std::map<std::int64_t, Request*> requests_;         // in the frames of spawn()
    std::map<pid_t, std::shared_ptr<Worker>> workers_;  // shared with their sandboxes
};

}  // namespace fogbank::exec
