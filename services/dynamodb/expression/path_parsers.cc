// projection := path ("," path)*
// update     := section+
// section    := "SET" path "=" value ("," ...)* | "REMOVE" path ("," ...)* | "ADD" path :value ("," ...)*
//             | "DELETE" path :value ("," ...)*
// value      := operand | operand ("+" | "-") operand
// operand    := path | :value | "if_not_exists" "(" path "," value ")" | "list_append" "(" value "," value
// ")"
//             | "(" value ")"
#include "services/dynamodb/expression/parser.h"
#include "services/dynamodb/expression/parser_base.h"

#include <algorithm>
#include <array>

namespace fogbank::dynamodb::expression {
namespace {

using Type = AttributeValue::Type;

class ProjectionParser : public ParserBase {
public:
    ProjectionParser(std::string_view text, Placeholders& placeholders)
        : ParserBase(Kind::projection, text, placeholders) {}

    Projection parse() {
        Projection paths;
        do {
            paths.push_back(path());
        } while (take_symbol(","));
        std::vector<const Path*> all;
        for (const Path& each : paths) all.push_back(&each);
        note(Mistake::paths, path_conflict(all));
        finish();
        return paths;
    }
};

class UpdateParser : public ParserBase {
public:
    UpdateParser(std::string_view text, Placeholders& placeholders)
        : ParserBase(Kind::update, text, placeholders) {}

    Update parse() {
        do {
            section();
        } while (peek().kind != TokenKind::end);
        std::vector<const Path*> all;
        for (const UpdateAction& action : actions_) all.push_back(&action.path);
        note(Mistake::paths, path_conflict(all));
        finish();
        return std::move(actions_);
    }

private:
    void section() {
        static constexpr std::array<std::string_view, 4> kSections{"SET", "REMOVE", "ADD", "DELETE"};
        for (std::size_t i = 0; i < kSections.size(); ++i) {
            if (!is_keyword(peek(), kSections[i])) continue;
            next();
            if (seen_[i]) {
                note(Mistake::section, "The \"" + std::string(kSections[i]) +
                                           "\" section can only be used once in an update expression;");
            }
            seen_[i] = true;
            do {
                action(static_cast<UpdateAction::Kind>(i));
            } while (take_symbol(","));
            return;
        }
        syntax_error();
    }

    void action(UpdateAction::Kind kind) {
        UpdateAction out;
        out.kind = kind;
        out.path = path();
        count_operator();
        if (kind == UpdateAction::Kind::set) {
            expect_symbol("=");
            out.operand = value_of_set();
        } else if (kind != UpdateAction::Kind::remove) {
            if (peek().kind != TokenKind::value) syntax_error();
            out.operand = {Operand::Kind::value, {}, value(), {}};
            check_operand(kind, out.operand);
        }
        actions_.push_back(std::move(out));
    }

    void check_operand(UpdateAction::Kind kind, const Operand& operand) {
        if (operand.value == nullptr || operand.value->is_set()) return;
        const Type type = operand.value->type();
        const bool is_add = kind == UpdateAction::Kind::add;
        if (is_add && type == Type::N) return;
        static constexpr std::array<std::string_view, 11> kLongNames{
            "",    "STRING", "NUMBER",     "BINARY",     "BOOLEAN",   "NULL",
            "MAP", "LIST",   "STRING_SET", "NUMBER_SET", "BINARY_SET"};
        note(Mistake::operand, std::string("Incorrect operand type for operator or function; operator: ") +
                                   (is_add ? "ADD" : "DELETE") + ", operand type: " +
                                   std::string(kLongNames[static_cast<std::size_t>(type)]) +
                                   ", typeSet: ALLOWED_FOR_" + (is_add ? "ADD" : "DELETE") + "_OPERAND");
    }

    Operand value_of_set() {
        enter();
        Operand left = operand();
        for (const auto& [symbol, kind] :
             {std::pair{"+", Operand::Kind::plus}, {"-", Operand::Kind::minus}}) {
            if (!take_symbol(symbol)) continue;
            count_operator();
            Operand sum{kind, {}, nullptr, {}};
            sum.operands.push_back(std::move(left));
            sum.operands.push_back(operand());
            for (const Operand& each : sum.operands) {
                check_type(symbol, each, {Type::N});
                note_if_list(each);
            }
            left = std::move(sum);
            in_parentheses_ = false;
            break;
        }
        leave();
        return left;
    }

    void note_if_list(const Operand& operand) {
        if (operand.kind == Operand::Kind::list_append) note_misuse("list_append");
    }

    void note_misuse(const std::string& function) {
        note(Mistake::misuse,
             "The function is not allowed to be used this way in an expression; function: " + function);
    }

    Operand operand() {
        if (take_symbol("(")) {
            Operand inner = value_of_set();
            expect_symbol(")");
            if (in_parentheses_) note(Mistake::parentheses, "The expression has redundant parentheses;");
            in_parentheses_ = true;
            return inner;
        }
        Operand out{Operand::Kind::path, {}, nullptr, {}};
        if (peek().kind == TokenKind::value) {
            out = {Operand::Kind::value, {}, value(), {}};
        } else if (at_function()) {
            out = call();
        } else {
            out.path = path();
        }
        in_parentheses_ = false;
        return out;
    }

    Operand call() {
        enter();
        const std::string name(next().text);
        count_operator();
        next();
        std::vector<Operand> arguments;
        do {
            arguments.push_back(value_of_set());
        } while (take_symbol(","));
        expect_symbol(")");
        leave();
        if (name == "if_not_exists") return if_not_exists(std::move(arguments));
        if (name == "list_append") return list_append(std::move(arguments));
        static constexpr std::string_view kConditions[] = {
            "attribute_exists", "attribute_not_exists", "attribute_type", "begins_with", "contains", "size"};
        if (std::find(std::begin(kConditions), std::end(kConditions), name) != std::end(kConditions)) {
            note(Mistake::function, "The function is not allowed in an update expression; function: " + name);
        } else {
            note(Mistake::function, "Invalid function name; function: " + name);
        }
        return {};
    }

    Operand if_not_exists(std::vector<Operand> arguments) {
        check_operand_count("if_not_exists", arguments.size(), 2);
        if (arguments[0].kind != Operand::Kind::path) {
            note(Mistake::type,
                 "Operator or function requires a document path; operator or function: if_not_exists");
        }
        Operand out{Operand::Kind::if_not_exists, std::move(arguments[0].path), nullptr, {}};
        out.operands.push_back(std::move(arguments.back()));
        return out;
    }

    Operand list_append(std::vector<Operand> arguments) {
        check_operand_count("list_append", arguments.size(), 2);
        for (const Operand& each : arguments) {
            check_type("list_append", each, {Type::L});
            note_if_list(each);
        }
        return {Operand::Kind::list_append, {}, nullptr, std::move(arguments)};
    }

    bool in_parentheses_ = false;  // the value that was read last
    std::array<bool, 4> seen_{};
    Update actions_;
};

}  // namespace

namespace {

enum class Clash { none, overlap, conflict };

Clash clash_of(const Path& one, const Path& two) {
    std::size_t same = 0;
    while (same < one.size() && same < two.size() && one[same] == two[same]) ++same;
    if (same == one.size() || same == two.size()) return Clash::overlap;
    return one[same].is_index != two[same].is_index ? Clash::conflict : Clash::none;
}

}  // namespace

std::string path_conflict(const std::vector<const Path*>& paths) {
    // aws: overlaps come first, wherever they stand (dynalite's suite).
    for (const Clash clash : {Clash::overlap, Clash::conflict}) {
        for (std::size_t i = 0; i < paths.size(); ++i) {
            for (std::size_t j = i + 1; j < paths.size(); ++j) {
                if (clash_of(*paths[i], *paths[j]) != clash) continue;
                return std::string("Two document paths ") +
                       (clash == Clash::overlap ? "overlap" : "conflict") +
                       " with each other; must remove or rewrite one of these paths; path one: " +
                       describe(*paths[i]) + ", path two: " + describe(*paths[j]);
            }
        }
    }
    return {};
}

Projection parse_projection(std::string_view text, Placeholders& placeholders) {
    return ProjectionParser(text, placeholders).parse();
}

Update parse_update(std::string_view text, Placeholders& placeholders) {
    return UpdateParser(text, placeholders).parse();
}

}  // namespace fogbank::dynamodb::expression
