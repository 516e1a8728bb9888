#include "src/base/faults.h"
#include "src/base/error.h"
#include "src/base/log.h"

#include <catch2/catch.hpp>

#include <sys/wait.h>
#include <unistd.h>
#include <csignal>
#include <cstdio>
#include <set>
#include <stdexcept>
#include <string>

using namespace fogbank;

namespace {

// What `action` writes to standard error.
std::string captured(void (*action)()) {
    std::FILE* file = std::tmpfile();
    REQUIRE(file != nullptr);
    std::fflush(stderr);
    int saved = ::dup(STDERR_FILENO);
    ::dup2(::fileno(file), STDERR_FILENO);
    action();
    std::fflush(stderr);
    ::dup2(saved, STDERR_FILENO);
    ::close(saved);
    std::rewind(file);
    std::string out;
    for (int c = std::fgetc(file); c != EOF; c = std::fgetc(file)) out += static_cast<char>(c);
    std::fclose(file);
    return out;
}

}  // namespace

TEST_CASE("every fault point has a name of its own that parses back") {
    std::set<std::string_view> names;
    for (int i = 1; i <= static_cast<int>(FaultPoint::last); ++i) {
        auto point = static_cast<FaultPoint>(i);
        INFO(Faults::name(point));
        CHECK(Faults::parse(Faults::name(point)) == point);
        CHECK(names.insert(Faults::name(point)).second);
    }
    CHECK(names.count("none") == 0);
    CHECK_FALSE(Faults::parse("none").has_value());
    CHECK_FALSE(Faults::parse("").has_value());
    CHECK_FALSE(Faults::parse("before-commit").has_value());
}

TEST_CASE("an armed point fails at the hit that was asked for, once") {
    Faults::hit(FaultPoint::before_commit);
    Faults::arm(FaultPoint::before_commit, FaultAction::fail, 3);
    Faults::hit(FaultPoint::before_commit);
    Faults::hit(FaultPoint::after_commit);
    Faults::hit(FaultPoint::before_commit);
    CHECK_THROWS_WITH(Faults::hit(FaultPoint::before_commit), "fault injected at before_commit");
    Faults::hit(FaultPoint::before_commit);
    Faults::arm(FaultPoint::blob_written, FaultAction::fail, 1);
    Faults::disarm();
    Faults::hit(FaultPoint::blob_written);
}

TEST_CASE("an armed point kills the process as kill -9 does") {
    pid_t child = ::fork();
    REQUIRE(child >= 0);
    if (child == 0) {
        Faults::arm(FaultPoint::after_commit, FaultAction::kill, 1);
        Faults::hit(FaultPoint::after_commit);
        ::_exit(0);
    }
    int status = 0;
    REQUIRE(::waitpid(child, &status, 0) == child);
    CHECK(WIFSIGNALED(status));
    CHECK(WTERMSIG(status) == SIGKILL);
}

TEST_CASE("an error carries its code, status, members and headers") {
    static constexpr ErrorShape kShape{"NoSuchThingException", "NoSuchThing", 404};
    Error error =
        Error(kShape, "no thing").with("Thing", "a").with_json("Item", "{}").with_header("x-h", "1");
    CHECK(error.name() == "NoSuchThingException");
    CHECK(error.code() == "NoSuchThing");
    CHECK(error.http_status() == 404);
    CHECK(error.sender_fault());
    CHECK(std::string(error.what()) == "no thing");
    REQUIRE(error.details().size() == 2);
    CHECK(error.details()[0].name == "Thing");
    CHECK_FALSE(error.details()[0].is_json);
    CHECK(error.details()[1].value == "{}");
    CHECK(error.details()[1].is_json);
    CHECK(error.headers() == std::vector<std::pair<std::string, std::string>>{{"x-h", "1"}});
    Error server = Error("Internal", 400, "x").with_status(503);
    CHECK(server.http_status() == 503);
    CHECK_FALSE(server.sender_fault());
    CHECK(server.name() == "Internal");
}

TEST_CASE("a log entry is one line, its values quoted where they are not plain") {
    std::string line = captured([] {
        log::warning("something happened", {{"plain", "a-b/c:1"},
                                            {"empty", ""},
                                            {"spaced", "a b"},
                                            {"quoted", "a\"b\\c"},
                                            {"lines", "a\nb\rc\x1B"},
                                            {"pair", "k=v"}});
    });
    REQUIRE(line.size() > 24);
    CHECK(line.substr(23) ==
          " W something happened plain=a-b/c:1 empty=\"\" spaced=\"a b\" quoted=\"a\\\"b\\\\c\" "
          "lines=\"a\\nbc\""
          " pair=\"k=v\"\n");
}

TEST_CASE("what is below the log level is not written") {
    log::set_level(log::Level::error);
    CHECK_FALSE(log::enabled(log::Level::warning));
    CHECK(log::enabled(log::Level::error));
    CHECK(captured([] { log::warning("nobody reads this"); }) == "");
    log::set_level(log::Level::info);
    CHECK(log::enabled(log::Level::info));
    CHECK_FALSE(log::enabled(log::Level::debug));
}
