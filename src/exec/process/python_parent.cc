#include "src/exec/process/python_parent.h"

#include "src/base/json.h"
#include "src/base/log.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <stdexcept>
#include <system_error>

namespace fogbank::exec {

namespace {

constexpr std::size_t kMessageLimit =
    64 * 1024;  // of what the parent sends; its messages are under 200 bytes

std::string request_text(std::int64_t id, const SandboxSpec& spec, const std::string& packages) {
    std::string text;
    json::Writer out(text);
    out.begin_object().field("id", id).field("task_root", spec.task_root).field("handler", spec.handler);
    out.field("api", spec.runtime_api).field("packages", packages).key("env").begin_object();
    for (const auto& [name, value] : spec.environment) out.field(name, value);
    out.end_object().end_object();
    return text;
}

class PythonSandbox final : public Sandbox {
public:
    explicit PythonSandbox(std::shared_ptr<PythonParent::Worker> worker) : worker_(std::move(worker)) {}
    ~PythonSandbox() override {
        worker_->observer = nullptr;
        worker_->output->close();
        kill();
    }
    std::int64_t pid() const override { return worker_->pid; }
    void kill() override {
        if (!worker_->ended) ::kill(-worker_->pid, SIGKILL);
    }
    std::int64_t peak_memory_bytes() const override {
        return worker_->ended ? 0 : exec::peak_memory_bytes(worker_->pid);
    }
    void drain() override { worker_->output->drain(); }

private:
    std::shared_ptr<PythonParent::Worker> worker_;  // shared with the parent, which learns of its exit
};

std::int64_t integer_of(json::Value object, std::string_view name) {
    const json::Value value = object.find(name);
    return value && value.is_number() ? value.integer() : 0;
}

}  // namespace

PythonParent::PythonParent(Executor executor, PythonParentOptions options)
    : executor_(std::move(executor)), options_(std::move(options)) {}

PythonParent::~PythonParent() {
    shutdown();
}

void PythonParent::ensure_started() {
    if (pid_ != 0) return;
    candidate_ = 0;
    start_candidate();
}

void PythonParent::start_candidate() {
    for (; candidate_ < options_.candidates.size(); ++candidate_) {
        std::array<int, 2> ends{};
        if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends.data()) != 0) {
            throw std::system_error(errno, std::generic_category(), "socketpair");
        }
        Descriptor ours(ends[0]);
        const Descriptor theirs(ends[1]);
        fcntl(ours.get(), F_SETFL, O_NONBLOCK);
        const Descriptor nowhere(::open("/dev/null", O_WRONLY | O_CLOEXEC));
        Launch plan;
        plan.program = options_.candidates[candidate_];
        plan.arguments = {plan.program, "-I", "-S", options_.script};
        plan.environment = options_.environment;
        plan.folder = options_.folder;
        plan.output = nowhere.get();
        plan.control = theirs.get();
        try {
            pid_ = launch(plan);
        } catch (const std::system_error&) {
            continue;
        }
        ready_ = false;
        control_ = std::make_shared<boost::asio::posix::stream_descriptor>(executor_, ours.release());
        wait_readable();
        return;
    }
    throw std::runtime_error("no python3 on PATH runs " + options_.runtime +
                             ": install Python (Debian: apt install python3)");
}

void PythonParent::wait_readable() {
    control_->async_wait(
        boost::asio::posix::stream_descriptor::wait_read,
        [self = weak_from_this(), control = control_](const boost::system::error_code& error) {
            const auto parent = self.lock();
            if (error || !parent || parent->control_ != control) return;
            parent->on_readable();
            if (parent->control_ == control) parent->wait_readable();
        });
}

void PythonParent::on_readable() {
    std::string buffer(kMessageLimit, '\0');
    for (;;) {
        const ssize_t size = ::recv(control_->native_handle(), buffer.data(), buffer.size(), MSG_DONTWAIT);
        if (size < 0 && errno == EINTR) continue;
        if (size < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) return;
        if (size <= 0) {
            on_parent_end();
            return;
        }
        on_message({buffer.data(), static_cast<std::size_t>(size)});
        if (!control_) return;
    }
}

void PythonParent::on_message(std::string_view text) {
    const auto document = json::parse(text);
    if (!document) return;
    const json::Value message = document->root();
    if (const json::Value version = message.find("ready")) {
        ready_ = true;
        const std::string full(version.string());
        const std::string wanted = options_.runtime.substr(std::strlen("python"));
        if (full.substr(0, full.rfind('.')) != wanted) {
            log::warning("no such Python on PATH, another one runs the runtime",
                         {{"runtime", options_.runtime}, {"python", full}});
        }
        flush();
        return;
    }
    if (message.find("exit")) {
        on_worker_exit(static_cast<pid_t>(integer_of(message, "exit")),
                       static_cast<int>(integer_of(message, "status")),
                       static_cast<int>(integer_of(message, "signal")));
        return;
    }
    const auto found = requests_.find(integer_of(message, "id"));
    if (found == requests_.end()) return;
    Request& request = *found->second;
    requests_.erase(found);
    if (const json::Value reason = message.find("error")) {
        request.answer.fail(std::make_exception_ptr(std::runtime_error(std::string(reason.string()))));
        return;
    }
    request.worker->pid = static_cast<pid_t>(integer_of(message, "pid"));
    workers_[request.worker->pid] = request.worker;
    request.answer.set(request.worker->pid);
}

void PythonParent::on_worker_exit(pid_t pid, int status, int signal) {
    const auto found = workers_.find(pid);
    if (found == workers_.end()) return;
    const std::shared_ptr<Worker> worker = found->second;
    workers_.erase(found);
    worker->ended = true;
    if (worker->observer == nullptr) return;
    worker->output->drain();
    worker->output->close();
    std::exchange(worker->observer, nullptr)->on_exit(status, signal);
}

void PythonParent::on_parent_end() {
    control_->close();
    control_.reset();
    reap_group(std::exchange(pid_, 0));
    // PR_SET_PDEATHSIG has killed its workers.
    while (!workers_.empty()) on_worker_exit(workers_.begin()->first, 0, SIGKILL);
    if (ready_) {
        fail_requests("the preloaded parent of " + options_.runtime + " ended");
        return;
    }
    // It never came up: a version manager's shim without that version does so.
    log::warning("a Python does not start and is passed over",
                 {{"program", options_.candidates[candidate_]}, {"runtime", options_.runtime}});
    ++candidate_;
    for (auto& [id, request] : requests_) request->sent = false;
    try {
        start_candidate();
    } catch (const std::exception& error) {
        fail_requests(error.what());
    }
}

void PythonParent::fail_requests(const std::string& reason) {
    while (!requests_.empty()) {
        Request& request = *requests_.begin()->second;
        requests_.erase(requests_.begin());
        request.answer.fail(std::make_exception_ptr(std::runtime_error(reason)));
    }
}

bool PythonParent::send(const Request& request) {
    iovec piece{const_cast<char*>(request.message.data()), request.message.size()};
    alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(int))> control{};
    msghdr message{};
    message.msg_iov = &piece;
    message.msg_iovlen = 1;
    message.msg_control = control.data();
    message.msg_controllen = control.size();
    cmsghdr* const header = CMSG_FIRSTHDR(&message);
    header->cmsg_level = SOL_SOCKET;
    header->cmsg_type = SCM_RIGHTS;
    header->cmsg_len = CMSG_LEN(sizeof(int));
    const int descriptor = request.output.get();
    std::memcpy(CMSG_DATA(header), &descriptor, sizeof descriptor);
    return ::sendmsg(control_->native_handle(), &message, MSG_NOSIGNAL | MSG_DONTWAIT) >= 0;
}

void PythonParent::flush() {
    if (!ready_ || !control_ || waits_for_room_) return;
    for (auto& [id, request] : requests_) {
        if (request->sent) continue;
        if (send(*request)) {
            request->sent = true;
            request->output.reset();
            continue;
        }
        if (errno != EAGAIN && errno != EWOULDBLOCK) return;  // its end is about to be seen
        waits_for_room_ = true;
        control_->async_wait(boost::asio::posix::stream_descriptor::wait_write,
                             [self = weak_from_this()](const boost::system::error_code&) {
                                 const auto parent = self.lock();
                                 if (!parent) return;
                                 parent->waits_for_room_ = false;
                                 parent->flush();
                             });
        return;
    }
}

Task<std::unique_ptr<Sandbox>> PythonParent::spawn(const SandboxSpec& spec, SandboxObserver& observer) {
    ensure_started();
    Pipe pipe = make_pipe();
    const std::int64_t id = ++last_id_;
    Request request;
    request.message = request_text(id, spec, options_.packages);
    request.output = std::move(pipe.write);
    request.worker = std::make_shared<Worker>();
    request.worker->output = std::make_shared<OutputPipe>(executor_, std::move(pipe.read), observer);
    request.worker->observer = &observer;
    request.worker->output->start();
    requests_[id] = &request;
    flush();
    try {
        co_await request.answer.wait();
    } catch (...) {
        request.worker->output->close();
        throw;
    }
    co_return std::make_unique<PythonSandbox>(request.worker);
}

void PythonParent::shutdown() {
    for (auto& [pid, worker] : workers_) {
        worker->observer = nullptr;
        worker->output->close();
        ::kill(-pid, SIGKILL);
        worker->ended = true;
    }
    workers_.clear();
    if (pid_ != 0) {
        ::kill(-pid_, SIGKILL);
        reap_group(std::exchange(pid_, 0));
    }
    if (control_) {
        control_->close();
        control_.reset();
    }
    fail_requests("the daemon is stopping");
}

}  // namespace fogbank::exec
