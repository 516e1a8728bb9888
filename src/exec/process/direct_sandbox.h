// A sandbox whose process is our own child: node, a bootstrap.
#pragma once

#include "src/exec/executor.h"
#include "src/exec/process/launch.h"

#include <memory>

namespace fogbank::exec {

// `launch.output` is filled in here. Throws std::system_error where the program cannot run.
std::unique_ptr<Sandbox> start_direct(const Executor& executor, Launch launch, SandboxObserver& observer);

}  // namespace fogbank::exec
