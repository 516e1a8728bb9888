// A bucket's CORS rules against a request. docs: S3 User Guide, "How does Amazon S3 evaluate the CORS
// configuration on a bucket?".
#pragma once

#include "services/s3/model/get_bucket_cors.h"
#include "src/base/error.h"
#include "src/http/message.h"

#include <string>
#include <string_view>
#include <vector>

namespace fogbank::s3::cors {

struct Question {
    std::string origin;
    std::string method;                // of Access-Control-Request-Method, else the request's own
    std::vector<std::string> headers;  // of Access-Control-Request-Headers, lower case
};

// "x-amz-date, Content-Type" as names in lower case.
std::vector<std::string> header_names(std::string_view list);

// The first rule that allows origin, method and headers; null where none does.
const api::CORSRule* find_rule(const std::vector<api::CORSRule>& rules, const Question& question);

// The headers of an answer that `rule` allows.
void allow(const api::CORSRule& rule, const Question& question, http::Headers& out);

// What a preflight is refused with. `resource_type` is BUCKET or OBJECT.
Error not_enabled(std::string_view method, std::string_view resource_type);
Error not_allowed(std::string_view method, std::string_view resource_type);
// Throws BadRequest for an OPTIONS that is no preflight.
void check_preflight(const http::Request& request);

}  // namespace fogbank::s3::cors
