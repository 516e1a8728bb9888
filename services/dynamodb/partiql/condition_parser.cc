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

// An operand of AND and OR.
Condition condition_of(std::optional<Condition> condition) {
    if (!condition) refuse("The arguments to AND/OR must be Expressions");
    return std::move(*condition);
}

// Refuses a condition where a value is ordered.
void check_is_operand(std::string_view function, const std::optional<Condition>& condition) {
    if (!condition) return;
    refuse("Incorrect operand type for operator or function; " + about(function) + ", operand type: BOOL");
}

Condition joined(Operator op, Condition first, Condition second) {
    Condition out;
    out.op = op;
    out.conditions.push_back(std::move(first));
    out.conditions.push_back(std::move(second));
    return out;
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
    Term whole = or_chain();
    if (!whole.condition) {
        check_follows();
        refuse("WHERE clause must contain an expression that resolves to a boolean");
    }
    return std::move(*whole.condition);
}

ConditionParser::Term ConditionParser::or_chain() {
    const Level level(*this);
    Term first = and_chain();
    if (!at_word("OR")) return first;
    Condition out;
    out.op = Operator::logical_or;
    out.conditions.push_back(condition_of(std::move(first.condition)));
    while (take_word("OR")) {
        expect_right_side();
        out.conditions.push_back(condition_of(and_chain().condition));
    }
    return {{}, std::move(out)};
}

ConditionParser::Term ConditionParser::and_chain() {
    Term first = negation();
    if (!at_word("AND")) return first;
    Condition out;
    out.op = Operator::logical_and;
    out.conditions.push_back(condition_of(std::move(first.condition)));
    while (take_word("AND")) {
        expect_right_side();
        out.conditions.push_back(condition_of(negation().condition));
    }
    return {{}, std::move(out)};
}

void ConditionParser::expect_right_side() const {
    if (at_end()) refuse_malformed("Missing right-hand side expression of infix operator");
    if (at_word("MISSING")) refuse("MISSING must be compared using IS operator");
}

void ConditionParser::check_follows() const {
    for (const std::string_view symbol : {"+", "-", "*"}) {
        if (at_symbol(symbol)) {
            refuse("Unsupported operator in Condition Expression. Operator: " + std::string(symbol));
        }
    }
}

ConditionParser::Term ConditionParser::negation() {
    const Level level(*this);
    if (!take_word("NOT")) return comparison();
    Term inner = negation();
    if (!inner.condition) refuse("The argument to NOT must be a Type or Expression");
    return {{}, negated(std::move(*inner.condition))};
}

ConditionParser::Term ConditionParser::side() {
    const Level level(*this);
    if (take_symbol("(")) {
        Term inner = or_chain();
        expect_symbol(")");
        return inner;
    }
    if (at_call() && !at_word("SIZE")) return {{}, function()};
    return {operand(), std::nullopt};
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

ConditionParser::Term ConditionParser::comparison() {
    Term first = side();
    if (take_word("NOT")) {
        if (at_word("BETWEEN")) return {{}, negated(between(std::move(first)))};
        if (at_word("IN")) return {{}, negated(membership(std::move(first)))};
        refuse_term();
    }
    if (at_word("BETWEEN")) return {{}, between(std::move(first))};
    if (at_word("IN")) return {{}, membership(std::move(first))};
    if (at_word("IS")) return {{}, type_test(std::move(first))};
    if (at_word("LIKE")) refuse("Unsupported operator in Condition Expression. Operator: like");
    check_follows();
    const auto known = std::find_if(kComparators.begin(), kComparators.end(),
                                    [&](const Comparator& each) { return at_symbol(each.symbol); });
    if (known == kComparators.end()) return first;
    next();
    expect_right_side();
    Term second = side();
    check_follows();
    return {{}, compared(known->op, known->symbol, std::move(first), std::move(second))};
}

Condition ConditionParser::compared(Operator op, std::string_view symbol, Term left, Term right) {
    if (op >= Operator::less) {
        check_is_operand(symbol, left.condition);
        check_is_operand(symbol, right.condition);
    } else if (left.condition || right.condition) {
        Condition same = equals(std::move(left), std::move(right));
        return op == Operator::equal ? std::move(same) : negated(std::move(same));
    }
    Condition out;
    out.op = op;
    out.operands.push_back(std::move(left.operand));
    out.operands.push_back(std::move(right.operand));
    if (op >= Operator::less) {
        for (const Operand& each : out.operands) check_type(symbol, each, {Type::S, Type::N, Type::B});
    }
    return out;
}

// aws: a condition may be compared with whatever may be a boolean (captured 2026-09-17): both hold, or
// neither.
Condition ConditionParser::equals(Term left, Term right) {
    const auto is = [&](Term& term, bool truth) -> Condition {
        if (term.condition) return truth ? *term.condition : negated(*term.condition);
        Condition out;
        out.operands.push_back(term.operand);
        Operand& other = out.operands.emplace_back();
        other.kind = Operand::Kind::value;
        other.value = keep(AttributeValue::boolean(truth));
        return out;
    };
    return joined(Operator::logical_or, joined(Operator::logical_and, is(left, true), is(right, true)),
                  joined(Operator::logical_and, is(left, false), is(right, false)));
}

Condition ConditionParser::between(Term first) {
    next();
    Term low = side();
    if (!take_word("AND")) refuse_malformed("Expected AND after BETWEEN");
    Term high = side();
    Condition out;
    out.op = Operator::between;
    for (Term* each : {&first, &low, &high}) {
        check_is_operand("BETWEEN", each->condition);
        out.operands.push_back(std::move(each->operand));
    }
    for (const Operand& each : out.operands) check_type("BETWEEN", each, {Type::S, Type::N, Type::B});
    return out;
}

Condition ConditionParser::membership(Term first) {
    constexpr std::array<std::pair<std::string_view, std::string_view>, 3> kBrackets{
        {{"[", "]"}, {"(", ")"}, {"<<", ">>"}}};
    next();
    const auto bracket = std::find_if(kBrackets.begin(), kBrackets.end(),
                                      [&](const auto& each) { return at_symbol(each.first); });
    std::vector<Term> members;
    if (bracket != kBrackets.end()) {
        next();
        while (!at_symbol(bracket->second)) {
            members.push_back(side());
            if (!take_symbol(",")) break;
        }
        expect_symbol(bracket->second);
    } else {
        side();
    }
    if (members.empty()) {
        refuse(
            "IN operator must have a left hand argument of type Variable Reference and right hand argument "
            "of "
            "type Seq with at least one member");
    }
    if (members.size() > kMaxInOperands) {
        refuse("The IN operator is provided with too many operands; number of operands: " +
               std::to_string(members.size()));
    }
    const bool has_condition =
        first.condition ||
        std::any_of(members.begin(), members.end(), [](const Term& each) { return each.condition; });
    Condition out;
    out.op = has_condition ? Operator::logical_or : Operator::in;
    if (!has_condition) out.operands.push_back(std::move(first.operand));
    for (Term& each : members) {
        if (has_condition) {
            out.conditions.push_back(compared(Operator::equal, "=", first, std::move(each)));
        } else {
            out.operands.push_back(std::move(each.operand));
        }
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

Condition ConditionParser::type_test(Term term) {
    next();
    if (term.condition) {
        refuse("The left hand side argument to IS must be a Variable Reference, Literal, or Path");
    }
    Operand first = std::move(term.operand);
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
