#include "services/dynamodb/store/imports.h"
#include "services/dynamodb/backups.h"
#include "services/dynamodb/model/describe_import.h"
#include "services/dynamodb/model/errors.h"
#include "services/dynamodb/model/import_table.h"
#include "services/dynamodb/model/list_imports.h"
#include "services/dynamodb/refuse.h"
#include "services/dynamodb/request_checks.h"
#include "services/dynamodb/request_text.h"
#include "services/dynamodb/service.h"
#include "services/dynamodb/table_request.h"
#include "src/base/arn.h"
#include "src/base/digest.h"

namespace fogbank::dynamodb {
namespace {

using Input = api::ImportTable::Input;

constexpr std::int64_t kPageLimit = 25;  // docs: ListImports, PageSize
// docs: "A client token is valid for 8 hours after the first request that uses it is completed".
constexpr std::int64_t kTokenLifeMs = 8LL * 60 * 60 * 1000;
constexpr std::string_view kTablePrefix = "table/";

void check_input(const Input& input) {
    if (input.InputFormatOptions && input.InputFormatOptions->Csv && input.InputFormat != "CSV") {
        refuse("InputFormatOptions.Csv can only be specified for InputFormat CSV");
    }
}

// The table that CreateTable would make of the same parameters.
Table table_of(const api::TableCreationParameters& given) {
    api::CreateTableInput input;
    input.TableName = given.TableName;
    input.AttributeDefinitions = given.AttributeDefinitions;
    input.KeySchema = given.KeySchema;
    input.BillingMode = given.BillingMode;
    input.ProvisionedThroughput = given.ProvisionedThroughput;
    input.OnDemandThroughput = given.OnDemandThroughput;
    input.GlobalSecondaryIndexes = given.GlobalSecondaryIndexes;
    input.VectorIndexes = given.VectorIndexes;
    return dynamodb::table_of(input);
}

api::ImportTableDescription description_of(const Import& job) {
    const Input request = parse_request<api::ImportTable>(job.request);
    api::ImportTableDescription out;
    out.ImportArn = job.arn();
    out.ImportStatus = job.status;
    out.TableArn = job.table_arn();
    out.TableId = job.table_id;
    out.ClientToken = job.token;
    out.S3BucketSource = request.S3BucketSource;
    out.InputFormat = request.InputFormat;
    out.InputFormatOptions = request.InputFormatOptions;
    out.InputCompressionType = request.InputCompressionType.value_or("NONE");
    out.TableCreationParameters = request.TableCreationParameters;
    out.StartTime = from_unix_millis(job.created_ms);
    if (job.ended_ms) out.EndTime = from_unix_millis(*job.ended_ms);
    out.ProcessedSizeBytes = job.bytes;
    out.ProcessedItemCount = job.processed;
    out.ImportedItemCount = job.imported;
    out.ErrorCount = job.errors;
    if (job.status == "FAILED") {
        out.FailureCode = job.failure.code;
        out.FailureMessage = job.failure.message;
    }
    return out;
}

// aws: at least 112 hexadecimal digits, in groups of 16 (botocore, ImportNextToken).
std::string import_token(std::int64_t number) {
    constexpr std::size_t kWidth = 112;
    std::string digits = std::to_string(number);
    digits.insert(0, kWidth - digits.size(), '0');
    return digits;
}

}  // namespace

Task<api::ImportTable::Output> Service::import_table(const RequestContext& context,
                                                     const api::ImportTable::Input& input) {
    check_input(input);
    const std::int64_t now_ms = unix_millis(context.received_at);
    Table wanted = table_of(*input.TableCreationParameters);
    wanted.account = context.account;
    wanted.region = context.region;
    wanted.arn = context.arn("dynamodb", "table/" + wanted.name);
    wanted.id = entropy_.uuid();
    wanted.created_ms = now_ms;
    if (wanted.is_on_demand) wanted.on_demand_since_ms = now_ms;
    set_encryption(input.TableCreationParameters->SSESpecification, wanted);
    constexpr std::size_t kSuffix = 8;
    Import import;
    import.account = context.account;
    import.region = context.region;
    import.table_name = wanted.name;
    import.id = backup_id(now_ms, entropy_.hex(kSuffix));
    import.table_id = wanted.id;
    import.request = request_text<api::ImportTable>(input);
    import.digest = sha256_hex(import.request);
    import.token = input.ClientToken ? *input.ClientToken : entropy_.uuid();
    import.created_ms = now_ms;
    auto body = [&](store::Txn& txn) {
        if (auto known =
                find_import(txn, context.account, context.region, import.token, now_ms - kTokenLifeMs)) {
            if (known->digest == import.digest) return *known;
            throw errors::ImportConflictException("A different import was started with the same ClientToken");
        }
        if (load_table(txn, wanted.account, wanted.region, wanted.name) != nullptr) {
            throw errors::ResourceInUseException("Table already exists: " + wanted.name);
        }
        Import made = import;
        Table table = wanted;
        table.restoring.emplace();
        table.restoring->import_arn = made.arn();
        insert_table(txn, table);
        made.table_number = table.number;
        insert_import(txn, made);
        return made;
    };
    const Import made = co_await database_.write(body);
    api::ImportTable::Output output;
    output.ImportTableDescription = description_of(made);
    co_return output;
}

api::DescribeImport::Output Service::describe_import(const RequestContext& context,
                                                     const api::DescribeImport::Input& input) {
    constexpr std::string_view kImport = "/import/";
    const auto arn = Arn::parse(*input.ImportArn);
    const std::string_view resource = arn ? arn->resource() : std::string_view();
    const std::size_t split = resource.find(kImport);
    if (!arn || !resource.starts_with(kTablePrefix) || split == std::string_view::npos) {
        refuse("Invalid ImportArn");
    }
    const std::int64_t since_ms = unix_millis(context.received_at) - kTransfersKeptMs;
    const auto found = database_.read([&](store::ReadTxn& txn) {
        return find_import(txn, context.account, context.region,
                           resource.substr(kTablePrefix.size(), split - kTablePrefix.size()),
                           resource.substr(split + kImport.size()));
    });
    if (!found || found->created_ms < since_ms || found->arn() != *input.ImportArn) {
        throw errors::ImportNotFoundException("Import not found: " + *input.ImportArn);
    }
    api::DescribeImport::Output output;
    output.ImportTableDescription = description_of(*found);
    return output;
}

api::ListImports::Output Service::list_imports(const RequestContext& context,
                                               const api::ListImports::Input& input) {
    std::string table;
    if (input.TableArn) {
        const auto arn = Arn::parse(*input.TableArn);
        if (!arn || !arn->resource().starts_with(kTablePrefix)) refuse("Invalid TableArn");
        table = arn->resource().substr(kTablePrefix.size());
    }
    const std::int64_t limit = input.PageSize.value_or(kPageLimit);
    const std::int64_t after = input.NextToken ? parse_page_token(*input.NextToken) : 0;
    const std::int64_t since_ms = unix_millis(context.received_at) - kTransfersKeptMs;
    std::vector<Import> found = database_.read([&](store::ReadTxn& txn) {
        return dynamodb::list_imports(txn, context.account, context.region, table, after, limit + 1,
                                      since_ms);
    });
    api::ListImports::Output output;
    if (static_cast<std::int64_t>(found.size()) > limit) {
        found.pop_back();
        output.NextToken = import_token(found.back().number);
    }
    output.ImportSummaryList.emplace();
    for (const Import& each : found) {
        const Input request = parse_request<api::ImportTable>(each.request);
        api::ImportSummary& made = output.ImportSummaryList->emplace_back();
        made.ImportArn = each.arn();
        made.ImportStatus = each.status;
        made.TableArn = each.table_arn();
        made.S3BucketSource = request.S3BucketSource;
        made.InputFormat = request.InputFormat;
        made.StartTime = from_unix_millis(each.created_ms);
        if (each.ended_ms) made.EndTime = from_unix_millis(*each.ended_ms);
    }
    return output;
}

}  // namespace fogbank::dynamodb
