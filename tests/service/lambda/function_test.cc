#include "services/lambda/model/add_permission.h"
#include "services/lambda/model/create_alias.h"
#include "services/lambda/model/create_function.h"
#include "services/lambda/model/delete_function.h"
#include "services/lambda/model/get_function.h"
#include "services/lambda/model/get_policy.h"
#include "services/lambda/model/list_functions.h"
#include "services/lambda/model/publish_version.h"
#include "services/lambda/model/remove_permission.h"
#include "services/lambda/model/update_function_code.h"
#include "services/lambda/model/update_function_configuration.h"
#include "src/base/bytes.h"
#include "src/base/digest.h"
#include "tests/service/lambda/bench.h"

#include <catch2/catch.hpp>

#include <filesystem>
#include <fstream>

namespace fogbank::lambda {

using test::Bench;
using test::ZipWriter;

namespace {

const std::string kCode = "def handler(event, context):\n    return 1\n";

template <class F>
Error refusal(F call) {
    try {
        call();
    } catch (const Error& error) {
        return error;
    }
    FAIL("no error");
    return Error("", 0, "");
}

std::string zip_of(const std::string& text) {
    return ZipWriter().add("app.py", text).finish();
}

api::GetFunction::Input named(const std::string& name,
                              const std::optional<std::string>& qualifier = std::nullopt) {
    api::GetFunction::Input input;
    input.FunctionName = name;
    input.Qualifier = qualifier;
    return input;
}

}  // namespace

TEST_CASE("CreateFunction answers Pending, and GetFunction sees the function Active with AWS's defaults") {
    Bench bench;
    const std::string zip = zip_of(kCode);
    auto created =
        bench.harness.call<api::CreateFunction>(Bench::function_input("f", "python3.11", "app.handler", zip));
    CHECK(created.State == "Pending");
    CHECK(created.StateReasonCode == "Creating");
    CHECK(created.FunctionArn == "arn:aws:lambda:us-east-1:000000000000:function:f");
    CHECK(created.CodeSha256 == base64_encode(digest(DigestKind::sha256, zip)));
    CHECK(created.CodeSize == static_cast<std::int64_t>(zip.size()));
    CHECK(created.Version == "$LATEST");
    CHECK(created.LastModified == "2026-01-02T03:04:05.000+0000");

    const auto got = bench.harness.call<api::GetFunction>(named("f"));
    REQUIRE(got.Configuration);
    CHECK(got.Configuration->State == "Active");
    CHECK(got.Configuration->LastUpdateStatus == "Successful");
    CHECK(got.Configuration->Timeout == 20);
    CHECK(got.Configuration->MemorySize == 128);
    CHECK(got.Configuration->PackageType == "Zip");
    CHECK(got.Configuration->TracingConfig->Mode == "PassThrough");
    CHECK(got.Configuration->EphemeralStorage->Size == 512);
    CHECK(got.Configuration->RevisionId == created.RevisionId);
    CHECK(got.Code->RepositoryType == "S3");
    CHECK(got.Code->Location == "http://localhost:4566/_aws/lambda/code/" + sha256_hex(zip));
    CHECK(std::filesystem::exists(bench.harness.folder() + "/functions/" + sha256_hex(zip) + "/app.py"));
}

TEST_CASE("CreateFunction refuses a name that is taken") {
    Bench bench;
    bench.create_python("f", kCode);
    const Error error = refusal([&] { bench.create_python("f", kCode); });
    CHECK(error.code() == "ResourceConflictException");
    CHECK(error.http_status() == 409);
    CHECK(error.message() == "Function already exist: f");
}

TEST_CASE("CreateFunction refuses what AWS refuses, in its words") {
    Bench bench;
    auto input = Bench::function_input("f", "python3.11", "app.handler", zip_of(kCode));
    std::string code = "InvalidParameterValueException";
    std::string message;
    SECTION("no zip") {
        input.Code->ZipFile = Bytes{"not a zip"};
        message = "Could not unzip uploaded file. Please check your file, then try to upload again.";
    }
    SECTION("an empty zip") {
        input.Code->ZipFile = Bytes{""};
        message = "Uploaded file must be a non-empty zip";
    }
    SECTION("no code") {
        input.Code->ZipFile.reset();
        message = "Please provide a source for function code.";
    }
    SECTION("no handler") {
        input.Handler.reset();
        message =
            "Runtime and Handler are mandatory parameters for functions created with deployment packages.";
    }
    SECTION("a reserved variable") {
        input.Environment.emplace().Variables = model::Map<std::string>{{"AWS_REGION", "x"}};
        message =
            "Lambda was unable to configure your environment variables because the environment variables you "
            "have "
            "provided contains reserved keys that are currently not supported for modification. Reserved "
            "keys used in "
            "this request: AWS_REGION";
    }
    SECTION("too large an environment") {
        input.Environment.emplace().Variables = model::Map<std::string>{{"AA", std::string(4096, 'x')}};
        message =
            "Lambda was unable to configure your environment variables because the environment variables you "
            "have "
            "provided exceeded the 4KB limit. String measured: {\"AA\":\"" +
            std::string(4096, 'x') + "\"}";
    }
    SECTION("memory above the limit") {
        input.MemorySize = 10'241;
        message =
            "'MemorySize' value failed to satisfy constraint: Member must have value less than or equal to "
            "10240";
    }
    SECTION("a timeout above the limit") {
        input.Timeout = 901;
        code = "ValidationException";
        message =
            "1 validation error detected: Value '901' at 'timeout' failed to satisfy constraint: Member must "
            "have "
            "value less than or equal to 900";
    }
    SECTION("a runtime that cannot run here") {
        input.Runtime = GENERATE(as<std::string>(), "java21", "ruby3.3", "dotnet8", "go1.x");
        code = "NotImplemented";
        message = "Fogbank does not act on the runtime " + *input.Runtime +
                  " (functions run on python*, nodejs* and provided*) of Lambda. What is served stands in "
                  "services/lambda/README.md.";
    }
    SECTION("what is not served") {
        input.Layers = std::vector<std::string>{"arn:aws:lambda:us-east-1:000000000000:layer:l:1"};
        code = "NotImplemented";
        message =
            "Fogbank does not act on Layers of Lambda. What is served stands in services/lambda/README.md.";
    }
    const Error error = refusal([&] { bench.harness.call<api::CreateFunction>(input); });
    CHECK(error.code() == code);
    CHECK(error.message() == message);
}

TEST_CASE("CreateFunction refuses a runtime that AWS does not know, naming those it does") {
    Bench bench;
    auto input = Bench::function_input("f", "cobol1", "app.handler", "");
    const Error error = refusal([&] { bench.harness.call<api::CreateFunction>(input); });
    CHECK(error.code() == "InvalidParameterValueException");
    CHECK(error.message() ==
          "Value cobol1 at 'runtime' failed to satisfy constraint: Member must satisfy enum value set: "
          "["
          "nodejs, nodejs4.3, nodejs6.10, nodejs8.10, nodejs10.x, nodejs12.x, nodejs14.x, nodejs16.x,"
          " nodejs18.x, nodejs20.x, nodejs22.x, nodejs24.x, java8, java8.al2, java11, java17, java21,"
          " java25, python2.7, python3.6, python3.7, python3.8, python3.9, python3.10, python3.11, "
          "python3.12, python3.13, python3.14, dotnetcore1.0, dotnetcore2.0, dotnetcore2.1, "
          "dotnetcore3.1, dotnet6, dotnet8, dotnet10, nodejs4.3-edge, go1.x, ruby2.5, ruby2.7, "
          "ruby3.2, ruby3.3, ruby3.4, ruby4.0, provided, provided.al2, provided.al2023, nodejs26.x, "
          "python3.15, java8.al2023, java11.al2023, java17.al2023"
          "] or be a valid ARN");
}

TEST_CASE("A function that is not there is not found, with its ARN") {
    Bench bench;
    const Error error = refusal([&] { bench.harness.call<api::GetFunction>(named("nope")); });
    CHECK(error.code() == "ResourceNotFoundException");
    CHECK(error.http_status() == 404);
    CHECK(error.message() == "Function not found: arn:aws:lambda:us-east-1:000000000000:function:nope");
    bench.create_python("f", kCode);
    const Error version = refusal([&] { bench.harness.call<api::GetFunction>(named("f", "4")); });
    CHECK(version.message() == "Function not found: arn:aws:lambda:us-east-1:000000000000:function:f:4");
}

TEST_CASE("DeleteFunction removes the function and its code") {
    Bench bench;
    bench.create_python("f", kCode);
    const std::string folder = bench.harness.folder() + "/functions/" +
                               sha256_hex(ZipWriter().add("app.py", kCode, 0100755).finish());
    CHECK(std::filesystem::exists(folder));
    api::DeleteFunction::Input input;
    input.FunctionName = "f";
    CHECK(bench.harness.call<api::DeleteFunction>(input).StatusCode == 204);
    CHECK_FALSE(std::filesystem::exists(folder));
    CHECK(refusal([&] { bench.harness.call<api::GetFunction>(named("f")); }).code() ==
          "ResourceNotFoundException");
    CHECK(refusal([&] { bench.harness.call<api::DeleteFunction>(input); }).code() ==
          "ResourceNotFoundException");
}

TEST_CASE("Code that two functions share stays until the last of them goes") {
    Bench bench;
    bench.create_python("a", kCode);
    bench.create_python("b", kCode);
    api::DeleteFunction::Input input;
    input.FunctionName = "a";
    bench.harness.call<api::DeleteFunction>(input);
    CHECK(bench.invoke("b").Payload->data == "1");
}

TEST_CASE("ListFunctions pages by name within the account and region") {
    Bench bench;
    for (const char* name : {"c", "a", "b"}) bench.create_python(name, kCode);
    api::ListFunctions::Input input;
    input.MaxItems = 2;
    const auto first = bench.harness.call<api::ListFunctions>(input);
    REQUIRE(first.Functions->size() == 2);
    CHECK((*first.Functions)[0].FunctionName == "a");
    CHECK((*first.Functions)[1].FunctionName == "b");
    input.Marker = first.NextMarker;
    const auto second = bench.harness.call<api::ListFunctions>(input);
    REQUIRE(second.Functions->size() == 1);
    CHECK((*second.Functions)[0].FunctionName == "c");
    CHECK_FALSE(second.NextMarker);
    CHECK(bench.harness.call<api::ListFunctions>({}, {"111122223333", "us-east-1"}).Functions->empty());
}

TEST_CASE("A new sandbox runs what UpdateFunctionCode brought, with the new revision") {
    Bench bench;
    const auto created = bench.create_python("f", kCode);
    CHECK(bench.invoke("f").Payload->data == "1");
    api::UpdateFunctionCode::Input input;
    input.FunctionName = "f";
    input.ZipFile = Bytes{zip_of("def handler(event, context):\n    return 2\n")};
    input.RevisionId = "stale";
    CHECK(refusal([&] { bench.harness.call<api::UpdateFunctionCode>(input); }).code() ==
          "PreconditionFailedException");
    input.RevisionId = created.RevisionId;
    const auto updated = bench.harness.call<api::UpdateFunctionCode>(input);
    CHECK(updated.LastUpdateStatus == "InProgress");
    CHECK(updated.RevisionId != created.RevisionId);
    CHECK(bench.invoke("f").Payload->data == "2");
}

TEST_CASE("UpdateFunctionConfiguration changes what is given and nothing else") {
    Bench bench;
    bench.create_python("f", "import os\ndef handler(event, context):\n    return os.environ.get('AA')\n");
    CHECK(bench.invoke("f").Payload->data == "null");
    api::UpdateFunctionConfiguration::Input input;
    input.FunctionName = "f";
    input.Environment.emplace().Variables = model::Map<std::string>{{"AA", "x"}};
    const auto updated = bench.harness.call<api::UpdateFunctionConfiguration>(input);
    CHECK(updated.Timeout == 20);
    CHECK(updated.Handler == "app.handler");
    CHECK(bench.invoke("f").Payload->data == "\"x\"");
}

TEST_CASE("A published version keeps its code and configuration; an alias names it") {
    Bench bench;
    bench.create_python("f", kCode);
    api::PublishVersion::Input publish;
    publish.FunctionName = "f";
    const auto version = bench.harness.call<api::PublishVersion>(publish);
    CHECK(version.Version == "1");
    CHECK(version.FunctionArn == "arn:aws:lambda:us-east-1:000000000000:function:f:1");
    CHECK(bench.harness.call<api::PublishVersion>(publish).Version == "1");

    api::UpdateFunctionCode::Input update;
    update.FunctionName = "f";
    update.ZipFile = Bytes{zip_of("def handler(event, context):\n    return 2\n")};
    bench.harness.call<api::UpdateFunctionCode>(update);
    api::CreateAlias::Input alias;
    alias.FunctionName = "f";
    alias.Name = "prod";
    alias.FunctionVersion = "1";
    bench.harness.call<api::CreateAlias>(alias);

    CHECK(bench.invoke("f").Payload->data == "2");
    CHECK(bench.invoke("f:1").Payload->data == "1");
    const auto by_alias = bench.invoke("f:prod");
    CHECK(by_alias.Payload->data == "1");
    CHECK(by_alias.ExecutedVersion == "1");
}

TEST_CASE("A function's policy holds statements as AWS writes them") {
    Bench bench;
    bench.create_python("f", kCode);
    api::AddPermission::Input input;
    input.FunctionName = "f";
    input.StatementId = "s3";
    input.Action = "lambda:InvokeFunction";
    input.Principal = "s3.amazonaws.com";
    input.SourceArn = "arn:aws:s3:::bucket";
    input.SourceAccount = "000000000000";
    const std::string statement =
        R"({"Sid":"s3","Effect":"Allow",)"
        R"("Principal":{"Service":"s3.amazonaws.com"},"Action":"lambda:InvokeFunction",)"
        R"("Resource":"arn:aws:lambda:us-east-1:000000000000:function:f","Condition":{"StringEquals":)"
        R"({"AWS:SourceAccount":"000000000000"},"ArnLike":{"AWS:SourceArn":"arn:aws:s3:::bucket"}}})";
    CHECK(bench.harness.call<api::AddPermission>(input).Statement == statement);
    CHECK(refusal([&] { bench.harness.call<api::AddPermission>(input); }).message() ==
          "The statement id (s3) provided already exists. Please provide a new statement id, or remove the "
          "existing "
          "statement.");
    api::GetPolicy::Input get;
    get.FunctionName = "f";
    CHECK(bench.harness.call<api::GetPolicy>(get).Policy ==
          R"({"Version":"2012-10-17","Id":"default","Statement":[)" + statement + "]}");
    api::RemovePermission::Input remove;
    remove.FunctionName = "f";
    remove.StatementId = "s3";
    bench.harness.call<api::RemovePermission>(remove);
    CHECK(refusal([&] { bench.harness.call<api::RemovePermission>(remove); }).message() ==
          "Statement s3 is not found in resource policy.");
    CHECK(refusal([&] { bench.harness.call<api::GetPolicy>(get); }).message() ==
          "The resource you requested does not exist.");
}

TEST_CASE("Hot reload runs the user's own folder and sees a changed file") {
    Bench bench;
    const std::string folder = bench.harness.folder() + "/own";
    std::filesystem::create_directory(folder);
    const auto write = [&](const std::string& text, int hour) {
        std::ofstream(folder + "/app.py") << text;
        // A time of its own, so that two writes within the file system's resolution differ.
        std::filesystem::last_write_time(folder + "/app.py",
                                         std::filesystem::file_time_type(std::chrono::hours(hour)));
    };
    write("def handler(event, context):\n    return 'one'\n", 1);
    auto input = Bench::function_input("f", "python3.11", "app.handler", "");
    input.Code->ZipFile.reset();
    input.Code->S3Bucket = "hot-reload";
    input.Code->S3Key = folder;
    bench.harness.call<api::CreateFunction>(input);
    CHECK(bench.invoke("f").Payload->data == "\"one\"");
    write("def handler(event, context):\n    return 'two'\n", 2);
    CHECK(bench.invoke("f").Payload->data == "\"two\"");
}

}  // namespace fogbank::lambda
