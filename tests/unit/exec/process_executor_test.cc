#include "src/exec/process/process_executor.h"
#include "src/base/json.h"
#include "tests/unit/exec/runtime_api.h"

#include <signal.h>
#include <catch2/catch.hpp>

#include <chrono>
#include <cstdlib>
#include <filesystem>

namespace fogbank::exec {

namespace {

using test::Event;
using test::Observer;
using test::run_until;

// One executor, one function's folder, one sandbox.
struct Bench {
    boost::asio::io_context io;
    test::Folder state;
    test::Folder code;
    test::RuntimeApi api{io};
    Observer observer;
    std::unique_ptr<SandboxExecutor> executor;
    std::unique_ptr<Sandbox> sandbox;
    std::string failure;

    explicit Bench(ProcessOptions options = {}) {
        if (options.search_path.empty()) options.search_path = std::getenv("PATH");
        options.home = std::getenv("HOME");
        options.folder = state.path();
        executor = make_process_executor(io.get_executor(), options);
    }

    SandboxSpec spec(const std::string& runtime, const std::string& handler) const {
        SandboxSpec result;
        result.runtime = runtime;
        result.task_root = code.path();
        result.handler = handler;
        result.runtime_api = api.address();
        result.environment = {{"AWS_LAMBDA_RUNTIME_API", api.address()},
                              {"AWS_LAMBDA_FUNCTION_NAME", "f"},
                              {"AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "128"},
                              {"AWS_EXECUTION_ENV", "AWS_Lambda_" + runtime},
                              {"LAMBDA_TASK_ROOT", code.path()},
                              {"PATH", "/usr/local/bin:/usr/bin:/bin"},
                              {"_HANDLER", handler},
                              {"TZ", ":UTC"}};
        return result;
    }

    void start(const SandboxSpec& what) {
        spawn(io.get_executor(), [this, what]() -> Task<void> {
            try {
                sandbox = co_await executor->start(what, observer);
            } catch (const std::exception& error) {
                failure = error.what();
            }
        });
        REQUIRE(run_until(io, [this] { return sandbox != nullptr || !failure.empty(); }));
    }

    // The sandbox ends; the next start() is another.
    void end_sandbox() {
        sandbox->kill();
        run_to_exit();
        sandbox.reset();
        observer = Observer();
    }

    void run_to_answers(std::size_t count) {
        REQUIRE(run_until(io, [&] { return api.posted().size() >= count; }));
        sandbox->drain();
    }

    void run_to_exit() {
        REQUIRE(run_until(io, [this] { return observer.ended; }));
    }
};

std::string text_of(const std::string& body, std::string_view name) {
    const auto document = json::parse(body);
    REQUIRE(document);
    const json::Value value = document->root().find(name);
    REQUIRE(value);
    return std::string(value.string());
}

}  // namespace

TEST_CASE("A Python function gets its event and its answer is posted for the event's id") {
    Bench bench;
    bench.code.write(
        "app.py",
        "def handler(event, context):\n    return {'got': event['n'], 'id': context.aws_request_id}\n");
    bench.api.add({"r-1", R"({"n": 7})"});
    bench.start(bench.spec("python3.11", "app.handler"));
    REQUIRE(bench.failure.empty());
    bench.run_to_answers(1);
    CHECK(bench.api.posted()[0].path == "/invocation/r-1/response");
    CHECK(bench.api.posted()[0].body == R"({"got": 7, "id": "r-1"})");
    CHECK(bench.sandbox->peak_memory_bytes() > 1'000'000);
}

TEST_CASE("A Python worker answers event after event over one connection") {
    Bench bench;
    bench.code.write("app.py",
                     "n = 0\ndef handler(event, context):\n    global n\n    n += 1\n    return n\n");
    for (int i = 1; i <= 3; ++i) bench.api.add({"r-" + std::to_string(i), "{}"});
    bench.start(bench.spec("python3.11", "app.handler"));
    bench.run_to_answers(3);
    CHECK(bench.api.posted()[2].body == "3");
    CHECK(bench.api.connections() == 1);
}

TEST_CASE("A Python function sees its own environment and nothing of the daemon's") {
    setenv("FOGBANK_TEST_LEAK", "yes", 1);
    Bench bench;
    bench.code.write(
        "app.py",
        "import os\n"
        "def handler(event, context):\n"
        "    return [os.environ.get('FOGBANK_TEST_LEAK'), os.environ['_HANDLER'], os.getcwd() == "
        "os.environ['LAMBDA_TASK_ROOT'], sorted(os.listdir('/proc/self/fd'))[:3], "
        "os.environ['_X_AMZN_TRACE_ID']]\n");
    bench.api.add({"r", "{}", {{"Lambda-Runtime-Trace-Id", "Root=1-2-3"}}});
    bench.start(bench.spec("python3.11", "app.handler"));
    bench.run_to_answers(1);
    CHECK(bench.api.posted()[0].body == R"([null, "app.handler", true, ["0", "1", "2"], "Root=1-2-3"])");
}

TEST_CASE("An exception in a Python handler is posted and logged as AWS formats it") {
    Bench bench;
    bench.code.write("app.py", "def handler(event, context):\n    raise ValueError('no good')\n");
    bench.api.add({"r-9", "{}"});
    bench.start(bench.spec("python3.11", "app.handler"));
    bench.run_to_answers(1);
    const auto& posted = bench.api.posted()[0];
    CHECK(posted.path == "/invocation/r-9/error");
    CHECK(posted.error_type == "ValueError");
    const std::string frame =
        "  File \"/var/task/app.py\", line 2, in handler\n    raise ValueError('no good')\n";
    std::string expected;
    json::Writer(expected).string(frame);
    CHECK(posted.body ==
          R"({"errorMessage": "no good", "errorType": "ValueError", "requestId": "r-9", "stackTrace": [)" +
              expected + "]}");
    CHECK(bench.observer.output ==
          "[ERROR] ValueError: no good\nTraceback (most recent call last):\n" + frame);
}

TEST_CASE("print and logging of a Python function reach the log before its answer, in AWS's format") {
    Bench bench;
    bench.code.write(
        "app.py",
        "import logging\nlogging.getLogger().setLevel('INFO')\n"
        "def handler(event, context):\n    print('a', 'b')\n    logging.info('hello %s', 'you')\n");
    bench.api.add({"r-5", "{}"});
    bench.start(bench.spec("python3.11", "app.handler"));
    bench.run_to_answers(1);
    CHECK(bench.api.posted()[0].body == "null");
    CHECK_THAT(bench.observer.output,
               Catch::Matchers::Matches(
                   "a b\n\\[INFO\\]\t\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z\tr-5\thello you\n"));
}

TEST_CASE(
    "A Python handler that cannot be loaded is an init error with AWS's type, and the process exits with 1") {
    struct Row {
        const char* handler;
        const char* type;
        const char* message;
    };
    const Row row =
        GENERATE(Row{"missing.handler", "Runtime.ImportModuleError",
                     "Unable to import module 'missing': No module named 'missing'"},
                 Row{"app.nothing", "Runtime.HandlerNotFound", "Handler 'nothing' missing on module 'app'"},
                 Row{"app", "Runtime.MalformedHandlerName",
                     "Bad handler 'app': not enough values to unpack (expected 2, got 1)"},
                 Row{"broken.handler", "Runtime.UserCodeSyntaxError",
                     "Syntax error in module 'broken': invalid syntax (broken.py, line 1)"},
                 Row{"raises.handler", "KeyError", "'x'"});
    Bench bench;
    bench.code.write("app.py", "x = 1\n");
    bench.code.write("broken.py", "def = 3\n");
    bench.code.write("raises.py", "{}['x']\n");
    bench.start(bench.spec("python3.11", row.handler));
    bench.run_to_exit();
    REQUIRE(bench.api.posted().size() == 1);
    CHECK(bench.api.posted()[0].path == "/init/error");
    CHECK(bench.api.posted()[0].error_type == row.type);
    CHECK(text_of(bench.api.posted()[0].body, "errorType") == row.type);
    CHECK(text_of(bench.api.posted()[0].body, "errorMessage") == row.message);
    CHECK(bench.observer.status == 1);
    CHECK(bench.observer.signal == 0);
}

TEST_CASE("A module of the function hides the preloaded one of the standard library with the same name") {
    Bench bench;
    bench.code.write("queue.py", "own = True\n");
    bench.code.write("app.py", "import queue\ndef handler(event, context):\n    return queue.own\n");
    bench.api.add({"r", "{}"});
    bench.start(bench.spec("python3.11", "app.handler"));
    bench.run_to_answers(1);
    CHECK(bench.api.posted()[0].body == "true");
}

TEST_CASE("A changed module is loaded anew, and nothing is written beside it") {
    Bench bench;
    bench.code.write("parts/value.py", "value = 1\n");
    bench.code.write("app.py",
                     "from parts import value\ndef handler(event, context):\n    return value.value\n");
    bench.api.add({"r-1", "{}"});
    bench.start(bench.spec("python3.11", "app.handler"));
    bench.run_to_answers(1);
    bench.code.write("parts/value.py", "value = 2\n");
    bench.end_sandbox();
    bench.api.add({"r-2", "{}"});
    bench.start(bench.spec("python3.11", "app.handler"));
    bench.run_to_answers(2);
    CHECK(bench.api.posted()[1].body == "2");
    CHECK_FALSE(std::filesystem::exists(bench.code.path() + "/__pycache__"));
    CHECK_FALSE(std::filesystem::exists(bench.code.path() + "/parts/__pycache__"));
}

TEST_CASE("A cached module of the user's own that is older than its source is not read") {
    namespace fs = std::filesystem;
    using std::chrono::milliseconds;
    Bench bench;
    const fs::path source = bench.code.path() + "/value.py";
    const fs::path cached = bench.code.path() + "/__pycache__/value.cpython-311.pyc";
    const auto second = std::chrono::floor<std::chrono::seconds>(fs::file_time_type::clock::now());
    bench.code.write("value.py", "value = 1\n");
    fs::last_write_time(source, second + milliseconds(100));
    REQUIRE(std::system(("python3.11 -m py_compile " + source.string()).c_str()) == 0);
    fs::last_write_time(cached, second + milliseconds(200));
    bench.code.write("value.py", "value = 2\n");
    fs::last_write_time(source, second + milliseconds(300));
    bench.code.write("app.py", "import value\ndef handler(event, context):\n    return value.value\n");
    bench.api.add({"r", "{}"});
    bench.start(bench.spec("python3.11", "app.handler"));
    bench.run_to_answers(1);
    CHECK(bench.api.posted()[0].body == "2");
}

TEST_CASE("The bundled packages stand behind the function's own") {
    test::Folder packages;
    packages.write("sdk.py", "who = 'bundled'\n");
    packages.write("other.py", "who = 'bundled'\n");
    Bench bench(ProcessOptions{{}, {}, {}, packages.path(), {}});
    bench.code.write("sdk.py", "who = 'own'\n");
    bench.code.write("app.py",
                     "import sdk, other\ndef handler(event, context):\n    return [sdk.who, other.who]\n");
    bench.api.add({"r", "{}"});
    bench.start(bench.spec("python3.11", "app.handler"));
    bench.run_to_answers(1);
    CHECK(bench.api.posted()[0].body == R"(["own", "bundled"])");
}

TEST_CASE("What Python says of a failed import and of an error in the SDK names AWS's folders") {
    test::Folder packages;
    packages.write("sdk.py", "def fail():\n    raise ValueError('no')\n");
    Bench bench(ProcessOptions{{}, {}, {}, packages.path(), {}});
    bench.code.write("other.py", "");
    bench.code.write("broken.py", "from other import nothing\n");
    bench.code.write("app.py", "import sdk\ndef handler(event, context):\n    sdk.fail()\n");
    SECTION("at the start") {
        bench.start(bench.spec("python3.11", "broken.handler"));
        bench.run_to_exit();
        CHECK(text_of(bench.api.posted()[0].body, "errorMessage") ==
              "Unable to import module 'broken': cannot import name 'nothing' from 'other' "
              "(/var/task/other.py)");
    }
    SECTION("in the handler") {
        bench.api.add({"r", "{}"});
        bench.start(bench.spec("python3.11", "app.handler"));
        bench.run_to_answers(1);
        CHECK_THAT(bench.api.posted()[0].body,
                   Catch::Matchers::Contains(R"(File \"/var/runtime/sdk.py\", line 2, in fail)"));
    }
}

TEST_CASE("sys.exit in a Python handler ends the process with that status") {
    Bench bench;
    bench.code.write("app.py",
                     "import sys\ndef handler(event, context):\n    print('bye')\n    sys.exit(3)\n");
    bench.api.add({"r", "{}"});
    bench.start(bench.spec("python3.11", "app.handler"));
    bench.run_to_exit();
    CHECK(bench.observer.status == 3);
    CHECK(bench.observer.output == "bye\n");
}

TEST_CASE("kill ends a Python worker and the processes it started") {
    Bench bench;
    bench.code.write("app.py",
                     "import subprocess, time\ndef handler(event, context):\n"
                     "    print(subprocess.Popen(['sleep', '1000']).pid)\n    time.sleep(1000)\n");
    bench.api.add({"r", "{}"});
    bench.start(bench.spec("python3.11", "app.handler"));
    REQUIRE(run_until(bench.io, [&] { return bench.observer.output.find('\n') != std::string::npos; }));
    const int sleeper = std::stoi(bench.observer.output);
    REQUIRE(::kill(sleeper, 0) == 0);
    bench.sandbox->kill();
    bench.run_to_exit();
    CHECK(bench.observer.signal == SIGKILL);
    CHECK(run_until(bench.io, [&] {
        const std::string state = "/proc/" + std::to_string(sleeper) + "/stat";
        std::FILE* file = std::fopen(state.c_str(), "r");
        if (file == nullptr) return true;
        char kind = '?';
        const bool is_zombie = std::fscanf(file, "%*d %*s %c", &kind) == 1 && kind == 'Z';
        std::fclose(file);
        return is_zombie;
    }));
}

TEST_CASE("A second Python sandbox is forked in less than half the time of the first, which preloads") {
    Bench bench;
    bench.code.write("app.py", "def handler(event, context):\n    return 1\n");
    bench.api.add({"first", "{}"});
    const auto begun = std::chrono::steady_clock::now();
    bench.start(bench.spec("python3.11", "app.handler"));
    bench.run_to_answers(1);
    const double first_ms =
        std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - begun).count();
    double best_ms = 1000;
    for (std::size_t i = 0; i < 5; ++i) {
        Observer observer;
        bench.api.add({"r", "{}"});
        const auto started = std::chrono::steady_clock::now();
        const std::size_t before = bench.api.posted().size();
        std::unique_ptr<Sandbox> sandbox;
        spawn(bench.io.get_executor(), [&]() -> Task<void> {
            const SandboxSpec what = bench.spec("python3.11", "app.handler");
            sandbox = co_await bench.executor->start(what, observer);
        });
        REQUIRE(run_until(bench.io, [&] { return bench.api.posted().size() > before; }));
        best_ms = std::min(
            best_ms,
            std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - started).count());
        sandbox->kill();  // or its poll may take the next event along
        REQUIRE(run_until(bench.io, [&] { return observer.ended; }));
    }
    CHECK(best_ms * 2 < first_ms);
}

TEST_CASE("A runtime without its own interpreter runs on python3") {
    Bench bench;
    bench.code.write("app.py", "def handler(event, context):\n    return 'ran'\n");
    bench.api.add({"r", "{}"});
    bench.start(bench.spec("python3.99", "app.handler"));
    bench.run_to_answers(1);
    CHECK(bench.api.posted()[0].body == "\"ran\"");
}

TEST_CASE("A runtime whose interpreter is not there is refused with what to install") {
    ProcessOptions options;
    options.search_path = "/nonexistent";
    const auto [runtime, words] = GENERATE(table<const char*, const char*>({
        {"nodejs20.x", "no node on PATH runs nodejs20.x: install Node.js (Debian: apt install nodejs)"},
        {"python3.12", "no python3 on PATH runs python3.12: install Python (Debian: apt install python3)"},
    }));
    Bench bench(options);
    bench.executor->prepare(runtime);  // warns
    bench.start(bench.spec(runtime, "app.handler"));
    CHECK(bench.failure == words);
}

TEST_CASE("A runtime that nothing here can run is refused with its name") {
    Bench bench;
    bench.start(bench.spec("java21", "x"));
    CHECK(bench.failure == "the process executor does not run java21");
}

}  // namespace fogbank::exec
