#include "services/dynamodb/model/batch_write_item.h"
#include "services/dynamodb/capacity.h"
#include "services/dynamodb/condition_facts.h"
#include "services/dynamodb/keys.h"
#include "services/dynamodb/refuse.h"
#include "services/dynamodb/request_checks.h"
#include "services/dynamodb/service.h"
#include "services/dynamodb/store/item_writes.h"
#include "services/dynamodb/violations.h"

#include <algorithm>
#include <set>

namespace fogbank::dynamodb {
namespace {

using Input = api::BatchWriteItem::Input;
using Requests = std::vector<api::WriteRequest>;

constexpr std::size_t kMaxItems = 25;  // docs: BatchWriteItem

void check_request(const api::WriteRequest& request) {
    if (request.PutRequest && request.DeleteRequest) {
        refuse(
            "Supplied AttributeValue has more than one datatypes set, must contain exactly one of the "
            "supported "
            "datatypes");
    }
    if (!request.PutRequest && !request.DeleteRequest) {
        refuse("Supplied AttributeValue is empty, must contain exactly one of the supported datatypes");
    }
    const AttributeMap& given =
        request.PutRequest ? request.PutRequest->Item->attributes : request.DeleteRequest->Key->attributes;
    request.PutRequest ? check_item(given, Wording::older) : check_values(given, Wording::older);
    if (request.PutRequest && item_size(given) > kMaxItemBytes) {
        refuse("Item size has exceeded the maximum allowed size");
    }
}

void check_input(const Input& input) {
    if (!input.RequestItems || input.RequestItems->empty()) {
        refuse("The requestItems parameter is required for BatchWriteItem");
    }
    if (const std::string wrong = wrong_table_name(input); !wrong.empty()) {
        refuse("1 validation error detected: " + wrong);
    }
    std::size_t count = 0;
    for (const auto& [table, requests] : *input.RequestItems) count += requests.size();
    if (count > kMaxItems) refuse("Too many items requested for the BatchWriteItem call");
    for (const auto& [table, requests] : *input.RequestItems) {
        for (const api::WriteRequest& request : requests) check_request(request);
    }
}

ItemWrite prepared(const TablePtr& table, const api::WriteRequest& request) {
    if (request.PutRequest) {
        // aws: words this as for a key, not as PutItem does (conformance suite, captured 2026-06 and
        // 2026-10).
        check_key_types(table->keys, request.PutRequest->Item->attributes);
        return prepare_put(table, request.PutRequest->Item->attributes);
    }
    return prepare_key(ItemWrite::Kind::erase, table, request.DeleteRequest->Key->attributes);
}

void check_distinct(const std::vector<ItemWrite>& writes) {
    std::set<std::pair<std::int64_t, std::string_view>> seen;
    for (const ItemWrite& write : writes) {
        if (!seen.emplace(write.table->number, write.key).second) {
            refuse("Provided list of item keys contains duplicates");
        }
    }
}

// Nothing: refused for lack of capacity.
using Changes = std::vector<std::optional<ItemChange>>;

struct Outcome {
    bool is_stale = false;
    Changes changes;
    std::optional<Error> refusal;  // of the last write that was refused
    bool is_all_refused() const {
        return refusal && std::none_of(changes.begin(), changes.end(),
                                       [](const auto& change) { return change.has_value(); });
    }
};

// Tables first: nothing is written where one of them is stale.
Outcome run_all(store::Txn& txn, const std::vector<ItemWrite>& writes, const Writer& by) {
    Outcome out;
    for (const ItemWrite& write : writes) {
        if (is_current(txn, *write.table)) continue;
        out.is_stale = true;
        return out;
    }
    for (const ItemWrite& write : writes) {
        try {
            out.changes.push_back(run(txn, write, by));
        } catch (const Error& error) {
            if (!is_throttled(error)) throw;
            out.refusal = error;
            out.changes.emplace_back();
        }
    }
    return out;
}

// `changes` in the order of the request.
void leave_unprocessed(const Input& input, const Changes& changes, api::BatchWriteItem::Output& output) {
    std::size_t number = 0;
    for (const auto& [given, requests] : *input.RequestItems) {
        for (const api::WriteRequest& request : requests) {
            if (!changes[number++]) (*output.UnprocessedItems)[given].push_back(request);
        }
    }
}

void report(const Input& input, const std::vector<ItemWrite>& writes, const Changes& changes,
            api::BatchWriteItem::Output& output) {
    TableCosts costs;
    for (std::size_t i = 0; i < writes.size(); ++i) {
        if (!changes[i]) continue;
        const Table& table = *writes[i].table;
        costs.add(write_capacity(input.ReturnConsumedCapacity, table, *changes[i], writes[i].key));
        auto metrics = collection_metrics(input.ReturnItemCollectionMetrics, table, *writes[i].attributes);
        if (!metrics) continue;
        if (!output.ItemCollectionMetrics) output.ItemCollectionMetrics.emplace();
        (*output.ItemCollectionMetrics)[table.name].push_back(std::move(*metrics));
    }
    output.ConsumedCapacity = costs.take();
}

}  // namespace

Task<api::BatchWriteItem::Output> Service::batch_write_item(const RequestContext& context,
                                                            const api::BatchWriteItem::Input& input) {
    check_input(input);
    simulation_.check(Access::write);
    const Writer by = writer(context);
    while (true) {
        std::vector<ItemWrite> writes;
        for (const auto& [given, requests] : *input.RequestItems) {
            check_table_name(given);
            const TablePtr table =
                find_table(context, given,
                           {context.operation->name, {}, facts_of(requests, &input.ReturnConsumedCapacity)});
            for (const api::WriteRequest& request : requests) writes.push_back(prepared(table, request));
        }
        check_distinct(writes);
        auto body = [&](store::Txn& txn) { return run_all(txn, writes, by); };
        const Outcome outcome = co_await database_.write(body);
        if (outcome.is_stale) {
            for (const ItemWrite& write : writes) tables_.forget(*write.table);
            continue;
        }
        // docs: BatchWriteItem, "If none of the items can be processed due to insufficient provisioned
        // throughput".
        if (outcome.is_all_refused()) throw *outcome.refusal;
        api::BatchWriteItem::Output output;
        output.UnprocessedItems.emplace();
        if (outcome.refusal) leave_unprocessed(input, outcome.changes, output);
        report(input, writes, outcome.changes, output);
        co_return output;
    }
}

}  // namespace fogbank::dynamodb
