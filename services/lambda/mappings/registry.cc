#include "services/lambda/mappings/registry.h"

#include "services/lambda/store/failed_batches.h"

#include <iterator>

namespace fogbank::lambda {

void MappingRegistry::start() {
    const std::vector<Mapping> mappings =
        parts_.database.read([](store::ReadTxn& txn) { return list_enabled_mappings(txn); });
    for (const Mapping& mapping : mappings) apply(mapping);
}

void MappingRegistry::cancel() {
    const std::scoped_lock lock(mutex_);
    stopping_ = true;
    for (const auto& [arn, poller] : pollers_) poller->cancel();
}

Task<void> MappingRegistry::stop() {
    cancel();
    std::vector<std::shared_ptr<Poller>> all;
    {
        const std::scoped_lock lock(mutex_);
        for (const auto& [arn, poller] : pollers_) all.push_back(poller);
        all.insert(all.end(), ending_.begin(), ending_.end());
        pollers_.clear();
        ending_.clear();
    }
    for (const auto& poller : all) co_await poller->wait_ended();
}

void MappingRegistry::apply(const Mapping& mapping) {
    std::shared_ptr<Poller> begun;
    std::shared_ptr<Poller> previous;
    {
        const std::scoped_lock lock(mutex_);
        if (stopping_) return;
        if (const auto found = pollers_.find(mapping.arn()); found != pollers_.end()) {
            found->second->cancel();
            ending_.push_back(found->second);
            pollers_.erase(found);
        }
        std::erase_if(ending_, [](const auto& poller) { return poller->has_ended(); });
        for (const auto& poller : ending_) {
            if (poller->mapping().arn() == mapping.arn()) previous = poller;
        }
        if (!mapping.enabled) return;
        begun = std::make_shared<Poller>(parts_, mapping);
        pollers_[mapping.arn()] = begun;
    }
    // Not under the lock: a task that is spawned on its own executor begins at once.
    spawn(parts_.home, [begun, previous] { return begun->run(previous); });
}

void MappingRegistry::erase(const std::string& arn) {
    const std::scoped_lock lock(mutex_);
    const auto found = pollers_.find(arn);
    if (found == pollers_.end()) return;
    found->second->cancel();
    ending_.push_back(found->second);
    pollers_.erase(found);
}

void MappingRegistry::erase_account(const std::string& account) {
    const std::scoped_lock lock(mutex_);
    for (auto at = pollers_.begin(); at != pollers_.end();) {
        if (!account.empty() && at->second->mapping().account != account) {
            ++at;
            continue;
        }
        at->second->cancel();
        ending_.push_back(at->second);
        at = pollers_.erase(at);
    }
}

std::int64_t MappingRegistry::count(store::ReadTxn&, const events::Scope& scope) {
    const std::scoped_lock lock(mutex_);
    std::int64_t busy = 0;
    for (const auto& [arn, poller] : pollers_) {
        if (!scope.account.empty() && poller->mapping().account != scope.account) continue;
        if (!poller->is_idle(scope)) ++busy;
    }
    return busy;
}

std::vector<events::Failure> MappingRegistry::failures(store::ReadTxn& txn, const events::Scope& scope) {
    std::vector<events::Failure> result = list_failed_batches(txn, scope);
    const std::scoped_lock lock(mutex_);
    for (const auto& [arn, poller] : pollers_) {
        if (!scope.account.empty() && poller->mapping().account != scope.account) continue;
        auto waiting = poller->failures(scope);
        std::move(waiting.begin(), waiting.end(), std::back_inserter(result));
    }
    return result;
}

}  // namespace fogbank::lambda
