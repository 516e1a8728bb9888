#include "services/sts/identity.h"

#include "src/base/arn.h"
#include "src/base/digest.h"

namespace fogbank::sts {

namespace {

// aws: unique ids are made of base 32 characters (docs: IAM identifiers, "AIDAJQABLZS4A3QDU576Q").
constexpr std::string_view kAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
constexpr std::size_t kRandomCharacters = 17;

constexpr std::string_view kAssumedRole = "assumed-role/";

std::string root_arn(std::string_view partition, std::string_view account) {
    return "arn:" + std::string(partition) + ":iam::" + std::string(account) + ":root";
}

// arn:aws:sts::<account>:assumed-role/<role>/<session> has the id <id of the role>:<session>.
std::string assumed_role_id(const Arn& arn) {
    std::string_view names = arn.resource().substr(kAssumedRole.size());
    const std::size_t slash = names.find('/');
    const std::string role(names.substr(0, slash));
    const std::string_view session =
        slash == std::string_view::npos ? std::string_view() : names.substr(slash + 1);
    const Arn role_arn(arn.partition(), "iam", "", arn.account(), "role/" + role);
    return unique_id("AROA", role_arn.text()) + ":" + std::string(session);
}

}  // namespace

std::string unique_id(std::string_view prefix, std::string_view arn) {
    const std::string hash = digest(DigestKind::sha256, arn);
    std::string id(prefix);
    for (std::size_t i = 0; i < kRandomCharacters; ++i) {
        id += kAlphabet[static_cast<unsigned char>(hash[i]) % kAlphabet.size()];
    }
    return id;
}

Identity identify(const auth::Principal& principal, std::string_view account, std::string_view partition) {
    Identity identity;
    identity.account = principal.account.empty() ? std::string(account) : principal.account;
    const std::optional<Arn> arn = Arn::parse(principal.arn);
    if (arn && arn->resource().starts_with(kAssumedRole)) {
        identity.arn = arn->text();
        identity.user_id = assumed_role_id(*arn);
    } else if (arn && principal.kind == auth::PrincipalKind::user) {
        identity.arn = arn->text();
        identity.user_id = unique_id("AIDA", arn->text());
    } else {
        // aws: the id of an account's root user is the account itself (docs: "Where you can use policy
        // variables").
        identity.arn = arn ? arn->text() : root_arn(partition, identity.account);
        identity.user_id = identity.account;
    }
    return identity;
}

}  // namespace fogbank::sts
