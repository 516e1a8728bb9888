// AWS's rules for the tags of a stream.
#pragma once

#include "src/gateway/request_context.h"
#include "src/model/shape.h"

#include <string>
#include <string_view>
#include <vector>

namespace fogbank::kinesis {

// aws: "You can assign up to 50 tags to a data stream" (docs: AddTagsToStream).
inline constexpr std::size_t kTagLimit = 50;

// Throws InvalidArgumentException where a key or value holds a character that AWS does not take, or where the
// map itself has more than kTagLimit entries.
void check_tags(const gateway::RequestContext& context, std::string_view stream,
                const model::Map<std::string>& tags);
void check_tag_keys(const gateway::RequestContext& context, std::string_view stream,
                    const std::vector<std::string>& keys);
[[noreturn]] void throw_too_many_tags(const gateway::RequestContext& context, std::string_view stream);

}  // namespace fogbank::kinesis
