#include "services/dynamodb/model/batch_get_item.h"
#include "services/dynamodb/capacity.h"
#include "services/dynamodb/condition_facts.h"
#include "services/dynamodb/expression/evaluate.h"
#include "services/dynamodb/expression/parser.h"
#include "services/dynamodb/keys.h"
#include "services/dynamodb/refuse.h"
#include "services/dynamodb/request_checks.h"
#include "services/dynamodb/service.h"
#include "services/dynamodb/store/item_reads.h"
#include "services/dynamodb/value/codec.h"
#include "services/dynamodb/violations.h"

#include <set>

namespace fogbank::dynamodb {
namespace {

using Input = api::BatchGetItem::Input;

constexpr std::size_t kMaxKeys = 100;  // docs: BatchGetItem
constexpr std::size_t kMaxBytes = 16 * 1024 * 1024;

std::optional<expression::Projection> projection_for(const api::KeysAndAttributes& wanted) {
    check_parameters({{"ProjectionExpression", wanted.ProjectionExpression.has_value()}},
                     {{"AttributesToGet", wanted.AttributesToGet.has_value()}},
                     wanted.ExpressionAttributeNames, nullptr, Wording::current);
    static const std::optional<Item> kNoValues;
    expression::Placeholders placeholders(wanted.ExpressionAttributeNames, kNoValues, Wording::current);
    std::optional<expression::Projection> out;
    if (wanted.AttributesToGet) out = projection_of(*wanted.AttributesToGet);
    if (wanted.ProjectionExpression) {
        out = expression::parse_projection(*wanted.ProjectionExpression, placeholders);
    }
    placeholders.check_all_used();
    return out;
}

// aws: expressions and what they replaced do not mix across tables either (conformance suite, captured
// 2026-06).
void check_one_kind(const Input& input) {
    bool has_expression = false;
    bool has_legacy = false;
    for (const auto& [table, wanted] : *input.RequestItems) {
        has_expression = has_expression || wanted.ProjectionExpression;
        has_legacy = has_legacy || wanted.AttributesToGet;
    }
    if (!has_expression || !has_legacy) return;
    refuse(
        "Can not use both expression and non-expression parameters in the same request: Non-expression "
        "parameters: {AttributesToGet} Expression parameters: {ProjectionExpression}");
}

void check_input(const Input& input) {
    if (!input.RequestItems || input.RequestItems->empty()) {
        // aws: 32 of 33 regions since 2026-09 (conformance suite, row
        // batch-get-item-empty-request-items-message)
        refuse(
            "1 validation error detected: Value at 'RequestItems' failed to satisfy constraint: Member must "
            "have "
            "length greater than or equal to 1");
    }
    if (const std::string wrong = wrong_table_name(input); !wrong.empty()) {
        refuse("1 validation error detected: " + wrong);
    }
    std::size_t count = 0;
    for (const auto& [table, wanted] : *input.RequestItems) {
        const std::string intro = "1 validation error detected: Value at 'RequestItems." + table +
                                  ".member.Keys' failed to satisfy constraint: Member must have length ";
        if (wanted.Keys->size() > kMaxKeys) refuse(intro + "less than or equal to 100");
        if (wanted.Keys->empty()) refuse(intro + "greater than or equal to 1");
        count += wanted.Keys->size();
    }
    check_one_kind(input);
    if (count > kMaxKeys) refuse("Too many items requested for the BatchGetItem call");
    for (const auto& [table, wanted] : *input.RequestItems) {
        // aws: equal keys are told of before the table is looked for (dynalite's suite).
        std::set<std::string> seen;
        for (const Item& key : *wanted.Keys) {
            check_values(key.attributes, Wording::current);
            if (!seen.insert(to_json(key.attributes)).second)
                refuse("Provided list of item keys contains duplicates");
        }
    }
}

// What is read of one table.
struct Part {
    std::string given;  // the name or ARN of the request
    const api::KeysAndAttributes* wanted = nullptr;
    std::optional<expression::Projection> projection;
    TablePtr table;
    std::vector<std::string> keys;
};

void place_keys(Part& part) {
    for (const Item& key : *part.wanted->Keys) {
        check_key(part.table->keys, key.attributes);
        part.keys.push_back(key_bytes(part.table->keys, key.attributes));
    }
}

class Reading {
public:
    Reading(const Input& input, Simulation& simulation, std::int64_t now_ms)
        : input_(input), simulation_(simulation), now_ms_(now_ms) {
        output_.Responses.emplace();
        output_.UnprocessedKeys.emplace();
    }

    // False where the table is stale.
    bool add(store::ReadTxn& txn, const Part& part) {
        std::vector<Item>& items = (*output_.Responses)[part.given];
        const auto consistency =
            part.wanted->ConsistentRead.value_or(false) ? Consistency::strong : Consistency::eventual;
        double units = 0;
        for (std::size_t i = 0; i < part.keys.size(); ++i) {
            const CapacityPlace place{*part.table, nullptr, part.keys[i]};
            if (is_full_ || !is_admitted(place)) {
                leave(part, i);
                continue;
            }
            FoundItem found = read_item(txn, *part.table, part.keys[i]);
            if (found.is_stale) return false;
            is_full_ = bytes_ + found.size > kMaxBytes;
            if (is_full_) {
                leave(part, i);
                continue;
            }
            has_read_ = true;
            if (consistency == Consistency::eventual) {
                simulation_.show_past(*part.table, part.keys[i], now_ms_, found);
            }
            simulation_.spend(place, Access::read, read_units(found.size, consistency));
            units += read_units(found.size, consistency);
            bytes_ += found.size;
            if (!found.exists) continue;
            items.push_back(part.projection
                                ? Item::of(expression::project(*part.projection, decode_stored(found.json)))
                                : Item::of_json(std::move(found.json)));
        }
        if (auto cost = read_capacity(input_.ReturnConsumedCapacity, *part.table, nullptr, units)) {
            if (!output_.ConsumedCapacity) output_.ConsumedCapacity.emplace();
            output_.ConsumedCapacity->push_back(std::move(*cost));
        }
        return true;
    }

    // docs: BatchGetItem, "If none of the items can be processed due to insufficient provisioned throughput".
    api::BatchGetItem::Output& output() {
        if (refusal_ && !has_read_) throw *refusal_;
        return output_;
    }

private:
    bool is_admitted(const CapacityPlace& place) {
        try {
            simulation_.admit(place, Access::read);
            return true;
        } catch (const Error& error) {
            refusal_ = error;
            return false;
        }
    }

    void leave(const Part& part, std::size_t key) {
        auto [at, is_new] = output_.UnprocessedKeys->try_emplace(part.given, *part.wanted);
        if (is_new) at->second.Keys->clear();
        at->second.Keys->push_back((*part.wanted->Keys)[key]);
    }

    const Input& input_;
    Simulation& simulation_;
    std::int64_t now_ms_;
    api::BatchGetItem::Output output_;
    std::size_t bytes_ = 0;
    bool is_full_ = false;  // the next item did not fit
    bool has_read_ = false;
    std::optional<Error> refusal_;
};

}  // namespace

api::BatchGetItem::Output Service::batch_get_item(const RequestContext& context,
                                                  const api::BatchGetItem::Input& input) {
    check_input(input);
    simulation_.check(Access::read);
    while (true) {
        std::vector<Part> parts;
        for (const auto& [given, wanted] : *input.RequestItems) {
            Part& part = parts.emplace_back();
            part.given = given;
            part.wanted = &wanted;
            part.projection = projection_for(wanted);
        }
        for (Part& part : parts) {
            check_table_name(part.given);
            part.table = find_table(
                context, part.given,
                {context.operation->name, {}, facts_of(*part.wanted, &input.ReturnConsumedCapacity)});
            place_keys(part);
        }
        Reading reading(input, simulation_, unix_millis(context.received_at));
        const bool is_read = database_.read([&](store::ReadTxn& txn) {
            for (const Part& part : parts) {
                if (!reading.add(txn, part)) return false;
            }
            return true;
        });
        if (is_read) return std::move(reading.output());
        for (const Part& part : parts) tables_.forget(*part.table);
    }
}

}  // namespace fogbank::dynamodb
