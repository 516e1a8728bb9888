// The init hooks: scripts in boot.d, start.d, ready.d and shutdown.d, run in order; one that fails does not
// stop the rest. conventions: "Init hooks and image".
#pragma once

#include <sys/types.h>
#include <array>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

namespace fogbank::emulator {

enum class InitStage { boot, start, ready, shutdown };
enum class ScriptState { unknown, running, successful, error };

std::string_view name(InitStage stage);    // "BOOT"
std::string_view name(ScriptState state);  // "SUCCESSFUL"

struct InitScript {
    InitStage stage;
    std::string file;  // name below the stage's folder: "10-tables.sh", "sub/a.py"
    ScriptState state = ScriptState::unknown;
};

// Thread-safe to look at while it runs.
class InitHooks {
public:
    explicit InitHooks(std::string folder);
    // Runs the stage's scripts on this thread and waits for each; `url` becomes AWS_ENDPOINT_URL.
    void run(InitStage stage, const std::string& url);
    // Ends the script that runs; none starts any more but those of the stage shutdown. From any thread.
    void stop();
    bool completed(InitStage stage) const;
    std::vector<InitScript> scripts() const;

private:
    std::string run_script(const std::string& path, const std::string& url);
    bool is_stopping() const;
    void set_state(std::size_t script, ScriptState state);
    std::string folder_;
    mutable std::mutex mutex_;
    std::vector<InitScript> scripts_;
    std::array<bool, 4> completed_{};
    pid_t running_ = 0;  // the script's process, which leads a group
    bool stopping_ = false;
};

}  // namespace fogbank::emulator
