#include "services/lambda/model/delete_function.h"
#include "services/lambda/model/errors.h"
#include "services/lambda/service.h"
#include "services/lambda/store/functions.h"

#include <charconv>

namespace fogbank::lambda {

namespace {

std::vector<std::string> erase_published(store::Txn& txn, const FunctionReference& reference) {
    std::int64_t number = 0;
    const std::string& text = reference.qualifier;
    if (!is_version_number(text)) {
        throw errors::InvalidParameterValueException(
            "Deletion of aliases is not currently supported. Use DeleteAlias.");
    }
    std::from_chars(text.data(), text.data() + text.size(), number);
    if (version_has_alias(txn, reference, number)) {
        throw errors::ResourceConflictException(
            "Unable to delete version because the following aliases reference it: " +
            reference.qualified_arn());
    }
    return erase_version(txn, reference, number);
}

}  // namespace

Task<gateway::Answer<api::DeleteFunction::Output>> Service::delete_function(
    const Context& context, const api::DeleteFunction::Input& input) {
    const FunctionReference reference = requested_function(context, input.FunctionName, input.Qualifier);
    if (reference.qualifier == kLatest) {
        throw errors::InvalidParameterValueException(
            "$LATEST version cannot be deleted without deleting the function.");
    }
    auto erase = [&](store::Txn& txn) {
        if (!function_exists(txn, reference)) {
            throw errors::ResourceNotFoundException("Function not found: " + reference.qualified_arn());
        }
        forget_after(txn);
        return reference.qualifier.empty() ? erase_function(txn, reference) : erase_published(txn, reference);
    };
    const std::vector<std::string> codes = co_await database_.write(erase);
    if (reference.qualifier.empty()) scheduler_.end_sandboxes(reference.arn());
    for (const std::string& code : codes) co_await codes_.erase_unused(code);
    gateway::Answer<api::DeleteFunction::Output> answer;
    answer.output.StatusCode = 204;
    answer.status = 204;
    co_return answer;
}

}  // namespace fogbank::lambda
