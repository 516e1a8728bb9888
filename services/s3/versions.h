// Version ids and what a bucket's versioning means for them. Pure.
// docs: S3 User Guide, "Retaining multiple versions of objects with S3 Versioning".
#pragma once

#include "src/base/error.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace fogbank::s3 {

// What AWS calls the version that was written without versioning, or while it is suspended.
inline constexpr std::string_view kNullVersion = "null";

// 32 letters and digits that only this version has, and that tell its ordinal. `seed` is the request's.
std::string make_version_id(std::string_view seed, std::string_view key, std::int64_t ordinal);

// The ordinal in a version id; nothing where it is not one.
std::optional<std::int64_t> ordinal_of(std::string_view version);

bool is_version_id(std::string_view version);  // "null" too
// Throws InvalidArgument where a version is named that cannot be one.
void check_version_id(const std::optional<std::string>& version);

Error no_such_version(std::string_view key, std::string_view version);

}  // namespace fogbank::s3
