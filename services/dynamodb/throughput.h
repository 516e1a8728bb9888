// Provisioned throughput: how much a table may have, and when it may change.
#pragma once

#include "services/dynamodb/table.h"

#include <cstdint>
#include <string>

namespace fogbank::dynamodb {

// docs: "Service, account, and table quotas", the defaults of us-east-1.
inline constexpr std::int64_t kMaxTableUnits = 40'000;
inline constexpr std::int64_t kMaxAccountUnits = 80'000;

// Refuses more than a table and its indexes may have each.
void check_quota(const Table& table);

// Notes when units were raised or lowered. Refuses to lower them too often.
void note_change(const Throughput& before, const Throughput& now, std::int64_t now_ms,
                 ThroughputChanges& changes);

// UpdateTable's change of a table or an index; refuses what changes nothing.
void change_throughput(Table& table, const Throughput& wanted, std::int64_t now_ms);
void change_throughput(Index& index, const Throughput& wanted, std::int64_t now_ms);

}  // namespace fogbank::dynamodb
