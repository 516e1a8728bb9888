// Words that no expression may use as an attribute name.
#pragma once

#include <string_view>

namespace fogbank::dynamodb::expression {

// In any case.
bool is_reserved(std::string_view word);

}  // namespace fogbank::dynamodb::expression
