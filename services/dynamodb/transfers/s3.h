// Amazon S3 as exports and imports use it: calls of DynamoDB itself, in the account that asked for the
// transfer.
#pragma once

#include "src/base/clock.h"
#include "src/base/entropy.h"
#include "src/gateway/service.h"

#include <cstdint>
#include <optional>
#include <string>

namespace fogbank::dynamodb {

struct Bucket {
    std::string account;  // whose transfer it is
    std::string region;
    std::string name;
    std::optional<std::string> owner;
};

struct Encryption {
    std::optional<std::string> algorithm;  // AES256, KMS
    std::optional<std::string> key;
};

// Each throws S3's Error.
class S3 {
public:
    S3(const gateway::LocalClient& client, Clock& clock, Entropy& entropy)
        : client_(client), clock_(clock), entropy_(entropy) {}

    // The object's ETag, without quotes.
    Task<std::string> put(const Bucket& bucket, const std::string& key, const std::string& bytes,
                          const Encryption& encryption) const;
    struct Found {
        std::string key;
        std::int64_t size = 0;
    };
    // The first object under `prefix` whose key comes after `after`.
    Task<std::optional<Found>> next(const Bucket& bucket, const std::string& prefix,
                                    const std::string& after) const;
    Task<std::string> get(const Bucket& bucket, const std::string& key) const;

private:
    gateway::RequestContext context(const Bucket& bucket) const;

    const gateway::LocalClient& client_;
    Clock& clock_;
    Entropy& entropy_;
};

}  // namespace fogbank::dynamodb
