#include "src/http/answer.h"

#include "src/base/log.h"
#include "src/http/response_head.h"

namespace fogbank::http {

namespace {

std::int64_t body_length(const Response& response) {
    if (const auto* text = std::get_if<std::string>(&response.body))
        return static_cast<std::int64_t>(text->size());
    if (const auto* file = std::get_if<FileBody>(&response.body))
        return static_cast<std::int64_t>(file->length);
    const auto& stream = std::get<std::unique_ptr<ByteStream>>(response.body);
    if (!stream) return 0;
    const auto length = stream->length();
    return length ? static_cast<std::int64_t>(*length) : -1;
}

}  // namespace

Response internal_error(const Request& request, const char* reason) {
    log::error("the handler threw",
               {{"method", request.method}, {"target", request.target.substr(0, 200)}, {"reason", reason}});
    Response response;
    response.status = 500;
    return response;
}

Response refusal_answer(const ServerOptions& options, const Refusal& refusal) {
    if (options.refusal) return options.refusal(refusal);
    Response response;
    response.status = refusal.status;
    response.headers.add("Content-Type", "text/plain");
    response.body = std::string(refusal.message) + "\n";
    return response;
}

BodyPlan plan_body(const Response& response, std::string_view method) {
    BodyPlan plan;
    const bool bodiless = method == "HEAD" || status_has_no_body(response.status);
    plan.length = body_length(response);
    plan.sends = !bodiless && plan.length != 0;
    plan.shown = plan.length;
    if (bodiless && response.announced_length >= 0) {
        plan.shown = response.announced_length;
    } else if (status_has_no_body(response.status)) {
        plan.shown = -1;
    }
    if (response.status == 204 || response.status < 200) plan.shown = -1;
    return plan;
}

}  // namespace fogbank::http
