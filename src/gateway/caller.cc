#include "src/gateway/caller.h"

#include "src/auth/account.h"

namespace fogbank::gateway {

KeyOwner owner_of_key(std::string_view access_key, SignaturePlace place, auth::Dialect dialect,
                      const auth::CredentialStore& credentials, const CallerRules& rules) {
    KeyOwner owner;
    owner.principal.access_key = access_key;
    if (auto known = credentials.find(access_key)) {
        owner.secret = std::move(known->secret);
        owner.principal.account = std::move(known->account);
        owner.principal.arn = std::move(known->principal_arn);
        owner.principal.verified = true;
        return owner;
    }
    const bool check_all = rules.signatures == SignatureCheck::all;
    if (check_all && !auth::is_test_key(access_key)) throw auth::errors::unknown_key(dialect, access_key);
    const bool check_presigned = rules.presigned == PresignedCheck::expiry_and_signature;
    // conventions: the secret of a key that nobody made is "test".
    if (check_all || (check_presigned && place == SignaturePlace::url_or_form)) owner.secret = "test";
    owner.principal.account = auth::account_of_access_key(access_key);
    if (owner.principal.account == auth::kDefaultAccount) owner.principal.account = rules.default_account;
    owner.principal.arn = "arn:aws:iam::" + owner.principal.account + ":root";
    return owner;
}

}  // namespace fogbank::gateway
