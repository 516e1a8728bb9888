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
constexpr std::size_t kMaxIndex = 2'147'483'647;  // aws: likewise

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
            if (at_symbol("*")) {
                refuse("Unpivot path component like a.*.b are not supported at " + position(peek()));
            }
            if (!is_name(peek())) refuse_malformed("Invalid path dot component");
            out.push_back({next().text, 0, false});
        } else if (take_symbol("[")) {
            out.push_back(index());
            expect_symbol("]");
        } else {
            const bool has_empty = std::any_of(out.begin(), out.end(), [](const expression::PathStep& step) {
                return !step.is_index && step.name.empty();
            });
            if (has_empty) refuse(std::string(kEmptyName));
            return out;
        }
    }
}

// What stands in brackets: a place in a list, or a name.
expression::PathStep ParserBase::index() {
    expression::PathStep step;
    if (at_symbol("*")) {
        refuse("Wildcard path component like a[*].b are not supported at " + position(peek()));
    }
    const bool is_negative = peek(1).kind == TokenKind::number && take_symbol("-");
    const Token& token = next();
    if (token.kind == TokenKind::string && !is_negative) {
        step.name = token.text;
        return step;
    }
    const char* end = token.text.data() + token.text.size();
    const auto [stop, error] = std::from_chars(token.text.data(), end, step.index);
    const bool is_large = error == std::errc::result_out_of_range;
    if (token.kind != TokenKind::number || (error != std::errc() && !is_large) || stop != end) {
        refuse("Unexpected path component at " + position(token));
    }
    if (is_large || step.index > kMaxIndex || (is_negative && step.index != 0)) {
        refuse("List index is not within the allowable range; index: [" +
               std::string(is_negative ? "-" : "") + token.text + "] at " + position(token));
    }
    step.is_index = true;
    return step;
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
    if (at_symbol("{")) return AttributeValue::map(fields(place, Fields::of_map));
    if (at_symbol("[")) return list(place);
    if (at_symbol("<<")) return bag(place);
    if (value_depth_ >= kTooManyLevels)
        refuse("Nesting Levels have exceeded supported limits under " + place);
    if (at_symbol("-") || at_symbol("+") || token.kind == TokenKind::number) return number(place);
    if (token.kind == TokenKind::parameter) {
        if (value_depth_ == 0) return parameter();
        refuse("Unsupported data type: Parameter under key " + place + " at " + position(token));
    }
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

AttributeValue ParserBase::number(const std::string& place) {
    const std::string first = peek().text;
    bool is_negative = false;
    while (at_symbol("-") || at_symbol("+")) is_negative = (next().text == "-") != is_negative;
    const Token& token = peek();
    if (token.kind == TokenKind::parameter || is_name(token)) {
        refuse("Incorrect number of operands for operator or function; operator or function: " + first +
               ", number of operands: 1");
    }
    if (token.kind != TokenKind::number) refuse_term();
    NormalizedNumber number = normalize_number((is_negative ? "-" : "") + next().text);
    if (!number.defect.empty()) refuse(number.defect + " under " + place);
    return AttributeValue::number(std::move(number.text));
}

AttributeValue ParserBase::parameter() {
    next();
    if (!parameters_ || parameters_used_ >= parameters_->size()) {
        refuse("Number of parameters in request and statement don't match.");
    }
    return (*parameters_)[parameters_used_++];
}

AttributeMap ParserBase::fields(const std::string& place, Fields kind) {
    const Level level(*this);
    const bool is_item = kind == Fields::of_item;
    const Token whole = peek();
    expect_symbol("{");
    if (!is_item) ++value_depth_;
    AttributeMap out;
    while (!at_symbol("}")) {
        const Token& name = peek();
        if (name.kind != TokenKind::string) refuse_term();
        if (name.text.empty()) refuse(std::string(kEmptyName));
        if (std::any_of(out.begin(), out.end(),
                        [&](const Attribute& each) { return each.name == name.text; })) {
            refuse("Duplicate keys in tuple. Key: " + name.text + " under " + place + " at " +
                   position(is_item ? name : whole));
        }
        next();
        expect_symbol(":");
        AttributeValue member = value(is_item ? place : place + "." + name.text);
        out.append(name.text, std::move(member));
        if (!take_symbol(",")) break;
    }
    expect_symbol("}");
    out.sort();
    if (!is_item) --value_depth_;
    return out;
}

AttributeValue ParserBase::list(const std::string& place) {
    const Level level(*this);
    ++value_depth_;
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
    std::string texts;
    while (!at_symbol(">>")) {
        const std::size_t start = at_;
        const bool is_literal = peek().kind != TokenKind::parameter && !at_symbol("<<");
        const AttributeValue element = is_literal ? value(place) : AttributeValue::null();
        const bool is_number = element.type() == Type::N;
        if ((!is_number && element.type() != Type::S) || (!out.empty() && is_number != (type == Type::N))) {
            refuse("Unsupported data type in Bag. DynamoDB only supports either numbers or strings in bags");
        }
        type = element.type();
        out.push_back(element.text());
        if (!texts.empty()) texts += ", ";
        for (std::size_t i = start; i < at_; ++i) texts += tokens_[i].text;
        if (!take_symbol(",")) break;
    }
    expect_symbol(">>");
    if (out.empty()) refuse("Empty bags are not supported");
    AttributeValue set = set_of(type == Type::N ? Type::NS : Type::SS, std::move(out));
    if (set.type() != Type::invalid) return set;
    if (type == Type::S) refuse(set.defect(Wording::older));
    refuse_parameter("Input collection [" + texts + "] contains duplicates! under " + place);
}

const AttributeValue* ParserBase::keep(AttributeValue value) {
    return &statement_.values.emplace_back(std::move(value));
}

void ParserBase::check_parameters_used() const {
    const std::size_t given = parameters_ ? parameters_->size() : 0;
    if (given != parameters_used_) refuse("Number of parameters in request and statement don't match.");
}

}  // namespace fogbank::dynamodb::partiql
