#include "services/dynamodb/model/transact_write_items.h"
#include "services/dynamodb/capacity.h"
#include "services/dynamodb/condition_facts.h"
#include "services/dynamodb/keys.h"
#include "services/dynamodb/model/errors.h"
#include "services/dynamodb/ops/write_item.h"
#include "services/dynamodb/refuse.h"
#include "services/dynamodb/store/item_reads.h"
#include "services/dynamodb/store/tokens.h"
#include "services/dynamodb/transaction.h"
#include "services/dynamodb/value/codec.h"
#include "src/base/digest.h"

#include <set>

namespace fogbank::dynamodb {
namespace {

using Input = api::TransactWriteItems::Input;
using expression::Kind;
using expression::Placeholders;

// One action of the request, parsed. The trees refer to `input`.
struct Action {
    ItemWrite::Kind kind = ItemWrite::Kind::put;
    const AttributeMap* attributes = nullptr;  // the item or the key
    std::string table;
    std::optional<expression::Condition> condition;
    std::optional<expression::Update> update;
    ConditionFailure on_failure = ConditionFailure::plain;
    std::string text;  // what it asks for, for the digest of a token
};

// docs: "IAM and transactions": each action needs the permission of its own operation.
std::string_view permission_of(ItemWrite::Kind kind) {
    switch (kind) {
        case ItemWrite::Kind::put:
            return "PutItem";
        case ItemWrite::Kind::update:
            return "UpdateItem";
        case ItemWrite::Kind::erase:
            return "DeleteItem";
        case ItemWrite::Kind::check:
            break;
    }
    return "ConditionCheckItem";
}

void gather_facts(const Action& action, const Table& table, ConditionFacts& out) {
    add_item(*action.attributes, table, out);
    if (action.condition) add_names(*action.condition, out);
    if (action.update) add_names(*action.update, out);
}

template <class Given>
void parse_common(const Given& given, Placeholders& placeholders, Action& action) {
    check_table_name(*given.TableName);
    action.table = *given.TableName;
    if (given.ConditionExpression) {
        action.condition =
            expression::parse_condition(Kind::condition, *given.ConditionExpression, placeholders);
    }
    // aws: after the expressions (conformance suite, captured 2026-10-09).
    if (action.kind == ItemWrite::Kind::put) {
        check_item(*action.attributes, Wording::older);
        if (item_size(*action.attributes) > kMaxItemBytes) {
            refuse("Item size has exceeded the maximum allowed size");
        }
    } else {
        check_values(*action.attributes, Wording::older);
    }
    if (given.ReturnValuesOnConditionCheckFailure == "ALL_OLD")
        action.on_failure = ConditionFailure::with_item;
    action.text +=
        action.table + '\n' + to_json(*action.attributes) + '\n' + given.ConditionExpression.value_or("");
    if (given.ExpressionAttributeValues)
        action.text += '\n' + to_json(given.ExpressionAttributeValues->attributes);
    if (given.ExpressionAttributeNames) {
        for (const auto& [key, name] : *given.ExpressionAttributeNames)
            action.text += '\n' + key + '=' + name;
    }
}

template <class Given>
Action parse_action(ItemWrite::Kind kind, const Item& attributes, const Given& given) {
    Action action;
    action.kind = kind;
    action.attributes = &attributes.attributes;
    action.text = std::to_string(static_cast<int>(kind)) + '\n';
    Placeholders placeholders(given.ExpressionAttributeNames, given.ExpressionAttributeValues,
                              Wording::older);
    if constexpr (requires { given.UpdateExpression; }) {
        action.text += *given.UpdateExpression + '\n';
        action.update = expression::parse_update(*given.UpdateExpression, placeholders);
    }
    parse_common(given, placeholders, action);
    placeholders.check_all_used();
    return action;
}

Action parse(const api::TransactWriteItem& item) {
    const int given =
        (item.ConditionCheck ? 1 : 0) + (item.Put ? 1 : 0) + (item.Delete ? 1 : 0) + (item.Update ? 1 : 0);
    if (given != 1) refuse("TransactItems can only contain one of Check, Put, Update or Delete");
    if (item.Put) return parse_action(ItemWrite::Kind::put, *item.Put->Item, *item.Put);
    if (item.Delete) return parse_action(ItemWrite::Kind::erase, *item.Delete->Key, *item.Delete);
    if (item.Update) return parse_action(ItemWrite::Kind::update, *item.Update->Key, *item.Update);
    return parse_action(ItemWrite::Kind::check, *item.ConditionCheck->Key, *item.ConditionCheck);
}

std::vector<Action> parse_all(const Input& input) {
    std::vector<Action> actions;
    std::size_t bytes = 0;
    for (const api::TransactWriteItem& item : *input.TransactItems) {
        actions.push_back(parse(item));
        bytes += item_size(*actions.back().attributes);
    }
    check_transaction_size(bytes);
    return actions;
}

ItemWrite prepared(const Action& action, const TablePtr& table) {
    ItemWrite write = action.kind == ItemWrite::Kind::put
                          ? prepare_put(table, *action.attributes)
                          : prepare_key(action.kind, table, *action.attributes);
    if (action.condition) write.condition = &*action.condition;
    if (action.update) {
        check_key_is_kept(*table, *action.update);
        write.update = &*action.update;
        write.source = WriteSource::transact_update;
    }
    write.on_failure = action.on_failure;
    return write;
}

void check_distinct(const std::vector<ItemWrite>& writes) {
    std::set<std::pair<std::int64_t, std::string_view>> seen;
    for (const ItemWrite& write : writes) {
        if (!seen.emplace(write.table->number, write.key).second) {
            refuse("Transaction request cannot include multiple operations on one item");
        }
    }
}

// Runs every write. Throws TransactionCanceledException, which undoes them all.
std::vector<ItemChange> run_all(store::Txn& txn, const std::vector<ItemWrite>& writes, const Writer& writer) {
    std::vector<ItemChange> changes;
    Cancellation cancellation;
    for (const ItemWrite& write : writes) {
        cancellation.add([&] { changes.push_back(*run(txn, write, writer)); });
    }
    cancellation.check();
    check_transaction_size(changes);
    return changes;
}

enum class Outcome { done, stale, repeated };

struct Result {
    Outcome outcome = Outcome::done;
    std::vector<ItemChange> changes;
    std::vector<std::size_t> sizes;  // of what stands there, where the request is repeated
};

std::vector<std::size_t> sizes_of(store::ReadTxn& txn, const std::vector<ItemWrite>& writes) {
    std::vector<std::size_t> sizes;
    for (const ItemWrite& write : writes) sizes.push_back(read_item(txn, *write.table, write.key).size);
    return sizes;
}

std::string digest_of(const std::vector<Action>& actions) {
    std::string all;
    for (const Action& action : actions) all += std::to_string(action.text.size()) + ':' + action.text;
    return sha256_hex(all);
}

void report(const Input& input, const std::vector<ItemWrite>& writes, const std::vector<ItemChange>& changes,
            api::TransactWriteItems::Output& output) {
    TableCosts costs;
    for (std::size_t i = 0; i < writes.size(); ++i) {
        const Table& table = *writes[i].table;
        costs.add(transactional_write(input.ReturnConsumedCapacity, table, changes[i], writes[i].key));
        auto metrics = collection_metrics(input.ReturnItemCollectionMetrics, table, *writes[i].attributes);
        if (!metrics) continue;
        if (!output.ItemCollectionMetrics) output.ItemCollectionMetrics.emplace();
        (*output.ItemCollectionMetrics)[table.name].push_back(std::move(*metrics));
    }
    output.ConsumedCapacity = costs.take();
}

// docs: ClientRequestToken: who sends a request again pays for reading what it wrote.
void report_repeated(const Input& input, const std::vector<ItemWrite>& writes,
                     const std::vector<std::size_t>& sizes, api::TransactWriteItems::Output& output) {
    TableCosts costs;
    for (std::size_t i = 0; i < writes.size(); ++i) {
        costs.add(transactional_read(input.ReturnConsumedCapacity, *writes[i].table, sizes[i]));
    }
    output.ConsumedCapacity = costs.take();
}

}  // namespace

Task<api::TransactWriteItems::Output> Service::transact_write_items(
    const RequestContext& context, const api::TransactWriteItems::Input& input) {
    const std::vector<Action> actions = parse_all(input);
    simulation_.check(Access::write);
    Writer by = writer(context);
    by.charge = Writer::Charge::twice;
    const std::string digest = input.ClientRequestToken ? digest_of(actions) : std::string();
    while (true) {
        std::vector<TablePtr> tables;
        for (const Action& action : actions) {
            tables.push_back(find_table(
                context, action.table,
                {permission_of(action.kind), {}, facts_of(action, &input.ReturnConsumedCapacity)}));
        }
        std::vector<ItemWrite> writes;
        Cancellation cancellation;
        for (std::size_t i = 0; i < actions.size(); ++i) {
            cancellation.add([&] { writes.push_back(prepared(actions[i], tables[i])); });
        }
        cancellation.check();
        check_distinct(writes);
        auto body = [&](store::Txn& txn) -> Result {
            for (const ItemWrite& write : writes) {
                if (!is_current(txn, *write.table)) return {Outcome::stale, {}, {}};
            }
            if (input.ClientRequestToken) {
                const RequestToken token{context.account, context.region, *input.ClientRequestToken, digest};
                if (take_token(txn, token, by.now_ms) == TokenState::known) {
                    return {Outcome::repeated, {}, sizes_of(txn, writes)};
                }
            }
            return {Outcome::done, run_all(txn, writes, by), {}};
        };
        const Result result = co_await database_.write(body);
        if (result.outcome == Outcome::stale) {
            for (const TablePtr& table : tables) tables_.forget(*table);
            continue;
        }
        api::TransactWriteItems::Output output;
        if (result.outcome == Outcome::done) {
            report(input, writes, result.changes, output);
        } else {
            report_repeated(input, writes, result.sizes, output);
        }
        co_return output;
    }
}

}  // namespace fogbank::dynamodb
