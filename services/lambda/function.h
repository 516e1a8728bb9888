// One version of a function, as the runtime and the operations see it. Immutable once made; a change makes
// another.
#pragma once

#include "services/lambda/limits.h"
#include "services/lambda/model/get_function_configuration.h"
#include "services/lambda/names.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

namespace fogbank::lambda {

struct Function {
    std::string account;
    std::string region;
    std::string name;
    std::int64_t number = 0;                   // of the published version; 0 is $LATEST
    api::FunctionConfiguration configuration;  // as stored: FunctionArn without a qualifier for $LATEST
    std::string code_id;                       // folder of the CodeStore; empty for hot reload
    std::string hot_reload_folder;             // the user's own folder, where hot reload is on
    // Of the function, the same for all versions.
    std::optional<std::int64_t> reserved_concurrency;
    std::int64_t max_retries = kDefaultRetries;
    std::int64_t max_age_s = kDefaultMaxAgeS;

    std::string version() const { return number == 0 ? std::string(kLatest) : std::to_string(number); }
    std::string arn() const { return FunctionReference{account, region, name, {}}.arn(); }
    // The identity of its sandboxes: they end with the revision.
    std::string sandbox_key() const {
        return arn() + ":" + version() + "/" + configuration.RevisionId.value_or("");
    }
    int timeout_s() const { return configuration.Timeout.value_or(kDefaultTimeoutS); }
    int memory_mb() const { return configuration.MemorySize.value_or(kDefaultMemoryMb); }
};

// Shared: a sandbox and an invocation keep the version they run while the cache forgets it.
using FunctionPtr = std::shared_ptr<const Function>;

}  // namespace fogbank::lambda
