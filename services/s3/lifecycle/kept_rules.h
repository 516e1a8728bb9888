// Buckets' lifecycle rules for answers that tell when an object expires: kept, as every read would ask for
// them.
#pragma once

#include "services/s3/lifecycle/rules.h"
#include "src/base/signal.h"
#include "src/store/database.h"

#include <atomic>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

namespace fogbank::s3::lifecycle {

// Thread-safe. Asks no database while no bucket has rules.
class KeptRules {
public:
    explicit KeptRules(store::Database& database);
    // x-amz-expiration of a current version; `headers` is its ObjectRow::headers.
    std::optional<std::string> expiration(std::string_view bucket, const Facts& object,
                                          std::string_view headers);

private:
    using Kept = std::map<std::string, std::shared_ptr<const Rules>, std::less<>>;  // null: not read yet
    std::shared_ptr<const Rules> rules_of(std::string_view bucket);
    void look_for_changes();

    store::Database& database_;
    Signal& changed_;
    std::atomic<std::uint64_t> seen_;
    std::atomic<bool> none_{true};
    std::mutex mutex_;
    Kept kept_;  // of buckets that have rules; shared as a request may outlive a change
};

}  // namespace fogbank::s3::lifecycle
