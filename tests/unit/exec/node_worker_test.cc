#include "src/base/json.h"
#include "src/exec/process/process_executor.h"
#include "tests/unit/exec/runtime_api.h"

#include <catch2/catch.hpp>

#include <cstdlib>

namespace fogbank::exec {

namespace {

using test::Observer;
using test::run_until;

struct NodeBench {
    boost::asio::io_context io;
    test::Folder state;
    test::Folder code;
    test::RuntimeApi api{io};
    Observer observer;
    std::unique_ptr<SandboxExecutor> executor;
    std::unique_ptr<Sandbox> sandbox;
    std::string failure;

    explicit NodeBench(ProcessOptions options = {}) {
        options.search_path = std::getenv("PATH");
        options.folder = state.path();
        executor = make_process_executor(io.get_executor(), options);
    }

    void start(const std::string& runtime, const std::string& handler) {
        SandboxSpec spec;
        spec.runtime = runtime;
        spec.task_root = code.path();
        spec.handler = handler;
        spec.runtime_api = api.address();
        spec.environment = {{"AWS_LAMBDA_RUNTIME_API", api.address()},
                            {"AWS_LAMBDA_FUNCTION_NAME", "f"},
                            {"LAMBDA_TASK_ROOT", code.path()},
                            {"PATH", "/usr/bin:/bin"},
                            {"_HANDLER", handler}};
        spawn(io.get_executor(), [this, spec]() -> Task<void> {
            try {
                sandbox = co_await executor->start(spec, observer);
            } catch (const std::exception& error) {
                failure = error.what();
            }
        });
        REQUIRE(run_until(io, [this] { return sandbox != nullptr || !failure.empty(); }));
    }

    void run_to_answers(std::size_t count) {
        REQUIRE(run_until(io, [&] { return api.posted().size() >= count; }));
        sandbox->drain();
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

TEST_CASE("Node runs CommonJS, ES modules, callbacks and nested handlers") {
    struct Row {
        const char* file;
        const char* text;
        const char* handler;
        const char* answer;
    };
    const Row row = GENERATE(
        Row{"index.js", "exports.handler = async (e, c) => ({ n: e.n, id: c.awsRequestId });",
            "index.handler", R"({"n":1,"id":"r-1"})"},
        Row{"index.mjs", "export const handler = async () => 'esm';", "index.handler", R"("esm")"},
        Row{"index.cjs",
            "module.exports.handler = (e, c, callback) => setTimeout(() => callback(null, 'cb'), 1);",
            "index.handler", R"("cb")"},
        Row{"src/deep.js", "exports.a = { b: () => Promise.resolve([1]) };", "src/deep.a.b", "[1]"},
        Row{"index.js", "exports.handler = (e, c) => c.succeed('done');", "index.handler", R"("done")"},
        Row{"index.js", "exports.handler = () => {};", "index.handler", "null"},
        Row{"index.js", "exports.handler = async () => undefined;", "index.handler", "null"});
    NodeBench bench;
    bench.code.write(row.file, row.text);
    bench.api.add({"r-1", R"({"n":1})"});
    bench.api.add({"r-2", R"({"n":1})"});
    bench.start("nodejs20.x", row.handler);
    bench.run_to_answers(2);
    CHECK(bench.api.posted()[0].path == "/invocation/r-1/response");
    CHECK(bench.api.posted()[0].body == row.answer);
    CHECK(bench.api.posted()[1].path == "/invocation/r-2/response");
}

TEST_CASE("A package.json of type module makes .js an ES module") {
    NodeBench bench;
    bench.code.write("package.json", R"({"type":"module"})");
    bench.code.write("index.js", "export const handler = async () => import.meta.url.endsWith('/index.js');");
    bench.api.add({"r", "{}"});
    bench.start("nodejs20.x", "index.handler");
    bench.run_to_answers(1);
    CHECK(bench.api.posted()[0].body == "true");
}

TEST_CASE("A rejected Node handler is posted and logged as AWS formats it") {
    NodeBench bench;
    bench.code.write("index.js",
                     "exports.handler = async () => { console.log('x', 1); throw new TypeError('boom'); };");
    bench.api.add({"r-3", "{}"});
    bench.start("nodejs20.x", "index.handler");
    bench.run_to_answers(1);
    const auto& posted = bench.api.posted()[0];
    CHECK(posted.path == "/invocation/r-3/error");
    CHECK(posted.error_type == "TypeError");
    CHECK(text_of(posted.body, "errorType") == "TypeError");
    CHECK(text_of(posted.body, "errorMessage") == "boom");
    const auto document = json::parse(posted.body);
    CHECK((*document->root().find("trace").elements().begin()).string() == "TypeError: boom");
    CHECK_THAT(
        bench.observer.output,
        Catch::Matchers::Matches("\\d{4}-[^\t]*Z\tr-3\tINFO\tx 1\n"
                                 "\\d{4}-[^\t]*Z\tr-3\tERROR\tInvoke Error \t\\{\"errorType\":\"TypeError\","
                                 "\"errorMessage\":\"boom\",\"stack\":\\[\"TypeError: boom\".*\\]\\}\n"));
}

TEST_CASE(
    "A Node handler that cannot be loaded is an init error with AWS's type, and the process exits with 1") {
    struct Row {
        const char* handler;
        const char* type;
    };
    const Row row = GENERATE(
        Row{"missing.handler", "Runtime.ImportModuleError"}, Row{"index.nothing", "Runtime.HandlerNotFound"},
        Row{"index", "Runtime.MalformedHandlerName"}, Row{"broken.handler", "Runtime.UserCodeSyntaxError"});
    NodeBench bench;
    bench.code.write("index.js", "exports.handler = 1;");
    bench.code.write("broken.js", "const = 3;");
    bench.start("nodejs20.x", row.handler);
    REQUIRE(run_until(bench.io, [&] { return bench.observer.ended; }));
    REQUIRE(bench.api.posted().size() == 1);
    CHECK(bench.api.posted()[0].path == "/init/error");
    CHECK(bench.api.posted()[0].error_type == row.type);
    CHECK(bench.observer.status == 1);
}

TEST_CASE("A provided runtime executes the bootstrap of its folder") {
    NodeBench bench;
    bench.code.write("bootstrap", "#!/bin/sh\necho started with $_HANDLER in $(pwd)\nexit 4\n");
    bench.start("provided.al2023", "h");
    REQUIRE(run_until(bench.io, [&] { return bench.observer.ended; }));
    CHECK(bench.observer.output == "started with h in " + bench.code.path() + "\n");
    CHECK(bench.observer.status == 4);
}

TEST_CASE("A provided runtime without a bootstrap is refused") {
    NodeBench bench;
    bench.start("provided", "h");
    CHECK(bench.failure == "Couldn't find valid bootstrap(s): [/var/task/bootstrap /opt/bootstrap]");
}

TEST_CASE("A bootstrap that is no program is refused as AWS words it") {
    NodeBench bench;
    bench.code.write("bootstrap",
                     "\x7f"
                     "ELF, but no");
    bench.start("provided", "h");
    CHECK(bench.failure == "fork/exec /var/task/bootstrap: exec format error");
}

TEST_CASE("The bundled packages stand behind the function's own, for require and import alike") {
    struct Row {
        const char* file;
        const char* text;
    };
    const Row row = GENERATE(Row{"index.js",
                                 "const sdk = require('@aws/sdk'), other = require('other');\n"
                                 "exports.handler = async () => [sdk.who, other.who];"},
                             Row{"index.mjs",
                                 "import { who } from '@aws/sdk';\nimport * as other from 'other';\n"
                                 "export const handler = async () => [who, (await import('other')).who];"});
    test::Folder packages;
    packages.write("node_modules/@aws/sdk/index.js", "exports.who = 'bundled';");
    packages.write("node_modules/other/index.js", "exports.who = 'bundled';");
    ProcessOptions options;
    options.node_packages = packages.path() + "/node_modules";
    NodeBench bench(options);
    bench.code.write("node_modules/other/index.js", "exports.who = 'own';");
    bench.code.write(row.file, row.text);
    bench.api.add({"r-1", "{}"});
    bench.api.add({"r-2", "{}"});
    bench.start("nodejs20.x", "index.handler");
    bench.run_to_answers(2);
    CHECK(bench.api.posted()[1].body == R"(["bundled","own"])");
}

TEST_CASE("What Node says of a missing module and of an error names AWS's folders") {
    test::Folder packages;
    packages.write("node_modules/sdk/index.js", "exports.fail = () => { throw new Error('no'); };");
    ProcessOptions options;
    options.node_packages = packages.path() + "/node_modules";
    NodeBench bench(options);
    bench.code.write("sdk.js", "exports.handler = () => require('sdk').fail();");
    SECTION("at the start") {
        bench.code.write("none.mjs", "import 'nothing';");
        bench.start("nodejs20.x", "none.handler");
        REQUIRE(run_until(bench.io, [&] { return bench.observer.ended; }));
        CHECK(text_of(bench.api.posted()[0].body, "errorMessage") ==
              "Error: Cannot find package 'nothing' imported from /var/task/none.mjs");
    }
    SECTION("in the handler") {
        bench.api.add({"r", "{}"});
        bench.start("nodejs20.x", "sdk.handler");
        bench.run_to_answers(1);
        const std::string& body = bench.api.posted()[0].body;
        CHECK_THAT(body, Catch::Matchers::Contains("(/var/runtime/node_modules/sdk/index.js:1:"));
        CHECK_THAT(body, Catch::Matchers::Contains("(/var/task/sdk.js:1:"));
        CHECK_THAT(body, Catch::Matchers::Contains("file:///var/runtime/index.mjs:"));
        for (const std::string& folder : {packages.path(), bench.code.path(), bench.state.path()}) {
            CHECK_THAT(body, !Catch::Matchers::Contains(folder));
        }
    }
}

}  // namespace fogbank::exec
