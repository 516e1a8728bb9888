// The models of real services: which operation a request means, and S3's documents to the byte.
#include "services/apigateway/model/service.h"
#include "services/dynamodb/model/service.h"
#include "services/dynamodbstreams/model/service.h"
#include "services/kinesis/model/service.h"
#include "services/lambda/model/service.h"
#include "services/s3/model/service.h"
#include "services/sts/model/service.h"
#include "src/protocol/codec.h"
#include "src/protocol/identify.h"

#include <catch2/catch.hpp>

namespace fogbank::protocol_test {
namespace {

const protocol::Identifier& identifier() {
    static const model::Service* const kServices[] = {
        &sts::api::service(),       &s3::api::service(),
        &dynamodb::api::service(),  &dynamodbstreams::api::service(),
        &kinesis::api::service(),   &lambda::api::service(),
        &apigateway::api::service()};
    static const protocol::Identifier kIdentifier(kServices);
    return kIdentifier;
}

struct Ask {
    const char* method;
    std::string target;
    http::Headers headers = {};
    const char* signing_name = "";
    const char* service_id = "";
    std::string body = {};
};

// "s3.GetObject Bucket=b Key=k"; "s3.- GET /x" where the service has no such operation; "-" where no service
// has it.
std::string identified(const Ask& ask) {
    const std::size_t mark = ask.target.find('?');
    const std::string_view target = ask.target;
    protocol::RequestHints hints{ask.method, target.substr(0, mark),
                                 mark == std::string::npos ? std::string_view() : target.substr(mark + 1),
                                 ask.headers};
    hints.signing_name = ask.signing_name;
    hints.service_id = ask.service_id;
    if (protocol::Identifier::needs_body(hints)) hints.body = ask.body;
    const protocol::Identified found = identifier().identify(hints);
    if (found.service == nullptr) return "-";
    std::string out = std::string(found.service->id) + ".";
    if (found.operation == nullptr) {
        const Error error = protocol::Identifier::unknown_operation(found, hints);
        return out + "- " + std::to_string(error.http_status()) + " " + error.code();
    }
    out += found.operation->name;
    for (const auto& [name, value] : found.labels) out += " " + std::string(name) + "=" + value;
    return out;
}

http::Headers header(const char* name, const char* value) {
    http::Headers out;
    out.add(name, value);
    return out;
}

http::Headers target(const char* value, const char* type) {
    http::Headers out = header("X-Amz-Target", value);
    if (type != nullptr) out.add("Content-Type", type);
    return out;
}

}  // namespace

TEST_CASE("S3's routes are told apart by method, path, query and headers") {
    const auto [method, path, expected] = GENERATE(table<const char*, const char*, const char*>({
        {"GET", "/", "s3.ListBuckets"},
        {"GET", "/?x-id=ListBuckets", "s3.ListBuckets"},
        {"PUT", "/b", "s3.CreateBucket Bucket=b"},
        {"PUT", "/b/", "s3.CreateBucket Bucket=b"},
        {"HEAD", "/b", "s3.HeadBucket Bucket=b"},
        {"DELETE", "/b", "s3.DeleteBucket Bucket=b"},
        {"GET", "/b", "s3.ListObjects Bucket=b"},
        {"GET", "/b?list-type=2&prefix=a", "s3.ListObjectsV2 Bucket=b"},
        {"GET", "/b/?list-type=2", "s3.ListObjectsV2 Bucket=b"},
        {"GET", "/b?list-type=1", "s3.ListObjects Bucket=b"},
        {"GET", "/b?location", "s3.GetBucketLocation Bucket=b"},
        {"GET", "/b?location=", "s3.GetBucketLocation Bucket=b"},
        {"GET", "/b?versions", "s3.ListObjectVersions Bucket=b"},
        {"GET", "/b?uploads", "s3.ListMultipartUploads Bucket=b"},
        {"GET", "/b?notification", "s3.GetBucketNotificationConfiguration Bucket=b"},
        {"PUT", "/b?notification", "s3.PutBucketNotificationConfiguration Bucket=b"},
        {"GET", "/b?lifecycle", "s3.GetBucketLifecycleConfiguration Bucket=b"},
        {"GET", "/b?acl", "s3.GetBucketAcl Bucket=b"},
        {"GET", "/b?analytics&id=x", "s3.GetBucketAnalyticsConfiguration Bucket=b"},
        {"GET", "/b?analytics", "s3.ListBucketAnalyticsConfigurations Bucket=b"},
        {"POST", "/b?delete", "s3.DeleteObjects Bucket=b"},
        {"GET", "/b/k", "s3.GetObject Bucket=b Key=k"},
        {"GET", "/b/a/b%20c/%C3%A9", "s3.GetObject Bucket=b Key=a/b c/\u00e9"},
        {"GET", "/b//a//", "s3.GetObject Bucket=b Key=/a//"},
        {"GET", "/b/a+b", "s3.GetObject Bucket=b Key=a+b"},
        {"GET", "/b/k/", "s3.GetObject Bucket=b Key=k/"},
        {"GET", "/b/..%2F..%2Fetc", "s3.GetObject Bucket=b Key=../../etc"},
        {"HEAD", "/b/k?partNumber=1", "s3.HeadObject Bucket=b Key=k"},
        {"PUT", "/b/k", "s3.PutObject Bucket=b Key=k"},
        {"PUT", "/b/k?partNumber=1&uploadId=u", "s3.UploadPart Bucket=b Key=k"},
        {"PUT", "/b/k?x-amz-copy-source=%2Fa%2Fb", "s3.CopyObject Bucket=b Key=k"},
        {"PUT", "/b/k?tagging", "s3.PutObjectTagging Bucket=b Key=k"},
        {"PUT", "/b/k?acl", "s3.PutObjectAcl Bucket=b Key=k"},
        {"POST", "/b/k?uploads", "s3.CreateMultipartUpload Bucket=b Key=k"},
        {"POST", "/b/k?uploadId=u", "s3.CompleteMultipartUpload Bucket=b Key=k"},
        {"GET", "/b/k?uploadId=u", "s3.ListParts Bucket=b Key=k"},
        {"DELETE", "/b/k", "s3.DeleteObject Bucket=b Key=k"},
        {"DELETE", "/b/k?uploadId=u", "s3.AbortMultipartUpload Bucket=b Key=k"},
        {"POST", "/b/k?select&select-type=2", "s3.SelectObjectContent Bucket=b Key=k"},
        {"GET", "/b/k?attributes", "s3.GetObjectAttributes Bucket=b Key=k"},
        {"POST", "/b/k", "s3.- 405 MethodNotAllowed"},
        {"POST", "/", "s3.- 405 MethodNotAllowed"},
        {"BREW", "/b/k", "s3.- 405 MethodNotAllowed"},
    }));
    INFO(method << " " << path);
    CHECK(identified({method, path, {}, "s3"}) == expected);
    CHECK(identified({method, path}) == expected);
    CHECK(identified({method, path, {}, "", "s3"}) == expected);
}

TEST_CASE("A copy is a PUT that names its source") {
    const http::Headers source = header("X-Amz-Copy-Source", "a/b");
    CHECK(identified({"PUT", "/b/k", source, "s3"}) == "s3.CopyObject Bucket=b Key=k");
    CHECK(identified({"PUT", "/b/k?partNumber=1&uploadId=u", source, "s3"}) ==
          "s3.UploadPartCopy Bucket=b Key=k");
}

TEST_CASE("Lambda and API Gateway are told by path, signature and labels") {
    const auto [method, path, expected] = GENERATE(table<const char*, const char*, const char*>({
        {"POST", "/2015-03-31/functions", "lambda.CreateFunction"},
        {"POST", "/2015-03-31/functions/", "lambda.CreateFunction"},
        {"GET", "/2015-03-31/functions/?MaxItems=3", "lambda.ListFunctions"},
        {"GET", "/2015-03-31/functions/f", "lambda.GetFunction FunctionName=f"},
        {"GET", "/2015-03-31/functions/arn%3Aaws%3Alambda%3Aus-east-1%3A000000000000%3Afunction%3Af",
         "lambda.GetFunction FunctionName=arn:aws:lambda:us-east-1:000000000000:function:f"},
        {"POST", "/2015-03-31/functions/f/invocations", "lambda.Invoke FunctionName=f"},
        {"PUT", "/2015-03-31/functions/f/code", "lambda.UpdateFunctionCode FunctionName=f"},
        {"POST", "/2015-03-31/event-source-mappings/", "lambda.CreateEventSourceMapping"},
        {"GET", "/2015-03-31/event-source-mappings/u-u", "lambda.GetEventSourceMapping UUID=u-u"},
        {"GET", "/2017-03-31/tags/arn%3Aa", "lambda.ListTags Resource=arn:a"},
        {"GET", "/2015-03-31/nothing", "lambda.- 404 UnknownOperationException"},
        {"PATCH", "/2015-03-31/functions/f", "lambda.- 404 UnknownOperationException"},
    }));
    INFO(method << " " << path);
    CHECK(identified({method, path, {}, "lambda"}) == expected);
    if (std::string_view(expected).find("- 404") == std::string_view::npos) {
        CHECK(identified({method, path}) == expected);  // unsigned
    }
    CHECK(identified({"POST", "/restapis", {}, "apigateway"}) == "apigateway.CreateRestApi");
    CHECK(identified({"POST", "/restapis?mode=import", {}, "apigateway"}) == "apigateway.ImportRestApi");
    CHECK(identified({"GET", "/restapis/a/resources/r/methods/GET", {}, "apigateway"}) ==
          "apigateway.GetMethod restapi_id=a resource_id=r http_method=GET");
    CHECK(identified({"PUT", "/restapis/a/resources/r/methods/GET/integration", {}, "apigateway"}) ==
          "apigateway.PutIntegration restapi_id=a resource_id=r http_method=GET");
    CHECK(identified({"GET", "/tags/arn%3Aaws%3Aapigateway%3A%3A%2Frestapis%2Fa", {}, "apigateway"}) ==
          "apigateway.GetTags resource_arn=arn:aws:apigateway::/restapis/a");
}

TEST_CASE("A target names service and operation, and the content type has to be one that the service reads") {
    const char* v10 = "application/x-amz-json-1.0";
    const char* v11 = "application/x-amz-json-1.1";
    CHECK(identified({"POST", "/", target("DynamoDB_20120810.PutItem", v10), "dynamodb"}) ==
          "dynamodb.PutItem");
    CHECK(identified({"POST", "/", target("DynamoDB_20120810.PutItem", v10)}) == "dynamodb.PutItem");
    CHECK(identified({"POST", "/", target("DynamoDB_20120810.PutItem", "application/json; charset=utf-8")}) ==
          "dynamodb.PutItem");
    CHECK(identified({"POST", "/", target("DynamoDBStreams_20120810.GetRecords", v10), "dynamodb"}) ==
          "dynamodbstreams.GetRecords");
    CHECK(identified({"POST", "/", target("Kinesis_20131202.PutRecord", v11), "kinesis"}) ==
          "kinesis.PutRecord");
    CHECK(identified({"POST", "/", target("DynamoDB_20120810.PutItme", v10), "dynamodb"}) ==
          "dynamodb.- 400 UnknownOperationException");
    CHECK(identified({"POST", "/", target("Nothing_1.PutItem", v10), "dynamodb"}) ==
          "dynamodb.- 400 UnknownOperationException");
    CHECK(identified({"POST", "/", target("whatever", v10), "dynamodb"}) ==
          "dynamodb.- 400 UnknownOperationException");
    CHECK(identified({"POST", "/", target("Nothing_1.PutItem", v10)}) == "-");
    CHECK(identified({"POST", "/", target("DynamoDB_20120810.PutItem", v11), "dynamodb"}) ==
          "dynamodb.- 404 UnknownOperationException");
    CHECK(identified({"POST", "/", target("DynamoDB_20120810.PutItem", "text/plain"), "dynamodb"}) ==
          "dynamodb.- 404 UnknownOperationException");
    CHECK(identified({"POST", "/", target("DynamoDB_20120810.ListTables", nullptr), "dynamodb"}) ==
          "dynamodb.ListTables");
    CHECK(identified({"PUT", "/", target("DynamoDB_20120810.PutItem", v10), "dynamodb"}) ==
          "dynamodb.- 404 UnknownOperationException");
    CHECK(identified({"POST", "/", header("Content-Type", v10), "dynamodb"}) ==
          "dynamodb.- 400 UnknownOperationException");
}

TEST_CASE("An action stands in a form or in the query") {
    const http::Headers form = header("Content-Type", "application/x-www-form-urlencoded; charset=utf-8");
    const std::string body = "Action=GetCallerIdentity&Version=2011-06-15";
    CHECK(identified({"POST", "/", form, "sts", "", body}) == "sts.GetCallerIdentity");
    CHECK(identified({"POST", "/", form, "", "", body}) == "sts.GetCallerIdentity");
    CHECK(identified({"GET", "/?" + body, {}, "sts"}) == "sts.GetCallerIdentity");
    CHECK(identified({"GET", "/?" + body}) == "sts.GetCallerIdentity");
    CHECK(identified({"POST", "/", form, "sts", "", "Action=Nothing&Version=2011-06-15"}) ==
          "sts.- 400 InvalidAction");
    CHECK(identified({"POST", "/", form, "sts", "", "Version=2011-06-15"}) == "sts.- 400 MissingAction");
    for (const char* version : {"", "&Version=", "&Version=2011-06-16", "&Version=2012-11-05"}) {
        CHECK(identified({"POST", "/", form, "sts", "", std::string("Action=GetCallerIdentity") + version}) ==
              "sts.- 400 InvalidAction");
    }
    CHECK(identified({"POST", "/", form, "sqs", "", "Action=SendMessage&Version=2012-11-05"}) == "-");
    CHECK(identified({"GET", "/b?Action=x", {}, "s3"}) == "s3.ListObjects Bucket=b");
    CHECK(identified({"GET", "/", {}, "iam"}) == "-");
}

}  // namespace fogbank::protocol_test
