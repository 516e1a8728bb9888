#include "services/kinesis/tags.h"
#include "services/kinesis/model/add_tags_to_stream.h"
#include "services/kinesis/model/list_tags_for_stream.h"
#include "services/kinesis/model/remove_tags_from_stream.h"
#include "services/kinesis/service.h"
#include "services/kinesis/stream_reference.h"

#include <algorithm>

namespace fogbank::kinesis {

namespace {

// aws: the largest page, and the page where the request names none (docs: ListTagsForStream).
constexpr std::size_t kDefaultPage = 50;

}  // namespace

Task<api::AddTagsToStream::Output> Service::add_tags_to_stream(const Context& context,
                                                               const api::AddTagsToStream::Input& input) {
    const std::string name = required_stream_name(context, input);
    auto add = [&](store::Txn& txn) {
        const Stream stream = require_stream(txn, context, name);
        check_tags(context, name, *input.Tags);
        for (const auto& [key, value] : *input.Tags) put_tag(txn, stream, key, value);
        if (list_tags(txn, stream).size() > kTagLimit) throw_too_many_tags(context, name);
    };
    co_await database_.write(add);
    co_return api::AddTagsToStream::Output{};
}

Task<api::RemoveTagsFromStream::Output> Service::remove_tags_from_stream(
    const Context& context, const api::RemoveTagsFromStream::Input& input) {
    const std::string name = required_stream_name(context, input);
    auto remove = [&](store::Txn& txn) {
        const Stream stream = require_stream(txn, context, name);
        check_tag_keys(context, name, *input.TagKeys);
        for (const std::string& key : *input.TagKeys) erase_tag(txn, stream, key);
    };
    co_await database_.write(remove);
    co_return api::RemoveTagsFromStream::Output{};
}

api::ListTagsForStream::Output Service::list_tags_for_stream(const Context& context,
                                                             const api::ListTagsForStream::Input& input) {
    const std::string name = required_stream_name(context, input);
    Tags tags = database_.read(
        [&](store::ReadTxn& txn) { return list_tags(txn, require_stream(txn, context, name)); });
    if (input.ExclusiveStartTagKey) {
        std::erase_if(tags, [&](const auto& tag) { return tag.first <= *input.ExclusiveStartTagKey; });
    }
    const std::size_t page = input.Limit ? static_cast<std::size_t>(*input.Limit) : kDefaultPage;
    api::ListTagsForStream::Output output;
    output.HasMoreTags = tags.size() > page;
    auto& list = output.Tags.emplace();
    for (std::size_t i = 0; i < std::min(page, tags.size()); ++i) {
        api::Tag& tag = list.emplace_back();
        tag.Key = tags[i].first;
        tag.Value = tags[i].second;
    }
    return output;
}

}  // namespace fogbank::kinesis
