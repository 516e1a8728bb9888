#include "src/exec/process/process_executor.h"

#include "src/base/log.h"
#include "src/exec/process/direct_sandbox.h"
#include "src/exec/process/python_parent.h"
#include "src/exec/process/scripts.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <fstream>
#include <map>
#include <stdexcept>
#include <system_error>

namespace fogbank::exec {

namespace {

bool starts_with(std::string_view text, std::string_view prefix) {
    return text.substr(0, prefix.size()) == prefix;
}

// aws: the Python runtimes bring boto3. Here the packages of the interpreter stand in, where boto3 is among
// them.
std::string bundled_packages(const std::string& program) {
    namespace fs = std::filesystem;
    std::error_code ignored;
    const fs::path libraries = fs::path(program).parent_path().parent_path() / "lib";
    for (const auto& version : fs::directory_iterator(libraries, ignored)) {
        if (!version.path().filename().string().starts_with("python3")) continue;
        for (const char* kind : {"site-packages", "dist-packages"}) {
            const fs::path packages = version.path() / kind;
            if (fs::is_directory(packages / "boto3", ignored)) return packages.string();
        }
    }
    return "";
}

class ProcessExecutor final : public SandboxExecutor {
public:
    ProcessExecutor(Executor executor, ProcessOptions options)
        : executor_(std::move(executor)), options_(std::move(options)) {}
    ~ProcessExecutor() override { shutdown(); }

    std::string_view name() const override { return "process"; }

    Task<std::unique_ptr<Sandbox>> start(const SandboxSpec& spec, SandboxObserver& observer) override {
        if (starts_with(spec.runtime, "python")) {
            const std::shared_ptr<PythonParent> parent = python_parent(spec.runtime);
            co_return co_await parent->spawn(spec, observer);
        }
        if (starts_with(spec.runtime, "nodejs")) co_return start_node(spec, observer);
        if (starts_with(spec.runtime, "provided")) co_return start_bootstrap(spec, observer);
        throw std::runtime_error(not_run(spec.runtime));
    }

    void prepare(std::string_view runtime) override {
        try {
            if (starts_with(runtime, "python")) {
                python_parent(std::string(runtime))->ensure_started();
            } else if (starts_with(runtime, "nodejs")) {
                find_node(runtime);
            } else if (!starts_with(runtime, "provided")) {
                throw std::runtime_error(not_run(runtime));
            }
        } catch (const std::exception& error) {
            log::warning("a runtime cannot be prepared",
                         {{"runtime", std::string(runtime)}, {"reason", error.what()}});
        }
    }

    void shutdown() override {
        for (auto& [runtime, parent] : parents_) parent->shutdown();
        parents_.clear();
    }

private:
    std::string script(const std::string& name, std::string_view text) {
        const std::string path = options_.folder + "/" + name;
        if (std::find(written_.begin(), written_.end(), path) != written_.end()) return path;
        std::filesystem::create_directories(options_.folder);
        std::ofstream(path, std::ios::binary | std::ios::trunc) << text;
        written_.push_back(path);
        return path;
    }

    std::shared_ptr<PythonParent> python_parent(const std::string& runtime) {
        if (const auto found = parents_.find(runtime); found != parents_.end()) return found->second;
        PythonParentOptions options;
        options.runtime = runtime;
        for (const std::string& name : {runtime, std::string("python3")}) {
            if (std::string path = find_program(name, options_.search_path); !path.empty()) {
                options.candidates.push_back(std::move(path));
            }
        }
        script("python_imports.py", python_imports());
        options.script = script("python_worker.py", python_worker());
        options.environment = {"PATH=" + options_.search_path, "HOME=" + options_.home, "LANG=C.UTF-8"};
        options.folder = options_.folder;
        options.packages = options_.python_packages;
        for (const std::string& program : options.candidates) {
            if (options.packages.empty()) options.packages = bundled_packages(program);
        }
        auto parent = std::make_shared<PythonParent>(executor_, std::move(options));
        parents_.emplace(runtime, parent);
        return parent;
    }

    static std::vector<std::string> environment_of(const SandboxSpec& spec) {
        std::vector<std::string> result;
        result.reserve(spec.environment.size() + 1);
        for (const auto& [name, value] : spec.environment) result.push_back(name + "=" + value);
        return result;
    }

    static std::string not_run(std::string_view runtime) {
        return "the process executor does not run " + std::string(runtime);
    }

    std::string find_node(std::string_view runtime) const {
        std::string node = find_program("node", options_.search_path);
        if (node.empty()) node = find_program("nodejs", options_.search_path);
        if (!node.empty()) return node;
        throw std::runtime_error("no node on PATH runs " + std::string(runtime) +
                                 ": install Node.js (Debian: apt install nodejs)");
    }

    std::unique_ptr<Sandbox> start_node(const SandboxSpec& spec, SandboxObserver& observer) {
        const std::string node = find_node(spec.runtime);
        Launch plan;
        plan.program = node;
        // aws: the runtime's bootstrap gives V8 nine tenths of the function's memory, a twentieth to its
        // young part
        plan.arguments = {
            node,
            "--max-old-space-size=" + std::to_string(std::max<std::int64_t>(spec.memory_mb * 9 / 10, 64)),
            "--max-semi-space-size=" + std::to_string(std::max<std::int64_t>(spec.memory_mb / 20, 1)),
            script("node_worker.mjs", node_worker())};
        script("node_packages.mjs", node_packages());
        plan.environment = environment_of(spec);
        if (!options_.node_packages.empty()) {
            const auto own = spec.environment.find("NODE_PATH");
            const std::string prefix = own == spec.environment.end() ? "" : own->second + ":";
            std::erase_if(plan.environment,
                          [](const std::string& entry) { return starts_with(entry, "NODE_PATH="); });
            plan.environment.push_back("NODE_PATH=" + prefix + options_.node_packages);
        }
        plan.folder = spec.task_root;
        return start_direct(executor_, std::move(plan), observer);
    }

    std::unique_ptr<Sandbox> start_bootstrap(const SandboxSpec& spec, SandboxObserver& observer) {
        Launch plan;
        plan.program = spec.task_root + "/bootstrap";
        if (::access(plan.program.c_str(), X_OK) != 0) {
            // aws: errorType Runtime.InvalidEntrypoint says so, and where it looked
            throw std::runtime_error(
                "Couldn't find valid bootstrap(s): [/var/task/bootstrap /opt/bootstrap]");
        }
        plan.arguments = {plan.program};
        plan.environment = environment_of(spec);
        plan.folder = spec.task_root;
        try {
            return start_direct(executor_, std::move(plan), observer);
        } catch (const std::system_error& error) {
            std::string reason = error.code().message();  // "Exec format error"
            reason[0] = static_cast<char>(std::tolower(static_cast<unsigned char>(reason[0])));
            throw std::runtime_error("fork/exec /var/task/bootstrap: " + reason);
        }
    }

    Executor executor_;
    ProcessOptions options_;
    std::vector<std::string> written_;
    std::map<std::string, std::shared_ptr<PythonParent>> parents_;  // shared with their handlers
};

}  // namespace

std::unique_ptr<SandboxExecutor> make_process_executor(Executor executor, ProcessOptions options) {
    return std::make_unique<ProcessExecutor>(std::move(executor), std::move(options));
}

}  // namespace fogbank::exec
