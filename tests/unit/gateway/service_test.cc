#include "src/gateway/service.h"
#include "src/gateway/exchange.h"
#include "tests/unit/base/loop_thread.h"

#include <catch2/catch.hpp>

#include <string>

using namespace fogbank;
using namespace fogbank::gateway;
using fogbank::test::LoopThread;

namespace {

// What modelc writes for each operation, by hand.
const model::Service& clockwork() {
    static const model::Service service = [] {
        model::Service made{};
        made.id = "clockwork";
        made.service_id = "Clockwork";
        made.protocol = model::Protocol::json;
        return made;
    }();
    return service;
}

model::Operation named(const char* name) {
    model::Operation operation{};
    operation.name = name;
    operation.service = &clockwork();
    return operation;
}

struct Wind {
    struct Input {
        int turns = 0;
    };
    struct Output {
        std::string said;
    };
    static const model::Operation& descriptor() {
        static const model::Operation operation = named("WindClock");
        return operation;
    }
};

struct Describe {
    using Input = Wind::Input;
    using Output = Wind::Output;
    static const model::Operation& descriptor() {
        static const model::Operation operation = named("DescribeClock");
        return operation;
    }
};

struct Break {
    using Input = Wind::Input;
    using Output = Wind::Output;
    static const model::Operation& descriptor() {
        static const model::Operation operation = named("BreakClock");
        return operation;
    }
};

class Clockwork {
public:
    Task<Wind::Output> wind(const RequestContext& context, const Wind::Input& input) {
        co_await yield_now();
        seen = context.operation->name;
        if (input.turns > 3) throw Error("Overwound", 400, "too many turns");
        co_return Wind::Output{context.account + " wound " + std::to_string(input.turns)};
    }
    Answer<Wind::Output> describe(const RequestContext&, const Wind::Input&) {
        return {{"a clock"}, std::string("tick"), 206, {{"x-hands", "2"}}};
    }
    std::string seen;
};

RequestContext cause() {
    RequestContext context;
    context.operation = &Describe::descriptor();
    context.account = "111122223333";
    return context;
}

std::string hint(const char* authorization, std::string_view query = {}) {
    http::Request request;
    if (authorization != nullptr) request.headers.add("Authorization", authorization);
    return std::string(signing_name_hint(request, query));
}

}  // namespace

TEST_CASE("a bound operation is found by its descriptor and called past the codecs") {
    LoopThread loop;
    Clockwork service;
    OperationTable table;
    table.serve(clockwork());
    table.on<Wind>(service, &Clockwork::wind);
    table.on<Describe>(service, &Clockwork::describe);
    REQUIRE(table.services().size() == 1);
    REQUIRE(table.find(Wind::descriptor()) != nullptr);
    CHECK_FALSE(table.find(Wind::descriptor())->reads_only);
    CHECK(table.find(Describe::descriptor())->reads_only);
    CHECK(table.find(Break::descriptor()) == nullptr);

    LocalClient client(table);
    RequestContext context = cause();
    Wind::Input input{2};
    CHECK(loop.run([&] { return client.call<Wind>(context, input); }).said == "111122223333 wound 2");
    CHECK(service.seen == "WindClock");
    CHECK(context.operation == &Describe::descriptor());
}

TEST_CASE("an answer with a payload, status and headers comes whole through the local client") {
    LoopThread loop;
    Clockwork service;
    OperationTable table;
    table.on<Describe>(service, &Clockwork::describe);
    LocalClient client(table);
    RequestContext context = cause();
    Wind::Input input;
    AnyOutput answer = loop.run([&] { return client.call_any<Describe>(context, input); });
    CHECK(static_cast<Wind::Output*>(answer.value.get())->said == "a clock");
    CHECK(std::get<std::string>(answer.payload) == "tick");
    CHECK(answer.status == 206);
    CHECK(answer.headers == std::vector<std::pair<std::string, std::string>>{{"x-hands", "2"}});
}

TEST_CASE("what an operation throws comes out of the local client") {
    LoopThread loop;
    Clockwork service;
    OperationTable table;
    table.on<Wind>(service, &Clockwork::wind);
    LocalClient client(table);
    RequestContext context = cause();
    Wind::Input input{4};
    CHECK_THROWS_WITH(loop.run([&] { return client.call<Wind>(context, input); }), "too many turns");
}

TEST_CASE("an operation that nobody bound answers 501 with its name") {
    LoopThread loop;
    OperationTable table;
    LocalClient client(table);
    RequestContext context = cause();
    Wind::Input input;
    try {
        loop.run([&] { return client.call<Break>(context, input); });
        FAIL("nothing was thrown");
    } catch (const Error& error) {
        CHECK(error.code() == "NotImplemented");
        CHECK(error.http_status() == 501);
        CHECK(error.message() ==
              "Fogbank does not implement Clockwork.BreakClock. What is served stands in the "
              "README of its service.");
    }
}

TEST_CASE("operations that only read are told by AWS's naming") {
    for (const char* name : {"GetItem", "ListObjectsV2", "DescribeTable", "HeadObject", "Query", "Scan",
                             "BatchGetItem", "SearchJobs", "TestInvokeMethod"}) {
        INFO(name);
        CHECK(is_read(name));
    }
    for (const char* name : {"PutItem", "CreateBucket", "BatchWriteItem", "DeleteObjects", "Invoke",
                             "UpdateItem", "TransactWriteItems", ""}) {
        INFO(name);
        CHECK_FALSE(is_read(name));
    }
}

TEST_CASE("the signing name is read off the header's credential scope") {
    CHECK(
        hint("AWS4-HMAC-SHA256 Credential=AKIA/20260101/us-east-1/dynamodb/aws4_request, SignedHeaders=host, "
             "Signature=00") == "dynamodb");
    CHECK(hint("AWS4-HMAC-SHA256 Credential=a/b/c/20260101/us-east-1/s3/aws4_request,SignedHeaders=host") ==
          "s3");
    CHECK(hint("AWS4-ECDSA-P256-SHA256 Credential=AKIA/20260101/sqs/aws4_request") == "sqs");
    CHECK(hint("AWS test:signature") == "");
    CHECK(hint("AWS4-HMAC-SHA256 Credential=") == "");
    CHECK(hint("AWS4-HMAC-SHA256 Credential=x") == "");
    CHECK(hint("AWS4-HMAC-SHA256 Credential=/x") == "");
    CHECK(hint(nullptr) == "");
}

TEST_CASE("the signing name is read off a presigned URL, escaped or not") {
    CHECK(hint(nullptr,
               "a=b&X-Amz-Credential=test%2F20260101%2Fus-east-1%2Fs3%2Faws4_request&X-Amz-Date=x") == "s3");
    CHECK(hint(nullptr, "X-Amz-Credential=test/20260101/us-east-1/sts/aws4_request") == "sts");
    CHECK(hint(nullptr, "X-Amz-Credential=test%2f20260101%2fus-east-1%2fs3%2faws4_request") == "s3");
    CHECK(hint(nullptr, "X-Amz-Credential=") == "");
    CHECK(hint(nullptr, "AWSAccessKeyId=test&Signature=x") == "");
}
