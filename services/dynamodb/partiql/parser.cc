#include "services/dynamodb/expression/parser.h"

#include "services/dynamodb/partiql/condition_parser.h"
#include "services/dynamodb/refuse.h"

#include <algorithm>
#include <array>

namespace fogbank::dynamodb::partiql {
namespace {

using expression::Operand;
using expression::Path;
using expression::UpdateAction;

constexpr std::string_view kLeftover = "Unexpected token after expression";
constexpr std::string_view kMissingKey =
    "Where clause does not contain a mandatory equality on all key attributes";

// What a function of UPDATE takes: a path, or a value of `type`.
void check_operand(const std::string& function, const Operand& operand, AttributeValue::Type type) {
    if (operand.kind == Operand::Kind::size) refuse("Unrecognized function: size");
    if (operand.kind != Operand::Kind::value || operand.value->type() == type) return;
    refuse("Incorrect operand type for operator or function; operator or function: " + function +
           ", operand type: " + std::string(type_name(operand.value->type())));
}

class Parser : public ConditionParser {
public:
    using ConditionParser::ConditionParser;

    Statement run() {
        if (take_word("SELECT")) {
            select();
        } else if (take_word("INSERT")) {
            insert();
        } else if (take_word("UPDATE")) {
            update();
        } else if (take_word("DELETE")) {
            erase();
        } else if (take_word("FROM")) {
            from_first();
        } else if (at_word("EXISTS") && at_call()) {
            exists();
        } else {
            refuse_expression();
        }
        take_symbol(";");
        if (peek().kind != TokenKind::end) refuse_malformed(kLeftover);
        if (!statement_.order.empty() && !statement_.where) {
            refuse("Must have WHERE clause in the statement when using ORDER BY clause.");
        }
        check_parameters_used();
        return std::move(statement_);
    }

private:
    [[noreturn]] void refuse_expression();
    void select();
    void projection();
    void skip_computed();
    void order();
    void insert();
    void refuse_after_insert() const;
    void update();
    void erase();
    void from_first();
    void exists();
    void changes();
    void assignment();
    Operand assigned(const Path& target);
    Operand term(const Path& target);
    void set_function(const Path& target, const Token& name);
    Operand list_append();
    void where();
    void returning();
    void table(std::string_view absence);
    void refuse_alias() const;
    void check_single_source() const;

    // Set by set_function(): ADD or DELETE in the words of update expressions.
    std::optional<UpdateAction> set_action_;
};

// A statement that begins with none of the verbs. aws: a test of a type by itself is understood and refused.
void Parser::refuse_expression() {
    if (peek().kind == TokenKind::word && !is_reserved(peek().text) && is_word(peek(1), "IS")) {
        next();
        next();
        take_word("NOT");
        if (!take_word("MISSING")) take_type();
        if (at_end()) refuse("Unsupported operation: IsType");
    }
    refuse_malformed("Expected data manipulation");
}

void Parser::table(std::string_view absence) {
    std::vector<std::string> names;
    do {
        const Token& name = peek();
        if (name.kind == TokenKind::word && is_reserved(name.text)) refuse_malformed(absence);
        if (name.kind != TokenKind::word && name.kind != TokenKind::quoted) refuse_malformed(absence);
        names.push_back(next().text);
    } while (take_symbol("."));
    if (std::find(names.begin(), names.end(), "") != names.end()) {
        refuse("Path component cannot be an empty string");
    }
    constexpr std::size_t kMaxNames = 2;
    if (names.size() > kMaxNames) refuse("A path may contain at most 2 components in the FROM clause");
    statement_.table = std::move(names[0]);
    if (names.size() == kMaxNames) statement_.index = std::move(names[1]);
}

void Parser::refuse_alias() const {
    const Token& token = peek();
    const bool is_name = token.kind == TokenKind::quoted ||
                         (token.kind == TokenKind::word && (!is_reserved(token.text) || at_word("AS")));
    // RETURNING is no keyword of PartiQL's list.
    if (is_name && !at_word("RETURNING")) refuse("Aliasing is not supported");
}

void Parser::check_single_source() const {
    constexpr std::array<std::string_view, 7> kJoins{"JOIN", "INNER", "LEFT", "RIGHT",
                                                     "FULL", "CROSS", "OUTER"};
    const bool is_joined =
        std::any_of(kJoins.begin(), kJoins.end(), [&](std::string_view each) { return at_word(each); });
    if (is_joined || at_symbol(",")) refuse("Only select from a single table or index is supported.");
}

void Parser::select() {
    projection();
    if (!take_word("FROM")) refuse_malformed("Expected FROM");
    table(peek().kind == TokenKind::word ? "Unexpected keyword" : "Unexpected term");
    check_single_source();
    refuse_alias();
    where();
    if (at_word("GROUP") || at_word("LIMIT") || at_word("HAVING")) {
        if (at_word("GROUP")) refuse("Unsupported clause: GROUP BY");
        const std::string clause = at_word("LIMIT") ? "LIMIT" : "HAVING";
        next();
        refuse("Unsupported clause: " + clause + " at " + position(peek()));
    }
    if (take_word("ORDER")) order();
}

void Parser::projection() {
    if (at_word("DISTINCT")) refuse("Unsupported token in expression: DISTINCT");
    if (at_word("VALUE") || at_word("PIVOT")) {
        refuse("Select projection doesn't support value or pivot keywords");
    }
    if (take_symbol("*")) {
        if (at_symbol(",")) {
            refuse("Other attributes should not be present in the projection when '*' is used.");
        }
        return;
    }
    do {
        if (at_call() || at_value()) {
            skip_computed();
        } else {
            if (peek(1).text == "." && peek(2).text == "*") {
                refuse("Changing item's hierarchy while reading isn't supported");
            }
            statement_.projection.push_back(path());
        }
        if (at_word("AS")) refuse("Aliasing is not supported");
    } while (take_symbol(","));
}

// A function or a value, where only paths may stand.
void Parser::skip_computed() {
    if (statement_.projection_defect.empty())
        statement_.projection_defect = "Unexpected path component at " + position(peek());
    if (!at_call()) {
        value("root");
        return;
    }
    next();
    int open = 0;
    do {
        if (at_end()) refuse_malformed("Expected RIGHT_PAREN");
        if (at_symbol("(")) ++open;
        if (at_symbol(")")) --open;
        next();
    } while (open > 0);
}

void Parser::order() {
    if (!take_word("BY")) refuse_malformed("Expected BY");
    do {
        OrderTerm term;
        const Path name = path();
        if (name.size() != 1) {
            refuse("Attribute " + expression::describe(name) +
                   " in ORDER BY clause must be part of the primary key");
        }
        term.attribute = name[0].name;
        if (take_word("DESC")) {
            term.direction = OrderTerm::Direction::descending;
        } else {
            take_word("ASC");
        }
        statement_.order.push_back(std::move(term));
    } while (take_symbol(","));
}

void Parser::insert() {
    statement_.verb = Verb::insert;
    if (!take_word("INTO")) refuse_malformed("Expected INTO");
    const Token target = peek();
    table("Expected identifier for simple path");
    if (statement_.index) {
        refuse("FROM clause may only contain a single table name in data manipulation statements at " +
               position(target));
    }
    if (at_symbol("<<")) {
        refuse(
            "Unsupported operation: Inserting multiple items in a single statement is not supported, use "
            "\"INSERT INTO tableName VALUE item\" instead");
    }
    if (!take_word("VALUE")) {
        const Token& token = peek();
        const bool is_name = token.kind == TokenKind::quoted || token.kind == TokenKind::word;
        refuse_malformed(is_name ? kLeftover : "Unexpected keyword");
    }
    if (peek().kind == TokenKind::parameter) {
        AttributeValue given = value("root");
        if (given.type() != AttributeValue::Type::M) {
            refuse("Unsupported data type: " + std::string(type_name(given.type())) + " under key root");
        }
        statement_.item = std::move(given.map());
        refuse_after_insert();
        return;
    }
    if (!at_symbol("{") && at_value()) {
        refuse(
            "Unsupported format in item expression. Please use struct format {...} to express item values "
            "for "
            "insert statement. at " +
            position(peek()));
    }
    statement_.item = fields("root", Fields::of_item);
    refuse_after_insert();
}

void Parser::refuse_after_insert() const {
    if (at_word("RETURNING")) refuse("RETURNING is not supported in INSERT");
    if (at_word("ON")) refuse("Unsupported clause: ON CONFLICT");
    if (at_word("AT")) refuse("AT is not supported in insert statements. at " + position(peek()));
}

void Parser::update() {
    statement_.verb = Verb::update;
    table("Expected identifier for simple path");
    if (!at_word("SET") && !at_word("REMOVE")) {
        refuse_alias();
        refuse_malformed("Expected data manipulation");
    }
    changes();
    where();
    if (!statement_.where) refuse(std::string(kMissingKey));
    returning();
}

void Parser::from_first() {
    statement_.verb = Verb::update;
    table(peek().kind == TokenKind::word ? "Unexpected keyword" : "Unexpected term");
    refuse_alias();
    where();
    if (!at_word("SET") && !at_word("REMOVE")) refuse_malformed("Expected data manipulation");
    changes();
    // aws: the clause comes before SET; behind it, it is left over.
    if (!statement_.where && at_end()) refuse(std::string(kMissingKey));
    if (!statement_.where) refuse_malformed(kLeftover);
    returning();
}

void Parser::erase() {
    statement_.verb = Verb::erase;
    if (!take_word("FROM")) refuse_malformed("Expected FROM");
    table("Expected identifier for simple path");
    refuse_alias();
    where();
    if (!statement_.where && (at_end() || at_word("RETURNING"))) refuse(std::string(kMissingKey));
    returning();
    if (statement_.returning == Returning::nothing || statement_.returning == Returning::all_old) return;
    const char* clause = statement_.returning == Returning::modified_old ? "MODIFIED OLD"
                         : statement_.returning == Returning::all_new    ? "ALL NEW"
                                                                         : "MODIFIED NEW";
    refuse(std::string("Invalid returning clause: RETURNING ") + clause +
           " *. Only RETURNING ALL OLD * is allowed in DELETE statements.");
}

void Parser::exists() {
    next();
    expect_symbol("(");
    if (!take_word("SELECT")) refuse_malformed("Unexpected term");
    select();
    expect_symbol(")");
    statement_.verb = Verb::exists;
}

void Parser::where() {
    if (take_word("WHERE")) statement_.where = condition();
}

void Parser::returning() {
    if (!take_word("RETURNING")) return;
    const bool is_all = take_word("ALL");
    if (!is_all && !take_word("MODIFIED")) refuse_malformed("Expected ALL or MODIFIED");
    const bool is_old = take_word("OLD");
    if (!is_old && !take_word("NEW")) refuse_malformed("Expected OLD or NEW");
    expect_symbol("*");
    statement_.returning = is_all ? (is_old ? Returning::all_old : Returning::all_new)
                                  : (is_old ? Returning::modified_old : Returning::modified_new);
}

void Parser::changes() {
    while (true) {
        const bool is_set = take_word("SET");
        if (!is_set && !take_word("REMOVE")) break;
        do {
            if (is_set) {
                assignment();
            } else {
                statement_.update.push_back({UpdateAction::Kind::remove, path(), {}});
            }
        } while (take_symbol(","));
    }
    std::vector<const Path*> paths;
    for (const UpdateAction& action : statement_.update) paths.push_back(&action.path);
    const std::string conflict = expression::path_conflict(paths);
    if (!conflict.empty()) refuse(conflict);
}

void Parser::assignment() {
    Path target = path();
    expect_symbol("=");
    Operand operand = assigned(target);
    if (set_action_) {
        statement_.update.push_back(std::move(*set_action_));
        set_action_.reset();
        return;
    }
    statement_.update.push_back({UpdateAction::Kind::set, std::move(target), std::move(operand)});
}

Operand Parser::assigned(const Path& target) {
    Operand left = term(target);
    while (at_symbol("+") || at_symbol("-")) {
        if (set_action_) refuse_malformed(kLeftover);
        Operand sum;
        const std::string symbol = peek().text;
        sum.kind = next().text == "+" ? Operand::Kind::plus : Operand::Kind::minus;
        sum.operands.push_back(std::move(left));
        sum.operands.push_back(term(target));
        if (set_action_) refuse_malformed(kLeftover);
        for (const Operand& each : sum.operands) check_operand(symbol, each, AttributeValue::Type::N);
        left = std::move(sum);
    }
    return left;
}

Operand Parser::term(const Path& target) {
    const Level level(*this);
    if (take_symbol("(")) {
        Operand inner = assigned(target);
        expect_symbol(")");
        return inner;
    }
    if (!at_call()) return operand();
    const Token& name = next();
    const std::string function = lower_case(name.text);
    if (function == "list_append") return list_append();
    if (function != "set_add" && function != "set_delete") {
        refuse("Unrecognized function: " + function + " at " + position(name));
    }
    set_function(target, name);
    return {};
}

Operand Parser::list_append() {
    Operand out;
    out.kind = Operand::Kind::list_append;
    expect_symbol("(");
    while (!at_symbol(")")) {
        out.operands.push_back(operand());
        if (!take_symbol(",")) break;
    }
    expect_symbol(")");
    constexpr std::size_t kOperands = 2;
    if (out.operands.size() != kOperands) {
        refuse(
            "Incorrect number of operands for operator or function; operator or function: list_append, "
            "number of operands: " +
            std::to_string(out.operands.size()));
    }
    for (const Operand& each : out.operands) check_operand("list_append", each, AttributeValue::Type::L);
    return out;
}

// set_add(path, <<...>>), where the path is the one assigned to.
void Parser::set_function(const Path& target, const Token& name) {
    const bool is_add = lower_case(name.text) == "set_add";
    const std::string upper = is_add ? "SET_ADD" : "SET_DELETE";
    expect_symbol("(");
    const Token first_token = peek();
    std::vector<Operand> arguments;
    while (!at_symbol(")")) {
        arguments.push_back(operand());
        if (!take_symbol(",")) break;
    }
    expect_symbol(")");
    constexpr std::size_t kArguments = 2;
    if (arguments.size() != kArguments) {
        refuse(upper + " must have exactly two arguments at " + position(name));
    }
    if (arguments[0].kind != Operand::Kind::path || arguments[0].path != target) {
        refuse("The first argument to " + upper + " must equal the assignment value at " + position(name));
    }
    if (arguments[1].kind != Operand::Kind::value || !arguments[1].value->is_set()) {
        refuse("The second argument to " + upper + " must be a value with type SET at " +
               position(first_token));
    }
    UpdateAction action;
    action.kind = is_add ? UpdateAction::Kind::add : UpdateAction::Kind::erase;
    action.path = target;
    action.operand = std::move(arguments[1]);
    set_action_ = std::move(action);
}

}  // namespace

Statement parse(std::string_view text, const std::optional<std::vector<AttributeValue>>& parameters) {
    // aws: before the statement is looked at (captured 2026-09-17).
    if (parameters) {
        for (const AttributeValue& each : *parameters) {
            if (each.type() == AttributeValue::Type::invalid) refuse(each.defect(Wording::older));
        }
    }
    return Parser(text, parameters).run();
}

}  // namespace fogbank::dynamodb::partiql
