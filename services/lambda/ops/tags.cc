#include "services/lambda/model/errors.h"
#include "services/lambda/model/list_tags.h"
#include "services/lambda/model/tag_resource.h"
#include "services/lambda/model/untag_resource.h"
#include "services/lambda/service.h"
#include "services/lambda/store/functions.h"
#include "src/base/arn.h"

namespace fogbank::lambda {

namespace {

FunctionReference tagged_function(const gateway::RequestContext& context,
                                  const std::optional<std::string>& resource) {
    const std::string text = resource.value_or("");
    const std::optional<Arn> arn = Arn::parse(text);
    std::optional<FunctionReference> reference;
    if (arn && arn->resource().substr(0, 9) == "function:") {
        reference = parse_function(text, context.account, context.region);
    }
    if (!reference) {
        throw errors::InvalidParameterValueException("The resource ARN '" + text +
                                                     "' is not the ARN of a function");
    }
    if (!reference->qualifier.empty()) {
        throw errors::InvalidParameterValueException(
            "Tags on function aliases and versions are not supported. Please specify a function ARN.");
    }
    return *reference;
}

void require(store::ReadTxn& txn, const FunctionReference& reference) {
    if (!function_exists(txn, reference)) {
        throw errors::ResourceNotFoundException("Function not found: " + reference.arn());
    }
}

}  // namespace

Task<api::TagResource::Output> Service::tag_resource(const Context& context,
                                                     const api::TagResource::Input& input) {
    const FunctionReference reference = tagged_function(context, input.Resource);
    auto tag = [&](store::Txn& txn) {
        require(txn, reference);
        Tags tags = find_tags(txn, reference);
        for (const auto& [name, value] : *input.Tags) tags[name] = value;
        if (tags.size() > kTagLimit) {
            throw errors::InvalidParameterValueException("Number of tags exceeds resource tag limit.");
        }
        update_tags(txn, reference, tags);
    };
    co_await database_.write(tag);
    co_return api::TagResource::Output();
}

Task<api::UntagResource::Output> Service::untag_resource(const Context& context,
                                                         const api::UntagResource::Input& input) {
    const FunctionReference reference = tagged_function(context, input.Resource);
    auto untag = [&](store::Txn& txn) {
        require(txn, reference);
        Tags tags = find_tags(txn, reference);
        for (const std::string& name : *input.TagKeys) tags.erase(name);
        update_tags(txn, reference, tags);
    };
    co_await database_.write(untag);
    co_return api::UntagResource::Output();
}

api::ListTags::Output Service::list_tags(const Context& context, const api::ListTags::Input& input) {
    const FunctionReference reference = tagged_function(context, input.Resource);
    const Tags tags = database_.read([&](store::ReadTxn& txn) {
        require(txn, reference);
        return find_tags(txn, reference);
    });
    api::ListTags::Output output;
    output.Tags = model::Map<std::string>(tags.begin(), tags.end());
    return output;
}

}  // namespace fogbank::lambda
