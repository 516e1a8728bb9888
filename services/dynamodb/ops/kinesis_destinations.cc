#include "services/dynamodb/model/describe_kinesis_streaming_destination.h"
#include "services/dynamodb/model/disable_kinesis_streaming_destination.h"
#include "services/dynamodb/model/enable_kinesis_streaming_destination.h"
#include "services/dynamodb/model/errors.h"
#include "services/dynamodb/model/update_kinesis_streaming_destination.h"
#include "services/dynamodb/permissions.h"
#include "services/dynamodb/refuse.h"
#include "services/dynamodb/request_checks.h"
#include "services/dynamodb/service.h"
#include "services/kinesis/model/describe_stream_summary.h"
#include "src/base/arn.h"

#include <algorithm>

namespace fogbank::dynamodb {
namespace {

constexpr const char* kDefaultPrecision = "MILLISECOND";

Table require_table(store::ReadTxn& txn, const RequestContext& context, const std::string& name) {
    const TablePtr found = load_table(txn, context.account, context.region, name);
    if (found == nullptr) {
        throw errors::ResourceNotFoundException("Requested resource not found: Table: " + name +
                                                " not found");
    }
    if (found->restoring) {
        throw errors::ResourceInUseException(
            "Attempt to change a resource which is still in use: Table is being created: " + name);
    }
    return *found;
}

KinesisDestination* find_destination(Table& table, const std::string& stream_arn) {
    const auto found = std::find_if(table.destinations.begin(), table.destinations.end(),
                                    [&](const auto& each) { return each.stream_arn == stream_arn; });
    return found == table.destinations.end() ? nullptr : &*found;
}

// Whether the caller may write to the stream: it is there, in the table's account and region.
Task<bool> is_usable(const gateway::LocalClient& client, const RequestContext& context,
                     const std::string& stream_arn) {
    const auto arn = Arn::parse(stream_arn);
    if (!arn || arn->service() != "kinesis" || arn->account() != context.account ||
        arn->region() != context.region) {
        co_return false;
    }
    kinesis::api::DescribeStreamSummary::Input input;
    input.StreamARN = stream_arn;
    try {
        const auto output = co_await client.call<kinesis::api::DescribeStreamSummary>(context, input);
        co_return output.StreamDescriptionSummary->StreamStatus == "ACTIVE";
    } catch (const Error&) {
        co_return false;
    }
}

// What each of the three changes answers first.
template <class Op>
typename Op::Output output_of(const std::string& table, const typename Op::Input& input, const char* status) {
    typename Op::Output output;
    output.TableName = table;
    output.StreamArn = input.StreamArn;
    output.DestinationStatus = status;
    return output;
}

[[noreturn]] void refuse_state(const std::string& verb, const std::string& rest) {
    refuse("Table is not in a valid state to " + verb + " Kinesis Streaming Destination:" + rest);
}

}  // namespace

Task<api::EnableKinesisStreamingDestination::Output> Service::enable_kinesis_streaming_destination(
    const RequestContext& context, const api::EnableKinesisStreamingDestination::Input& input) {
    const std::string name = own_table_name(tables_, context, *input.TableName);
    const auto& configuration = input.EnableKinesisStreamingConfiguration;
    const bool usable = co_await is_usable(client_, context, *input.StreamArn);
    auto body = [&](store::Txn& txn) {
        Table table = require_table(txn, context, name);
        if (!usable) refuse("User does not have a permission to use kinesis stream");
        KinesisDestination* known = find_destination(table, *input.StreamArn);
        if (known != nullptr && known->active) {
            refuse_state("enable",
                         "EnableKinesisStreamingDestination must be DISABLED or ENABLE_FAILED to perform "
                         "ENABLE operation.");
        }
        if (known == nullptr) known = &table.destinations.emplace_back();
        known->stream_arn = *input.StreamArn;
        known->active = true;
        known->precision = kDefaultPrecision;
        if (configuration) {
            known->precision =
                configuration->ApproximateCreationDateTimePrecision.value_or(kDefaultPrecision);
        }
        store_table(txn, table);
        return table;
    };
    const Table table = co_await database_.write(body);
    tables_.forget(table);
    auto output = output_of<api::EnableKinesisStreamingDestination>(name, input, "ENABLING");
    output.EnableKinesisStreamingConfiguration.emplace();
    if (configuration) output.EnableKinesisStreamingConfiguration = configuration;
    co_return output;
}

Task<api::DisableKinesisStreamingDestination::Output> Service::disable_kinesis_streaming_destination(
    const RequestContext& context, const api::DisableKinesisStreamingDestination::Input& input) {
    const std::string name = own_table_name(tables_, context, *input.TableName);
    auto body = [&](store::Txn& txn) {
        Table table = require_table(txn, context, name);
        KinesisDestination* known = find_destination(table, *input.StreamArn);
        if (known == nullptr || !known->active) {
            refuse_state("disable",
                         "DisableKinesisStreamingDestination must be ACTIVE to perform DISABLE operation.");
        }
        known->active = false;
        store_table(txn, table);
        return table;
    };
    const Table table = co_await database_.write(body);
    tables_.forget(table);
    auto output = output_of<api::DisableKinesisStreamingDestination>(name, input, "DISABLING");
    output.EnableKinesisStreamingConfiguration.emplace();
    co_return output;
}

Task<api::UpdateKinesisStreamingDestination::Output> Service::update_kinesis_streaming_destination(
    const RequestContext& context, const api::UpdateKinesisStreamingDestination::Input& input) {
    const std::string name = own_table_name(tables_, context, *input.TableName);
    const auto& configuration = input.UpdateKinesisStreamingConfiguration;
    if (!configuration || !configuration->ApproximateCreationDateTimePrecision) {
        refuse(
            "Streaming destination cannot be updated with given parameters: "
            "UpdateKinesisStreamingConfiguration cannot be null or contain only null values");
    }
    const std::string precision = *configuration->ApproximateCreationDateTimePrecision;
    auto body = [&](store::Txn& txn) {
        Table table = require_table(txn, context, name);
        KinesisDestination* known = find_destination(table, *input.StreamArn);
        if (known == nullptr) {
            refuse_state("enable", " No streaming destination with streamArn: " + *input.StreamArn +
                                       " found for table with tableName: " + name);
        }
        if (!known->active) {
            refuse_state("update",
                         "UpdateKinesisStreamingDestination must be ACTIVE to perform UPDATE operation.");
        }
        if (known->precision == precision) {
            refuse("Invalid Request: Precision is already set to the desired value of " + precision +
                   " for tableId: " + table.id + ", kdsArn: " + *input.StreamArn);
        }
        known->precision = precision;
        store_table(txn, table);
        return table;
    };
    const Table table = co_await database_.write(body);
    tables_.forget(table);
    auto output = output_of<api::UpdateKinesisStreamingDestination>(name, input, "UPDATING");
    output.UpdateKinesisStreamingConfiguration = configuration;
    co_return output;
}

api::DescribeKinesisStreamingDestination::Output Service::describe_kinesis_streaming_destination(
    const RequestContext& context, const api::DescribeKinesisStreamingDestination::Input& input) {
    const std::string name = own_table_name(tables_, context, *input.TableName);
    const Table table =
        database_.read([&](store::ReadTxn& txn) { return require_table(txn, context, name); });
    api::DescribeKinesisStreamingDestination::Output output;
    output.TableName = name;
    output.KinesisDataStreamDestinations.emplace();
    for (const KinesisDestination& each : table.destinations) {
        api::KinesisDataStreamDestination& made = output.KinesisDataStreamDestinations->emplace_back();
        made.StreamArn = each.stream_arn;
        made.DestinationStatus = each.active ? "ACTIVE" : "DISABLED";
        made.ApproximateCreationDateTimePrecision = each.precision;
    }
    return output;
}

}  // namespace fogbank::dynamodb
