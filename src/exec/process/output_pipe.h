// The read end of the pipe that a sandbox writes its stdout and stderr to.
#pragma once

#include "src/base/task.h"
#include "src/exec/executor.h"
#include "src/exec/process/launch.h"

#include <boost/asio/posix/stream_descriptor.hpp>

#include <memory>

namespace fogbank::exec {

// Shared with the handler that waits for bytes: it may run once more after the owner let go.
class OutputPipe : public std::enable_shared_from_this<OutputPipe> {
public:
    OutputPipe(const Executor& executor, Descriptor read, SandboxObserver& observer);
    void start();
    // Passes on what the pipe holds now.
    void drain();
    // The observer is not called from here on.
    void close();

private:
    void wait();
    boost::asio::posix::stream_descriptor pipe_;
    SandboxObserver* observer_;
};

}  // namespace fogbank::exec
