// The tags of objects, kept as the header brings them: "a=1&b=2". Pure.
// docs: S3 User Guide, "Categorizing your objects using tags".
#pragma once

#include "services/s3/model/types/tag.h"

#include <string>
#include <string_view>
#include <vector>

namespace fogbank::s3 {

inline constexpr std::size_t kObjectTagLimit = 10;

std::vector<api::Tag> tags_from(std::string_view tagging);
std::string tagging_of(const std::vector<api::Tag>& tags);

// Throws BadRequest for too many, and what check_tags throws.
void check_object_tags(const std::vector<api::Tag>& tags);
// The same for the header x-amz-tagging, where a key that comes twice is an InvalidArgument.
void check_tagging(std::string_view header);

}  // namespace fogbank::s3
