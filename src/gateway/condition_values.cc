#include "src/gateway/condition_values.h"

#include "src/base/arn.h"
#include "src/base/clock.h"

namespace fogbank::gateway {
namespace {

using Values = std::optional<std::vector<std::string>>;

Values one(std::string value) {
    std::vector<std::string> out;
    out.push_back(std::move(value));
    return out;
}

Values present(const std::string& value) {
    if (value.empty()) return std::nullopt;
    return one(value);
}

const char* principal_type(const auth::Principal& principal) {
    switch (principal.kind) {
        case auth::PrincipalKind::account:
            return "Account";
        case auth::PrincipalKind::user:
            return "User";
        case auth::PrincipalKind::role:
            return "AssumedRole";
        case auth::PrincipalKind::service:
            return "Service";
        case auth::PrincipalKind::anonymous:
            break;
    }
    return "Anonymous";
}

Values user_name(const auth::Principal& principal) {
    const auto arn = Arn::parse(principal.arn);
    if (!arn || !arn->resource().starts_with("user/")) return std::nullopt;
    const std::string_view path = arn->resource();
    return one(std::string(path.substr(path.rfind('/') + 1)));
}

}  // namespace

Values global_condition_values(const RequestContext& context, std::string_view resource_account,
                               std::string_view key) {
    const auth::Principal& principal = context.principal;
    const bool anonymous = principal.kind == auth::PrincipalKind::anonymous;
    if (key == "sourceip") return present(context.source_ip);
    if (key == "securetransport") return one(context.base_url.starts_with("https:") ? "true" : "false");
    if (key == "useragent") return present(context.user_agent);
    if (key == "referer") return present(context.referer);
    if (key == "currenttime") return one(format_iso8601(context.received_at));
    if (key == "epochtime") return one(std::to_string(unix_seconds(context.received_at)));
    if (key == "requestedregion") return one(context.region);
    if (key == "resourceaccount") return one(std::string(resource_account));
    if (key == "principaltype") return one(principal_type(principal));
    if (key == "principalisawsservice") {
        return one(principal.kind == auth::PrincipalKind::service ? "true" : "false");
    }
    if (anonymous) return std::nullopt;
    if (key == "principalarn") return present(principal.arn);
    if (key == "principalaccount" || key == "userid") return present(principal.account);
    if (key == "username") return user_name(principal);
    return std::nullopt;
}

}  // namespace fogbank::gateway
