// What the parsers of the three grammars share: the cursor, document paths, limits and the list of mistakes.
#pragma once

#include "services/dynamodb/expression/ast.h"
#include "services/dynamodb/expression/lexer.h"
#include "services/dynamodb/expression/placeholders.h"

#include <array>
#include <string>
#include <string_view>
#include <vector>

namespace fogbank::dynamodb::expression {

class ParserBase {
public:
    ParserBase(Kind kind, std::string_view text, Placeholders& placeholders);

protected:
    // aws: what is told of several is in the .cc (dynalite's suite).
    enum class Mistake {
        parentheses,
        function,
        misuse,
        reserved,
        section,
        name,
        value,
        paths,
        operand,  // of ADD and DELETE
        count,
        distinct,
        type,
        comparison,  // the first mistake of the first comparison or function that has one
    };

    const Token& peek(std::size_t ahead = 0) const;
    const Token& next();
    bool take_symbol(std::string_view symbol);  // moves past it if it stands there
    void expect_symbol(std::string_view symbol);
    bool at_symbol(std::string_view symbol) const;
    bool at_function() const;                // a word and an opening parenthesis
    [[noreturn]] void syntax_error() const;  // at peek()

    Path path();
    // The steps after what `path` names already; also after its parentheses.
    void take_steps(Path& path);
    // Null where not defined, which is noted.
    const AttributeValue* value();
    // Notes the mistake; only the first of a kind is kept.
    void note(Mistake mistake, std::string message);
    // A comparison, or a function, of a condition ends here.
    void end_comparison();
    void count_operator();
    // Guards recursion. Throws where parentheses nest beyond any valid expression.
    void enter();
    void leave() { --depth_; }
    // Checks that nothing follows and throws the first mistake.
    void finish();
    [[noreturn]] void fail(const std::string& message) const;

    void check_operand_count(std::string_view function, std::size_t count, std::size_t wanted);
    // Notes a mistake where `operand` is a value whose type is not in `allowed`.
    void check_type(std::string_view function, const Operand& operand,
                    std::initializer_list<AttributeValue::Type> allowed);

private:
    void take_name(Path& path);
    std::string name_of(const Token& token);

    Kind kind_;
    std::string_view text_;
    Placeholders& placeholders_;
    std::vector<Token> tokens_;
    std::size_t at_ = 0;
    int depth_ = 0;
    int operators_ = 0;
    std::string& kept(Mistake mistake) { return mistakes_[static_cast<std::size_t>(mistake)]; }
    std::array<std::string, 13> mistakes_;
};

}  // namespace fogbank::dynamodb::expression
