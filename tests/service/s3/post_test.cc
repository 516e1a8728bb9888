// Forms through the route, without a socket.
#include "services/s3/post/route.h"

#include "services/s3/model/get_object.h"
#include "services/s3/model/put_bucket_notification_configuration.h"
#include "src/base/bytes.h"
#include "tests/service/s3/fixture.h"

namespace fogbank::s3::test {

namespace {

class Poster {
public:
    explicit Poster(S3& s3) : s3_(s3) {}

    http::Response post(const post::Fields& fields, const std::string& file,
                        const std::string& host = "localhost", const std::string& path = "/forms") {
        std::string body;
        for (const auto& [name, value] : fields) {
            body += "--XX\r\nContent-Disposition: form-data; name=\"" + name + "\"\r\n\r\n" + value + "\r\n";
        }
        body += "--XX\r\nContent-Disposition: form-data; name=\"file\"; filename=\"f.txt\"\r\n\r\n" + file +
                "\r\n--XX--\r\n";
        http::Request request;
        request.method = "POST";
        request.headers.add("Content-Type", "multipart/form-data; boundary=XX");
        const auto stream = make_string_stream(std::move(body));
        request.body = stream.get();
        gateway::EdgeRequest edge{request,          host,     host, "http://" + host, path, "",
                                  {"1-0-0", "", 0}, "request"};
        REQUIRE(route_.matches(edge));
        return s3_.harness.run(route_.handle(edge));
    }

private:
    S3& s3_;
    auth::MapCredentialStore credentials_;
    post::Route route_{{s3_.service, s3_.harness.clock(), s3_.harness.entropy(), credentials_},
                       {"localhost.localstack.cloud", {}}};
};

std::string policy(S3& s3, const std::string& conditions, std::chrono::seconds life = std::chrono::hours(1)) {
    return base64_encode("{\"expiration\": \"" + format_iso8601(s3.harness.clock().now() + life) +
                         "\", \"conditions\": [{\"bucket\": \"forms\"}, [\"starts-with\", \"$key\", \"\"]" +
                         conditions + "]}");
}

post::Fields signed_fields(const std::string& policy) {
    return {{"key", "up/${filename}"},
            {"policy", policy},
            {"AWSAccessKeyId", "test"},
            {"Signature", "unverified"}};
}

std::string text(const http::Response& response) {
    return std::get<std::string>(response.body);
}

}  // namespace

TEST_CASE("A form becomes an object, and its answer names it") {
    S3 s3;
    s3.create("forms");
    Poster poster(s3);
    post::Fields fields =
        signed_fields(policy(s3, R"(, {"success_action_status": "201"}, {"x-amz-meta-a": "1"})"));
    fields.emplace_back("success_action_status", "201");
    fields.emplace_back("x-amz-meta-a", "1");
    const http::Response response = poster.post(fields, "hello");
    CHECK(response.status == 201);
    CHECK(response.headers.get("ETag") == "\"5d41402abc4b2a76b9719d911017c592\"");
    CHECK(response.headers.get("Location") == "http://localhost/forms/up%2Ff.txt");
    CHECK(text(response) ==
          "<?xml version=\"1.0\" "
          "encoding=\"UTF-8\"?>\n<PostResponse><Location>http://localhost/forms/up%2Ff.txt"
          "</Location><Bucket>forms</Bucket><Key>up/f.txt</Key>"
          "<ETag>&quot;5d41402abc4b2a76b9719d911017c592&quot;</ETag></PostResponse>");
    const auto got = s3.get("forms", "up/f.txt");
    CHECK(got.body == "hello");
    CHECK(got.output.ContentType == "binary/octet-stream");
    CHECK(got.output.Metadata->at("a") == "1");
}

TEST_CASE("A form of the bucket's own host is 204, or a redirect") {
    S3 s3;
    s3.create("forms");
    Poster poster(s3);
    const auto plain =
        poster.post(signed_fields(policy(s3, "")), "x", "forms.s3.localhost.localstack.cloud", "/");
    CHECK(plain.status == 204);
    CHECK(plain.headers.get("Location") == "http://forms.s3.localhost.localstack.cloud/up%2Ff.txt");
    post::Fields fields = signed_fields(policy(s3, R"(, ["starts-with", "$success_action_redirect", ""])"));
    fields.emplace_back("success_action_redirect", "https://example.com/done");
    const auto redirected = poster.post(fields, "x");
    CHECK(redirected.status == 303);
    CHECK(redirected.headers.get("Location") ==
          "https://example.com/done?bucket=forms&key=up%2Ff.txt&etag=%229dd4e461268c8034f5c8564e155c67a6%22");
}

TEST_CASE("The size of the file is judged as it comes, and nothing is stored where it does not fit") {
    S3 s3;
    s3.create("forms");
    Poster poster(s3);
    const std::string range = policy(s3, R"(, ["content-length-range", 2, 100000])");
    const auto large = poster.post(signed_fields(range), std::string(100'001, 'x'));
    CHECK(large.status == 400);
    CHECK(text(large).find("<Code>EntityTooLarge</Code>") != std::string::npos);
    CHECK(text(large).find("<MaxSizeAllowed>100000</MaxSizeAllowed>") != std::string::npos);
    const auto small = poster.post(signed_fields(range), "x");
    CHECK(small.status == 400);
    CHECK(text(small).find("<MinSizeAllowed>2</MinSizeAllowed>") != std::string::npos);
    CHECK_THROWS_AS(s3.get("forms", "up/f.txt"), Error);
    CHECK(poster.post(signed_fields(range), std::string(100'000, 'x')).status == 204);
    CHECK(s3.get("forms", "up/f.txt").body.size() == 100'000);
}

TEST_CASE("Forms are refused in S3's words") {
    S3 s3;
    s3.create("forms");
    Poster poster(s3);
    const auto refused = [&](const post::Fields& fields, const std::string& path = "/forms") {
        const auto response = poster.post(fields, "x", "localhost", path);
        const std::string body = text(response);
        const std::size_t at = body.find("<Code>") + 6;
        return std::to_string(response.status) + " " + body.substr(at, body.find("</Code>") - at);
    };
    CHECK(refused(signed_fields(policy(s3, "", std::chrono::seconds(-1)))) == "403 AccessDenied");
    CHECK(refused(signed_fields("e30=")) == "400 InvalidPolicyDocument");
    CHECK(refused(signed_fields(policy(s3, "")), "/absent") == "404 NoSuchBucket");
    CHECK(refused({{"policy", "e30="}}) == "400 InvalidArgument");
    CHECK(refused({{"key", "k"}, {"policy", "e30="}}) == "403 AccessDenied");
    post::Fields fields = signed_fields(policy(s3, R"(, ["starts-with", "$acl", ""])"));
    fields.emplace_back("acl", "nobody");
    CHECK(refused(fields) == "400 InvalidArgument");
}

TEST_CASE("A form's upload is an ObjectCreated:Post event") {
    S3 s3;
    s3.create("forms");
    api::PutBucketNotificationConfiguration::Input input;
    input.Bucket = "forms";
    auto& function =
        input.NotificationConfiguration.emplace().LambdaFunctionConfigurations.emplace().emplace_back();
    function.LambdaFunctionArn = "arn:aws:lambda:us-east-1:000000000000:function:allowed";
    function.Events = {"s3:ObjectCreated:*"};
    s3.call<api::PutBucketNotificationConfiguration>(input);
    Poster poster(s3);
    CHECK(poster.post(signed_fields(policy(s3, "")), "x").status == 204);
    REQUIRE(s3.outbox.events.size() >= 1);
    CHECK(s3.outbox.events.back().type == "s3:ObjectCreated:Post");
}

}  // namespace fogbank::s3::test
