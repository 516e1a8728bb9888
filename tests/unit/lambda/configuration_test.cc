#include "services/lambda/configuration.h"

#include <catch2/catch.hpp>

namespace fogbank::lambda {
namespace {

api::CreateFunctionRequest request() {
    api::CreateFunctionRequest input;
    input.Runtime = "python3.11";
    input.Handler = "app.handler";
    return input;
}

}  // namespace

TEST_CASE("A plain function has no setting without effect") {
    CHECK(settings_without_effect(make_configuration(request(), "f")).empty());
    api::CreateFunctionRequest input = request();
    input.Architectures = std::vector<std::string>{"x86_64"};
    input.TracingConfig.emplace().Mode = "PassThrough";
    input.SnapStart.emplace().ApplyOn = "None";
    input.EphemeralStorage.emplace().Size = 512;
    input.VpcConfig.emplace().SubnetIds = std::vector<std::string>{};
    CHECK(settings_without_effect(make_configuration(input, "f")).empty());
}

TEST_CASE("What a function asks for and does not get is named") {
    api::CreateFunctionRequest input = request();
    input.VpcConfig.emplace().SubnetIds = std::vector<std::string>{"subnet-1"};
    input.KMSKeyArn = "arn:aws:kms:us-east-1:000000000000:key/k";
    input.TracingConfig.emplace().Mode = "Active";
    input.EphemeralStorage.emplace().Size = 1024;
    input.Architectures = std::vector<std::string>{"arm64"};
    input.SnapStart.emplace().ApplyOn = "PublishedVersions";
    CHECK(settings_without_effect(make_configuration(input, "f")) ==
          std::vector<std::string>{"VpcConfig", "KMSKeyArn", "TracingConfig", "EphemeralStorage",
                                   "Architectures", "SnapStart"});
}

}  // namespace fogbank::lambda
