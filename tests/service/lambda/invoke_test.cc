#include "services/lambda/model/invoke.h"
#include "services/lambda/model/create_function.h"
#include "services/lambda/model/put_function_concurrency.h"
#include "src/base/bytes.h"
#include "src/base/json.h"
#include "tests/service/lambda/bench.h"

#include <signal.h>
#include <catch2/catch.hpp>

#include <fstream>
#include <future>
#include <iterator>

namespace fogbank::lambda {

using Catch::Matchers::Matches;
using test::Bench;
using test::ZipWriter;

namespace {

std::string log_of(const api::Invoke::Output& output) {
    return base64_decode(output.LogResult.value_or("")).value();
}

std::string text_of(const std::string& body, std::string_view name) {
    const auto document = json::parse(body);
    REQUIRE(document);
    const json::Value value = document->root().find(name);
    REQUIRE(value);
    return std::string(value.string());
}

const char* const kReport =
    "REPORT RequestId: [0-9a-f-]{36}\tDuration: \\d+\\.\\d\\d ms\tBilled Duration: \\d+ ms\tMemory Size: 128 "
    "MB\t"
    "Max Memory Used: [1-9]\\d* MB\t";

// A function that says its process and works until it is let go, and the caller that waits for it.
struct UnderWay {
    Bench bench;
    CancelSource cancel;
    gateway::RequestContext context = bench.harness.context(api::Invoke::descriptor(), {});
    api::Invoke::Input input;
    std::future<api::Invoke::Output> answer;
    int pid = 0;

    UnderWay() {
        bench.create_python("f",
                            "import os, time\ndef handler(event, context):\n    print('in', os.getpid())\n"
                            "    while not os.path.exists('" +
                                let_go_file() + "'):\n        time.sleep(0.01)\n    return 'done'\n");
        input.FunctionName = "f";
        context.cancelled = cancel.token();
        answer = std::async(std::launch::async, [this] {
            return bench.harness.run(bench.harness.client().call<api::Invoke>(context, input));
        });
        const std::string log = await_log("\nin ");
        pid = std::stoi(log.substr(log.find("\nin ") + 4));
    }
    ~UnderWay() { let_go(); }

    std::string let_go_file() { return bench.harness.folder() + "/let_go"; }
    void let_go() { std::ofstream(let_go_file()) << "now"; }

    std::string await_log(const std::string& part) {
        std::string log;
        until([&] {
            log = bench.service->read_logs("000000000000", "us-east-1", "f", 0).text;
            return log.find(part) != std::string::npos && log.back() == '\n';
        });
        return log;
    }
    void await_end_of_process() {
        until([&] { return ::kill(pid, 0) != 0; });
    }

private:
    template <class F>
    void until(F done) {
        const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(20);
        while (!done() && std::chrono::steady_clock::now() < end) {
            bench.harness.await_idle(std::chrono::milliseconds(10));
        }
        REQUIRE(done());
    }
};

}  // namespace

TEST_CASE("Invoke answers what the function returns, with the tail of its log") {
    Bench bench;
    bench.create_python(
        "f", "def handler(event, context):\n    print('hello')\n    return {'n': event['n'] + 1}\n");
    const auto first = bench.invoke("f", R"({"n": 1})");
    CHECK(first.StatusCode == 200);
    CHECK_FALSE(first.FunctionError);
    CHECK(first.ExecutedVersion == "$LATEST");
    CHECK(first.Payload->data == R"({"n": 2})");
    CHECK_THAT(log_of(first), Matches("START RequestId: [0-9a-f-]{36} Version: \\$LATEST\nhello\n"
                                      "END RequestId: [0-9a-f-]{36}\n" +
                                      std::string(kReport) + "Init Duration: \\d+\\.\\d\\d ms\t\n"));
    const auto second = bench.invoke("f", R"({"n": 5})");
    CHECK(second.Payload->data == R"({"n": 6})");
    // The sandbox is warm: no second init.
    CHECK_THAT(log_of(second), Matches("START [^\n]*\nhello\nEND [^\n]*\n" + std::string(kReport) + "\n"));
    const std::string file = bench.service->read_logs("000000000000", "us-east-1", "f", 0).text;
    CHECK(file == log_of(first) + log_of(second));
}

TEST_CASE("Node functions are invoked and kept warm") {
    Bench bench;
    bench.create(
        "f", "nodejs20.x", "index.js",
        "let n = 0;\nexports.handler = async (e) => { n += 1; console.log('n', n); return { n, e }; };\n",
        "index.handler");
    CHECK(bench.invoke("f", R"({"a":[1]})").Payload->data == R"({"n":1,"e":{"a":[1]}})");
    const auto second = bench.invoke("f", "{}");
    CHECK(second.Payload->data == R"({"n":2,"e":{}})");
    CHECK_THAT(log_of(second),
               Matches("START [^\n]*\n[^\t]*\t[0-9a-f-]{36}\tINFO\tn 2\nEND [^\n]*\nREPORT [^\n]*\n"));
}

TEST_CASE("A compiled bootstrap runs on provided.al2023") {
    Bench bench;
    const std::string source = "fixtures/functions/echo_bootstrap.cc";
    const std::string binary = bench.harness.folder() + "/bootstrap";
    REQUIRE(std::system(("c++ -std=c++20 -O1 -static -o " + binary + " " + source).c_str()) == 0);
    std::ifstream file(binary, std::ios::binary);
    const std::string bytes((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
    bench.create("f", "provided.al2023", "bootstrap", bytes, "any");
    CHECK(bench.invoke("f", R"({"a": 1})").Payload->data == R"({"a": 1})");
    CHECK(bench.invoke("f", "[2]").Payload->data == "[2]");
}

TEST_CASE("An exception is FunctionError Unhandled with AWS's payload, and the sandbox stays warm") {
    Bench bench;
    bench.create_python(
        "f",
        "n = 0\ndef handler(event, context):\n    global n\n    n += 1\n    raise ValueError('no %d' % n)\n");
    const auto first = bench.invoke("f");
    CHECK(first.StatusCode == 200);
    CHECK(first.FunctionError == "Unhandled");
    CHECK(text_of(first.Payload->data, "errorType") == "ValueError");
    CHECK(text_of(first.Payload->data, "errorMessage") == "no 1");
    CHECK(text_of(bench.invoke("f").Payload->data, "errorMessage") == "no 2");
}

TEST_CASE("A function that cannot be loaded answers its init error with the request's id") {
    Bench bench;
    bench.create_python("f", "import nothing_like_this\n");
    const auto output = bench.invoke("f");
    CHECK(output.FunctionError == "Unhandled");
    CHECK(text_of(output.Payload->data, "errorType") == "Runtime.ImportModuleError");
    CHECK(text_of(output.Payload->data, "errorMessage") ==
          "Unable to import module 'app': No module named 'nothing_like_this'");
    CHECK(text_of(output.Payload->data, "requestId").size() == 36);
    CHECK_THAT(log_of(output),
               Matches("START [^\n]*\n\\[ERROR\\] Runtime.ImportModuleError: [^\n]*\nEND [^\n]*\n"
                       "REPORT [^\n]*\tStatus: error\tError Type: Runtime.ImportModuleError\t\n"));
}

TEST_CASE("A function that ends its process answers Runtime.ExitError, and the next invoke starts another") {
    Bench bench;
    bench.create_python(
        "f", "import os\ndef handler(event, context):\n    if event:\n        os._exit(event['status'])\n");
    const auto output = bench.invoke("f", R"({"status": 7})");
    CHECK(output.FunctionError == "Unhandled");
    CHECK_THAT(
        output.Payload->data,
        Matches("\\{\"errorType\":\"Runtime.ExitError\",\"errorMessage\":\"RequestId: [0-9a-f-]{36} Error: "
                "Runtime exited with error: exit status 7\"\\}"));
    CHECK(bench.invoke("f").Payload->data == "null");
}

TEST_CASE("A function over its timeout is killed and answers Sandbox.Timedout") {
    Bench bench;
    auto input = Bench::function_input(
        "f", "python3.11", "app.handler",
        ZipWriter()
            .add("app.py",
                 "import time\ndef handler(event, context):\n    print('in')\n    time.sleep(event)\n")
            .finish());
    input.Timeout = 1;
    bench.harness.call<api::CreateFunction>(input);
    const auto output = bench.invoke("f", "1000");
    CHECK(output.FunctionError == "Unhandled");
    CHECK_THAT(
        output.Payload->data,
        Matches("\\{\"errorType\":\"Sandbox.Timedout\",\"errorMessage\":\"RequestId: [0-9a-f-]{36} Error: "
                "Task timed out after 1.00 seconds\"\\}"));
    CHECK_THAT(log_of(output),
               Matches("START [^\n]*\nin\n[^\n]* Task timed out after 1.00 seconds\n\nEND [^\n]*\n"
                       "REPORT [^\n]*Duration: 1\\d\\d\\d\\.\\d\\d ms\t[^\n]*Status: timeout\t\n"));
    CHECK(bench.invoke("f", "0").Payload->data == "null");
}

TEST_CASE("The handler's context holds what AWS gives it") {
    Bench bench;
    bench.create_python(
        "f",
        "import os\ndef handler(event, c):\n"
        "    return [c.function_name, c.function_version, c.memory_limit_in_mb, c.invoked_function_arn,"
        " c.log_group_name, 19000 < c.get_remaining_time_in_millis() <= 20000,"
        " c.client_context.custom, os.environ['AWS_ENDPOINT_URL'], os.environ['AWS_ACCESS_KEY_ID'],"
        " os.environ['_X_AMZN_TRACE_ID'].split(';')[0][:7]]\n");
    api::Invoke::Input input;
    input.FunctionName = "f:$LATEST";
    input.ClientContext = base64_encode(R"({"custom": {"k": "v"}})");
    CHECK(bench.harness.call<api::Invoke>(input).Payload->data ==
          R"(["f", "$LATEST", "128",)"
          R"( "arn:aws:lambda:us-east-1:000000000000:function:f:$LATEST", "/aws/lambda/f", true,)"
          R"( {"k": "v"}, "http://127.0.0.1:4566", "000000000000", "Root=1-"])");
}

TEST_CASE("Invoke refuses a payload that is no JSON or too large, and an unknown function") {
    Bench bench;
    bench.create_python("f", "def handler(event, context):\n    return 1\n");
    CHECK_THROWS_WITH(bench.invoke("f", "{nope"),
                      "Could not parse request body into json: Could not parse payload into json");
    CHECK_THROWS_WITH(bench.invoke("f", "\"" + std::string(6'291'456, 'x') + "\""),
                      "Request must be smaller than 6291456 bytes for the InvokeFunction operation");
    CHECK_THROWS_WITH(bench.invoke("g"),
                      "Function not found: arn:aws:lambda:us-east-1:000000000000:function:g");
}

TEST_CASE("An answer above 6 MB is Function.ResponseSizeTooLarge") {
    Bench bench;
    bench.create_python("f", "def handler(event, context):\n    return 'x' * event\n");
    CHECK(bench.invoke("f", "6000000").Payload->data.size() == 6'000'002);
    const auto output = bench.invoke("f", "6291600");
    CHECK(output.FunctionError == "Unhandled");
    CHECK(text_of(output.Payload->data, "errorType") == "Function.ResponseSizeTooLarge");
    CHECK(bench.invoke("f", "1").Payload->data == "\"x\"");
}

TEST_CASE("DryRun answers 204 and runs nothing") {
    Bench bench;
    bench.create_python("f", "def handler(event, context):\n    print('ran')\n");
    CHECK(bench.invoke("f", "{}", "DryRun").StatusCode == 204);
    CHECK(bench.service->read_logs("000000000000", "us-east-1", "f", 0).text.empty());
}

TEST_CASE("A reserved concurrency of 0 throttles every invocation") {
    Bench bench;
    bench.create_python("f", "def handler(event, context):\n    return 1\n");
    api::PutFunctionConcurrency::Input input;
    input.FunctionName = "f";
    input.ReservedConcurrentExecutions = 0;
    bench.harness.call<api::PutFunctionConcurrency>(input);
    try {
        bench.invoke("f");
        FAIL("not throttled");
    } catch (const Error& error) {
        CHECK(error.code() == "TooManyRequestsException");
        CHECK(error.http_status() == 429);
        CHECK(error.message() == "Rate Exceeded.");
    }
}

TEST_CASE("A reset kills its account's functions at their work: their callers learn it, nothing goes on") {
    UnderWay under_way;
    auto& harness = under_way.bench.harness;
    const std::string account = GENERATE("", "000000000000");
    auto erase = [&](store::Txn& txn) { under_way.bench.service->reset(txn, account); };
    harness.run(harness.database().reset(erase));
    under_way.bench.service->after_reset(account);
    const auto output = under_way.answer.get();
    CHECK(output.FunctionError == "Unhandled");
    CHECK_THAT(
        output.Payload->data,
        Matches("\\{\"errorType\":\"Runtime.ExitError\",\"errorMessage\":\"RequestId: [0-9a-f-]{36} Error: "
                "Runtime exited with error: signal: killed\"\\}"));
    under_way.await_end_of_process();
    CHECK(under_way.bench.service->read_logs("000000000000", "us-east-1", "f", 0).text.empty());
}

TEST_CASE("A reset of another account leaves a function at its work") {
    UnderWay under_way;
    under_way.bench.service->after_reset("111111111111");
    under_way.let_go();
    CHECK(under_way.answer.get().Payload->data == "\"done\"");
}

TEST_CASE("An invoke whose request is cancelled answers at once, and the function goes on to its end") {
    UnderWay under_way;
    under_way.cancel.cancel();
    CHECK_THROWS_WITH(under_way.answer.get(), "The request was cancelled.");
    under_way.let_go();
    under_way.await_log("REPORT RequestId: ");
}

TEST_CASE("An invocation is a span of its trace") {
    Bench bench;
    bench.create_python("f", "def handler(event, context):\n    return 1\n");
    auto context = bench.harness.context(api::Invoke::descriptor(), {});
    api::Invoke::Input input;
    input.FunctionName = "f";
    bench.harness.run(bench.harness.client().call<api::Invoke>(context, input));
    const auto spans = bench.harness.trace_log().spans(context.trace.id);
    REQUIRE(spans.size() == 1);
    CHECK(spans[0].kind == "invocation");
    CHECK(spans[0].name == "f");
    CHECK(spans[0].cause == context.trace.cause);
    CHECK(spans[0].outcome == "200");
}

}  // namespace fogbank::lambda
