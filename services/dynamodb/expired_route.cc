#include "services/dynamodb/expired_route.h"

#include "src/base/json.h"

namespace fogbank::dynamodb {

bool ExpiredRoute::matches(const gateway::EdgeRequest& request) const {
    return request.path == "/_aws/dynamodb/expired";
}

Task<http::Response> ExpiredRoute::handle(gateway::EdgeRequest& request) {
    http::Response response;
    response.headers.add("Content-Type", "application/json");
    std::string body;
    json::Writer out(body);
    out.begin_object();
    if (request.http.method != "DELETE") {
        response.status = 405;
        out.field("message", "expired: use DELETE");
    } else {
        const std::int64_t erased = co_await expirer_.erase_expired();
        out.field("ExpiredItems", erased);
    }
    out.end_object();
    response.body = std::move(body);
    co_return response;
}

}  // namespace fogbank::dynamodb
