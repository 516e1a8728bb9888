// The outbox's tables: deliveries that wait, and those that failed for good.
#pragma once

#include "src/events/event.h"
#include "src/events/pending.h"

#include <optional>
#include <string>
#include <vector>

namespace fogbank::events {

struct Delivery {
    std::int64_t id = 0;      // in the order of appending
    std::int64_t due_ms = 0;  // 0: at once, before all that is retried
    int attempts = 0;         // that failed
    Event event;
    Arn target;
};

void insert_delivery(store::Txn& txn, const Event& event, const Arn& target);
std::optional<Delivery> find_delivery(store::ReadTxn& txn, std::int64_t id);
void erase_delivery(store::Txn& txn, std::int64_t id);
void postpone_delivery(store::Txn& txn, std::int64_t id, int attempts, std::int64_t due_ms);
void erase_deliveries(store::Txn& txn, std::string_view account);  // and failures; empty: all
std::int64_t count_deliveries(store::ReadTxn& txn, const Scope& scope);

struct DueDeliveries {
    std::vector<std::int64_t> ids;            // due at `now_ms`, in order, at most `limit`
    std::optional<std::int64_t> next_due_ms;  // where none is due
};
DueDeliveries due_deliveries(store::ReadTxn& txn, std::int64_t now_ms, int limit);

inline constexpr std::int64_t kFailureLimit = 1'000;  // rows; the oldest go
void insert_failure(store::Txn& txn, const Failure& failure, std::string_view account);
std::vector<Failure> list_failures(store::ReadTxn& txn, const Scope& scope);

}  // namespace fogbank::events
