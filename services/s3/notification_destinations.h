// Whether a bucket may send its events to a destination.
#pragma once

#include "src/base/arn.h"
#include "src/base/task.h"
#include "src/gateway/request_context.h"
#include "src/gateway/service.h"

#include <optional>
#include <string>

namespace fogbank::s3 {

class NotificationDestinations {
public:
    virtual ~NotificationDestinations() = default;
    // Why not, in AWS's words; nothing where the function exists and its policy lets S3 invoke it for
    // `bucket`.
    virtual Task<std::optional<std::string>> refusal(const gateway::RequestContext& cause,
                                                     const Arn& function, const Arn& bucket) = 0;
};

// Asks Lambda for the function's policy.
class LambdaDestinations final : public NotificationDestinations {
public:
    explicit LambdaDestinations(const gateway::LocalClient& client) : client_(client) {}
    Task<std::optional<std::string>> refusal(const gateway::RequestContext& cause, const Arn& function,
                                             const Arn& bucket) override;

private:
    const gateway::LocalClient& client_;
};

// True where a statement of the resource policy `policy` (JSON) allows s3.amazonaws.com to invoke for
// `bucket`, which `account` owns.
bool allows_s3(std::string_view policy, const Arn& bucket, std::string_view account);

}  // namespace fogbank::s3
