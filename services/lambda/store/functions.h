// Rows of functions, versions, aliases.
#pragma once

#include "services/lambda/function.h"
#include "services/lambda/model/get_alias.h"
#include "src/store/database.h"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace fogbank::lambda {

using Tags = std::map<std::string, std::string, std::less<>>;

// The version that `reference` means: its qualifier as number, alias or $LATEST; $LATEST where empty.
std::optional<Function> find_function(store::ReadTxn& txn, const FunctionReference& reference);
std::optional<Function> find_version(store::ReadTxn& txn, const FunctionReference& reference,
                                     std::int64_t number);
bool function_exists(store::ReadTxn& txn, const FunctionReference& reference);

void insert_function(store::Txn& txn, const Function& latest, const Tags& tags);
void insert_version(store::Txn& txn, const Function& version);
void update_version(store::Txn& txn, const Function& version);
// The number of the next published version; counts up.
std::int64_t take_version_number(store::Txn& txn, const FunctionReference& reference);
// With versions, aliases, permissions. Returns the code ids that may be unused now.
std::vector<std::string> erase_function(store::Txn& txn, const FunctionReference& reference);
std::vector<std::string> erase_version(store::Txn& txn, const FunctionReference& reference,
                                       std::int64_t number);

// $LATEST of each function after `marker` by name.
std::vector<Function> list_functions(store::ReadTxn& txn, std::string_view account, std::string_view region,
                                     std::string_view marker, std::int64_t limit);
// Every version of every function after (name, number).
std::vector<Function> list_all_versions(store::ReadTxn& txn, std::string_view account,
                                        std::string_view region, std::string_view marker_name,
                                        std::int64_t marker_number, std::int64_t limit);
std::vector<Function> list_versions(store::ReadTxn& txn, const FunctionReference& reference,
                                    std::int64_t after_number, std::int64_t limit);

Tags find_tags(store::ReadTxn& txn, const FunctionReference& reference);
void update_tags(store::Txn& txn, const FunctionReference& reference, const Tags& tags);
void update_reserved_concurrency(store::Txn& txn, const FunctionReference& reference,
                                 std::optional<std::int64_t> reserved);
std::int64_t reserved_total(store::ReadTxn& txn, std::string_view account, std::string_view region,
                            std::string_view except_name);

struct EventInvokeSettings {
    std::optional<std::int64_t> max_retries;
    std::optional<std::int64_t> max_age_s;
    std::int64_t modified_ms = 0;
};
std::optional<EventInvokeSettings> find_event_invoke(store::ReadTxn& txn, const FunctionReference& reference);
void update_event_invoke(store::Txn& txn, const FunctionReference& reference,
                         const std::optional<EventInvokeSettings>& settings);

std::optional<api::AliasConfiguration> find_alias(store::ReadTxn& txn, const FunctionReference& reference,
                                                  std::string_view alias);
void store_alias(store::Txn& txn, const FunctionReference& reference, const api::AliasConfiguration& alias);
bool erase_alias(store::Txn& txn, const FunctionReference& reference, std::string_view alias);
std::vector<api::AliasConfiguration> list_aliases(store::ReadTxn& txn, const FunctionReference& reference,
                                                  std::string_view after, std::int64_t limit);
bool version_has_alias(store::ReadTxn& txn, const FunctionReference& reference, std::int64_t number);

}  // namespace fogbank::lambda
