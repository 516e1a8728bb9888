// Where secrets come from. IAM and STS implement it; tests and the daemon's first day use the map.
#pragma once

#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

namespace fogbank::auth {

struct KnownCredential {
    std::string secret;
    std::string account;
    std::string principal_arn;
};

class CredentialStore {
public:
    virtual ~CredentialStore() = default;
    // Nothing where nobody made that key. Thread-safe.
    virtual std::optional<KnownCredential> find(std::string_view access_key) const = 0;
};

class MapCredentialStore final : public CredentialStore {
public:
    void put(std::string access_key, KnownCredential credential);
    std::optional<KnownCredential> find(std::string_view access_key) const override;

private:
    mutable std::mutex mutex_;
    std::map<std::string, KnownCredential, std::less<>> known_;
};

}  // namespace fogbank::auth
