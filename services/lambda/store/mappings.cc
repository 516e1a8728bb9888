#include "services/lambda/store/mappings.h"

#include "services/lambda/model/get_event_source_mapping.h"
#include "services/lambda/store/json_text.h"

namespace fogbank::lambda {

namespace {

Mapping read_mapping(const store::Statement& row) {
    Mapping mapping;
    mapping.account = row.text(0);
    mapping.region = row.text(1);
    mapping.uuid = row.text(2);
    mapping.function =
        parse_function(row.text(3), mapping.account, mapping.region).value_or(FunctionReference{});
    mapping.source_arn = row.text(4);
    mapping.enabled = row.integer(5) != 0;
    mapping.configuration = from_json<api::GetEventSourceMapping>(row.text(6));
    return mapping;
}

std::vector<Mapping> read_all(store::Rows rows) {
    std::vector<Mapping> result;
    for (const auto& row : rows) result.push_back(read_mapping(row));
    return result;
}

}  // namespace

void insert_mapping(store::Txn& txn, const Mapping& mapping) {
    txn.execute(
        "insert into lambda_mapping (account, region, uuid, function_name, function_arn, source_arn, "
        "enabled, "
        "configuration) values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
        mapping.account, mapping.region, mapping.uuid, mapping.function.name,
        mapping.function.qualified_arn(), mapping.source_arn, mapping.enabled ? 1 : 0,
        to_json<api::GetEventSourceMapping>(mapping.configuration));
}

void update_mapping(store::Txn& txn, const Mapping& mapping) {
    txn.execute(
        "update lambda_mapping set function_name = ?4, function_arn = ?5, enabled = ?6, configuration = ?7 "
        "where account = ?1 and region = ?2 and uuid = ?3",
        mapping.account, mapping.region, mapping.uuid, mapping.function.name,
        mapping.function.qualified_arn(), mapping.enabled ? 1 : 0,
        to_json<api::GetEventSourceMapping>(mapping.configuration));
}

void erase_mapping(store::Txn& txn, const Mapping& mapping) {
    txn.execute("delete from lambda_mapping where account = ?1 and region = ?2 and uuid = ?3",
                mapping.account, mapping.region, mapping.uuid);
    txn.execute("delete from lambda_checkpoint where account = ?1 and region = ?2 and uuid = ?3",
                mapping.account, mapping.region, mapping.uuid);
}

std::optional<Mapping> find_mapping(store::ReadTxn& txn, std::string_view account, std::string_view region,
                                    std::string_view uuid) {
    auto rows = txn.query(
        "select account, region, uuid, function_arn, source_arn, enabled, configuration "
        "from lambda_mapping where account = ?1 and region = ?2 and uuid = ?3",
        account, region, uuid);
    if (!rows.next()) return std::nullopt;
    return read_mapping(*rows);
}

std::vector<Mapping> list_mappings(store::ReadTxn& txn, std::string_view account, std::string_view region,
                                   std::string_view source_arn, std::string_view function_name,
                                   std::string_view marker, std::int64_t limit) {
    return read_all(
        txn.query("select account, region, uuid, function_arn, source_arn, enabled, configuration "
                  "from lambda_mapping where account = ?1 and region = ?2 and uuid > ?3 "
                  "and (?4 = '' or source_arn = ?4) and (?5 = '' or function_name = ?5) "
                  "order by uuid limit ?6",
                  account, region, marker, source_arn, function_name, limit));
}

std::vector<Mapping> list_enabled_mappings(store::ReadTxn& txn) {
    return read_all(
        txn.query("select account, region, uuid, function_arn, source_arn, enabled, configuration "
                  "from lambda_mapping where enabled = 1 order by account, region, uuid"));
}

bool store_checkpoint(store::Txn& txn, const Mapping& mapping, std::string_view shard,
                      const Checkpoint& checkpoint) {
    return txn.execute(
               "insert into lambda_checkpoint (account, region, uuid, shard, sequence, finished) "
               "select account, region, uuid, ?4, ?5, ?6 from lambda_mapping "
               "where account = ?1 and region = ?2 and uuid = ?3 "
               "on conflict (account, region, uuid, shard) do update set sequence = excluded.sequence, "
               "finished = excluded.finished",
               mapping.account, mapping.region, mapping.uuid, shard, checkpoint.sequence,
               checkpoint.finished ? 1 : 0) > 0;
}

void erase_checkpoint(store::Txn& txn, const Mapping& mapping, std::string_view shard) {
    txn.execute(
        "delete from lambda_checkpoint where account = ?1 and region = ?2 and uuid = ?3 and shard = ?4",
        mapping.account, mapping.region, mapping.uuid, shard);
}

void update_result(store::Txn& txn, const Mapping& mapping, std::string_view result) {
    std::optional<Mapping> stored = find_mapping(txn, mapping.account, mapping.region, mapping.uuid);
    if (!stored || stored->configuration.LastProcessingResult == result) return;
    stored->configuration.LastProcessingResult = std::string(result);
    update_mapping(txn, *stored);
}

Checkpoints list_checkpoints(store::ReadTxn& txn, const Mapping& mapping) {
    Checkpoints result;
    for (const auto& row :
         txn.query("select shard, sequence, finished from lambda_checkpoint where account = ?1 and "
                   "region = ?2 and uuid = ?3",
                   mapping.account, mapping.region, mapping.uuid)) {
        result.emplace(row.text(0), Checkpoint{std::string(row.text(1)), row.integer(2) != 0});
    }
    return result;
}

}  // namespace fogbank::lambda
