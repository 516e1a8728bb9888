// Which keys can be files under a folder.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace fogbank::s3::mount {

// Files that are being written here; never objects.
inline constexpr std::string_view kTemporary = ".fogbank-";

// True for a key whose path stays inside any folder: no empty, "." or ".." segment, none too long or
// temporary.
bool can_be_file(std::string_view key);

// The file of a key; nothing where it cannot be one.
std::optional<std::string> file_of(std::string_view folder, std::string_view key);

}  // namespace fogbank::s3::mount
