#include <catch2/catch.hpp>

#include "services/s3/logging/record.h"

namespace fogbank::s3::logging {

TEST_CASE("A request is a line of 26 fields, quoted where a client wrote it") {
    Line line;
    line.owner = "owner";
    line.bucket = "b";
    line.key = "a b/\xc3\xbc";
    line.time = *parse_iso8601("2019-02-06T00:00:38Z");
    line.remote = "192.0.2.3";
    line.requester = "requester";
    line.request_id = "3E57427F3EXAMPLE";
    line.operation = "REST.GET.OBJECT";
    line.method = "GET";
    line.target = "/b/a%20b";
    line.bytes_sent = 113;
    line.total_ms = 7;
    line.user_agent = "evil\"\n";
    line.host_id = "host";
    line.signature = "SigV4";
    line.authentication = "AuthHeader";
    line.host = "localhost:4566";
    CHECK(format(line) ==
          "owner b [06/Feb/2019:00:00:38 +0000] 192.0.2.3 requester 3E57427F3EXAMPLE REST.GET.OBJECT "
          "a%20b/%C3%BC \"GET /b/a%20b HTTP/1.1\" 200 - 113 - 7 7 \"-\" \"evil\\x22\\x0A\" - host SigV4 - "
          "AuthHeader localhost:4566 - - -\n");
}

TEST_CASE("Operations have their names in logs") {
    CHECK(operation_name("GetObject", "GET") == "REST.GET.OBJECT");
    CHECK(operation_name("ListObjectsV2", "GET") == "REST.GET.BUCKET");
    CHECK(operation_name("GetBucketLifecycleConfiguration", "GET") == "REST.GET.LIFECYCLE");
    CHECK(operation_name("PutBucketVersioning", "PUT") == "REST.PUT.VERSIONING");
    CHECK(operation_name("PutObjectTagging", "PUT") == "REST.PUT.OBJECT_TAGGING");
    CHECK(operation_name("DeleteBucketCors", "DELETE") == "REST.DELETE.CORS");
}

TEST_CASE("Log objects are named by time, or by source and day") {
    const Timestamp time = *parse_iso8601("2023-03-01T21:32:16Z");
    CHECK(object_key({"logs/", false, false}, "1", "eu-west-1", "b", time, "E568B2907131C0C0") ==
          "logs/2023-03-01-21-32-16-E568B2907131C0C0");
    CHECK(object_key({"logs/", true, true}, "123456789012", "us-west-2", "b", time, "E568B2907131C0C0") ==
          "logs/123456789012/us-west-2/b/2023/03/01/2023-03-01-00-00-00-E568B2907131C0C0");
    CHECK(object_key({"", true, false}, "1", "r", "b", time, "U") ==
          "1/r/b/2023/03/01/2023-03-01-21-32-16-U");
}

}  // namespace fogbank::s3::logging
