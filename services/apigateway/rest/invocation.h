// Runs a function for a request, for as long as API Gateway waits.
#pragma once

#include "services/lambda/model/invoke.h"
#include "src/base/clock.h"
#include "src/gateway/service.h"

#include <optional>

namespace fogbank::apigateway::rest {

// What Lambda answers; nothing after `limit` of real time: the function itself goes on, as on AWS. Throws
// what Lambda throws. `client` and `clock` must outlive the function's run.
Task<std::optional<lambda::api::Invoke::Output>> invoke_within(const gateway::LocalClient& client,
                                                               Clock& clock, gateway::RequestContext context,
                                                               lambda::api::Invoke::Input input,
                                                               Duration limit);

}  // namespace fogbank::apigateway::rest
