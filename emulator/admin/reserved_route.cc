#include "emulator/admin/reserved_route.h"

#include "emulator/admin/admin_route.h"

#include <array>

namespace fogbank::emulator {
namespace {

struct Reserved {
    std::string_view prefix;
    std::string_view waits_for;
};

// conventions: "Control paths".
constexpr std::array<Reserved, 3> kReserved = {{
    {"/_aws/sqs/", "SQS"},
    {"/_aws/sns/", "SNS"},
    {"/_aws/lambda/runtimes", "the list of Lambda's runtimes"},
}};

}  // namespace

bool ReservedRoute::matches(const gateway::EdgeRequest& request) const {
    return request.path.starts_with("/_aws/");
}

Task<http::Response> ReservedRoute::handle(gateway::EdgeRequest& request) {
    for (const Reserved& each : kReserved) {
        if (request.path.starts_with(each.prefix)) {
            co_return control_error(501,
                                    request.path + ": " + std::string(each.waits_for) + " is not served");
        }
    }
    co_return control_error(404, "no such control path: " + request.path);
}

}  // namespace fogbank::emulator
