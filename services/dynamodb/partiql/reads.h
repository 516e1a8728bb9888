// How AWS takes a SELECT apart into reads: each way in which its WHERE clause may hold, by OR or by IN on a
// key attribute, is a read of its own.
#pragma once

#include "services/dynamodb/expression/ast.h"
#include "services/dynamodb/table.h"

#include <deque>
#include <optional>
#include <vector>

namespace fogbank::dynamodb::partiql {

// The reads of a SELECT whose every branch names a partition; none where it is a scan.
class Reads {
public:
    // Refuses (ValidationException) more than AWS makes. `keys` are of the table or of the index, and must
    // outlive this, as must `where`.
    Reads(const KeySchema& keys, const std::optional<expression::Condition>& where);

    // Refuses keys of another type than the schema's, and two reads that reach the same keys. aws: captured
    // 2026-09 and 2026-10; a branch that negates a condition on the sort key, or has it with <>, meets none.
    void check() const;
    // Refuses filters on what the index lacks. aws: told only where no read is free of such (captured
    // 2026-09-17, as is the order of the names: that of Java's HashSet).
    void check_projection(const Table& table, const Index& index) const;
    // The key, where there is but one read and it says nothing else.
    std::optional<AttributeMap> single_key() const;

private:
    struct Branch {
        std::vector<const expression::Condition*> conditions;  // that all hold
        const AttributeValue* partition = nullptr;
    };

    std::vector<Branch> branches_of(const expression::Condition& condition);
    std::vector<Branch> joined(const expression::Condition& conjunction);
    bool is_split(const expression::Condition& condition) const;
    void check_types(const Branch& branch) const;

    const KeySchema& keys_;
    std::deque<expression::Condition> made_;  // equalities, of IN
    std::vector<Branch> branches_;
};

// Whether `condition` is on `attribute` and a value.
const AttributeValue* equal_value(const expression::Condition& condition, const std::string& attribute);
bool is_attribute(const expression::Operand& operand, const std::string& name);
bool is_projected(const Table& table, const Index& index, const std::string& name);

// Refuses (ValidationException), in PartiQL's words, a key that has not the schema's type.
void check_key_value(const KeyAttribute& attribute, const AttributeValue& value);

}  // namespace fogbank::dynamodb::partiql
