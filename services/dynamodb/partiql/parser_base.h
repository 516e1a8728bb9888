// What the parsers of statements and conditions share: the cursor, values, paths.
#pragma once

#include "services/dynamodb/partiql/lexer.h"
#include "services/dynamodb/partiql/statement.h"

#include <string>
#include <string_view>
#include <vector>

namespace fogbank::dynamodb::partiql {

class ParserBase {
public:
    ParserBase(std::string_view text, const std::optional<std::vector<AttributeValue>>& parameters)
        : tokens_(tokenize(text)), parameters_(parameters) {}

protected:
    using Parameters = std::optional<std::vector<AttributeValue>>;

    const Token& peek(std::size_t ahead = 0) const;
    const Token& next();
    bool at_word(std::string_view upper_case) const { return is_word(peek(), upper_case); }
    bool take_word(std::string_view upper_case);
    bool at_symbol(std::string_view symbol) const;
    bool take_symbol(std::string_view symbol);
    void expect_symbol(std::string_view symbol);
    // At a name that is followed by an opening parenthesis.
    bool at_call() const;
    // At the end, or at a semicolon.
    bool at_end() const { return peek().kind == TokenKind::end || at_symbol(";"); }

    // Guards recursion: throws where a statement nests beyond any sensible one.
    class Level {
    public:
        explicit Level(ParserBase& parser);
        ~Level() { --parser_.depth_; }
        Level(const Level&) = delete;
        Level& operator=(const Level&) = delete;

    private:
        ParserBase& parser_;
    };

    expression::Path path();
    bool at_value() const;
    // A literal or a parameter. `place` is how AWS names it: "root", "root.a", "root[1]".
    AttributeValue value(const std::string& place);
    // What stands in braces. In an item each attribute is a root of its own.
    enum class Fields { of_item, of_map };
    AttributeMap fields(const std::string& place, Fields kind);
    // Keeps a value where the trees may refer to it.
    const AttributeValue* keep(AttributeValue value);
    void check_parameters_used() const;
    // Throws what AWS says where a term should start and none does.
    [[noreturn]] void refuse_term() const;

    Statement statement_;

private:
    AttributeValue number(const std::string& place);
    expression::PathStep index();
    AttributeValue list(const std::string& place);
    AttributeValue bag(const std::string& place);
    AttributeValue parameter();

    std::vector<Token> tokens_;
    const Parameters& parameters_;
    std::size_t at_ = 0;
    std::size_t parameters_used_ = 0;
    int depth_ = 0;
    int value_depth_ = 0;
};

}  // namespace fogbank::dynamodb::partiql
