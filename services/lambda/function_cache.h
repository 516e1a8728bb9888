// Versions of functions as invocations read them: one lookup in memory instead of a query and a parse.
#pragma once

#include "services/lambda/function.h"
#include "src/store/database.h"

#include <cstdint>
#include <mutex>
#include <string>
#include <unordered_map>

namespace fogbank::lambda {

class FunctionCache {
public:
    explicit FunctionCache(store::Database& database) : database_(database) {}

    // Null where there is none.
    FunctionPtr find(const FunctionReference& reference);

    // After the commit of every change to functions, versions or aliases (Txn::after_commit).
    void clear();

private:
    static constexpr std::size_t kEntryLimit = 10'000;

    store::Database& database_;
    std::mutex mutex_;
    std::uint64_t generation_ = 0;  // counts clear(): what was read before one is not kept after it
    std::unordered_map<std::string, FunctionPtr> entries_;  // by qualified ARN
};

}  // namespace fogbank::lambda
