// From a WHERE clause to keys: the item that a write is about, the ranges that a read goes through.
#pragma once

#include "services/dynamodb/key_condition.h"
#include "services/dynamodb/partiql/statement.h"
#include "services/dynamodb/store/item_reads.h"
#include "services/dynamodb/table.h"

#include <optional>
#include <vector>

namespace fogbank::dynamodb::partiql {

struct ExactKey {
    AttributeMap key;
    std::optional<expression::Condition> rest;  // what else has to hold
    std::string contested;                      // the key attribute that is bound to another value besides
};
// Nothing where the clause does not bind every key attribute to a value.
std::optional<ExactKey> exact_key(const KeySchema& keys, const std::optional<expression::Condition>& where);

struct ReadPlan {
    const Index* index = nullptr;  // of the table
    // Gone through one after the other; one without bounds is a scan.
    std::vector<KeyRange> ranges;
    RangeReader::Order order = RangeReader::Order::ascending;
    bool shows_whole_items = false;  // of a local index
};

enum class ReadConsistency { eventual, strong };

// The index that the statement names, or null. Refuses (ValidationException) an index that is none, one with
// a multi-attribute key, and a projection of anything but paths.
const Index* named_index(const Table& table, const Statement& statement);

// Refuses (ValidationException) what AWS refuses of a SELECT once it knows the table.
ReadPlan plan_read(const Table& table, const Statement& statement, ReadConsistency consistency);

}  // namespace fogbank::dynamodb::partiql
