#include "services/lambda/runtime/environment.h"
#include "services/lambda/runtime/failures.h"
#include "services/lambda/runtime/log_store.h"
#include "services/lambda/runtime/report.h"

#include <catch2/catch.hpp>

#include <filesystem>

namespace fogbank::lambda {

using std::chrono::microseconds;

TEST_CASE("START, END and REPORT have AWS's form") {
    CHECK(start_line("r-1", "$LATEST") == "START RequestId: r-1 Version: $LATEST\n");
    Report report;
    report.request_id = "r-1";
    report.duration = microseconds(12'345);
    report.memory_size_mb = 128;
    report.max_memory_mb = 36;
    CHECK(end_lines(report) ==
          "END RequestId: r-1\nREPORT RequestId: r-1\tDuration: 12.35 ms\tBilled Duration: 13 ms\t"
          "Memory Size: 128 MB\tMax Memory Used: 36 MB\t\n");
    report.init_duration = microseconds(101'500);
    report.status = "error";
    report.error_type = "Runtime.ExitError";
    CHECK(end_lines(report) ==
          "END RequestId: r-1\nREPORT RequestId: r-1\tDuration: 12.35 ms\tBilled Duration: 13 ms\t"
          "Memory Size: 128 MB\tMax Memory Used: 36 MB\tInit Duration: 101.50 ms\tStatus: error\t"
          "Error Type: Runtime.ExitError\t\n");
}

TEST_CASE("Failures that the function does not answer itself have AWS's types and words") {
    CHECK(timeout_failure("r", 3).payload ==
          R"({"errorType":"Sandbox.Timedout",)"
          R"("errorMessage":"RequestId: r Error: Task timed out after 3.00 seconds"})");
    CHECK(exit_failure("r", 3, 0).payload ==
          R"({"errorType":"Runtime.ExitError",)"
          R"("errorMessage":"RequestId: r Error: Runtime exited with error: exit status 3"})");
    CHECK(exit_failure("r", 0, 9).payload ==
          R"({"errorType":"Runtime.ExitError",)"
          R"("errorMessage":"RequestId: r Error: Runtime exited with error: signal: killed"})");
    CHECK(exit_failure("r", 0, 0).payload ==
          R"({"errorType":"Runtime.ExitError",)"
          R"("errorMessage":"RequestId: r Error: Runtime exited without providing a reason"})");
    CHECK(exit_failure("r", 0, 0).function_error == "Unhandled");
}

TEST_CASE("A function's environment has what AWS sets, and the user's variables below it") {
    Function function;
    function.account = "111122223333";
    function.region = "eu-west-1";
    function.name = "f";
    function.configuration.Runtime = "python3.12";
    function.configuration.Handler = "app.handler";
    function.configuration.MemorySize = 256;
    function.configuration.Environment.emplace().Variables =
        model::Map<std::string>{{"MINE", "1"}, {"TZ", "Europe/Berlin"}};
    const auto environment = function_environment(
        function, {"http://127.0.0.1:4566", "127.0.0.1:9001", "/code", "2026/11/23/[$LATEST]ab"});
    const std::map<std::string, std::string> expected = {
        {"AWS_ACCESS_KEY_ID", "111122223333"},
        {"AWS_DEFAULT_REGION", "eu-west-1"},
        {"AWS_ENDPOINT_URL", "http://127.0.0.1:4566"},
        {"AWS_EXECUTION_ENV", "AWS_Lambda_python3.12"},
        {"AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "256"},
        {"AWS_LAMBDA_FUNCTION_NAME", "f"},
        {"AWS_LAMBDA_FUNCTION_VERSION", "$LATEST"},
        {"AWS_LAMBDA_INITIALIZATION_TYPE", "on-demand"},
        {"AWS_LAMBDA_LOG_GROUP_NAME", "/aws/lambda/f"},
        {"AWS_LAMBDA_LOG_STREAM_NAME", "2026/11/23/[$LATEST]ab"},
        {"AWS_LAMBDA_RUNTIME_API", "127.0.0.1:9001"},
        {"AWS_REGION", "eu-west-1"},
        {"AWS_SECRET_ACCESS_KEY", "test"},
        {"AWS_SESSION_TOKEN", "test"},
        {"AWS_XRAY_CONTEXT_MISSING", "LOG_ERROR"},
        {"EDGE_PORT", "4566"},
        {"LAMBDA_RUNTIME_DIR", "/var/runtime"},
        {"LAMBDA_TASK_ROOT", "/code"},
        {"LANG", "en_US.UTF-8"},
        {"LOCALSTACK_HOSTNAME", "127.0.0.1"},
        {"MINE", "1"},
        {"PATH", "/usr/local/bin:/usr/bin/:/bin:/opt/bin"},
        {"TZ", "Europe/Berlin"},
        {"_HANDLER", "app.handler"},
    };
    CHECK(environment == expected);
}

TEST_CASE("provided runtimes have no AWS_EXECUTION_ENV") {
    Function function;
    function.configuration.Runtime = "provided.al2023";
    CHECK_FALSE(function_environment(function, {}).contains("AWS_EXECUTION_ENV"));
}

TEST_CASE("A function's log is read from an offset on, and begins anew above its limit") {
    std::string folder = (std::filesystem::temp_directory_path() / "fogbank-logs-XXXXXX").string();
    REQUIRE(mkdtemp(folder.data()) != nullptr);
    LogStore logs(folder);
    logs.append("1", "r", "f", "one\n");
    logs.append("1", "r", "f", "two\n");
    const LogPiece first = logs.read("1", "r", "f", 0);
    CHECK(first.text == "one\ntwo\n");
    CHECK(first.next_offset == 8);
    CHECK(logs.read("1", "r", "f", 8).text.empty());
    CHECK(logs.read("1", "r", "f", -4).text == "two\n");
    CHECK(logs.read("1", "r", "g", 0).text.empty());
    logs.append("1", "r", "f", std::string(static_cast<std::size_t>(LogStore::kFileLimit), 'x'));
    logs.append("1", "r", "f", "three\n");
    CHECK(logs.read("1", "r", "f", 100).text == "three\n");
    logs.erase("1");
    CHECK(logs.read("1", "r", "f", 0).text.empty());
    std::filesystem::remove_all(folder);
}

}  // namespace fogbank::lambda
