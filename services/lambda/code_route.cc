#include "services/lambda/code_route.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>

namespace fogbank::lambda {

namespace {
constexpr std::string_view kPrefix = "/_aws/lambda/code/";
}

std::string CodeRoute::url(std::string_view base_url, std::string_view code_id) {
    return std::string(base_url) + std::string(kPrefix) + std::string(code_id);
}

bool CodeRoute::matches(const gateway::EdgeRequest& request) const {
    return request.path.substr(0, kPrefix.size()) == kPrefix;
}

Task<http::Response> CodeRoute::handle(gateway::EdgeRequest& request) {
    const std::string id = request.path.substr(kPrefix.size());
    const bool is_id = id.size() == 64 && std::all_of(id.begin(), id.end(), [](char c) {
                           return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
                       });
    http::Response response;
    const int file = is_id ? ::open(codes_.zip_path(id).c_str(), O_RDONLY | O_CLOEXEC) : -1;
    struct stat found {};
    if (file < 0 || ::fstat(file, &found) != 0) {
        response.status = 404;
        response.body = std::string("No function has this code.\n");
        co_return response;
    }
    response.headers.add("Content-Type", "application/zip");
    response.body = http::FileBody{file, 0, static_cast<std::uint64_t>(found.st_size)};
    co_return response;
}

}  // namespace fogbank::lambda
