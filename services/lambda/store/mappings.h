// Rows of event source mappings and of how far they have read each shard.
#pragma once

#include "services/lambda/model/get_event_source_mapping.h"
#include "services/lambda/names.h"
#include "src/store/database.h"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace fogbank::lambda {

struct Mapping {
    std::string account;
    std::string region;
    std::string uuid;
    FunctionReference function;
    std::string source_arn;
    bool enabled = true;
    api::EventSourceMappingConfiguration configuration;

    std::string arn() const {
        return "arn:aws:lambda:" + region + ":" + account + ":event-source-mapping:" + uuid;
    }
};

struct Checkpoint {
    std::string sequence;   // of the last record that is done with; empty: none yet
    bool finished = false;  // the shard is closed and read to its end
};
using Checkpoints = std::map<std::string, Checkpoint>;  // by shard

void insert_mapping(store::Txn& txn, const Mapping& mapping);
void update_mapping(store::Txn& txn, const Mapping& mapping);
void erase_mapping(store::Txn& txn, const Mapping& mapping);
std::optional<Mapping> find_mapping(store::ReadTxn& txn, std::string_view account, std::string_view region,
                                    std::string_view uuid);
// Mappings after `marker` by uuid; empty filters let all pass.
std::vector<Mapping> list_mappings(store::ReadTxn& txn, std::string_view account, std::string_view region,
                                   std::string_view source_arn, std::string_view function_name,
                                   std::string_view marker, std::int64_t limit);
std::vector<Mapping> list_enabled_mappings(store::ReadTxn& txn);

// False, and nothing stored, where the mapping is gone.
bool store_checkpoint(store::Txn& txn, const Mapping& mapping, std::string_view shard,
                      const Checkpoint& checkpoint);
void erase_checkpoint(store::Txn& txn, const Mapping& mapping, std::string_view shard);
void update_result(store::Txn& txn, const Mapping& mapping, std::string_view result);
Checkpoints list_checkpoints(store::ReadTxn& txn, const Mapping& mapping);

}  // namespace fogbank::lambda
