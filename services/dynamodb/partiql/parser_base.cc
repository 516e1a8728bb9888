#include "services/dynamodb/partiql/parser_base.h"

#include "services/dynamodb/refuse.h"
#include "services/dynamodb/value/codec.h"
#include "services/dynamodb/value/number.h"

#include <algorithm>
#include <array>
#include <charconv>

namespace fogbank::dynamodb::partiql {
namespace {

using Type = AttributeValue::Type;

// Far above what 8,192 characters of a sensible statement need; what recursion may cost.
constexpr int kMaxDepth = 200;
constexpr int kMaxValueDepth = 32;  // docs: "nested attributes up to 32 levels deep"

bool is_name(const Token& token) {
    return token.kind == TokenKind::quoted || (token.kind == TokenKind::word && !is_reserved(token.text));
}

}  // namespace

ParserBase::Level::Level(ParserBase& parser) : parser_(parser) {
    if (++parser_.depth_ > kMaxDepth) {
        --parser_.depth_;
        refuse_malformed("Nesting is too deep");
    }
}

const Token& ParserBase::peek(std::size_t ahead) const {
    return tokens_[std::min(at_ + ahead, tokens_.size() - 1)];
}

const Token& ParserBase::next() {
    const Token& token = peek();
    if (at_ + 1 < tokens_.size()) ++at_;
    return token;
}

bool ParserBase::take_word(std::string_view upper_case) {
    if (!at_word(upper_case)) return false;
    next();
    return true;
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
    constexpr std::array<std::pair<std::string_view, std::string_view>, 9> kNames{{{"(", "LEFT_PAREN"},
                                                                                   {")", "RIGHT_PAREN"},
                                                                                   {"[", "LEFT_BRACKET"},
                                                                                   {"]", "RIGHT_BRACKET"},
                                                                                   {"{", "LEFT_CURLY"},
                                                                                   {"}", "RIGHT_CURLY"},
                                                                                   {":", "COLON"},
                                                                                   {"*", "STAR"},
                                                                                   {"=", "EQUALS"}}};
    if (take_symbol(symbol)) return;
    const auto known =
        std::find_if(kNames.begin(), kNames.end(), [&](const auto& each) { return each.first == symbol; });
    refuse_malformed("Expected " + std::string(known == kNames.end() ? symbol : known->second));
}

bool ParserBase::at_call() const {
    return peek().kind == TokenKind::word && peek(1).kind == TokenKind::symbol && peek(1).text == "(";
}

void ParserBase::refuse_term() const {
    constexpr std::array<std::string_view, 6> kOperators{"IS", "IN", "LIKE", "BETWEEN", "AND", "OR"};
    const bool is_operator = std::any_of(kOperators.begin(), kOperators.end(),
                                         [&](std::string_view each) { return at_word(each); });
    if (is_operator) refuse_malformed("Unexpected operator");
    refuse_malformed(peek().kind == TokenKind::word ? "Unexpected keyword" : "Unexpected term");
}

expression::Path ParserBase::path() {
    if (!is_name(peek())) refuse_term();
    expression::Path out;
    out.push_back({next().text, 0, false});
    while (true) {
        if (take_symbol(".")) {
            if (!is_name(peek())) refuse_malformed("Invalid path dot component");
            out.push_back({next().text, 0, false});
        } else if (take_symbol("[")) {
            const Token& index = next();
            expression::PathStep step;
            if (index.kind == TokenKind::string) {
                step.name = index.text;
            } else {
                const char* end = index.text.data() + index.text.size();
                const auto [stop, error] = std::from_chars(index.text.data(), end, step.index);
                if (index.kind != TokenKind::number || error != std::errc() || stop != end) {
                    refuse("Unexpected path component at " + position(index));
                }
                step.is_index = true;
            }
            expect_symbol("]");
            out.push_back(std::move(step));
        } else {
            return out;
        }
    }
}

bool ParserBase::at_value() const {
    const Token& token = peek();
    switch (token.kind) {
        case TokenKind::string:
        case TokenKind::number:
        case TokenKind::parameter:
            return true;
        case TokenKind::word:
            return at_word("TRUE") || at_word("FALSE") || at_word("NULL");
        case TokenKind::symbol:
            return token.text == "{" || token.text == "[" || token.text == "<<" || token.text == "-" ||
                   token.text == "+";
        default:
            return false;
    }
}

AttributeValue ParserBase::value(const std::string& place) {
    const Token& token = peek();
    if (at_symbol("{")) return map(place);
    if (at_symbol("[")) return list(place);
    if (at_symbol("<<")) return bag(place);
    if (take_symbol("-")) return number(place, "-");
    if (take_symbol("+")) return number(place, "");
    if (token.kind == TokenKind::number) return number(place, "");
    if (token.kind == TokenKind::parameter) return parameter();
    if (token.kind == TokenKind::string) return AttributeValue::string(next().text);
    if (take_word("TRUE")) return AttributeValue::boolean(true);
    if (take_word("FALSE")) return AttributeValue::boolean(false);
    if (take_word("NULL")) return AttributeValue::null();
    if (at_call()) {
        refuse("Unsupported data type: " + lower_case(token.text) + " under key " + place + " at " +
               position(token));
    }
    refuse_term();
}

AttributeValue ParserBase::number(const std::string& place, std::string_view sign) {
    if (peek().kind != TokenKind::number) refuse_term();
    NormalizedNumber number = normalize_number(std::string(sign) + next().text);
    if (!number.defect.empty()) refuse(number.defect + " under " + place);
    return AttributeValue::number(std::move(number.text));
}

AttributeValue ParserBase::parameter() {
    next();
    if (!parameters_ || parameters_used_ >= parameters_->size()) {
        refuse("Number of parameters in request and statement don't match.");
    }
    const AttributeValue& given = (*parameters_)[parameters_used_++];
    if (given.type() == Type::invalid) refuse(given.defect(Wording::older));
    return given;
}

AttributeValue ParserBase::map(const std::string& place) {
    const Level level(*this);
    if (++value_depth_ > kMaxValueDepth) {
        refuse(
            "Nesting Levels have exceeded supported limits: Attributes in the item have nested levels beyond "
            "supported limit");
    }
    expect_symbol("{");
    AttributeMap out;
    while (!at_symbol("}")) {
        if (peek().kind != TokenKind::string) refuse_term();
        std::string name = next().text;
        expect_symbol(":");
        AttributeValue member = value(place + "." + name);
        out.append(std::move(name), std::move(member));
        if (!take_symbol(",")) break;
    }
    expect_symbol("}");
    out.sort();
    --value_depth_;
    return AttributeValue::map(std::move(out));
}

AttributeValue ParserBase::list(const std::string& place) {
    const Level level(*this);
    if (++value_depth_ > kMaxValueDepth) {
        refuse(
            "Nesting Levels have exceeded supported limits: Attributes in the item have nested levels beyond "
            "supported limit");
    }
    expect_symbol("[");
    AttributeValue::List out;
    while (!at_symbol("]")) {
        out.push_back(value(place + "[" + std::to_string(out.size()) + "]"));
        if (!take_symbol(",")) break;
    }
    expect_symbol("]");
    --value_depth_;
    return AttributeValue::list(std::move(out));
}

AttributeValue ParserBase::bag(const std::string& place) {
    expect_symbol("<<");
    AttributeValue::Set out;
    Type type = Type::S;
    while (!at_symbol(">>")) {
        const bool is_literal = peek().kind != TokenKind::parameter && !at_symbol("<<");
        const AttributeValue element = is_literal ? value(place) : AttributeValue::null();
        const bool is_number = element.type() == Type::N;
        if ((!is_number && element.type() != Type::S) || (!out.empty() && is_number != (type == Type::N))) {
            refuse("Unsupported data type in Bag. DynamoDB only supports either numbers or strings in bags");
        }
        type = element.type();
        out.push_back(element.text());
        if (!take_symbol(",")) break;
    }
    expect_symbol(">>");
    if (out.empty()) refuse("Empty bags are not supported");
    AttributeValue set = set_of(type == Type::N ? Type::NS : Type::SS, std::move(out));
    if (set.type() == Type::invalid) refuse(set.defect(Wording::older));
    return set;
}

const AttributeValue* ParserBase::keep(AttributeValue value) {
    return &statement_.values.emplace_back(std::move(value));
}

void ParserBase::check_parameters_used() const {
    const std::size_t given = parameters_ ? parameters_->size() : 0;
    if (given != parameters_used_) refuse("Number of parameters in request and statement don't match.");
}

}  // namespace fogbank::dynamodb::partiql
