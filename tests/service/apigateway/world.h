// API Gateway on a manual clock, with a Lambda that answers what a test wants.
#pragma once

#include "services/apigateway/model/create_deployment.h"
#include "services/apigateway/model/create_resource.h"
#include "services/apigateway/model/create_rest_api.h"
#include "services/apigateway/model/put_integration.h"
#include "services/apigateway/model/put_method.h"
#include "services/apigateway/service.h"
#include "services/lambda/model/invoke.h"
#include "src/base/signal.h"
#include "tests/support/harness.h"

#include <atomic>
#include <functional>
#include <memory>
#include <string>

namespace fogbank::test {

// Stands in for Lambda: only Invoke.
class FakeLambda {
public:
    using Invoke = lambda::api::Invoke;
    Task<Invoke::Output> invoke(const gateway::RequestContext& context, const Invoke::Input& input) {
        calls += 1;
        function = *input.FunctionName;
        event = input.Payload->data;
        caller = context;
        if (holds) co_await released.wait(released.generation(), CancelToken());
        Invoke::Output output = answer();
        co_return output;
    }
    void reply(std::string payload) {
        answer = [payload] {
            Invoke::Output output;
            output.StatusCode = 200;
            output.Payload.emplace().data = payload;
            return output;
        };
    }

    int calls = 0;
    std::string function;
    std::string event;
    gateway::RequestContext caller;
    std::function<Invoke::Output()> answer;
    std::atomic<bool> holds{false};  // invocations wait for `released`
    Signal released;
};

struct ApiWorld {
    ApiWorld() {
        service = std::make_unique<apigateway::Service>(harness.database(), harness.clock(),
                                                        harness.entropy(), harness.client());
        harness.add(*service);
        harness.table().on<lambda::api::Invoke>(lambda, &FakeLambda::invoke);
        lambda.reply(R"({"statusCode": 200, "body": "hello"})");
    }

    template <class Op>
    typename Op::Output call(const typename Op::Input& input) {
        return harness.call<Op>(input);
    }

    // An API; its id is `id`.
    apigateway::api::RestApi create_api(const std::string& id) {
        apigateway::api::CreateRestApi::Input input;
        input.name = "test";
        input.tags = model::Map<std::string>{{"_custom_id_", id}};
        return call<apigateway::api::CreateRestApi>(input);
    }

    apigateway::api::Resource create_resource(const std::string& api, const std::string& parent,
                                              const std::string& part) {
        apigateway::api::CreateResource::Input input;
        input.restApiId = api;
        input.parentId = parent;
        input.pathPart = part;
        return call<apigateway::api::CreateResource>(input);
    }

    void put_method(const std::string& api, const std::string& resource, const std::string& method) {
        apigateway::api::PutMethod::Input input;
        input.restApiId = api;
        input.resourceId = resource;
        input.httpMethod = method;
        input.authorizationType = "NONE";
        call<apigateway::api::PutMethod>(input);
    }

    void put_function(const std::string& api, const std::string& resource, const std::string& method,
                      const std::string& function, std::optional<std::int32_t> timeout_ms = {}) {
        apigateway::api::PutIntegration::Input input;
        input.timeoutInMillis = timeout_ms;
        input.restApiId = api;
        input.resourceId = resource;
        input.httpMethod = method;
        input.type = "AWS_PROXY";
        input.integrationHttpMethod = "POST";
        input.uri =
            "arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/"
            "arn:aws:lambda:us-east-1:000000000000:function:" +
            function + "/invocations";
        call<apigateway::api::PutIntegration>(input);
    }

    std::string deploy(const std::string& api, const std::string& stage) {
        apigateway::api::CreateDeployment::Input input;
        input.restApiId = api;
        input.stageName = stage;
        return *call<apigateway::api::CreateDeployment>(input).id;
    }

    // An API with one function behind `{proxy+}` for every method, deployed to "prod".
    void serve_proxy(const std::string& id, const std::string& function) {
        const auto api = create_api(id);
        const auto resource = create_resource(id, *api.rootResourceId, "{proxy+}");
        put_method(id, *resource.id, "ANY");
        put_function(id, *resource.id, "ANY", function);
        deploy(id, "prod");
    }

    // Requests a URL in the form <id>.execute-api.localhost, or a path on localhost where `host` says so.
    http::Response request(const std::string& method, const std::string& target, const std::string& body = {},
                           const std::string& host = "abc.execute-api.localhost",
                           http::Headers headers = {}) {
        headers.add("Host", host + ":4566");
        auto stream = make_string_stream(body);
        http::Request http;
        http.method = method;
        http.target = target;
        http.headers = std::move(headers);
        http.body = stream.get();
        http.peer = "10.0.0.9";
        http.local_port = 4566;
        const std::size_t question = target.find('?');
        gateway::EdgeRequest edge{http,
                                  host,
                                  host + ":4566",
                                  "http://" + host + ":4566",
                                  target.substr(0, question),
                                  question == std::string::npos ? "" : target.substr(question + 1),
                                  {"1-65a1b2c3-0123456789abcdef01234567", "", 0},
                                  "11111111-2222-4333-8444-555555555555"};
        if (!service->route().matches(edge)) throw std::logic_error("the route does not match " + target);
        return harness.run(service->route().handle(edge));
    }

    static std::string body(const http::Response& response) { return std::get<std::string>(response.body); }

    std::unique_ptr<apigateway::Service> service;  // outlives the harness, which stops it
    FakeLambda lambda;
    Harness harness;
};

}  // namespace fogbank::test
