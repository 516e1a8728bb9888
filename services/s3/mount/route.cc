#include "services/s3/mount/route.h"

#include "src/base/json.h"
#include "src/base/url.h"
#include "src/gateway/control_answer.h"

namespace fogbank::s3::mount {

using gateway::control_error;
using gateway::json_response;

bool Route::matches(const gateway::EdgeRequest& request) const {
    return request.path == "/_fogbank/s3/mounts";
}

http::Response Route::list() {
    std::string body;
    json::Writer out(body);
    out.begin_object().key("mounts").begin_array();
    for (const MountRow& mount : mounts_.list()) {
        out.begin_object().field("bucket", std::string_view(mount.name));
        out.field("folder", std::string_view(mount.folder)).end_object();
    }
    out.end_array().end_object();
    return json_response(200, std::move(body));
}

Task<http::Response> Route::handle(gateway::EdgeRequest& request) {
    const QueryParameters query = parse_query(request.query);
    const std::string* bucket = find_parameter(query, "bucket");
    const std::string* folder = find_parameter(query, "folder");
    const std::string& method = request.http.method;
    if (method == "GET") co_return list();
    if (method != "POST" && method != "DELETE")
        co_return control_error(405, "mounts: use GET, POST or DELETE");
    if (bucket == nullptr) co_return control_error(400, "bucket: expected a bucket's name");
    if (method == "POST" && folder == nullptr)
        co_return control_error(400, "folder: expected an absolute path");
    std::optional<Error> failure;
    try {
        if (method == "POST") {
            co_await mounts_.mount(*bucket, *folder);
        } else {
            co_await mounts_.unmount(*bucket);
        }
    } catch (const Error& error) {
        failure = error;
    }
    if (failure) co_return control_error(failure->http_status(), failure->message());
    co_return list();
}

}  // namespace fogbank::s3::mount
