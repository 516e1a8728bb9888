#include "services/lambda/function_cache.h"

#include "services/lambda/store/functions.h"

namespace fogbank::lambda {

FunctionPtr FunctionCache::find(const FunctionReference& reference) {
    const std::string key = reference.qualified_arn();
    std::uint64_t generation = 0;
    {
        const std::scoped_lock lock(mutex_);
        if (const auto found = entries_.find(key); found != entries_.end()) return found->second;
        generation = generation_;
    }
    std::optional<Function> read =
        database_.read([&](store::ReadTxn& txn) { return find_function(txn, reference); });
    if (!read) return nullptr;
    auto function = std::make_shared<const Function>(std::move(*read));
    const std::scoped_lock lock(mutex_);
    if (generation == generation_ && entries_.size() < kEntryLimit) entries_.emplace(key, function);
    return function;
}

void FunctionCache::clear() {
    const std::scoped_lock lock(mutex_);
    ++generation_;
    entries_.clear();
}

}  // namespace fogbank::lambda
