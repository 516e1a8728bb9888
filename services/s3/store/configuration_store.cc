#include "services/s3/store/configuration_store.h"

#include "services/s3/store/lifecycle_store.h"
#include "services/s3/store/log_store.h"

namespace fogbank::s3 {

namespace {

std::int64_t number_of(Configuration kind) {
    return static_cast<std::int64_t>(kind);
}

ConfigurationRow read_row(const store::Statement& row) {
    ConfigurationRow out;
    out.kind = static_cast<Configuration>(row.integer(0));
    out.name = row.text(1);
    out.body = row.text(2);
    return out;
}

}  // namespace

std::optional<std::string> find_configuration(store::ReadTxn& txn, std::int64_t bucket, Configuration kind,
                                              std::string_view name) {
    auto rows = txn.query("select body from s3_configurations where bucket = ?1 and kind = ?2 and name = ?3",
                          bucket, number_of(kind), name);
    if (!rows.next()) return std::nullopt;
    return std::string(rows->text(0));
}

std::vector<ConfigurationRow> list_settings(store::ReadTxn& txn, std::int64_t bucket) {
    std::vector<ConfigurationRow> out;
    for (const auto& row : txn.query(
             "select kind, name, body from s3_configurations where bucket = ?1 and name = '' order by kind",
             bucket)) {
        out.push_back(read_row(row));
    }
    return out;
}

std::vector<ConfigurationRow> list_configurations(store::ReadTxn& txn, std::int64_t bucket,
                                                  Configuration kind, std::string_view after,
                                                  std::int64_t limit) {
    std::vector<ConfigurationRow> out;
    for (const auto& row :
         txn.query("select kind, name, body from s3_configurations where bucket = ?1 and kind = ?2 and name "
                   "> ?3 order by name limit ?4",
                   bucket, number_of(kind), after, limit)) {
        out.push_back(read_row(row));
    }
    return out;
}

std::int64_t count_configurations(store::ReadTxn& txn, std::int64_t bucket, Configuration kind) {
    auto rows = txn.query("select count(*) from s3_configurations where bucket = ?1 and kind = ?2", bucket,
                          number_of(kind));
    rows.next();
    return rows->integer(0);
}

void put_configuration(store::Txn& txn, const Bucket& bucket, const ConfigurationRow& row,
                       std::int64_t settings) {
    txn.execute(
        "insert into s3_configurations (bucket, kind, name, body) values (?1, ?2, ?3, ?4) "
        "on conflict (bucket, kind, name) do update set body = ?4",
        bucket.id, number_of(row.kind), std::string_view(row.name), std::string_view(row.body));
    set_configured(txn, bucket.id, bucket.configured | bit_of(row.kind), settings);
    if (row.kind == Configuration::lifecycle) plan_lifecycle(txn, bucket.id);
    if (row.kind == Configuration::logging) txn.notify(kLoggingChannel);
}

void erase_configuration(store::Txn& txn, const Bucket& bucket, Configuration kind, std::string_view name,
                         std::int64_t settings) {
    txn.execute("delete from s3_configurations where bucket = ?1 and kind = ?2 and name = ?3", bucket.id,
                number_of(kind), name);
    const bool left = count_configurations(txn, bucket.id, kind) > 0;
    set_configured(txn, bucket.id, left ? bucket.configured : bucket.configured & ~bit_of(kind), settings);
    if (kind == Configuration::lifecycle) forget_lifecycle(txn, bucket.id);
    if (kind == Configuration::logging) txn.notify(kLoggingChannel);
}

void set_configured(store::Txn& txn, std::int64_t bucket, std::int64_t bits, std::int64_t settings) {
    txn.execute("update s3_buckets set configured = ?2, settings = ?3 where id = ?1", bucket, bits, settings);
}

}  // namespace fogbank::s3
