// Rows of a table or an index as they were: what a read that is stale on purpose sees.
#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <string>

namespace fogbank::dynamodb {

struct PastRow {
    std::string json;
    std::size_t size = 0;
};
// By the row's key. It stands for what is there now; nothing: no row was there.
using PastRows = std::map<std::string, std::optional<PastRow>>;

}  // namespace fogbank::dynamodb
