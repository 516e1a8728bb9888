#include "src/auth/credentials.h"

namespace fogbank::auth {

void MapCredentialStore::put(std::string access_key, KnownCredential credential) {
    const std::lock_guard lock(mutex_);
    known_.insert_or_assign(std::move(access_key), std::move(credential));
}

std::optional<KnownCredential> MapCredentialStore::find(std::string_view access_key) const {
    const std::lock_guard lock(mutex_);
    const auto found = known_.find(access_key);
    if (found == known_.end()) return std::nullopt;
    return found->second;
}

}  // namespace fogbank::auth
