// WHERE clauses.
//   condition   = and { OR and }
//   and         = not { AND not }
//   not         = NOT not | "(" condition ")" | function [( = <> != ) ( TRUE | FALSE )] | comparison
//   comparison  = operand ( = <> != < <= > >= ) operand
//               | operand [NOT] BETWEEN operand AND operand
//               | operand [NOT] IN ( "[" operands "]" | "(" operands ")" )
//               | path IS [NOT] ( MISSING | NULL | a type's name )
//   operand     = path | value | size "(" operand ")"
#pragma once

#include "services/dynamodb/partiql/parser_base.h"

namespace fogbank::dynamodb::partiql {

class ConditionParser : public ParserBase {
public:
    using ParserBase::ParserBase;

protected:
    expression::Condition condition();
    expression::Operand operand();
    // The name of a type: the DynamoDB type that it is, or nothing where DynamoDB has none.
    std::string_view take_type();

private:
    expression::Condition and_chain();
    expression::Condition negation();
    expression::Condition function();
    expression::Condition truth_of(expression::Condition function);
    expression::Condition comparison();
    expression::Condition between(expression::Operand first);
    expression::Condition membership(expression::Operand first);
    expression::Condition type_test(expression::Operand first);
    // Another chain of `op` after what stands before it.
    void expect_right_side() const;
};

}  // namespace fogbank::dynamodb::partiql
