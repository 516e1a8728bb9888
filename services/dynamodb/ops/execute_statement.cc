#include "services/dynamodb/model/execute_statement.h"
#include "services/dynamodb/model/batch_execute_statement.h"
#include "services/dynamodb/partiql/next_token.h"
#include "services/dynamodb/partiql/session.h"
#include "services/dynamodb/refuse.h"
#include "services/dynamodb/service.h"

#include <map>

namespace fogbank::dynamodb {
namespace {

using partiql::Options;
using partiql::ReadConsistency;
using partiql::Session;
using partiql::Statement;
using partiql::Verb;

template <class Given>
Options options_of(const Given& given, const Mode& capacity) {
    Options options;
    options.capacity = capacity;
    if (given.ConsistentRead.value_or(false)) options.consistency = ReadConsistency::strong;
    if (given.ReturnValuesOnConditionCheckFailure == "ALL_OLD")
        options.on_failure = ConditionFailure::with_item;
    return options;
}

// BatchStatementErrorCodeEnum is the exception's name without its ending, but for a few.
std::string batch_code(const Error& error) {
    if (error.code() == "ValidationException") return "ValidationError";
    if (error.code() == "ThrottlingException") return "ThrottlingError";
    std::string code = error.code();
    constexpr std::string_view kEnding = "Exception";
    if (code.ends_with(kEnding)) code.resize(code.size() - kEnding.size());
    return code;
}

// A statement of a batch, or what is wrong about it.
struct Member {
    std::optional<Statement> statement;
    std::optional<Error> error;
    bool reached_item = false;
    bool is_read() const { return statement && statement->verb == Verb::select; }
    bool is_write() const { return statement && statement->verb != Verb::select; }
};

Member parse_member(const api::BatchStatementRequest& request) {
    Member member;
    try {
        member.statement = partiql::parse(*request.Statement, request.Parameters);
        if (member.statement->verb == Verb::exists) {
            refuse("EXISTS can only be used in ExecuteTransaction write requests.");
        }
    } catch (const Error& error) {
        member.error = error;
    }
    return member;
}

// docs: BatchExecuteStatement, "The entire batch must consist of either read statements or write statements".
void check_not_mixed(const std::vector<Member>& members) {
    bool has_read = false;
    bool has_write = false;
    for (const Member& member : members) {
        has_read = has_read || member.is_read();
        has_write = has_write || member.is_write();
    }
    if (has_read && has_write) {
        refuse(
            "BatchExecuteStatement API does not support both read and write operations in the same request.");
    }
}

api::BatchStatementResponse response_of(const Member& member) {
    const Error& error = *member.error;
    api::BatchStatementResponse response;
    // aws: what is refused before its item is looked at names no table (conformance suite).
    if (member.reached_item) response.TableName = member.statement->table;
    api::BatchStatementError& out = response.Error.emplace();
    out.Code = batch_code(error);
    out.Message = error.message();
    for (const Error::Detail& detail : error.details()) {
        if (detail.name == "Item") out.Item = Item::of_json(detail.value);
    }
    return response;
}

Task<partiql::Answer> run_member(Session& session, const Statement& statement, const Options& options) {
    if (statement.verb == Verb::select)
        co_return session.read_one(statement, options, "BatchExecuteStatement");
    co_return co_await session.write(statement, options);
}

}  // namespace

Task<api::ExecuteStatement::Output> Service::execute_statement(const RequestContext& context,
                                                               const api::ExecuteStatement::Input& input) {
    const Statement statement = partiql::parse(*input.Statement, input.Parameters);
    if (statement.verb == Verb::exists) {
        refuse("EXISTS can only be used in ExecuteTransaction write requests.");
    }
    Options options = options_of(input, input.ReturnConsumedCapacity);
    options.limit = input.Limit.value_or(0);
    Session session(database_, tables_, outbox_, simulation_, context);
    partiql::Answer answer;
    if (statement.verb == Verb::select) {
        partiql::Place from = partiql::place_of(input);
        answer = co_await session.read(statement, options, std::move(from));
    } else {
        answer = co_await session.write(statement, options);
    }
    api::ExecuteStatement::Output output;
    output.Items = std::move(answer.items);
    output.ConsumedCapacity = std::move(answer.cost);
    if (answer.next) {
        output.NextToken = partiql::next_token(input, *answer.next);
        if (answer.next->key) output.LastEvaluatedKey = Item::of(std::move(*answer.next->key));
    }
    co_return output;
}

Task<api::BatchExecuteStatement::Output> Service::batch_execute_statement(
    const RequestContext& context, const api::BatchExecuteStatement::Input& input) {
    std::vector<Member> members;
    for (const api::BatchStatementRequest& request : *input.Statements)
        members.push_back(parse_member(request));
    check_not_mixed(members);
    Session session(database_, tables_, outbox_, simulation_, context);
    api::BatchExecuteStatement::Output output;
    output.Responses.emplace();
    TableCosts costs;
    for (std::size_t i = 0; i < members.size(); ++i) {
        Member& member = members[i];
        const Options options = options_of((*input.Statements)[i], input.ReturnConsumedCapacity);
        partiql::Answer answer;
        if (!member.error) {
            try {
                answer = co_await run_member(session, *member.statement, options);
            } catch (const Error& error) {
                member.error = error;
                member.reached_item = member.is_write() && session.reached_item();
            }
        }
        if (member.error) {
            output.Responses->push_back(response_of(member));
            continue;
        }
        api::BatchStatementResponse& response = output.Responses->emplace_back();
        response.TableName = member.statement->table;
        if (!answer.items.empty()) response.Item = std::move(answer.items.front());
        costs.add(answer.cost);
    }
    output.ConsumedCapacity = costs.take();
    co_return output;
}

}  // namespace fogbank::dynamodb
