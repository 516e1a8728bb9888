// Runs parsed statements for one caller.
#pragma once

#include "services/dynamodb/capacity.h"
#include "services/dynamodb/partiql/plan.h"
#include "services/dynamodb/partiql/statement.h"
#include "services/dynamodb/permissions.h"
#include "services/dynamodb/simulation.h"
#include "services/dynamodb/store/item_writes.h"
#include "services/dynamodb/store/tables.h"
#include "src/base/task.h"
#include "src/gateway/request_context.h"

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <vector>

namespace fogbank::dynamodb::partiql {

// What a request says besides its statement.
struct Options {
    ReadConsistency consistency = ReadConsistency::eventual;
    ConditionFailure on_failure = ConditionFailure::plain;
    std::int64_t limit = 0;  // items to evaluate; 0: none
    Mode capacity;           // ReturnConsumedCapacity
};

// Where a SELECT goes on.
struct Place {
    std::size_t range = 0;            // of ReadPlan::ranges
    std::optional<AttributeMap> key;  // after it; nothing: from the start of the range
};

struct Answer {
    std::vector<Item> items;
    std::optional<Place> next;
    std::optional<api::ConsumedCapacity> cost;
};

// A write that a statement asks for. It stays where it is, for `item_write` refers to the rest.
struct Write {
    std::optional<ExactKey> exact;  // not of INSERT
    AttributeMap key;
    std::optional<expression::Condition> condition;
    ItemWrite item_write;
};

// Looks for the key of INSERT, UPDATE, DELETE or EXISTS; refuses what AWS refuses about the statement itself.
void find_key(const Table& table, const Statement& statement, Write& out);
// How AWS words what is wrong about the key of a write.
enum class KeyWording { statement, transaction };
// Makes the rest of `out`, whose key was looked for; refuses what is wrong about the item.
void prepare(TablePtr table, const Statement& statement, ConditionFailure on_failure, KeyWording wording,
             Write& out);
// dynamodb::run(), with DuplicateItemException for an INSERT whose item is there.
std::optional<ItemChange> run(store::Txn& txn, const Statement& statement, const Write& write,
                              const Writer& writer);
// What the statement has for condition keys (condition_facts.h).
void gather_facts(const Statement& statement, const Table& table, ConditionFacts& out);
// What a SELECT shows of an item.
Item shown(const Statement& statement, std::string json);

class Session {
public:
    Session(store::Database& database, TableCache& tables, events::Outbox& outbox, Simulation& simulation,
            const gateway::RequestContext& context)
        : database_(database), tables_(tables), outbox_(outbox), simulation_(simulation), context_(context) {}

    // A page of a SELECT.
    Task<Answer> read(const Statement& statement, const Options& options, Place from);
    // A SELECT that names one item by its key; refuses others in the words of `operation`.
    Answer read_one(const Statement& statement, const Options& options, std::string_view operation);
    Task<Answer> write(const Statement& statement, const Options& options);

    // Throws ResourceNotFoundException and AccessDeniedException.
    TablePtr find_table(const Statement& statement);
    Writer writer() const;
    Simulation& simulation() { return simulation_; }
    // Whether the last write came as far as its item: what fails before is about the statement.
    bool reached_item() const { return reached_item_; }

private:
    // Nothing where the table is stale.
    Task<std::optional<Answer>> read_page(TablePtr table, const Statement& statement, const Options& options,
                                          Place from);

    store::Database& database_;
    TableCache& tables_;
    events::Outbox& outbox_;
    Simulation& simulation_;
    const gateway::RequestContext& context_;
    bool reached_item_ = false;
};

// The key of the one item that a SELECT names, of whatever types. Refuses in the words of
// BatchExecuteStatement or ExecuteTransaction.
AttributeMap single_key(const Table& table, const Statement& statement, std::string_view operation);

}  // namespace fogbank::dynamodb::partiql
