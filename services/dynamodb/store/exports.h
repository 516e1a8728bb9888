// Exports of tables: how far each is, and what it reads.
#pragma once

#include "services/dynamodb/table.h"
#include "src/store/database.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace fogbank::dynamodb {

// Notified where an export or an import begins.
inline constexpr std::string_view kTransferChannel = "dynamodb:transfers";
// docs: ListExports "lists completed exports within the past 90 days"; imports likewise.
inline constexpr std::int64_t kTransfersKeptMs = 90LL * 24 * 60 * 60 * 1000;

struct Failure {
    std::string code;  // empty: none
    std::string message;
};

struct Export {
    std::int64_t number = 0;
    std::string id;
    Table table;          // as it was when it was asked for; with account, region, name, number and ARN
    std::string request;  // the operation's input
    std::string token;
    std::string digest;  // of the request
    std::string status;  // IN_PROGRESS, COMPLETED, FAILED
    std::int64_t created_ms = 0;
    std::optional<std::int64_t> ended_ms;
    std::int64_t export_ms = 0;      // the time that it shows; of an incremental one its end
    std::int64_t from_ms = 0;        // of an incremental one; 0: full
    std::int64_t from_position = 0;  // of history.h
    std::int64_t to_position = 0;
    std::int64_t phase = 0;  // 0: data, 1: manifests
    std::string cursor;
    std::int64_t files = 0;
    std::int64_t items = 0;
    std::int64_t bytes = 0;
    Failure failure;

    bool is_incremental() const { return from_ms != 0; }
    std::string arn() const { return table.arn + "/export/" + id; }
};

void insert_export(store::Txn& txn, Export& made);
std::optional<Export> find_export(store::ReadTxn& txn, std::string_view account, std::string_view region,
                                  std::string_view table_name, std::string_view id);
// By the client's token, not older than `since_ms`.
std::optional<Export> find_export(store::ReadTxn& txn, std::string_view account, std::string_view region,
                                  std::string_view token, std::int64_t since_ms);
// With a number above `after`, of one table or of all (empty name).
std::vector<Export> list_exports(store::ReadTxn& txn, std::string_view account, std::string_view region,
                                 std::string_view table_name, std::int64_t after, std::int64_t limit,
                                 std::int64_t since_ms);
// One that is in progress.
std::optional<Export> next_export(store::ReadTxn& txn);
std::int64_t count_exports(store::ReadTxn& txn, std::string_view account);  // in progress

// What a data file holds: lines, and how far they go.
struct ExportPage {
    std::string lines;
    std::int64_t items = 0;
    std::int64_t bytes = 0;  // of the items, by AWS's formula
    std::string last_key;
    bool is_last = false;
};
ExportPage read_export_page(store::ReadTxn& txn, const Export& job);

// A data file is in S3. `line` is what the manifest says of it.
void add_export_file(store::Txn& txn, const Export& job, const ExportPage& page, std::string_view line);
std::vector<std::string> list_export_files(store::ReadTxn& txn, const Export& job);
void end_export(store::Txn& txn, const Export& job, const Failure& failure, std::int64_t now_ms);

}  // namespace fogbank::dynamodb
