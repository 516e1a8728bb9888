#include "emulator/init_hooks.h"

#include <catch2/catch.hpp>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

using namespace fogbank::emulator;
namespace fs = std::filesystem;

namespace {

// A folder of hooks that is gone with the test.
class HookFolder {
public:
    HookFolder() {
        std::string pattern = (fs::temp_directory_path() / "fogbank-hooks-XXXXXX").string();
        REQUIRE(::mkdtemp(pattern.data()) != nullptr);
        root_ = pattern;
    }
    ~HookFolder() { fs::remove_all(root_); }

    enum class Mode { executable, plain };
    void add(const std::string& path, const std::string& text, Mode mode = Mode::executable) {
        fs::create_directories((root_ / path).parent_path());
        std::ofstream(root_ / path) << text;
        if (mode == Mode::executable)
            fs::permissions(root_ / path, fs::perms::owner_exec, fs::perm_options::add);
    }
    // A script that notes that it ran.
    void note(const std::string& path, const std::string& name) {
        add(path, "#!/bin/sh\necho " + name + " >> " + (root_ / "ran").string() + "\n");
    }
    std::string ran() const {
        std::ifstream file(root_ / "ran");
        std::string out, line;
        while (std::getline(file, line)) out += line + " ";
        return out;
    }
    std::string path() const { return root_.string(); }

private:
    fs::path root_;
};

std::string states(const InitHooks& hooks) {
    std::string out;
    for (const InitScript& script : hooks.scripts())
        out +=
            std::string(name(script.stage)) + "/" + script.file + "=" + std::string(name(script.state)) + " ";
    return out;
}

}  // namespace

TEST_CASE("scripts run stage by stage, alphabetically, subfolders where their names fall") {
    HookFolder folder;
    folder.note("ready.d/20.sh", "r20");
    folder.note("ready.d/10.sh", "r10");
    folder.note("ready.d/15/b.sh", "r15b");
    folder.note("ready.d/15/a.sh", "r15a");
    folder.note("boot.d/z.sh", "bz");
    folder.note("shutdown.d/end.sh", "end");
    folder.note("other.d/never.sh", "never");
    folder.add("ready.d/readme.txt", "no script");
    InitHooks hooks(folder.path());
    CHECK(states(hooks) ==
          "BOOT/z.sh=UNKNOWN READY/10.sh=UNKNOWN READY/15/a.sh=UNKNOWN READY/15/b.sh=UNKNOWN "
          "READY/20.sh=UNKNOWN SHUTDOWN/end.sh=UNKNOWN ");
    hooks.run(InitStage::boot, "http://x");
    CHECK(folder.ran() == "bz ");
    CHECK(hooks.completed(InitStage::boot));
    CHECK_FALSE(hooks.completed(InitStage::ready));
    hooks.run(InitStage::start, "http://x");
    hooks.run(InitStage::ready, "http://x");
    CHECK(folder.ran() == "bz r10 r15a r15b r20 ");
    CHECK(hooks.completed(InitStage::ready));
    CHECK_FALSE(hooks.completed(InitStage::shutdown));
    CHECK(states(hooks) ==
          "BOOT/z.sh=SUCCESSFUL READY/10.sh=SUCCESSFUL READY/15/a.sh=SUCCESSFUL "
          "READY/15/b.sh=SUCCESSFUL READY/20.sh=SUCCESSFUL SHUTDOWN/end.sh=UNKNOWN ");
}

TEST_CASE("a script that fails, or cannot run, does not stop the rest") {
    HookFolder folder;
    folder.add("ready.d/1.sh", "#!/bin/sh\nexit 3\n");
    folder.add("ready.d/2.sh", "#!/bin/sh\n", HookFolder::Mode::plain);
    folder.add("ready.d/3.sh", "#!/no/such/interpreter\n");
    folder.add("ready.d/4.sh", "#!/bin/sh\nkill -9 $$\n");
    folder.add("ready.d/5.py", "raise SystemExit(1)\n", HookFolder::Mode::plain);
    folder.note("ready.d/6.sh", "last");
    InitHooks hooks(folder.path());
    hooks.run(InitStage::ready, "http://x");
    CHECK(states(hooks) ==
          "READY/1.sh=ERROR READY/2.sh=ERROR READY/3.sh=ERROR READY/4.sh=ERROR READY/5.py=ERROR "
          "READY/6.sh=SUCCESSFUL ");
    CHECK(folder.ran() == "last ");
    CHECK(hooks.completed(InitStage::ready));
}

TEST_CASE("a script has the daemon's URL and test credentials in its environment") {
    HookFolder folder;
    std::string out = folder.path() + "/ran";
    folder.add("ready.d/env.py",
               "import os\nopen('" + out +
                   "', 'w').write(os.environ['AWS_ENDPOINT_URL'] + '\\n' + os.environ['AWS_ACCESS_KEY_ID'] + "
                   "'\\n' + "
                   "os.environ['AWS_DEFAULT_REGION'] + '\\n')\n",
               HookFolder::Mode::plain);
    InitHooks hooks(folder.path());
    hooks.run(InitStage::ready, "http://127.0.0.1:4599");
    CHECK(states(hooks) == "READY/env.py=SUCCESSFUL ");
    CHECK(folder.ran().starts_with("http://127.0.0.1:4599 "));
}

TEST_CASE("a folder that is not there has no scripts") {
    InitHooks hooks("/no/such/folder");
    CHECK(hooks.scripts().empty());
    hooks.run(InitStage::boot, "http://x");
    CHECK(hooks.completed(InitStage::boot));
}
