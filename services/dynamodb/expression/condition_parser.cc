// condition  := conjunction ("OR" conjunction)*
// conjunction := negation ("AND" negation)*
// negation   := "NOT" negation | term
// term       := "(" condition ")" | operand comparator operand | operand "BETWEEN" operand "AND" operand
//             | operand "IN" "(" operand ("," operand)* ")" | function
// operand    := path | :value | size "(" operand ")" | "(" operand ")"
#include "services/dynamodb/expression/parser.h"
#include "services/dynamodb/expression/parser_base.h"
#include "src/base/bytes.h"

#include <algorithm>
#include <optional>
#include <variant>

namespace fogbank::dynamodb::expression {
namespace {

using Type = AttributeValue::Type;

constexpr std::size_t kMaxInOperands = 100;  // docs: IN, "up to 100 values"

struct Function {
    std::string_view name;
    Operator op;
    std::size_t operands;
};
constexpr Function kFunctions[] = {
    {"attribute_exists", Operator::attribute_exists, 1},
    {"attribute_not_exists", Operator::attribute_not_exists, 1},
    {"attribute_type", Operator::attribute_type, 2},
    {"begins_with", Operator::begins_with, 2},
    {"contains", Operator::contains, 2},
};

struct Comparator {
    std::string_view symbol;
    Operator op;
};
constexpr Comparator kComparators[] = {
    {"=", Operator::equal},       {"<>", Operator::not_equal}, {"<", Operator::less},
    {"<=", Operator::less_equal}, {">", Operator::greater},    {">=", Operator::greater_equal},
};

// "AttributeValue: {N:1}", as AWS prints the bounds of BETWEEN.
std::string printed(const AttributeValue& value) {
    const std::string text = value.type() == Type::B ? base64_encode(value.text()) : value.text();
    return "AttributeValue: {" + std::string(type_name(value.type())) + ":" + text + "}";
}

class ConditionParser : public ParserBase {
public:
    using ParserBase::ParserBase;

    Condition parse() {
        Condition root = complete(disjunction());
        finish();
        return root;
    }

private:
    // Parentheses may hold a condition or an operand; only what follows tells.
    struct Term {
        std::variant<Condition, Operand> content;
        bool parenthesized = false;
    };

    // A bare operand is no condition.
    Condition complete(Term term) {
        if (auto* condition = std::get_if<Condition>(&term.content)) return std::move(*condition);
        if (std::get<Operand>(term.content).kind != Operand::Kind::size) syntax_error();
        note(Mistake::misuse,
             "The function is not allowed to be used this way in an expression; function: size");
        return {};
    }

    Term join(Operator op, Term first, Term (ConditionParser::*part)(), std::string_view keyword) {
        if (!is_keyword(peek(), keyword)) return first;
        Condition joined{op, {}, {}};
        joined.conditions.push_back(complete(std::move(first)));
        while (is_keyword(peek(), keyword)) {
            next();
            count_operator();
            joined.conditions.push_back(complete((this->*part)()));
        }
        return {std::move(joined), false};
    }

    Term disjunction() {
        enter();
        Term all = join(Operator::logical_or, conjunction(), &ConditionParser::conjunction, "OR");
        leave();
        return all;
    }

    Term conjunction() { return join(Operator::logical_and, negation(), &ConditionParser::negation, "AND"); }

    Term negation() {
        if (!is_keyword(peek(), "NOT")) return term();
        next();
        count_operator();
        enter();
        Condition inverted{Operator::logical_not, {}, {}};
        inverted.conditions.push_back(complete(negation()));
        leave();
        return {std::move(inverted), false};
    }

    Term term() {
        Term first = primary();
        if (auto* operand = std::get_if<Operand>(&first.content)) {
            if (auto condition = predicate(*operand)) return {std::move(*condition), false};
        }
        return first;
    }

    Term primary() {
        if (take_symbol("(")) {
            Term inner = disjunction();
            expect_symbol(")");
            if (inner.parenthesized) note(Mistake::parentheses, "The expression has redundant parentheses;");
            inner.parenthesized = true;
            if (auto* operand = std::get_if<Operand>(&inner.content)) go_on(*operand);
            return inner;
        }
        if (at_function() && peek().text != "size") return function_term();
        return {operand(), false};
    }

    // What follows an operand; nothing where it stands alone.
    std::optional<Condition> predicate(Operand& left) {
        if (peek().kind == TokenKind::symbol) {
            for (const Comparator& comparator : kComparators) {
                if (take_symbol(comparator.symbol)) return comparison(comparator, std::move(left));
            }
        }
        if (is_keyword(peek(), "BETWEEN")) return between(std::move(left));
        if (is_keyword(peek(), "IN")) return in(std::move(left));
        return std::nullopt;
    }

    Condition comparison(const Comparator& comparator, Operand left) {
        count_operator();
        Condition out{comparator.op, {}, {}};
        out.operands.push_back(std::move(left));
        out.operands.push_back(operand_in_parentheses());
        if (comparator.op != Operator::equal && comparator.op != Operator::not_equal) {
            for (const Operand& each : out.operands)
                check_type(comparator.symbol, each, {Type::S, Type::N, Type::B});
        }
        check_distinct(comparator.symbol, out.operands);
        end_comparison();
        return out;
    }

    Condition between(Operand left) {
        next();
        count_operator();
        Condition out{Operator::between, {}, {}};
        out.operands.push_back(std::move(left));
        out.operands.push_back(operand_in_parentheses());
        if (!is_keyword(peek(), "AND")) syntax_error();
        next();
        out.operands.push_back(operand_in_parentheses());
        for (const Operand& each : out.operands) check_type("BETWEEN", each, {Type::S, Type::N, Type::B});
        check_bounds(out.operands[1], out.operands[2]);
        end_comparison();
        return out;
    }

    Condition in(Operand left) {
        next();
        count_operator();
        Condition out{Operator::in, {}, {}};
        out.operands.push_back(std::move(left));
        expect_symbol("(");
        do {
            out.operands.push_back(operand_in_parentheses());
        } while (take_symbol(","));
        expect_symbol(")");
        if (out.operands.size() - 1 > kMaxInOperands) {
            note(Mistake::count, "The IN operator is provided with too many operands; number of operands: " +
                                     std::to_string(out.operands.size() - 1));
        }
        end_comparison();
        return out;
    }

    Operand operand_in_parentheses() {
        enter();
        Operand out;
        if (take_symbol("(")) {
            if (at_symbol("(")) note(Mistake::parentheses, "The expression has redundant parentheses;");
            out = operand_in_parentheses();
            expect_symbol(")");
            go_on(out);
        } else {
            out = operand();
        }
        leave();
        return out;
    }

    // aws: a path goes on after parentheses, "(a.b).c" (dynalite's suite).
    void go_on(Operand& operand) {
        if (operand.kind == Operand::Kind::path) take_steps(operand.path);
    }

    Operand operand() {
        if (peek().kind == TokenKind::value) return {Operand::Kind::value, {}, value(), {}};
        if (!at_function()) return {Operand::Kind::path, path(), nullptr, {}};
        const std::string name(peek().text);
        std::vector<Operand> arguments = call();
        if (name != "size") {
            note_unknown(name);
            note(Mistake::misuse,
                 "The function is not allowed to be used this way in an expression; function: " + name);
            return {Operand::Kind::path, {}, nullptr, {}};
        }
        check_operand_count("size", arguments.size(), 1);
        for (const Operand& each : arguments) {
            check_type("size", each, {Type::S, Type::B, Type::M, Type::L, Type::SS, Type::NS, Type::BS});
        }
        return {Operand::Kind::size, {}, nullptr, std::move(arguments)};
    }

    // name ( operand , ... )
    std::vector<Operand> call() {
        enter();
        count_operator();
        next();
        next();
        std::vector<Operand> arguments;
        do {
            arguments.push_back(operand_in_parentheses());
        } while (take_symbol(","));
        expect_symbol(")");
        leave();
        return arguments;
    }

    void note_unknown(const std::string& name) {
        if (name == "if_not_exists" || name == "list_append") {
            note(Mistake::function,
                 "The function is not allowed in a condition expression; function: " + name);
            return;
        }
        if (name == "size") return;
        for (const Function& function : kFunctions) {
            if (function.name == name) return;
        }
        note(Mistake::function, "Invalid function name; function: " + name);
    }

    Term function_term() {
        const std::string name(peek().text);
        note_unknown(name);
        Condition out{Operator::attribute_exists, call(), {}};
        for (const Function& function : kFunctions) {
            if (function.name != name) continue;
            out.op = function.op;
            check_operand_count(name, out.operands.size(), function.operands);
            if (out.operands.size() == function.operands) check_function(name, out);
        }
        // aws: a function that yields a condition stands alone, never in a comparison.
        if (peek().kind == TokenKind::symbol && !at_symbol(")")) {
            for (const Comparator& comparator : kComparators) {
                if (!at_symbol(comparator.symbol)) continue;
                note(Mistake::misuse,
                     "The function is not allowed to be used this way in an expression; function: " + name);
                next();
                operand_in_parentheses();
                break;
            }
        }
        end_comparison();
        return {std::move(out), false};
    }

    void check_function(const std::string& name, const Condition& call) {
        const std::vector<Operand>& operands = call.operands;
        switch (call.op) {
            case Operator::attribute_exists:
            case Operator::attribute_not_exists:
                check_path(name, operands[0]);
                break;
            case Operator::attribute_type:
                check_path(name, operands[0]);
                check_distinct(name, operands);
                check_type(name, operands[1], {Type::S});
                check_type_name(operands[1]);
                break;
            case Operator::begins_with:
                for (const Operand& each : operands) check_type(name, each, {Type::S, Type::B});
                check_distinct(name, operands);
                break;
            default:
                check_type(name, operands[0], {Type::S, Type::B, Type::L, Type::SS, Type::NS, Type::BS});
                check_distinct(name, operands);
        }
    }

    void check_path(const std::string& name, const Operand& operand) {
        if (operand.kind == Operand::Kind::path) return;
        note(Mistake::type, "Operator or function requires a document path; operator or function: " + name);
    }

    void check_type_name(const Operand& operand) {
        if (operand.kind != Operand::Kind::value || operand.value == nullptr) return;
        if (operand.value->type() != Type::S || parse_type_name(operand.value->text())) return;
        note(Mistake::type, "Invalid attribute type name found; type: " + operand.value->text() +
                                ", valid types: {B,NULL,SS,BOOL,L,BS,N,NS,S,M}");
    }

    void check_distinct(std::string_view name, const std::vector<Operand>& operands) {
        const auto is_path = [](const Operand& each) {
            return each.kind == Operand::Kind::path && !each.path.empty();
        };
        if (!is_path(operands[0]) || !is_path(operands[1]) || operands[0].path != operands[1].path) return;
        note(Mistake::distinct,
             "The first operand must be distinct from the remaining operands for this operator or function; "
             "operator: " +
                 std::string(name) + ", first operand: " + describe(operands[0].path));
    }

    void check_bounds(const Operand& low, const Operand& high) {
        if (low.value == nullptr || high.value == nullptr) return;
        const std::string bounds = "; lower bound operand: ";
        if (low.value->type() != high.value->type()) {
            const auto is_scalar = [](const AttributeValue& value) {
                return value.type() == Type::S || value.type() == Type::N || value.type() == Type::B;
            };
            if (!is_scalar(*low.value) || !is_scalar(*high.value)) return;
            note(Mistake::type, "The BETWEEN operator requires same data type for lower and upper bounds" +
                                    bounds + printed(*low.value) +
                                    ", upper bound operand: " + printed(*high.value));
            return;
        }
        const auto order = compare_values(*low.value, *high.value);
        if (!order || *order <= 0) return;
        note(Mistake::type,
             "The BETWEEN operator requires upper bound to be greater than or equal to lower bound" + bounds +
                 printed(*low.value) + ", upper bound operand: " + printed(*high.value));
    }
};

}  // namespace

Condition parse_condition(Kind kind, std::string_view text, Placeholders& placeholders) {
    return ConditionParser(kind, text, placeholders).parse();
}

}  // namespace fogbank::dynamodb::expression
