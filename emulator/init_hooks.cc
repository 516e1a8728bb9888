#include "emulator/init_hooks.h"

#include "src/base/log.h"

#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>
#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>

extern char** environ;

namespace fogbank::emulator {
namespace {

constexpr std::array kStages = {InitStage::boot, InitStage::start, InitStage::ready, InitStage::shutdown};
constexpr std::array<std::string_view, 4> kFolders = {"boot.d", "start.d", "ready.d", "shutdown.d"};

std::size_t index(InitStage stage) {
    return static_cast<std::size_t>(stage);
}

// Scripts below `folder`: alphabetical, subfolders where their name falls, depth first.
void collect(const std::filesystem::path& folder, const std::string& prefix, std::vector<std::string>& out) {
    std::error_code error;
    std::vector<std::filesystem::directory_entry> entries;
    for (const auto& entry : std::filesystem::directory_iterator(folder, error)) entries.push_back(entry);
    std::sort(entries.begin(), entries.end());
    for (const auto& entry : entries) {
        std::string name = prefix + entry.path().filename().string();
        if (entry.is_directory(error)) collect(entry.path(), name + "/", out);
        std::string extension = entry.path().extension().string();
        if (entry.is_regular_file(error) && (extension == ".sh" || extension == ".py")) out.push_back(name);
    }
}

// The environment of a script: ours, with the endpoint and credentials that SDKs and the AWS CLI read.
std::vector<std::string> script_environment(const std::string& url) {
    std::vector<std::string> out;
    bool has_key = false, has_region = false;
    for (char** entry = environ; *entry != nullptr; ++entry) {
        std::string_view text = *entry;
        if (text.starts_with("AWS_ENDPOINT_URL=")) continue;
        has_key = has_key || text.starts_with("AWS_ACCESS_KEY_ID=");
        has_region = has_region || text.starts_with("AWS_DEFAULT_REGION=");
        out.emplace_back(text);
    }
    out.push_back("AWS_ENDPOINT_URL=" + url);
    if (!has_key) {
        out.emplace_back("AWS_ACCESS_KEY_ID=test");
        out.emplace_back("AWS_SECRET_ACCESS_KEY=test");
    }
    if (!has_region) out.emplace_back("AWS_DEFAULT_REGION=us-east-1");
    return out;
}

// Runs the script and waits; the reason where it failed.
// In a process group of its own, so that what it started ends with it. 0 or errno.
int spawn_script(const std::string& path, const std::string& url, pid_t& pid) {
    std::vector<std::string> arguments;
    if (path.ends_with(".py")) arguments.emplace_back("python3");
    arguments.push_back(path);
    std::vector<std::string> environment = script_environment(url);
    std::vector<char*> argv, envp;
    for (std::string& argument : arguments) argv.push_back(argument.data());
    for (std::string& entry : environment) envp.push_back(entry.data());
    argv.push_back(nullptr);
    envp.push_back(nullptr);
    posix_spawnattr_t attributes;
    ::posix_spawnattr_init(&attributes);
    ::posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP);
    const int error = ::posix_spawnp(&pid, argv[0], nullptr, &attributes, argv.data(), envp.data());
    ::posix_spawnattr_destroy(&attributes);
    return error;
}

}  // namespace

std::string_view name(InitStage stage) {
    constexpr std::array<std::string_view, 4> kNames = {"BOOT", "START", "READY", "SHUTDOWN"};
    return kNames[index(stage)];
}

std::string_view name(ScriptState state) {
    constexpr std::array<std::string_view, 4> kNames = {"UNKNOWN", "RUNNING", "SUCCESSFUL", "ERROR"};
    return kNames[static_cast<std::size_t>(state)];
}

InitHooks::InitHooks(std::string folder) : folder_(std::move(folder)) {
    for (InitStage stage : kStages) {
        std::vector<std::string> files;
        collect(std::filesystem::path(folder_) / kFolders[index(stage)], "", files);
        for (std::string& file : files) scripts_.push_back({stage, std::move(file), ScriptState::unknown});
    }
}

// What went wrong; empty: nothing.
std::string InitHooks::run_script(const std::string& path, const std::string& url) {
    if (!path.ends_with(".py") && ::access(path.c_str(), X_OK) != 0) return "not executable (chmod +x)";
    {
        const std::scoped_lock lock(mutex_);
        if (const int error = spawn_script(path, url, running_)) {
            running_ = 0;
            return std::strerror(error);
        }
    }
    siginfo_t ended{};
    while (::waitid(P_PID, static_cast<id_t>(running_), &ended, WEXITED | WNOWAIT) < 0 && errno == EINTR) {
    }
    int status = 0;
    {
        // While it is a zombie its number is nobody else's.
        const std::scoped_lock lock(mutex_);
        while (::waitpid(running_, &status, 0) < 0 && errno == EINTR) {
        }
        running_ = 0;
    }
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0) return {};
    if (WIFEXITED(status)) return "exit status " + std::to_string(WEXITSTATUS(status));
    return "signal " + std::to_string(WTERMSIG(status));
}

void InitHooks::stop() {
    const std::scoped_lock lock(mutex_);
    stopping_ = true;
    if (running_ > 0) ::kill(-running_, SIGTERM);
}

bool InitHooks::is_stopping() const {
    const std::scoped_lock lock(mutex_);
    return stopping_;
}

void InitHooks::run(InitStage stage, const std::string& url) {
    for (std::size_t i = 0; i < scripts_.size(); ++i) {
        if (scripts_[i].stage != stage) continue;
        if (stage != InitStage::shutdown && is_stopping()) return;
        set_state(i, ScriptState::running);
        std::string path = folder_ + "/" + std::string(kFolders[index(stage)]) + "/" + scripts_[i].file;
        log::info("running an init script", {{"script", path}});
        std::string failure = run_script(path, url);
        set_state(i, failure.empty() ? ScriptState::successful : ScriptState::error);
        if (!failure.empty()) log::error("an init script failed", {{"script", path}, {"reason", failure}});
    }
    std::scoped_lock lock(mutex_);
    completed_[index(stage)] = true;
}

bool InitHooks::completed(InitStage stage) const {
    std::scoped_lock lock(mutex_);
    return completed_[index(stage)];
}

std::vector<InitScript> InitHooks::scripts() const {
    std::scoped_lock lock(mutex_);
    return scripts_;
}

void InitHooks::set_state(std::size_t script, ScriptState state) {
    std::scoped_lock lock(mutex_);
    scripts_[script].state = state;
}

}  // namespace fogbank::emulator
