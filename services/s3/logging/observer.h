// Keeps a line for each request to a bucket that has logging on.
#pragma once

#include "src/base/clock.h"
#include "src/base/signal.h"
#include "src/gateway/access_observer.h"
#include "src/store/database.h"

#include <atomic>
#include <memory>
#include <mutex>
#include <set>
#include <string>

namespace fogbank::s3::logging {

// docs: logs come "within a few hours"; here a minute after the first line that was not delivered.
inline constexpr std::chrono::seconds kDeliveryDelay{60};

class Observer final : public gateway::AccessObserver {
public:
    explicit Observer(store::Database& database);
    bool wants(std::string_view bucket) override;
    Task<void> observe(const gateway::AccessRecord& record) override;

private:
    using Buckets = std::set<std::string, std::less<>>;

    store::Database& database_;
    Signal& changed_;
    std::atomic<std::uint64_t> seen_;
    std::atomic<bool> none_{true};
    std::mutex mutex_;
    Buckets buckets_;
};

}  // namespace fogbank::s3::logging
