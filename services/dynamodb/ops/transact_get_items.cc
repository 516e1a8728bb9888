#include "services/dynamodb/model/transact_get_items.h"
#include "services/dynamodb/capacity.h"
#include "services/dynamodb/condition_facts.h"
#include "services/dynamodb/expression/evaluate.h"
#include "services/dynamodb/expression/parser.h"
#include "services/dynamodb/keys.h"
#include "services/dynamodb/refuse.h"
#include "services/dynamodb/request_checks.h"
#include "services/dynamodb/service.h"
#include "services/dynamodb/store/item_reads.h"
#include "services/dynamodb/transaction.h"
#include "services/dynamodb/value/codec.h"

#include <set>

namespace fogbank::dynamodb {
namespace {

using Input = api::TransactGetItems::Input;

struct Wanted {
    const AttributeMap* key = nullptr;
    std::string table_name;
    std::optional<expression::Projection> projection;
    TablePtr table;
    std::string bytes;
};

void gather_facts(const Wanted& wanted, const Table& table, ConditionFacts& out) {
    add_item(*wanted.key, table, out);
    if (wanted.projection) add_names(*wanted.projection, out);
    out.select = wanted.projection ? "SPECIFIC_ATTRIBUTES" : "ALL_ATTRIBUTES";
}

Wanted parse(const api::Get& get) {
    Wanted wanted;
    wanted.key = &get.Key->attributes;
    check_values(*wanted.key, Wording::older);
    static const std::optional<Item> kNoValues;
    expression::Placeholders placeholders(get.ExpressionAttributeNames, kNoValues, Wording::older);
    if (get.ProjectionExpression) {
        wanted.projection = expression::parse_projection(*get.ProjectionExpression, placeholders);
    }
    placeholders.check_all_used();
    check_table_name(*get.TableName);
    wanted.table_name = *get.TableName;
    return wanted;
}

void place(std::vector<Wanted>& all) {
    Cancellation cancellation;
    for (Wanted& wanted : all) {
        cancellation.add([&] {
            check_key(wanted.table->keys, *wanted.key);
            wanted.bytes = key_bytes(wanted.table->keys, *wanted.key);
        });
    }
    cancellation.check();
    std::set<std::pair<std::int64_t, std::string_view>> seen;
    for (const Wanted& wanted : all) {
        if (!seen.emplace(wanted.table->number, wanted.bytes).second) {
            refuse("Transaction request cannot include multiple operations on one item");
        }
    }
}

void admit(Simulation& simulation, const std::vector<Wanted>& all) {
    Cancellation cancellation;
    for (const Wanted& wanted : all) {
        cancellation.add([&] { simulation.admit({*wanted.table, nullptr, wanted.bytes}, Access::read); });
    }
    cancellation.check();
}

void spend(Simulation& simulation, const std::vector<Wanted>& all, const std::vector<FoundItem>& found) {
    for (std::size_t i = 0; i < all.size(); ++i) {
        const double units = 2 * read_units(found[i].size, Consistency::strong);
        simulation.spend({*all[i].table, nullptr, all[i].bytes}, Access::read, units);
    }
}

api::TransactGetItems::Output answer(const Input& input, const std::vector<Wanted>& all,
                                     std::vector<FoundItem>& found) {
    api::TransactGetItems::Output output;
    output.Responses.emplace();
    TableCosts costs;
    std::size_t bytes = 0;
    for (const FoundItem& item : found) bytes += item.size;
    check_transaction_size(bytes);
    for (std::size_t i = 0; i < all.size(); ++i) {
        api::ItemResponse& response = output.Responses->emplace_back();
        const Wanted& wanted = all[i];
        costs.add(transactional_read(input.ReturnConsumedCapacity, *wanted.table, found[i].size));
        if (!found[i].exists) continue;
        response.Item = wanted.projection
                            ? Item::of(expression::project(*wanted.projection, decode_stored(found[i].json)))
                            : Item::of_json(std::move(found[i].json));
    }
    output.ConsumedCapacity = costs.take();
    return output;
}

}  // namespace

api::TransactGetItems::Output Service::transact_get_items(const RequestContext& context,
                                                          const api::TransactGetItems::Input& input) {
    simulation_.check(Access::read);
    std::vector<Wanted> all;
    for (const api::TransactGetItem& item : *input.TransactItems) all.push_back(parse(*item.Get));
    while (true) {
        for (Wanted& wanted : all) {
            wanted.table = find_table(context, wanted.table_name,
                                      {"GetItem", {}, facts_of(wanted, &input.ReturnConsumedCapacity)});
        }
        place(all);
        admit(simulation_, all);
        std::vector<FoundItem> found;
        const bool is_read = database_.read([&](store::ReadTxn& txn) {
            for (const Wanted& wanted : all) {
                found.push_back(read_item(txn, *wanted.table, wanted.bytes));
                if (found.back().is_stale) return false;
            }
            return true;
        });
        if (is_read) {
            spend(simulation_, all, found);
            return answer(input, all, found);
        }
        for (const Wanted& wanted : all) tables_.forget(*wanted.table);
    }
}

}  // namespace fogbank::dynamodb
