#include "services/dynamodb/model/execute_transaction.h"
#include "services/dynamodb/keys.h"
#include "services/dynamodb/model/errors.h"
#include "services/dynamodb/partiql/next_token.h"
#include "services/dynamodb/partiql/session.h"
#include "services/dynamodb/refuse.h"
#include "services/dynamodb/service.h"
#include "services/dynamodb/store/item_reads.h"
#include "services/dynamodb/store/tokens.h"
#include "services/dynamodb/transaction.h"
#include "src/base/digest.h"

#include <deque>
#include <map>
#include <set>

namespace fogbank::dynamodb {
namespace {

using partiql::Session;
using partiql::Statement;
using partiql::Verb;
using partiql::Write;
using Input = api::ExecuteTransaction::Input;
using Output = api::ExecuteTransaction::Output;

constexpr std::string_view kOperation = "ExecuteTransaction";

// Runs what looks at one statement; AWS says which one it refuses.
template <class Action>
auto about(std::size_t number, Action action) {
    try {
        return action();
    } catch (const Error& error) {
        if (error.code() != "ValidationException") throw;
        refuse("Validation failed in TransactStatements[" + std::to_string(number) + "]: " + error.message());
    }
}

// aws: a parameter that is no value is refused without saying where (conformance suite, captured 2026-10).
void check_parameter_values(const std::optional<std::vector<AttributeValue>>& parameters) {
    if (!parameters) return;
    for (const AttributeValue& each : *parameters) {
        if (each.type() == AttributeValue::Type::invalid) refuse(each.defect(Wording::older));
    }
}

// What a transaction does not take. aws: told of statements whose tables are there (captured 2026-09-17).
void check_is_allowed(const Statement& statement) {
    if (statement.returning != partiql::Returning::nothing) {
        refuse("RETURNING clause is not supported in ExecuteTransaction.");
    }
    if (statement.verb == Verb::select && statement.index) {
        refuse("Reads on indices are not supported within transactions.");
    }
}

std::deque<Statement> parse_all(const Input& input) {
    std::deque<Statement> out;
    bool has_read = false;
    bool has_write = false;
    for (const api::ParameterizedStatement& given : *input.TransactStatements) {
        check_parameter_values(given.Parameters);
        out.push_back(about(out.size(), [&] { return partiql::parse(*given.Statement, given.Parameters); }));
        (out.back().verb == Verb::select ? has_read : has_write) = true;
    }
    if (has_read && has_write) {
        refuse("ExecuteTransaction API does not support both read and write operations in the same request.");
    }
    return out;
}

// The table of each statement, or nothing and, in `missing`, why.
std::vector<TablePtr> find_tables(Session& session, const std::deque<Statement>& statements,
                                  std::vector<std::optional<Error>>& missing) {
    std::vector<TablePtr> out;
    for (const Statement& statement : statements) {
        missing.emplace_back();
        TablePtr& table = out.emplace_back();
        try {
            table = session.find_table(statement);
        } catch (const Error& error) {
            if (error.code() != "ResourceNotFoundException") throw;
            missing.back() = error;
        }
    }
    return out;
}

struct Keyed {
    TablePtr table;
    std::string key;
};

void check_distinct(const std::vector<Keyed>& items) {
    std::set<std::pair<std::int64_t, std::string_view>> seen;
    for (const Keyed& item : items) {
        if (!seen.emplace(item.table->number, item.key).second) {
            refuse("Transaction request cannot include multiple operations on one item");
        }
    }
}

void admit(Simulation& simulation, const std::vector<Keyed>& items) {
    simulation.check(Access::read);
    Cancellation cancellation;
    for (const Keyed& item : items) {
        cancellation.add([&] { simulation.admit({*item.table, nullptr, item.key}, Access::read); });
    }
    cancellation.check();
}

bool are_current(store::ReadTxn& txn, const std::vector<Keyed>& items) {
    for (const Keyed& item : items) {
        if (!is_current(txn, *item.table)) return false;
    }
    return true;
}

void forget_all(TableCache& tables, const std::vector<Keyed>& items) {
    for (const Keyed& item : items) tables.forget(*item.table);
}

std::vector<Keyed> keyed_reads(Session& session, const std::deque<Statement>& statements) {
    std::vector<std::optional<Error>> missing;
    const std::vector<TablePtr> tables = find_tables(session, statements, missing);
    std::vector<AttributeMap> keys(statements.size());
    for (std::size_t i = 0; i < statements.size(); ++i) {
        if (!tables[i]) continue;
        about(i, [&] {
            check_is_allowed(statements[i]);
            keys[i] = partiql::single_key(*tables[i], statements[i], kOperation);
        });
    }
    Cancellation cancellation;
    std::vector<Keyed> items;
    for (std::size_t i = 0; i < statements.size(); ++i) {
        cancellation.add([&] {
            if (missing[i]) throw *missing[i];
            check_key(tables[i]->keys, keys[i]);
            items.push_back({tables[i], key_bytes(tables[i]->keys, keys[i])});
        });
    }
    cancellation.check();
    check_distinct(items);
    return items;
}

Output read_all(store::Database& database, TableCache& tables, Session& session, const Input& input,
                const std::deque<Statement>& statements) {
    while (true) {
        const std::vector<Keyed> items = keyed_reads(session, statements);
        admit(session.simulation(), items);
        std::vector<FoundItem> found;
        const bool is_read = database.read([&](store::ReadTxn& txn) {
            for (const Keyed& item : items) found.push_back(read_item(txn, *item.table, item.key));
            return are_current(txn, items);
        });
        if (!is_read) {
            forget_all(tables, items);
            continue;
        }
        Output output;
        output.Responses.emplace();
        TableCosts costs;
        std::size_t bytes = 0;
        for (const FoundItem& item : found) bytes += item.size;
        check_transaction_size(bytes);
        for (std::size_t i = 0; i < items.size(); ++i) {
            api::ItemResponse& response = output.Responses->emplace_back();
            const double units = read_units(found[i].size, Consistency::strong);
            session.simulation().spend({*items[i].table, nullptr, items[i].key}, Access::read, 2 * units);
            costs.add(transactional_read(input.ReturnConsumedCapacity, *items[i].table, found[i].size));
            if (found[i].exists) response.Item = partiql::shown(statements[i], std::move(found[i].json));
        }
        output.ConsumedCapacity = costs.take();
        return output;
    }
}

std::string digest_of(const Input& input) {
    std::string all;
    for (const api::ParameterizedStatement& given : *input.TransactStatements)
        all += partiql::text_of(*given.Statement, given.Parameters) + '\n';
    return sha256_hex(all);
}

enum class Outcome { done, stale, repeated };

struct Written {
    Outcome outcome = Outcome::done;
    std::vector<ItemChange> changes;
    std::vector<std::size_t> sizes;  // of what stands there, where the request is repeated
};

// Everything of the request that a transaction needs; it may run again.
struct Work {
    const std::deque<Statement>& statements;
    std::deque<Write> writes;
    std::vector<Keyed> items;
    std::optional<RequestToken> token;
    Writer writer;
};

Written run_all(store::Txn& txn, const Work& work) {
    Written out;
    if (!are_current(txn, work.items)) {
        out.outcome = Outcome::stale;
        return out;
    }
    if (work.token && take_token(txn, *work.token, work.writer.now_ms) == TokenState::known) {
        out.outcome = Outcome::repeated;
        for (const Keyed& item : work.items) out.sizes.push_back(read_item(txn, *item.table, item.key).size);
        return out;
    }
    Cancellation cancellation;
    for (std::size_t i = 0; i < work.writes.size(); ++i) {
        cancellation.add([&] {
            out.changes.push_back(*partiql::run(txn, work.statements[i], work.writes[i], work.writer));
        });
    }
    cancellation.check();
    check_transaction_size(out.changes);
    return out;
}

// Prepares every write. What is wrong about a statement refuses the request; about its item or its table, the
// transaction.
void prepare_all(Session& session, const Input& input, Work& work) {
    std::vector<std::optional<Error>> missing;
    const std::vector<TablePtr> tables = find_tables(session, work.statements, missing);
    for (std::size_t i = 0; i < work.statements.size(); ++i) {
        Write& write = work.writes.emplace_back();
        if (!tables[i]) continue;
        about(i, [&] {
            check_is_allowed(work.statements[i]);
            partiql::find_key(*tables[i], work.statements[i], write);
        });
    }
    Cancellation cancellation;
    for (std::size_t i = 0; i < work.statements.size(); ++i) {
        const bool returns_item =
            (*input.TransactStatements)[i].ReturnValuesOnConditionCheckFailure == "ALL_OLD";
        const auto on_failure = returns_item ? ConditionFailure::with_item : ConditionFailure::plain;
        cancellation.add([&] {
            if (missing[i]) throw *missing[i];
            partiql::prepare(tables[i], work.statements[i], on_failure, partiql::KeyWording::transaction,
                             work.writes[i]);
            work.items.push_back({tables[i], work.writes[i].item_write.key});
        });
    }
    cancellation.check();
    check_distinct(work.items);
}

// docs: ClientRequestToken: who sends a request again pays for reading what it wrote.
std::optional<std::vector<api::ConsumedCapacity>> costs_of(const Mode& mode, const std::vector<Keyed>& items,
                                                           const Written& written) {
    TableCosts costs;
    for (std::size_t i = 0; i < items.size(); ++i) {
        const Table& table = *items[i].table;
        costs.add(written.outcome == Outcome::repeated
                      ? transactional_read(mode, table, written.sizes[i])
                      : transactional_write(mode, table, written.changes[i], items[i].key));
    }
    return costs.take();
}

}  // namespace

Task<api::ExecuteTransaction::Output> Service::execute_transaction(
    const RequestContext& context, const api::ExecuteTransaction::Input& input) {
    const std::deque<Statement> statements = parse_all(input);
    Session session(database_, tables_, outbox_, simulation_, context);
    if (statements.front().verb == Verb::select) {
        co_return read_all(database_, tables_, session, input, statements);
    }
    simulation_.check(Access::write);
    while (true) {
        Work work{statements, {}, {}, std::nullopt, session.writer()};
        work.writer.charge = Writer::Charge::twice;
        prepare_all(session, input, work);
        if (input.ClientRequestToken) {
            work.token =
                RequestToken{context.account, context.region, *input.ClientRequestToken, digest_of(input)};
        }
        auto body = [&](store::Txn& txn) { return run_all(txn, work); };
        const Written written = co_await database_.write(body);
        if (written.outcome == Outcome::stale) {
            forget_all(tables_, work.items);
            continue;
        }
        Output output;
        // aws: writes answer an empty list (conformance suite, captured 2026-10).
        output.Responses.emplace();
        output.ConsumedCapacity = costs_of(input.ReturnConsumedCapacity, work.items, written);
        co_return output;
    }
}

}  // namespace fogbank::dynamodb
