#include "services/dynamodb/partiql/condition_parser.h"

#include "services/dynamodb/refuse.h"

#include <algorithm>
#include <array>

namespace fogbank::dynamodb::partiql {
namespace {

using expression::Condition;
using expression::Operand;
using expression::Operator;
using Type = AttributeValue::Type;

constexpr std::size_t kMaxInOperands = 100;  // docs: "PartiQL select statements", IN

struct Function {
    std::string_view name;
    Operator op;
    std::size_t operands;
};
constexpr std::array<Function, 5> kFunctions{{{"attribute_exists", Operator::attribute_exists, 1},
                                              {"attribute_not_exists", Operator::attribute_not_exists, 1},
                                              {"attribute_type", Operator::attribute_type, 2},
                                              {"begins_with", Operator::begins_with, 2},
                                              {"contains", Operator::contains, 2}}};

struct Comparator {
    std::string_view symbol;
    Operator op;
};
constexpr std::array<Comparator, 7> kComparators{{{"=", Operator::equal},
                                                  {"<>", Operator::not_equal},
                                                  {"!=", Operator::not_equal},
                                                  {"<", Operator::less},
                                                  {"<=", Operator::less_equal},
                                                  {">", Operator::greater},
                                                  {">=", Operator::greater_equal}}};

// What IS tests beside MISSING. aws: BOOL and STRING were captured in 2026-10 (conformance suite); the others
// are the types that its refusal of a type lists.
struct TypeName {
    std::string_view name;
    std::string_view type;
};
constexpr std::array<TypeName, 9> kTypeNames{{{"NULL", "NULL"},
                                              {"BOOL", "BOOL"},
                                              {"BOOLEAN", "BOOL"},
                                              {"BLOB", "B"},
                                              {"STRING", "S"},
                                              {"NUMERIC", "N"},
                                              {"STRUCT", "M"},
                                              {"TUPLE", "M"},
                                              {"LIST", "L"}}};
// PartiQL's other types: of two words where the second is not empty.
constexpr std::array<std::pair<std::string_view, std::string_view>, 22> kOtherTypes{
    {{"INT", ""},
     {"INT2", ""},
     {"INT4", ""},
     {"INT8", ""},
     {"INTEGER", ""},
     {"INTEGER2", ""},
     {"INTEGER4", ""},
     {"INTEGER8", ""},
     {"SMALLINT", ""},
     {"BIGINT", ""},
     {"FLOAT", ""},
     {"REAL", ""},
     {"DECIMAL", ""},
     {"TIMESTAMP", ""},
     {"SYMBOL", ""},
     {"CLOB", ""},
     {"SEXP", ""},
     {"BAG", ""},
     {"VARCHAR", ""},
     {"CHAR", ""},
     {"DOUBLE", "PRECISION"},
     {"CHARACTER", "VARYING"}}};

Condition negated(Condition condition) {
    Condition out;
    out.op = Operator::logical_not;
    out.conditions.push_back(std::move(condition));
    return out;
}

std::string about(std::string_view function) {
    return "operator or function: " + std::string(function);
}

void check_count(std::string_view function, std::size_t count, std::size_t wanted) {
    if (count == wanted) return;
    refuse("Incorrect number of operands for operator or function; " + about(function) +
           ", number of operands: " + std::to_string(count));
}

void check_is_path(std::string_view function, const Operand& operand) {
    if (operand.kind == Operand::Kind::path) return;
    refuse("Operator or function requires a document path; " + about(function));
}

// Refuses a value of a type that `function` never takes.
void check_type(std::string_view function, const Operand& operand, std::initializer_list<Type> allowed) {
    if (operand.kind != Operand::Kind::value) return;
    const Type type = operand.value->type();
    if (std::find(allowed.begin(), allowed.end(), type) != allowed.end()) return;
    refuse("Incorrect operand type for operator or function; " + about(function) +
           ", operand type: " + std::string(type_name(type)));
}

void check_function(const Function& function, const std::vector<Operand>& operands) {
    check_count(function.name, operands.size(), function.operands);
    if (function.operands == 1) return check_is_path(function.name, operands[0]);
    if (function.op == Operator::begins_with) {
        check_type(function.name, operands[0], {Type::S, Type::B});
        check_type(function.name, operands[1], {Type::S, Type::B});
    }
    if (function.op != Operator::attribute_type) return;
    check_type(function.name, operands[1], {Type::S});
    if (operands[1].kind != Operand::Kind::value) return;
    const std::string& type = operands[1].value->text();
    if (!parse_type_name(type)) {
        refuse("Invalid attribute type name found; type: " + type +
               ", valid types: {N,BS,L,B,NULL,M,S,SS,NS,BOOL}");
    }
}

}  // namespace

Condition ConditionParser::condition() {
    const Level level(*this);
    Condition first = and_chain();
    if (!at_word("OR")) return first;
    Condition out;
    out.op = Operator::logical_or;
    out.conditions.push_back(std::move(first));
    while (take_word("OR")) {
        expect_right_side();
        out.conditions.push_back(and_chain());
    }
    return out;
}

Condition ConditionParser::and_chain() {
    Condition first = negation();
    if (!at_word("AND")) return first;
    Condition out;
    out.op = Operator::logical_and;
    out.conditions.push_back(std::move(first));
    while (take_word("AND")) {
        expect_right_side();
        out.conditions.push_back(negation());
    }
    return out;
}

void ConditionParser::expect_right_side() const {
    if (at_end()) refuse_malformed("Missing right-hand side expression of infix operator");
}

Condition ConditionParser::negation() {
    const Level level(*this);
    if (take_word("NOT")) return negated(negation());
    if (take_symbol("(")) {
        Condition inner = condition();
        expect_symbol(")");
        return inner;
    }
    if (at_call() && !at_word("SIZE")) return truth_of(function());
    return comparison();
}

// aws: a function may be compared with true and false (captured 2026-10).
Condition ConditionParser::truth_of(Condition function) {
    const bool is_equal = at_symbol("=");
    if (!is_equal && !at_symbol("<>") && !at_symbol("!=")) return function;
    const bool is_true = is_word(peek(1), "TRUE");
    if (!is_true && !is_word(peek(1), "FALSE")) return function;
    next();
    next();
    return is_true == is_equal ? std::move(function) : negated(std::move(function));
}

Condition ConditionParser::function() {
    const Token& name = next();
    const std::string lower = lower_case(name.text);
    const auto known = std::find_if(kFunctions.begin(), kFunctions.end(),
                                    [&](const Function& each) { return each.name == lower; });
    if (known == kFunctions.end()) refuse("Unrecognized function: " + lower + " at " + position(name));
    Condition out;
    out.op = known->op;
    expect_symbol("(");
    while (!at_symbol(")")) {
        out.operands.push_back(operand());
        if (!take_symbol(",")) break;
    }
    expect_symbol(")");
    check_function(*known, out.operands);
    return out;
}

Operand ConditionParser::operand() {
    const Level level(*this);
    Operand out;
    if (at_call()) {
        const Token& name = next();
        if (!is_word(name, "SIZE")) {
            refuse("Unrecognized function: " + lower_case(name.text) + " at " + position(name));
        }
        out.kind = Operand::Kind::size;
        expect_symbol("(");
        while (!at_symbol(")")) {
            out.operands.push_back(operand());
            if (!take_symbol(",")) break;
        }
        expect_symbol(")");
        check_count("size", out.operands.size(), 1);
        check_type("size", out.operands[0],
                   {Type::S, Type::B, Type::M, Type::L, Type::SS, Type::NS, Type::BS});
    } else if (at_value()) {
        out.kind = Operand::Kind::value;
        out.value = keep(value("root"));
    } else {
        out.path = path();
    }
    return out;
}

Condition ConditionParser::comparison() {
    Operand first = operand();
    if (take_word("NOT")) {
        if (at_word("BETWEEN")) return negated(between(std::move(first)));
        if (at_word("IN")) return negated(membership(std::move(first)));
        refuse_term();
    }
    if (at_word("BETWEEN")) return between(std::move(first));
    if (at_word("IN")) return membership(std::move(first));
    if (at_word("IS")) return type_test(std::move(first));
    if (at_word("LIKE")) refuse("Unsupported operation: Like");
    const auto known = std::find_if(kComparators.begin(), kComparators.end(),
                                    [&](const Comparator& each) { return at_symbol(each.symbol); });
    if (known == kComparators.end()) {
        if (at_end()) refuse_malformed("Unexpected term");
        refuse_malformed("Unexpected token after expression");
    }
    next();
    expect_right_side();
    Condition out;
    out.op = known->op;
    out.operands.push_back(std::move(first));
    out.operands.push_back(operand());
    if (out.op >= Operator::less) {
        for (const Operand& each : out.operands) check_type(known->symbol, each, {Type::S, Type::N, Type::B});
    }
    return out;
}

Condition ConditionParser::between(Operand first) {
    next();
    Condition out;
    out.op = Operator::between;
    out.operands.push_back(std::move(first));
    out.operands.push_back(operand());
    if (!take_word("AND")) refuse_malformed("Expected AND after BETWEEN");
    out.operands.push_back(operand());
    for (const Operand& each : out.operands) check_type("BETWEEN", each, {Type::S, Type::N, Type::B});
    return out;
}

Condition ConditionParser::membership(Operand first) {
    next();
    Condition out;
    out.op = Operator::in;
    out.operands.push_back(std::move(first));
    const bool is_list = at_symbol("[");
    if (!is_list) expect_symbol("(");
    if (is_list) next();
    const std::string_view closing = is_list ? "]" : ")";
    while (!at_symbol(closing)) {
        out.operands.push_back(operand());
        if (!take_symbol(",")) break;
    }
    expect_symbol(closing);
    const std::size_t count = out.operands.size() - 1;
    if (count == 0) check_count("IN", 1, 2);
    if (count > kMaxInOperands) {
        refuse("The IN operator is provided with too many operands; number of operands: " +
               std::to_string(count));
    }
    return out;
}

std::string_view ConditionParser::take_type() {
    for (const TypeName& each : kTypeNames) {
        if (take_word(each.name)) return each.type;
    }
    for (const auto& [first, second] : kOtherTypes) {
        const bool is_whole = second.empty() || is_word(peek(1), second);
        if (!at_word(first) || !is_whole) continue;
        next();
        if (!second.empty()) next();
        return {};
    }
    refuse_malformed("Expected type name");
}

Condition ConditionParser::type_test(Operand first) {
    next();
    const bool is_negated = take_word("NOT");
    Condition out;
    if (take_word("MISSING")) {
        check_is_path("attribute_not_exists", first);
        out.op = Operator::attribute_not_exists;
        out.operands.push_back(std::move(first));
    } else {
        // aws: an attribute that is missing is not NULL (captured 2026-09-17).
        out.op = Operator::attribute_type;
        out.operands.push_back(std::move(first));
        Operand& type = out.operands.emplace_back();
        type.kind = Operand::Kind::value;
        const Token name = peek();
        const std::string_view wanted = take_type();
        if (wanted.empty()) {
            refuse("Unsupported data type for IS operator: " + name.text +
                   ". Supported data types are [MISSING, NULL, BOOLEAN, BLOB, STRING, NUMERIC, STRUCT, "
                   "TUPLE, LIST]");
        }
        type.value = keep(AttributeValue::string(std::string(wanted)));
    }
    return is_negated ? negated(std::move(out)) : out;
}

}  // namespace fogbank::dynamodb::partiql
