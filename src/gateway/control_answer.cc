#include "src/gateway/control_answer.h"

#include "src/base/json.h"

#include <utility>

namespace fogbank::gateway {

http::Response json_response(int status, std::string body) {
    http::Response response;
    response.status = status;
    response.headers.set("Content-Type", "application/json");
    response.body = std::move(body);
    return response;
}

http::Response control_error(int status, std::string_view message) {
    std::string body;
    json::Writer(body).begin_object().field("error", message).end_object();
    return json_response(status, std::move(body));
}

}  // namespace fogbank::gateway
