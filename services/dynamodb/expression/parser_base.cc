#include "services/dynamodb/expression/parser_base.h"

#include "services/dynamodb/expression/reserved_words.h"
#include "services/dynamodb/refuse.h"

#include <algorithm>

namespace fogbank::dynamodb::expression {
namespace {

// docs: "Service, account, and table quotas": 4 KB of text, 300 operators and functions.
constexpr std::size_t kMaxBytes = 4096;
constexpr int kMaxOperators = 300;
// Parentheses that are not redundant hold an operator each.
constexpr int kMaxDepth = kMaxOperators + 1;
constexpr std::size_t kMaxIndexDigits = 9;

// aws: the grammar's own words are no names, not even ones to be told as reserved (dynalite's suite).
bool is_word_of_grammar(Kind kind, const Token& token) {
    constexpr std::array<std::string_view, 5> kOfConditions{"BETWEEN", "IN", "AND", "OR", "NOT"};
    constexpr std::array<std::string_view, 4> kOfUpdates{"SET", "REMOVE", "ADD", "DELETE"};
    const auto is_one = [&](std::string_view word) { return is_keyword(token, word); };
    if (kind == Kind::projection) return false;
    if (kind == Kind::update) return std::any_of(kOfUpdates.begin(), kOfUpdates.end(), is_one);
    return std::any_of(kOfConditions.begin(), kOfConditions.end(), is_one);
}

}  // namespace

ParserBase::ParserBase(Kind kind, std::string_view text, Placeholders& placeholders)
    : kind_(kind), text_(text), placeholders_(placeholders) {
    if (text.find_first_not_of(" \t\r\n\f") == std::string_view::npos)
        fail("The expression can not be empty;");
    if (text.size() > kMaxBytes) {
        // aws: an UpdateExpression's size is not named (conformance suite, captured 2026-10-09).
        fail("Expression size has exceeded the maximum allowed size;" +
             (kind == Kind::update ? "" : " expression size: " + std::to_string(text.size())));
    }
    tokens_ = tokenize(text);
}

const Token& ParserBase::peek(std::size_t ahead) const {
    return tokens_[std::min(at_ + ahead, tokens_.size() - 1)];
}

const Token& ParserBase::next() {
    const Token& token = peek();
    if (at_ + 1 < tokens_.size()) ++at_;
    return token;
}

bool ParserBase::at_symbol(std::string_view symbol) const {
    return peek().kind == TokenKind::symbol && peek().text == symbol;
}

bool ParserBase::take_symbol(std::string_view symbol) {
    if (!at_symbol(symbol)) return false;
    next();
    return true;
}

void ParserBase::expect_symbol(std::string_view symbol) {
    if (!take_symbol(symbol)) syntax_error();
}

bool ParserBase::at_function() const {
    return peek().kind == TokenKind::word && peek(1).kind == TokenKind::symbol && peek(1).text == "(";
}

void ParserBase::syntax_error() const {
    // aws: "near" is the text from the token before to the token after.
    const Token& before = tokens_[at_ == 0 ? 0 : at_ - 1];
    const Token& after = tokens_[std::min(at_ + 1, tokens_.size() - 1)];
    fail("Syntax error; token: \"" + std::string(peek().text) + "\", near: \"" +
         std::string(text_.substr(before.begin, after.end - before.begin)) + "\"");
}

std::string ParserBase::name_of(const Token& token) {
    if (token.kind == TokenKind::word) {
        if (is_reserved(token.text)) {
            note(Mistake::reserved,
                 "Attribute name is a reserved keyword; reserved keyword: " + std::string(token.text));
        }
        return std::string(token.text);
    }
    const std::string* name = placeholders_.name(token.text);
    if (name != nullptr) return *name;
    note(Mistake::name,
         "An expression attribute name used in the document path is not defined; attribute name: " +
             std::string(token.text));
    return std::string(token.text);
}

Path ParserBase::path() {
    Path path;
    take_name(path);
    take_steps(path);
    return path;
}

void ParserBase::take_name(Path& path) {
    if (peek().kind != TokenKind::word && peek().kind != TokenKind::name) syntax_error();
    if (is_word_of_grammar(kind_, peek())) syntax_error();
    path.push_back({name_of(next()), 0, false});
}

void ParserBase::take_steps(Path& path) {
    while (true) {
        if (take_symbol(".")) {
            take_name(path);
        } else if (take_symbol("[")) {
            const Token& index = peek();
            if (index.kind != TokenKind::number) syntax_error();
            if (index.text.size() > kMaxIndexDigits) {
                fail("List index is not within the allowable range; index: [" + std::string(index.text) +
                     "]");
            }
            path.push_back({{}, static_cast<std::size_t>(std::stoul(std::string(index.text))), true});
            next();
            expect_symbol("]");
        } else {
            return;
        }
    }
}

const AttributeValue* ParserBase::value() {
    const Token& token = next();
    const AttributeValue* found = placeholders_.value(token.text);
    if (found == nullptr) {
        note(Mistake::value,
             "An expression attribute value used in expression is not defined; attribute value: " +
                 std::string(token.text));
    }
    return found;
}

void ParserBase::note(Mistake mistake, std::string message) {
    const bool is_condition = kind_ != Kind::update && kind_ != Kind::projection;
    if (is_condition && mistake == Mistake::value) mistake = Mistake::name;
    // aws: a key condition's operands are looked at in the order of the text (conformance suite, captured
    // 2026-10).
    const bool is_operand =
        mistake == Mistake::count || mistake == Mistake::distinct || mistake == Mistake::type;
    if (kind_ == Kind::key_condition && is_operand) mistake = Mistake::name;
    if (kind_ == Kind::update && mistake == Mistake::count) mistake = Mistake::type;
    if (kept(mistake).empty()) kept(mistake) = std::move(message);
}

void ParserBase::end_comparison() {
    for (const Mistake each : {Mistake::name, Mistake::count, Mistake::distinct, Mistake::type}) {
        if (kept(Mistake::comparison).empty()) kept(Mistake::comparison) = kept(each);
    }
}

void ParserBase::count_operator() {
    ++operators_;
}

void ParserBase::enter() {
    if (++depth_ <= kMaxDepth) return;
    if (operators_ <= kMaxOperators) fail("The expression has redundant parentheses;");
    fail("The expression contains too many operators; operator count: " + std::to_string(operators_));
}

void ParserBase::finish() {
    if (peek().kind != TokenKind::end) syntax_error();
    if (operators_ > kMaxOperators) {
        fail("The expression contains too many operators; operator count: " + std::to_string(operators_));
    }
    constexpr std::array<Mistake, 5> kOfConditions{Mistake::parentheses, Mistake::function, Mistake::misuse,
                                                   Mistake::reserved, Mistake::comparison};
    constexpr std::array<Mistake, 10> kOfPaths{
        Mistake::parentheses, Mistake::reserved, Mistake::function, Mistake::section, Mistake::name,
        Mistake::value,       Mistake::misuse,   Mistake::paths,    Mistake::operand, Mistake::type};
    const auto tell = [&](const auto& order) {
        for (const Mistake each : order) {
            if (!kept(each).empty()) fail(kept(each));
        }
    };
    if (kind_ == Kind::update || kind_ == Kind::projection) return tell(kOfPaths);
    end_comparison();
    tell(kOfConditions);
}

void ParserBase::fail(const std::string& message) const {
    refuse("Invalid " + std::string(kind_name(kind_)) + ": " + message);
}

void ParserBase::check_operand_count(std::string_view function, std::size_t count, std::size_t wanted) {
    if (count == wanted) return;
    note(Mistake::count, "Incorrect number of operands for operator or function; operator or function: " +
                             std::string(function) + ", number of operands: " + std::to_string(count));
}

void ParserBase::check_type(std::string_view function, const Operand& operand,
                            std::initializer_list<AttributeValue::Type> allowed) {
    const bool is_size = operand.kind == Operand::Kind::size;
    if (!is_size && (operand.kind != Operand::Kind::value || operand.value == nullptr)) return;
    const AttributeValue::Type type = is_size ? AttributeValue::Type::N : operand.value->type();
    if (std::find(allowed.begin(), allowed.end(), type) != allowed.end()) return;
    note(Mistake::type, "Incorrect operand type for operator or function; operator or function: " +
                            std::string(function) + ", operand type: " + std::string(type_name(type)));
}

}  // namespace fogbank::dynamodb::expression
