// WHERE clauses.
//   condition   = and { OR and }
//   and         = not { AND not }
//   not         = NOT not | comparison
//   comparison  = side [ ( = <> != < <= > >= ) side ]
//               | side [NOT] BETWEEN side AND side
//               | side [NOT] IN ( "[" sides "]" | "(" sides ")" | "<<" sides ">>" )
//               | path IS [NOT] ( MISSING | NULL | a type's name )
//   side        = "(" condition ")" | function | path | value | size "(" operand ")"
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
    // What may stand on either side of an operator: a condition may be compared as if it were a boolean.
    struct Term {
        expression::Operand operand;
        std::optional<expression::Condition> condition;  // instead
    };

    Term or_chain();
    Term and_chain();
    Term negation();
    Term comparison();
    Term side();
    expression::Condition function();
    expression::Condition between(Term first);
    expression::Condition membership(Term first);
    expression::Condition type_test(Term first);
    expression::Condition compared(expression::Operator op, std::string_view symbol, Term left, Term right);
    expression::Condition equals(Term left, Term right);
    // Another chain of `op` after what stands before it.
    void expect_right_side() const;
    // Throws what AWS says of what follows a whole term.
    void check_follows() const;
};

}  // namespace fogbank::dynamodb::partiql
