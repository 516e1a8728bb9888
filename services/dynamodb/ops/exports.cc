#include "services/dynamodb/store/exports.h"
#include "services/dynamodb/backups.h"
#include "services/dynamodb/export_filter.h"
#include "services/dynamodb/model/describe_export.h"
#include "services/dynamodb/model/errors.h"
#include "services/dynamodb/model/export_table_to_point_in_time.h"
#include "services/dynamodb/model/list_exports.h"
#include "services/dynamodb/refuse.h"
#include "services/dynamodb/request_checks.h"
#include "services/dynamodb/request_text.h"
#include "services/dynamodb/service.h"
#include "services/dynamodb/store/history.h"
#include "services/dynamodb/transfers/exporter.h"
#include "src/base/arn.h"
#include "src/base/digest.h"

namespace fogbank::dynamodb {
namespace {

using Input = api::ExportTableToPointInTime::Input;

constexpr std::int64_t kPageLimit = 25;  // docs: ListExports, MaxResults
// docs: "A client token is valid for 8 hours after the first request that uses it is completed".
constexpr std::int64_t kTokenLifeMs = 8LL * 60 * 60 * 1000;
// docs: "Requesting a table export": an incremental export's period.
constexpr std::int64_t kShortestMs = 15LL * 60 * 1000;
constexpr std::int64_t kLongestMs = 24LL * 60 * 60 * 1000;
constexpr std::string_view kTablePrefix = "table/";

std::string table_of_arn(const std::string& text) {
    const auto arn = Arn::parse(text);
    if (!arn || arn->service() != "dynamodb" || !arn->resource().starts_with(kTablePrefix)) {
        refuse("Invalid TableArn");
    }
    return std::string(arn->resource().substr(kTablePrefix.size()));
}

void check_input(const Input& input) {
    const bool is_incremental = input.ExportType == "INCREMENTAL_EXPORT";
    if (input.FilterSpecification && is_incremental) {
        refuse("FilterSpecification is not supported by Fogbank for ExportType INCREMENTAL_EXPORT");
    }
    const auto& incremental = input.IncrementalExportSpecification;
    if (is_incremental && (!incremental || !incremental->ExportFromTime)) {
        refuse(
            "IncrementalExportSpecification must have an ExportFromTime for ExportType INCREMENTAL_EXPORT");
    }
    if (!is_incremental && incremental) {
        refuse("IncrementalExportSpecification can only be specified for ExportType INCREMENTAL_EXPORT");
    }
    if (is_incremental && input.ExportTime) {
        refuse("ExportTime cannot be specified for ExportType INCREMENTAL_EXPORT");
    }
    if (input.S3SseKmsKeyId && input.S3SseAlgorithm != "KMS") {
        refuse("S3SseKmsKeyId can only be specified for S3SseAlgorithm KMS");
    }
}

void check_time(std::int64_t time_ms, std::int64_t earliest_ms, std::int64_t now_ms) {
    if (time_ms >= earliest_ms / 1000 * 1000 && time_ms <= now_ms) return;
    const auto text = [](std::int64_t ms) { return format_iso8601(from_unix_millis(ms)); };
    throw errors::InvalidExportTimeException("The export time " + text(time_ms) + " must be between " +
                                             text(earliest_ms) + " and " + text(now_ms));
}

// Sets the times and positions of history that the export shows.
void set_times(store::ReadTxn& txn, const Input& input, std::int64_t now_ms, Export& made) {
    if (made.table.recovery.since_ms == 0) {
        throw errors::PointInTimeRecoveryUnavailableException(
            "Point in time recovery is not enabled for table '" + made.table.name + "'");
    }
    const std::int64_t earliest_ms = recovery_window(made.table, now_ms).earliest_ms;
    const std::int64_t number = made.table.number;
    if (!input.IncrementalExportSpecification) {
        made.export_ms = input.ExportTime ? unix_millis(*input.ExportTime) : now_ms;
        check_time(made.export_ms, earliest_ms, now_ms);
        made.to_position = input.ExportTime ? history_at(txn, number, made.export_ms) : last_history(txn);
        return;
    }
    const auto& period = *input.IncrementalExportSpecification;
    made.from_ms = unix_millis(*period.ExportFromTime);
    made.export_ms = period.ExportToTime ? unix_millis(*period.ExportToTime) : now_ms;
    check_time(made.from_ms, earliest_ms, now_ms);
    check_time(made.export_ms, earliest_ms, now_ms);
    const std::int64_t length_ms = made.export_ms - made.from_ms;
    if (length_ms < kShortestMs || length_ms > kLongestMs) {
        throw errors::InvalidExportTimeException(
            "The period between ExportFromTime and ExportToTime must be between 15 minutes and 24 hours");
    }
    // From the first time on, and up to before the second.
    made.from_position = history_at(txn, number, made.from_ms - 1);
    made.to_position = history_at(txn, number, made.export_ms - 1);
}

api::ExportDescription description_of(const Export& job) {
    const Input request = parse_request<api::ExportTableToPointInTime>(job.request);
    api::ExportDescription out;
    out.ExportArn = job.arn();
    out.ExportStatus = job.status;
    out.StartTime = from_unix_millis(job.created_ms);
    out.TableArn = job.table.arn;
    out.TableId = job.table.id;
    out.ClientToken = job.token;
    out.S3Bucket = request.S3Bucket;
    out.S3BucketOwner = request.S3BucketOwner;
    out.S3Prefix = request.S3Prefix;
    out.S3SseAlgorithm = request.S3SseAlgorithm.value_or("AES256");
    out.S3SseKmsKeyId = request.S3SseKmsKeyId;
    out.ExportFormat = request.ExportFormat.value_or("DYNAMODB_JSON");
    out.FilterSpecification = request.FilterSpecification;
    out.ExportType = job.is_incremental() ? "INCREMENTAL_EXPORT" : "FULL_EXPORT";
    if (job.is_incremental()) {
        api::IncrementalExportSpecification& period = out.IncrementalExportSpecification.emplace();
        period.ExportFromTime = from_unix_millis(job.from_ms);
        period.ExportToTime = from_unix_millis(job.export_ms);
        period.ExportViewType =
            request.IncrementalExportSpecification->ExportViewType.value_or("NEW_AND_OLD_IMAGES");
    } else {
        out.ExportTime = from_unix_millis(job.export_ms);
    }
    if (job.ended_ms) out.EndTime = from_unix_millis(*job.ended_ms);
    if (job.status == "COMPLETED") {
        out.ExportManifest = export_manifest_key(job);
        out.ItemCount = job.items;
        out.BilledSizeBytes = job.bytes;
    }
    if (job.status == "FAILED") {
        out.FailureCode = job.failure.code;
        out.FailureMessage = job.failure.message;
    }
    return out;
}

}  // namespace

Task<api::ExportTableToPointInTime::Output> Service::export_table_to_point_in_time(
    const RequestContext& context, const api::ExportTableToPointInTime::Input& input) {
    check_input(input);
    const std::string name = table_of_arn(*input.TableArn);
    own_table_name(tables_, context, *input.TableArn);
    const std::int64_t now_ms = unix_millis(context.received_at);
    constexpr std::size_t kSuffix = 8;
    Export wanted;
    wanted.id = backup_id(now_ms, entropy_.hex(kSuffix));
    wanted.request = request_text<api::ExportTableToPointInTime>(input);
    wanted.digest = sha256_hex(wanted.request);
    wanted.token = input.ClientToken ? *input.ClientToken : entropy_.uuid();
    wanted.created_ms = now_ms;
    auto body = [&](store::Txn& txn) {
        if (auto known =
                find_export(txn, context.account, context.region, wanted.token, now_ms - kTokenLifeMs)) {
            if (known->digest == wanted.digest) return *known;
            throw errors::ExportConflictException("A different export was started with the same ClientToken");
        }
        const TablePtr found = load_table(txn, context.account, context.region, name);
        if (found == nullptr || found->restoring || found->arn != *input.TableArn) {
            throw errors::TableNotFoundException("Table not found: " + *input.TableArn);
        }
        if (input.FilterSpecification) const ExportFilter checked(*input.FilterSpecification, *found);
        Export made = wanted;
        made.table = *found;
        set_times(txn, input, now_ms, made);
        insert_export(txn, made);
        // Until it is done, writers keep what it has still to read.
        Table table = *found;
        ++table.copies;
        store_table(txn, table);
        return made;
    };
    const Export made = co_await database_.write(body);
    tables_.forget(made.table);
    api::ExportTableToPointInTime::Output output;
    output.ExportDescription = description_of(made);
    co_return output;
}

api::DescribeExport::Output Service::describe_export(const RequestContext& context,
                                                     const api::DescribeExport::Input& input) {
    constexpr std::string_view kExport = "/export/";
    const auto arn = Arn::parse(*input.ExportArn);
    const std::string_view resource = arn ? arn->resource() : std::string_view();
    const std::size_t split = resource.find(kExport);
    if (!arn || !resource.starts_with(kTablePrefix) || split == std::string_view::npos) {
        refuse("Invalid ExportArn");
    }
    const std::int64_t since_ms = unix_millis(context.received_at) - kTransfersKeptMs;
    const auto found = database_.read([&](store::ReadTxn& txn) {
        return find_export(txn, context.account, context.region,
                           resource.substr(kTablePrefix.size(), split - kTablePrefix.size()),
                           resource.substr(split + kExport.size()));
    });
    if (!found || found->created_ms < since_ms || found->arn() != *input.ExportArn) {
        throw errors::ExportNotFoundException("Export not found: " + *input.ExportArn);
    }
    api::DescribeExport::Output output;
    output.ExportDescription = description_of(*found);
    return output;
}

api::ListExports::Output Service::list_exports(const RequestContext& context,
                                               const api::ListExports::Input& input) {
    const std::string table = input.TableArn ? table_of_arn(*input.TableArn) : std::string();
    const std::int64_t limit = input.MaxResults.value_or(kPageLimit);
    const std::int64_t after = input.NextToken ? parse_page_token(*input.NextToken) : 0;
    const std::int64_t since_ms = unix_millis(context.received_at) - kTransfersKeptMs;
    std::vector<Export> found = database_.read([&](store::ReadTxn& txn) {
        return dynamodb::list_exports(txn, context.account, context.region, table, after, limit + 1,
                                      since_ms);
    });
    api::ListExports::Output output;
    if (static_cast<std::int64_t>(found.size()) > limit) {
        found.pop_back();
        output.NextToken = page_token(found.back().number);
    }
    output.ExportSummaries.emplace();
    for (const Export& each : found) {
        api::ExportSummary& made = output.ExportSummaries->emplace_back();
        made.ExportArn = each.arn();
        made.ExportStatus = each.status;
        made.ExportType = each.is_incremental() ? "INCREMENTAL_EXPORT" : "FULL_EXPORT";
    }
    return output;
}

}  // namespace fogbank::dynamodb
