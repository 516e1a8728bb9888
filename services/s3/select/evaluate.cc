#include "services/s3/select/evaluate.h"

#include <cmath>

namespace fogbank::s3::select {

namespace {

enum class Truth : std::uint8_t { no, unknown, yes };

Truth truth(bool value) {
    return value ? Truth::yes : Truth::no;
}

Truth truth_of(const Value& value) {
    if (const auto* flag = std::get_if<bool>(&value)) return truth(*flag);
    if (is_absent(value)) return Truth::unknown;
    throw select_error("EvaluatorInvalidArguments", "A condition must be a boolean.");
}

Value value_of(Truth truth) {
    if (truth == Truth::unknown) return Null{};
    return truth == Truth::yes;
}

Truth invert(Truth truth, bool negated) {
    if (!negated || truth == Truth::unknown) return truth;
    return truth == Truth::yes ? Truth::no : Truth::yes;
}

Truth compare_truth(const Expr& expr, const Value& left, const Value& right) {
    const auto order = compare(left, right);
    if (!order) {
        // Values of different kinds are not equal, and have no order.
        const bool comparable = is_absent(left) || is_absent(right);
        return !comparable && expr.op == "<>" ? Truth::yes : Truth::unknown;
    }
    if (expr.op == "=") return truth(*order == 0);
    if (expr.op == "<>") return truth(*order != 0);
    if (expr.op == "<") return truth(*order < 0);
    if (expr.op == "<=") return truth(*order <= 0);
    if (expr.op == ">") return truth(*order > 0);
    return truth(*order >= 0);
}

Error overflow() {
    return select_error("IntegerOverflow",
                        "An integer overflow or underflow occurred in the SQL expression.");
}

Value integer_arithmetic(std::string_view op, std::int64_t left, std::int64_t right) {
    std::int64_t out = 0;
    if (op == "+") {
        if (__builtin_add_overflow(left, right, &out)) throw overflow();
        return out;
    }
    if (op == "-") {
        if (__builtin_sub_overflow(left, right, &out)) throw overflow();
        return out;
    }
    if (op == "*") {
        if (__builtin_mul_overflow(left, right, &out)) throw overflow();
        return out;
    }
    if (right == 0) throw select_error("DivisionByZero", "Attempt to divide by zero in the SQL expression.");
    if (right == -1) return integer_arithmetic("-", 0, op == "/" ? left : 0);
    return op == "/" ? left / right : left % right;
}

Value arithmetic(std::string_view op, const Value& left, const Value& right) {
    if (is_absent(left) || is_absent(right)) return Null{};
    const auto integer = [](const Value& value) -> std::optional<std::int64_t> {
        if (const auto* held = std::get_if<std::int64_t>(&value)) return *held;
        const auto* text = std::get_if<std::string>(&value);
        return text != nullptr ? as_integer(*text) : std::nullopt;
    };
    const auto a = integer(left);
    const auto b = integer(right);
    if (a && b) return integer_arithmetic(op, *a, *b);
    const auto x = as_number(left);
    const auto y = as_number(right);
    if (!x || !y) {
        throw select_error("EvaluatorInvalidArguments",
                           "Arithmetic needs numbers; use CAST for text that is none.");
    }
    if (op == "+") return *x + *y;
    if (op == "-") return *x - *y;
    if (op == "*") return *x * *y;
    if (*y == 0) throw select_error("DivisionByZero", "Attempt to divide by zero in the SQL expression.");
    return op == "/" ? *x / *y : std::fmod(*x, *y);
}

Value path_value(const Expr& expr, const Scope& scope) {
    if (expr.path.empty()) {
        if (scope.record.fields == nullptr) return from_json(scope.record.json);
        throw select_error("InvalidKeyPath", "Key path in the SQL expression is invalid.");
    }
    const Step& first = expr.path.front();
    Value value = first.name.empty() ? element(from_json(scope.record.json), first.index)
                                     : column(scope.record, first.name, first.rule);
    for (std::size_t i = 1; i < expr.path.size(); ++i) {
        const Step& step = expr.path[i];
        value = step.name.empty() ? element(value, step.index) : member(value, step.name, step.rule);
    }
    return value;
}

Truth logic(const Expr& expr, const Scope& scope) {
    const bool all = expr.kind == ExprKind::logic_and;
    Truth out = all ? Truth::yes : Truth::no;
    for (const auto& arg : expr.args) {
        const Truth one = truth_of(evaluate(*arg, scope));
        if (one == (all ? Truth::no : Truth::yes)) return one;
        if (one == Truth::unknown) out = Truth::unknown;
    }
    return out;
}

Truth between(const Expr& expr, const Scope& scope) {
    const Value value = evaluate(*expr.args[0], scope);
    const auto low = compare(value, evaluate(*expr.args[1], scope));
    const auto high = compare(value, evaluate(*expr.args[2], scope));
    if (!low || !high) return Truth::unknown;
    return truth(*low >= 0 && *high <= 0);
}

Truth in_list(const Expr& expr, const Scope& scope) {
    const Value value = evaluate(*expr.args[0], scope);
    if (is_absent(value)) return Truth::unknown;
    for (std::size_t i = 1; i < expr.args.size(); ++i) {
        if (compare(value, evaluate(*expr.args[i], scope)) == 0) return Truth::yes;
    }
    return Truth::no;
}

Truth like_truth(const Expr& expr, const Scope& scope) {
    const Value value = evaluate(*expr.args[0], scope);
    const Value pattern = evaluate(*expr.args[1], scope);
    if (is_absent(value) || is_absent(pattern)) return Truth::unknown;
    const auto* text = std::get_if<std::string>(&value);
    const auto* wanted = std::get_if<std::string>(&pattern);
    std::optional<char> escape;
    // A pattern with many wildcards costs the product of both lengths.
    constexpr std::size_t kWorkLimit = std::size_t{1} << 26;
    bool valid = text != nullptr && wanted != nullptr && text->size() * wanted->size() <= kWorkLimit;
    if (expr.args.size() > 2) {
        const Value given = evaluate(*expr.args[2], scope);
        const auto* character = std::get_if<std::string>(&given);
        valid = valid && character != nullptr && character->size() == 1;
        if (valid) escape = character->front();
    }
    if (!valid) {
        throw select_error("LikeInvalidInputs",
                           "Invalid argument given to the LIKE clause in the SQL expression.");
    }
    return truth(like(*text, *wanted, escape));
}

Value case_value(const Expr& expr, const Scope& scope) {
    std::size_t at = 0;
    std::optional<Value> subject;
    if (!expr.op.empty()) subject = evaluate(*expr.args[at++], scope);
    for (; at + 1 < expr.args.size(); at += 2) {
        const Value condition = evaluate(*expr.args[at], scope);
        const bool chosen = subject ? compare(*subject, condition) == 0 : truth_of(condition) == Truth::yes;
        if (chosen) return evaluate(*expr.args[at + 1], scope);
    }
    if (at < expr.args.size()) return evaluate(*expr.args[at], scope);
    return Null{};
}

Value negate(const Value& value) {
    return arithmetic("-", std::int64_t{0}, value);
}

}  // namespace

Value evaluate(const Expr& expr, const Scope& scope) {
    const auto argument = [&](std::size_t i) { return evaluate(*expr.args[i], scope); };
    switch (expr.kind) {
        case ExprKind::literal:
            return expr.literal;
        case ExprKind::path:
            return path_value(expr, scope);
        case ExprKind::logic_and:
        case ExprKind::logic_or:
            return value_of(logic(expr, scope));
        case ExprKind::logic_not:
            return value_of(invert(truth_of(argument(0)), true));
        case ExprKind::compare:
            return value_of(compare_truth(expr, argument(0), argument(1)));
        case ExprKind::arithmetic:
            return arithmetic(expr.op, argument(0), argument(1));
        case ExprKind::negate:
            return negate(argument(0));
        case ExprKind::between:
            return value_of(invert(between(expr, scope), expr.negated));
        case ExprKind::in:
            return value_of(invert(in_list(expr, scope), expr.negated));
        case ExprKind::like:
            return value_of(invert(like_truth(expr, scope), expr.negated));
        case ExprKind::is_null:
            // docs: MISSING is NULL too.
            return is_absent(argument(0)) != expr.negated;
        case ExprKind::is_missing:
            return std::holds_alternative<Missing>(argument(0)) != expr.negated;
        case ExprKind::cast:
            return cast(argument(0), expr.op);
        case ExprKind::extract:
            return extract(argument(0), expr.part);
        case ExprKind::case_when:
            return case_value(expr, scope);
        case ExprKind::aggregate:
            return expr.aggregate < scope.aggregates.size() ? scope.aggregates[expr.aggregate]
                                                            : Value(Null{});
        case ExprKind::call: {
            std::vector<Value> args;
            for (std::size_t i = 0; i < expr.args.size(); ++i) args.push_back(argument(i));
            return call_function(expr, args, scope.now);
        }
    }
    return Null{};
}

bool holds(const Expr& condition, const Scope& scope) {
    return truth_of(evaluate(condition, scope)) == Truth::yes;
}

void accumulate(const Expr& expr, const Scope& scope, std::vector<Accumulator>& out) {
    if (expr.kind != ExprKind::aggregate) {
        for (const auto& arg : expr.args) accumulate(*arg, scope, out);
        return;
    }
    Accumulator& seen = out[expr.aggregate];
    if (expr.args.empty()) {
        ++seen.count;
        return;
    }
    Value value = evaluate(*expr.args[0], scope);
    if (is_absent(value)) return;
    ++seen.count;
    if (expr.op == "COUNT") return;
    if (expr.op == "SUM" || expr.op == "AVG") {
        const auto number = as_number(value);
        if (!number) {
            throw select_error("EvaluatorInvalidArguments",
                               expr.op + " needs numbers; use CAST for text that is none.");
        }
        const auto* integer = std::get_if<std::int64_t>(&value);
        seen.integers_only = seen.integers_only && integer != nullptr &&
                             !__builtin_add_overflow(seen.integer_sum, *integer, &seen.integer_sum);
        seen.sum += *number;
        return;
    }
    // An array or object has no order, and is a view into its record.
    if (std::holds_alternative<json::Value>(value)) {
        throw select_error("EvaluatorInvalidArguments", expr.op + " needs values that have an order.");
    }
    if (!seen.least || compare(value, *seen.least).value_or(0) < 0) seen.least = value;
    if (!seen.greatest || compare(value, *seen.greatest).value_or(0) > 0) seen.greatest = std::move(value);
}

void finish(const Expr& expr, const std::vector<Accumulator>& seen, std::vector<Value>& out) {
    for (const auto& arg : expr.args) finish(*arg, seen, out);
    if (expr.kind != ExprKind::aggregate) return;
    const Accumulator& one = seen[expr.aggregate];
    Value& value = out[expr.aggregate];
    if (expr.op == "COUNT") {
        value = one.count;
    } else if (one.count == 0) {
        value = Null{};
    } else if (expr.op == "SUM") {
        value = one.integers_only ? Value(one.integer_sum) : Value(one.sum);
    } else if (expr.op == "AVG") {
        value = one.sum / static_cast<double>(one.count);
    } else {
        value = expr.op == "MIN" ? *one.least : *one.greatest;
    }
}

}  // namespace fogbank::s3::select
