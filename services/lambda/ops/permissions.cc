// AddPermission, RemovePermission, GetPolicy: the resource policy of a function, a version or an alias.
#include "services/lambda/store/permissions.h"
#include "services/lambda/configuration.h"
#include "services/lambda/model/add_permission.h"
#include "services/lambda/model/errors.h"
#include "services/lambda/model/get_policy.h"
#include "services/lambda/model/remove_permission.h"
#include "services/lambda/service.h"
#include "services/lambda/store/functions.h"
#include "src/base/digest.h"
#include "src/base/json.h"

#include <algorithm>

namespace fogbank::lambda {

namespace {

bool is_account(std::string_view text) {
    return text.size() == 12 &&
           std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

void write_principal(json::Writer& out, const std::string& principal) {
    out.key("Principal");
    if (principal == "*") {
        out.string("*");
    } else if (is_account(principal)) {
        out.begin_object().field("AWS", "arn:aws:iam::" + principal + ":root").end_object();
    } else if (principal.rfind("arn:", 0) == 0) {
        out.begin_object().field("AWS", principal).end_object();
    } else {
        out.begin_object().field("Service", principal).end_object();
    }
}

using Condition = std::pair<const char*, std::string>;

void write_conditions(json::Writer& out, const api::AddPermissionRequest& input) {
    std::vector<Condition> equals;
    if (input.SourceAccount) equals.emplace_back("AWS:SourceAccount", *input.SourceAccount);
    if (input.PrincipalOrgID) equals.emplace_back("aws:PrincipalOrgID", *input.PrincipalOrgID);
    if (input.EventSourceToken) equals.emplace_back("lambda:EventSourceToken", *input.EventSourceToken);
    if (input.FunctionUrlAuthType)
        equals.emplace_back("lambda:FunctionUrlAuthType", *input.FunctionUrlAuthType);
    if (equals.empty() && !input.SourceArn && !input.InvokedViaFunctionUrl) return;
    out.key("Condition").begin_object();
    if (!equals.empty()) {
        out.key("StringEquals").begin_object();
        for (const auto& [name, value] : equals) out.field(name, value);
        out.end_object();
    }
    if (input.InvokedViaFunctionUrl) {
        out.key("Bool").begin_object();
        out.field("lambda:InvokedViaFunctionUrl", *input.InvokedViaFunctionUrl ? "true" : "false")
            .end_object();
    }
    if (input.SourceArn) {
        out.key("ArnLike").begin_object().field("AWS:SourceArn", *input.SourceArn).end_object();
    }
    out.end_object();
}

std::string statement_text(const api::AddPermissionRequest& input, const FunctionReference& reference) {
    std::string text;
    json::Writer out(text);
    out.begin_object().field("Sid", *input.StatementId).field("Effect", "Allow");
    write_principal(out, *input.Principal);
    out.field("Action", *input.Action).field("Resource", reference.qualified_arn());
    write_conditions(out, input);
    out.end_object();
    return text;
}

// The policy's revision changes with its text.
std::string revision_of(const std::string& policy) {
    const std::string hex = md5_hex(policy);
    return hex.substr(0, 8) + "-" + hex.substr(8, 4) + "-" + hex.substr(12, 4) + "-" + hex.substr(16, 4) +
           "-" + hex.substr(20, 12);
}

void require(store::ReadTxn& txn, const FunctionReference& reference) {
    if (!find_function(txn, reference)) {
        throw errors::ResourceNotFoundException("Function not found: " + reference.qualified_arn());
    }
}

void check_policy_revision(const std::optional<std::string>& wanted,
                           const std::vector<std::string>& statements) {
    if (!wanted) return;
    check_revision(wanted, revision_of(policy_text(statements)));
}

}  // namespace

Task<api::AddPermission::Output> Service::add_permission(const Context& context,
                                                         const api::AddPermission::Input& input) {
    const FunctionReference reference = requested_function(context, input.FunctionName, input.Qualifier);
    if (reference.qualifier == kLatest) {
        throw errors::InvalidParameterValueException(
            "We currently do not support adding policies for $LATEST.");
    }
    const std::string statement = statement_text(input, reference);
    auto add = [&](store::Txn& txn) {
        require(txn, reference);
        std::vector<std::string> statements = list_statements(txn, reference);
        check_policy_revision(input.RevisionId, statements);
        if (has_statement(txn, reference, *input.StatementId)) {
            throw errors::ResourceConflictException("The statement id (" + *input.StatementId +
                                                    ") provided already exists. Please provide a new "
                                                    "statement id, or remove the existing statement.");
        }
        statements.push_back(statement);
        if (const std::size_t size = policy_text(statements).size(); size > kPolicyLimit) {
            throw errors::PolicyLengthExceededException("The final policy size (" + std::to_string(size) +
                                                        ") is bigger than the limit (" +
                                                        std::to_string(kPolicyLimit) + ").");
        }
        insert_statement(txn, reference, *input.StatementId, statement);
    };
    co_await database_.write(add);
    api::AddPermission::Output output;
    output.Statement = statement;
    co_return output;
}

Task<api::RemovePermission::Output> Service::remove_permission(const Context& context,
                                                               const api::RemovePermission::Input& input) {
    const FunctionReference reference = requested_function(context, input.FunctionName, input.Qualifier);
    auto remove = [&](store::Txn& txn) {
        require(txn, reference);
        check_policy_revision(input.RevisionId, list_statements(txn, reference));
        if (!erase_statement(txn, reference, *input.StatementId)) {
            throw errors::ResourceNotFoundException("Statement " + *input.StatementId +
                                                    " is not found in resource policy.");
        }
    };
    co_await database_.write(remove);
    co_return api::RemovePermission::Output();
}

api::GetPolicy::Output Service::get_policy(const Context& context, const api::GetPolicy::Input& input) {
    const FunctionReference reference = requested_function(context, input.FunctionName, input.Qualifier);
    const std::vector<std::string> statements = database_.read([&](store::ReadTxn& txn) {
        require(txn, reference);
        return list_statements(txn, reference);
    });
    if (statements.empty())
        throw errors::ResourceNotFoundException("The resource you requested does not exist.");
    api::GetPolicy::Output output;
    output.Policy = policy_text(statements);
    output.RevisionId = revision_of(*output.Policy);
    return output;
}

}  // namespace fogbank::lambda
