// Sandboxes as native processes: Linux, no container.
#pragma once

#include "src/exec/executor.h"

#include <memory>
#include <string>

namespace fogbank::exec {

struct ProcessOptions {
    std::string search_path;      // where interpreters are looked for: the daemon's PATH
    std::string home;             // HOME of the preloaded parents; version managers' shims need it
    std::string folder;           // the workers' scripts are written here at the first use
    std::string python_packages;  // stands at the end of sys.path: the SDK that AWS's runtime bundles
    std::string node_packages;    // stands at the end of NODE_PATH, likewise
};

// Runs everything on `executor`, a context with one thread, which must live as long as the daemon.
std::unique_ptr<SandboxExecutor> make_process_executor(Executor executor, ProcessOptions options);

}  // namespace fogbank::exec
