#include "src/exec/process/output_pipe.h"

#include <unistd.h>

#include <array>
#include <cerrno>

namespace fogbank::exec {

namespace {
constexpr std::size_t kPiece = 16 * 1024;
constexpr int kPiecesPerTurn = 64;  // a function that floods its stdout does not keep others from running
}  // namespace

OutputPipe::OutputPipe(const Executor& executor, Descriptor read, SandboxObserver& observer)
    : pipe_(executor, read.release()), observer_(&observer) {}

void OutputPipe::start() {
    wait();
}

void OutputPipe::wait() {
    pipe_.async_wait(boost::asio::posix::stream_descriptor::wait_read,
                     [self = shared_from_this()](const boost::system::error_code& error) {
                         if (error || self->observer_ == nullptr) return;
                         self->drain();
                         if (self->observer_ != nullptr && self->pipe_.is_open()) self->wait();
                     });
}

void OutputPipe::drain() {
    if (!pipe_.is_open()) return;
    std::array<char, kPiece> buffer;
    for (int piece = 0; piece < kPiecesPerTurn && observer_ != nullptr; ++piece) {
        const ssize_t size = ::read(pipe_.native_handle(), buffer.data(), buffer.size());
        if (size > 0) {
            observer_->on_output({buffer.data(), static_cast<std::size_t>(size)});
            continue;
        }
        if (size < 0 && errno == EINTR) continue;
        if (size == 0 || (errno != EAGAIN && errno != EWOULDBLOCK)) pipe_.close();
        return;
    }
}

void OutputPipe::close() {
    observer_ = nullptr;
    if (pipe_.is_open()) pipe_.close();
}

}  // namespace fogbank::exec
