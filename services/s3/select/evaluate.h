// Expressions on a record. Unknown is NULL: a comparison with what is absent is neither true nor false.
#pragma once

#include "services/s3/select/query.h"

#include <optional>
#include <span>
#include <vector>

namespace fogbank::s3::select {

// What an aggregate has seen.
struct Accumulator {
    std::int64_t count = 0;  // of values that are present
    double sum = 0;
    std::int64_t integer_sum = 0;
    bool integers_only = true;
    std::optional<Value> least, greatest;
};

struct Scope {
    const Record& record;
    Timestamp now;
    std::span<const Value> aggregates = {};  // by number, once all records are seen
};

// Throws AWS's evaluation errors: CastFailed, InvalidDataType, DivisionByZero ...
Value evaluate(const Expr& expr, const Scope& scope);

// True where the condition is; false where it is not, or unknown.
bool holds(const Expr& condition, const Scope& scope);

// Feeds every aggregate of `expr` with the record.
void accumulate(const Expr& expr, const Scope& scope, std::vector<Accumulator>& out);
// The values of all aggregates of `expr`, into their places.
void finish(const Expr& expr, const std::vector<Accumulator>& seen, std::vector<Value>& out);

// functions.cc: a call with its arguments computed.
Value call_function(const Expr& call, std::span<const Value> args, Timestamp now);
Value cast(const Value& value, std::string_view type);
Value extract(const Value& value, std::string_view part);
bool like(std::string_view text, std::string_view pattern, std::optional<char> escape);

}  // namespace fogbank::s3::select
