// The rows of what buckets are configured with.
#pragma once

#include "services/s3/configuration/kind.h"
#include "services/s3/store/bucket_store.h"
#include "src/store/database.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace fogbank::s3 {

struct ConfigurationRow {
    Configuration kind;
    std::string name;  // empty for a kind that stands once
    std::string body;
};

std::optional<std::string> find_configuration(store::ReadTxn& txn, std::int64_t bucket, Configuration kind,
                                              std::string_view name = {});
// Those that stand once.
std::vector<ConfigurationRow> list_settings(store::ReadTxn& txn, std::int64_t bucket);
// Those of a kind with a name above `after`, by name.
std::vector<ConfigurationRow> list_configurations(store::ReadTxn& txn, std::int64_t bucket,
                                                  Configuration kind, std::string_view after,
                                                  std::int64_t limit);
std::int64_t count_configurations(store::ReadTxn& txn, std::int64_t bucket, Configuration kind);

// Both keep the bits of the bucket's row right and give it the version `settings`.
void put_configuration(store::Txn& txn, const Bucket& bucket, const ConfigurationRow& row,
                       std::int64_t settings);
void erase_configuration(store::Txn& txn, const Bucket& bucket, Configuration kind, std::string_view name,
                         std::int64_t settings);
void set_configured(store::Txn& txn, std::int64_t bucket, std::int64_t bits, std::int64_t settings);

}  // namespace fogbank::s3
