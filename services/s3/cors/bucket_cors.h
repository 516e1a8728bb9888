// CORS of the buckets that have rules of their own.
#pragma once

#include "services/s3/cors/rules.h"
#include "src/gateway/cors.h"
#include "src/store/database.h"

namespace fogbank::s3::cors {

class BucketCors final : public gateway::ResourceCors {
public:
    explicit BucketCors(store::Database& database) : database_(database) {}
    std::optional<gateway::CorsAnswer> judge(const gateway::CorsRequest& request) override;

private:
    store::Database& database_;
};

}  // namespace fogbank::s3::cors
