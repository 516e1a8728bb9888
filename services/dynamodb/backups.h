// Backups and point-in-time recovery: what their operations share.
#pragma once

#include "services/dynamodb/model/types/backup_description.h"
#include "services/dynamodb/model/types/backup_details.h"
#include "services/dynamodb/store/backups.h"
#include "services/dynamodb/store/tables.h"
#include "src/gateway/request_context.h"

#include <cstdint>
#include <string>

namespace fogbank::dynamodb {

struct RecoveryWindow {
    std::int64_t earliest_ms = 0;
    std::int64_t latest_ms = 0;
};
// Precondition: the table's recovery is enabled.
RecoveryWindow recovery_window(const Table& table, std::int64_t now_ms);

// The table to back up or to recover; TableNotFoundException where there is none, or one being restored.
TablePtr require_source(store::ReadTxn& txn, const gateway::RequestContext& context, const std::string& name);
// The backup with this ARN. Refuses other accounts' (AccessDeniedException), what is no ARN of a backup (in
// `malformed`, AWS's words), and what does not exist (BackupNotFoundException).
Backup require_backup(store::ReadTxn& txn, const gateway::RequestContext& context, const std::string& arn,
                      const char* malformed);

// "01791504762511-2779fadd": the time of creation in milliseconds, and what tells apart.
std::string backup_id(std::int64_t now_ms, const std::string& suffix);
std::string backup_arn(const Backup& backup);
api::BackupDetails details_of(const Backup& backup);
api::BackupDescription description_of(const Backup& backup);

}  // namespace fogbank::dynamodb
