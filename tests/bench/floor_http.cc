// A floor for scripts/bench: what src/http itself costs. The same answers as floor_beast, on one thread.
#include "src/http/server.h"

#include <boost/asio/io_context.hpp>

#include <cstdio>
#include <cstdlib>

namespace {

using namespace fogbank;

Task<http::Response> answer(http::Request& request) {
    static const Error too_large("TooLarge", 413, "too large");
    std::string body = co_await read_all(*request.body, 16 * 1024 * 1024, too_large);
    http::Response response;
    response.headers.add("Content-Type", "application/x-amz-json-1.0");
    response.body = body.empty() ? std::string("{}") : std::move(body);
    co_return response;
}

}  // namespace

int main(int argc, char** argv) {
    boost::asio::io_context context(1);
    const auto server = http::make_server({context.get_executor()}, answer, {});
    std::printf("%d\n", server->listen({"127.0.0.1", argc > 1 ? std::atoi(argv[1]) : 0}));
    std::fflush(stdout);
    context.run();
}
