#include "src/exec/process/direct_sandbox.h"

#include "src/exec/process/output_pipe.h"

#include <signal.h>

namespace fogbank::exec {

namespace {

// Shared with the handler that waits for the exit, which reaps the child also after its sandbox is gone.
class Child : public std::enable_shared_from_this<Child> {
public:
    Child(const Executor& executor, pid_t pid, std::shared_ptr<OutputPipe> output, SandboxObserver& observer)
        : pid_(pid),
          exit_(executor, open_pidfd(pid).release()),
          output_(std::move(output)),
          observer_(&observer) {}

    void start() {
        output_->start();
        exit_.async_wait(boost::asio::posix::stream_descriptor::wait_read,
                         [self = shared_from_this()](const boost::system::error_code& error) {
                             if (!error) self->on_readable();
                         });
    }

    void kill() const {
        if (!ended_) ::kill(-pid_, SIGKILL);
    }

    void forget_observer() {
        observer_ = nullptr;
        output_->close();
    }

    pid_t pid() const { return pid_; }
    bool ended() const { return ended_; }
    void drain() { output_->drain(); }

private:
    void on_readable() {
        const ExitStatus exit = reap_group(pid_);
        ended_ = true;
        if (observer_ == nullptr) return;
        output_->drain();
        output_->close();
        std::exchange(observer_, nullptr)->on_exit(exit.status, exit.signal);
    }

    pid_t pid_;
    boost::asio::posix::stream_descriptor exit_;
    std::shared_ptr<OutputPipe> output_;  // shared with the handler that waits for its bytes
    SandboxObserver* observer_;
    bool ended_ = false;
};

class DirectSandbox final : public Sandbox {
public:
    explicit DirectSandbox(std::shared_ptr<Child> child) : child_(std::move(child)) {}
    ~DirectSandbox() override {
        child_->forget_observer();
        child_->kill();
    }
    std::int64_t pid() const override { return child_->pid(); }
    void kill() override { child_->kill(); }
    std::int64_t peak_memory_bytes() const override {
        return child_->ended() ? 0 : exec::peak_memory_bytes(child_->pid());
    }
    void drain() override { child_->drain(); }

private:
    std::shared_ptr<Child> child_;  // shared with the handler that waits for its exit
};

}  // namespace

std::unique_ptr<Sandbox> start_direct(const Executor& executor, Launch plan, SandboxObserver& observer) {
    Pipe pipe = make_pipe();
    plan.output = pipe.write.get();
    const pid_t pid = launch(plan);
    pipe.write.reset();
    auto output = std::make_shared<OutputPipe>(executor, std::move(pipe.read), observer);
    auto child = std::make_shared<Child>(executor, pid, std::move(output), observer);
    child->start();
    return std::make_unique<DirectSandbox>(std::move(child));
}

}  // namespace fogbank::exec
