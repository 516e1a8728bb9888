#include "services/dynamodb/partiql/session.h"

#include "services/dynamodb/condition_facts.h"
#include "services/dynamodb/expression/evaluate.h"
#include "services/dynamodb/keys.h"
#include "services/dynamodb/model/errors.h"
#include "services/dynamodb/ops/range_read.h"
#include "services/dynamodb/partiql/reads.h"
#include "services/dynamodb/permissions.h"
#include "services/dynamodb/refuse.h"
#include "services/dynamodb/request_checks.h"
#include "services/dynamodb/value/codec.h"

namespace fogbank::dynamodb::partiql {
namespace {

using expression::Condition;
using expression::Operand;
using expression::Operator;

// docs: PartiQL select statements, an IN of more than 10 hash attribute values is answered in pages of them.
constexpr std::size_t kMaxRanges = 10;

Condition about_hash(const Table& table, Operator op) {
    Condition out;
    out.op = op;
    Operand& operand = out.operands.emplace_back();
    operand.path.push_back({table.keys.hash.name, 0, false});
    return out;
}

Condition joined(Operator op, Condition first, Condition second) {
    Condition out;
    out.op = op;
    out.conditions.push_back(std::move(first));
    out.conditions.push_back(std::move(second));
    return out;
}

void prepare_insert(TablePtr table, const Statement& statement, Write& out) {
    check_values(statement.item, Wording::older);
    if (item_size(statement.item) > kMaxItemBytes) {
        refuse("Item size has exceeded the maximum allowed size");
    }
    out.condition = about_hash(*table, Operator::attribute_not_exists);
    out.item_write = prepare_put(std::move(table), statement.item);
}

// aws: a transaction says of each of these that the key does not match (captured 2026-09-17).
void check_exact(const Table& table, const Statement& statement, KeyWording wording, const Write& write) {
    const bool is_contested =
        write.exact && !write.exact->contested.empty() && statement.verb != Verb::exists;
    if (wording == KeyWording::transaction) {
        if (!write.exact || is_contested) refuse("The provided key element does not match the schema");
        return;
    }
    if (!write.exact) refuse("Where clause does not contain a mandatory equality on all key attributes");
    if (is_contested) {
        refuse("Multiple conditions on same key " + write.exact->contested +
               ". Only single item Update/Insert/Delete are supported");
    }
    const KeySchema& keys = table.keys;
    check_key_value(keys.hash, *write.exact->key.find(keys.hash.name));
    if (keys.range) check_key_value(*keys.range, *write.exact->key.find(keys.range->name));
}

// The attributes that an UPDATE names, as they are in `json`.
void add_modified(const expression::Update& update, const std::string& json, std::vector<Item>& out) {
    expression::Projection paths;
    for (const expression::UpdateAction& action : update) paths.push_back(action.path);
    AttributeMap part = expression::project(paths, decode_stored(json));
    if (!part.empty()) out.push_back(Item::of(std::move(part)));
}

std::vector<Item> returned(const Statement& statement, ItemChange& change) {
    std::vector<Item> out;
    switch (statement.returning) {
        case Returning::nothing:
            break;
        case Returning::all_old:
            if (change.existed) out.push_back(Item::of_json(std::move(change.old_json)));
            break;
        case Returning::all_new:
            if (change.exists) out.push_back(Item::of_json(std::move(change.new_json)));
            break;
        case Returning::modified_old:
            if (change.existed) add_modified(statement.update, change.old_json, out);
            break;
        case Returning::modified_new:
            if (change.exists) add_modified(statement.update, change.new_json, out);
            break;
    }
    return out;
}

// Restricts the range to what comes after `key`.
void start_after(const Table& table, const ReadPlan& plan, const AttributeMap& key, KeyRange& range) {
    const std::string place = start_bytes(table, plan.index, key);
    if (place < range.low || (!range.high.empty() && place >= range.high)) refuse("Invalid NextToken");
    if (plan.order == RangeReader::Order::ascending) {
        range.low = place + '\0';
    } else {
        range.high = place;
    }
}

// docs: "IAM policies with PartiQL for DynamoDB".
std::string_view permission_of(Verb verb) {
    switch (verb) {
        case Verb::insert:
            return "PartiQLInsert";
        case Verb::update:
            return "PartiQLUpdate";
        case Verb::erase:
            return "PartiQLDelete";
        case Verb::select:
        case Verb::exists:
            break;
    }
    return "PartiQLSelect";
}

Consistency consistency_of(const Options& options) {
    return options.consistency == ReadConsistency::strong ? Consistency::strong : Consistency::eventual;
}

}  // namespace

void find_key(const Table& table, const Statement& statement, Write& out) {
    if (statement.index) refuse("This operation is not supported on an index");
    if (statement.verb == Verb::insert) return;
    out.exact = exact_key(table.keys, statement.where);
    if (statement.verb == Verb::exists && (!out.exact || !out.exact->rest)) {
        refuse("EXISTS() must contain a single item read with additional condition");
    }
    if (statement.verb == Verb::update && out.exact) check_key_is_kept(table, statement.update);
}

void prepare(TablePtr table, const Statement& statement, ConditionFailure on_failure, KeyWording wording,
             Write& out) {
    if (statement.verb == Verb::insert) {
        prepare_insert(std::move(table), statement, out);
    } else {
        check_exact(*table, statement, wording, out);
        out.key = std::move(out.exact->key);
        out.condition = std::move(out.exact->rest);
        ItemWrite::Kind kind = ItemWrite::Kind::check;
        if (statement.verb == Verb::update) {
            kind = ItemWrite::Kind::update;
            // aws: an UPDATE makes no item.
            Condition exists = about_hash(*table, Operator::attribute_exists);
            out.condition = out.condition
                                ? joined(Operator::logical_and, std::move(exists), std::move(*out.condition))
                                : std::move(exists);
        } else if (statement.verb == Verb::erase) {
            kind = ItemWrite::Kind::erase;
            // aws: a DELETE of no item succeeds, whatever its condition.
            if (out.condition) {
                out.condition =
                    joined(Operator::logical_or, about_hash(*table, Operator::attribute_not_exists),
                           std::move(*out.condition));
            }
        }
        out.item_write = prepare_key(kind, std::move(table), out.key);
        out.item_write.update = &statement.update;
    }
    if (out.condition) out.item_write.condition = &*out.condition;
    out.item_write.on_failure = on_failure;
}

std::optional<ItemChange> run(store::Txn& txn, const Statement& statement, const Write& write,
                              const Writer& writer) {
    try {
        return dynamodb::run(txn, write.item_write, writer);
    } catch (const Error& error) {
        if (statement.verb != Verb::insert || error.code() != "ConditionalCheckFailedException") throw;
    }
    throw errors::DuplicateItemException("Duplicate primary key exists in table");
}

Item shown(const Statement& statement, std::string json) {
    if (statement.projection.empty()) return Item::of_json(std::move(json));
    const AttributeMap item = decode_stored(json);
    AttributeMap out;
    for (const expression::Path& path : statement.projection) {
        const AttributeValue* value = expression::find(item, path);
        if (value == nullptr) continue;
        // An element of a list goes by its list's name and its place in it.
        std::string name;
        for (const expression::PathStep& step : path) {
            if (step.is_index) {
                name += "[" + std::to_string(step.index) + "]";
            } else {
                name = step.name;
            }
        }
        out.set(name, *value);
    }
    return Item::of(std::move(out));
}

AttributeMap single_key(const Table& table, const Statement& statement, std::string_view operation) {
    named_index(table, statement);
    const Reads reads(table.keys, statement.where);
    std::optional<AttributeMap> key = reads.single_key();
    if (key && !statement.index) return std::move(*key);
    reads.check();
    refuse("Select statements within " + std::string(operation) +
           " must specify the primary key in the where clause.");
}

void gather_facts(const Statement& statement, const Table& table, ConditionFacts& out) {
    if (statement.verb == Verb::insert) return add_item(statement.item, table, out);
    add_names(statement.projection, out);
    add_names(statement.update, out);
    if (statement.where) {
        add_names(*statement.where, out);
        const Index* index = statement.index ? table.find_index(*statement.index) : nullptr;
        out.leading_keys = leading_values(*statement.where, index != nullptr ? index->keys : table.keys);
    }
    if (statement.verb != Verb::select) return;
    out.select = statement.projection.empty() ? "ALL_ATTRIBUTES" : "SPECIFIC_ATTRIBUTES";
    out.full_scan = out.leading_keys ? "false" : "true";
}

TablePtr Session::find_table(const Statement& statement) {
    if (statement.table.starts_with("arn:")) check_table_name(statement.table);
    const std::string_view index = statement.index ? std::string_view(*statement.index) : std::string_view();
    const Permission permission{permission_of(statement.verb), index, facts_of(statement)};
    // docs: "DynamoDB API operations supported by resource-based policies": PartiQL is not for other
    // accounts.
    const TableAddress address = address_of(context_, statement.table);
    if (address.account != context_.account) check_permission(context_, address, nullptr, permission);
    return require_table(tables_, context_, statement.table, permission);
}

Writer Session::writer() const {
    return {context_.trace.header(), unix_millis(context_.received_at), Writer::Kind::user, &outbox_,
            simulation_.observer()};
}

Task<Answer> Session::read(const Statement& statement, const Options& options, Place from) {
    simulation_.check(Access::read);
    while (true) {
        TablePtr table = find_table(statement);
        std::optional<Answer> answer = co_await read_page(table, statement, options, from);
        if (answer) co_return std::move(*answer);
        tables_.forget(*table);
    }
}

Task<std::optional<Answer>> Session::read_page(TablePtr table, const Statement& statement,
                                               const Options& options, Place from) {
    const ReadPlan plan = plan_read(*table, statement, options.consistency);
    if (from.range >= plan.ranges.size()) refuse("Invalid NextToken");
    const CapacityPlace place{*table, plan.index != nullptr && plan.index->is_global ? plan.index : nullptr};
    simulation_.admit(place, Access::read);
    Answer answer;
    std::int64_t scanned = 0;
    std::size_t bytes = 0;
    double units = 0;
    double fetched = 0;
    PartitionBytes partitions;
    for (std::size_t i = from.range; i < plan.ranges.size(); ++i) {
        KeyRange range = plan.ranges[i];
        if (i == from.range && from.key) start_after(*table, plan, *from.key, range);
        RangeReader::Request request;
        request.table = table;
        request.index = plan.index;
        request.low = std::move(range.low);
        request.high = std::move(range.high);
        request.order = plan.order;
        request.shows_whole_items = plan.shows_whole_items;
        request.limit = options.limit == 0 ? 0 : options.limit - scanned;
        if (statement.where) request.filter = &*statement.where;
        if (options.consistency == ReadConsistency::eventual) {
            request.past = simulation_.past_rows(*table, plan.index, unix_millis(context_.received_at));
        }
        request.partitions = simulation_.partitions();
        RangeReader reader(std::move(request));
        const bool is_read = co_await dynamodb::read_page(database_, reader);
        if (!is_read) co_return std::nullopt;
        for (Item& item : reader.items()) {
            std::string json = item.json.empty() ? to_json(item.attributes) : std::move(item.json);
            answer.items.push_back(shown(statement, std::move(json)));
        }
        scanned += reader.scanned();
        bytes += reader.bytes();
        for (const auto& [partition, read] : reader.partitions()) partitions[partition] += read;
        units += read_units(reader.bytes(), consistency_of(options));
        fetched += fetch_units(reader.fetched_units(), consistency_of(options));
        if (auto last = reader.last_key()) {
            answer.next = Place{i, std::move(last)};
            break;
        }
        const bool is_full = bytes >= kPageBytes || i + 1 - from.range >= kMaxRanges ||
                             (options.limit != 0 && scanned >= options.limit);
        if (is_full && i + 1 < plan.ranges.size()) {
            answer.next = Place{i + 1, std::nullopt};
            break;
        }
    }
    simulation_.spend(place, partitions, units + fetched);
    answer.cost = read_capacity(options.capacity, *table, plan.index, units, fetched);
    co_return answer;
}

Answer Session::read_one(const Statement& statement, const Options& options, std::string_view operation) {
    simulation_.check(Access::read);
    while (true) {
        const TablePtr table = find_table(statement);
        const AttributeMap attributes = single_key(*table, statement, operation);
        check_key(table->keys, attributes);
        const std::string key = key_bytes(table->keys, attributes);
        const CapacityPlace place{*table, nullptr, key};
        simulation_.admit(place, Access::read);
        FoundItem found = database_.read([&](store::ReadTxn& txn) { return read_item(txn, *table, key); });
        if (found.is_stale) {
            tables_.forget(*table);
            continue;
        }
        if (options.consistency == ReadConsistency::eventual) {
            simulation_.show_past(*table, key, unix_millis(context_.received_at), found);
        }
        simulation_.spend(place, Access::read, read_units(found.size, consistency_of(options)));
        Answer answer;
        answer.cost =
            read_capacity(options.capacity, *table, nullptr, read_units(found.size, consistency_of(options)));
        if (found.exists) answer.items.push_back(shown(statement, std::move(found.json)));
        return answer;
    }
}

Task<Answer> Session::write(const Statement& statement, const Options& options) {
    reached_item_ = false;
    simulation_.check(Access::write);
    const Writer by = writer();
    while (true) {
        const TablePtr table = find_table(statement);
        Write prepared;
        find_key(*table, statement, prepared);
        prepare(table, statement, options.on_failure, KeyWording::statement, prepared);
        reached_item_ = true;
        auto body = [&](store::Txn& txn) { return run(txn, statement, prepared, by); };
        std::optional<ItemChange> change = co_await database_.write(body);
        if (!change) {
            tables_.forget(*table);
            continue;
        }
        Answer answer;
        answer.cost = write_capacity(options.capacity, *table, *change, prepared.item_write.key);
        answer.items = returned(statement, *change);
        co_return answer;
    }
}

}  // namespace fogbank::dynamodb::partiql
