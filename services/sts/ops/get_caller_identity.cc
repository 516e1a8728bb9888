#include "services/sts/model/get_caller_identity.h"
#include "services/sts/identity.h"
#include "services/sts/service.h"

namespace fogbank::sts {

api::GetCallerIdentity::Output Service::get_caller_identity(const gateway::RequestContext& context,
                                                            const api::GetCallerIdentity::Input&) {
    if (context.principal.kind == auth::PrincipalKind::anonymous) {
        throw Error("MissingAuthenticationToken", 403, "Request is missing Authentication Token");
    }
    Identity identity = identify(context.principal, context.account, context.partition);
    api::GetCallerIdentity::Output output;
    output.Account = std::move(identity.account);
    output.Arn = std::move(identity.arn);
    output.UserId = std::move(identity.user_id);
    return output;
}

}  // namespace fogbank::sts
