// A parsed SELECT.
#pragma once

#include "services/s3/select/value.h"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace fogbank::s3::select {

inline constexpr std::size_t kExpressionLimit = 256 * 1024;  // bytes; docs: "SelectObjectContent"
inline constexpr int kDepthLimit = 200;                      // of an expression's tree

enum class ExprKind : std::uint8_t {
    literal,
    path,
    logic_and,
    logic_or,
    logic_not,
    compare,     // op: = <> < <= > >=
    arithmetic,  // op: + - * / %
    negate,
    between,  // value, low, high
    in,       // value, candidates...
    like,     // value, pattern, escape?
    is_null,
    is_missing,
    cast,       // op: the type
    call,       // op: the function
    extract,    // op: the part; also of DATE_ADD and DATE_DIFF, in `part`
    case_when,  // condition, value, ..., else?
    aggregate,  // op: COUNT SUM AVG MIN MAX; no argument: COUNT(*)
};

// One step of a path behind the record.
struct Step {
    std::string name;  // empty: an index or a wildcard
    CaseRule rule = CaseRule::any;
    std::int64_t index = -1;
    bool wildcard = false;  // [*], in FROM only
};

struct Expr {
    ExprKind kind = ExprKind::literal;
    std::string op, part;
    Value literal;
    std::vector<Step> path;
    std::vector<std::unique_ptr<Expr>> args;
    bool negated = false;       // NOT BETWEEN, IS NOT NULL
    std::size_t aggregate = 0;  // its number, where it is one
    int depth = 1;
};

using ExprPtr = std::unique_ptr<Expr>;

struct Projection {
    std::unique_ptr<Expr> expr;
    std::string name;  // of the output; empty: none given, "_1" is used
};

struct Query {
    bool everything = false;  // SELECT *
    std::vector<Projection> projections;
    std::vector<Step> from;  // behind S3Object
    std::string alias;
    std::unique_ptr<Expr> where;
    std::optional<std::int64_t> limit;
    std::size_t aggregates = 0;
};

// Throws one of AWS's parse errors.
Query parse(std::string_view sql);

}  // namespace fogbank::s3::select
