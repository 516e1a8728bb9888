#include "services/dynamodb/model/errors.h"
#include "services/dynamodb/model/list_tags_of_resource.h"
#include "services/dynamodb/model/tag_resource.h"
#include "services/dynamodb/model/untag_resource.h"
#include "services/dynamodb/permissions.h"
#include "services/dynamodb/refuse.h"
#include "services/dynamodb/service.h"
#include "services/dynamodb/table_request.h"
#include "src/base/arn.h"

#include <algorithm>

namespace fogbank::dynamodb {
namespace {

// The table that `given` names, where the caller may do that with it. aws: authorization comes before any
// look at the table.
NamedTable table_of(TableCache& tables, const RequestContext& context, const std::string& given) {
    const auto arn = Arn::parse(given);
    constexpr std::string_view kTable = "table/";
    // docs: "Naming rules", at least 3 characters.
    const bool is_table = arn && arn->service() == "dynamodb" && arn->resource().starts_with(kTable) &&
                          arn->resource().size() >= kTable.size() + 3;
    if (!is_table) {
        refuse("Invalid TableArn: Invalid ResourceArn provided as input " + given);
    }
    NamedTable out{std::string(arn->account()), std::string(arn->resource().substr(kTable.size()))};
    const TablePtr table = arn->region() == context.region || arn->account() == context.account
                               ? tables.find(out.account, context.region, out.name)
                               : nullptr;
    check_permission(context, {out.account, arn->region(), out.name}, table.get(), {context.operation->name});
    return out;
}

std::string not_found(const std::string& arn) {
    return "Requested resource not found: ResourcArn: " + arn + " not found";
}

// Changes the tags of the table.
template <class Change>
Task<void> change_tags(store::Database& database, const RequestContext& context, const NamedTable& named,
                       const std::string& not_found, Change& change) {
    auto body = [&](store::Txn& txn) {
        const TablePtr found = load_table(txn, named.account, context.region, named.name);
        if (found == nullptr) throw errors::ResourceNotFoundException(not_found);
        Table table = *found;
        change(table.tags);
        check_tag_count(table);
        store_table(txn, table);
    };
    co_await database.write(body);
}

}  // namespace

api::ListTagsOfResource::Output Service::list_tags_of_resource(const RequestContext& context,
                                                               const api::ListTagsOfResource::Input& input) {
    const NamedTable named = table_of(tables_, context, *input.ResourceArn);
    const TablePtr table = database_.read(
        [&](store::ReadTxn& txn) { return load_table(txn, named.account, context.region, named.name); });
    if (table == nullptr) throw errors::ResourceNotFoundException(not_found(*input.ResourceArn));
    api::ListTagsOfResource::Output output;
    output.Tags.emplace();
    for (const auto& [key, value] : table->tags) {
        api::Tag& tag = output.Tags->emplace_back();
        tag.Key = key;
        tag.Value = value;
    }
    return output;
}

Task<api::TagResource::Output> Service::tag_resource(const RequestContext& context,
                                                     const api::TagResource::Input& input) {
    const NamedTable named = table_of(tables_, context, *input.ResourceArn);
    if (input.Tags->empty()) refuse("Atleast one Tag needs to be provided as Input.");  // aws: as it is sent
    check_tags(*input.Tags);
    const std::string missing = not_found(*input.ResourceArn);
    auto change = [&](auto& tags) {
        for (const api::Tag& tag : *input.Tags) {
            const auto known = std::find_if(tags.begin(), tags.end(),
                                            [&](const auto& each) { return each.first == *tag.Key; });
            if (known != tags.end()) {
                known->second = *tag.Value;
            } else {
                tags.emplace_back(*tag.Key, *tag.Value);
            }
        }
    };
    co_await change_tags(database_, context, named, missing, change);
    co_return api::TagResource::Output{};
}

Task<api::UntagResource::Output> Service::untag_resource(const RequestContext& context,
                                                         const api::UntagResource::Input& input) {
    const NamedTable named = table_of(tables_, context, *input.ResourceArn);
    if (input.TagKeys->empty()) refuse("Atleast one Tag Key needs to be provided as Input.");
    // aws: does not name what it does not find (dynalite's suite).
    const std::string missing = "Requested resource not found";
    auto change = [&](auto& tags) {
        std::erase_if(tags, [&](const auto& tag) {
            return std::find(input.TagKeys->begin(), input.TagKeys->end(), tag.first) != input.TagKeys->end();
        });
    };
    co_await change_tags(database_, context, named, missing, change);
    co_return api::UntagResource::Output{};
}

}  // namespace fogbank::dynamodb
