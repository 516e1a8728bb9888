// Rows of the batches that event source mappings have given up on: `await` tells of them.
#pragma once

#include "services/lambda/store/mappings.h"
#include "src/events/pending.h"

#include <cstdint>
#include <string>
#include <vector>

namespace fogbank::lambda {

struct FailedBatch {
    std::string shard;
    std::string first_sequence;
    std::string last_sequence;
    std::int64_t records = 0;
    std::string trace_id;  // of the first record; empty where it had none
    std::string error;
    std::int64_t failed_ms = 0;
};

void insert_failed_batch(store::Txn& txn, const Mapping& mapping, const FailedBatch& batch);
std::vector<events::Failure> list_failed_batches(store::ReadTxn& txn, const events::Scope& scope);

}  // namespace fogbank::lambda
