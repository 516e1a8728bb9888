// S3's permissions. docs: Service Authorization Reference, "Actions, resources, and condition keys for Amazon
// S3".
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace fogbank::s3 {

enum class VersionNamed : std::uint8_t { no, yes };
inline VersionNamed named(const std::optional<std::string>& version) {
    return version ? VersionNamed::yes : VersionNamed::no;
}

// "s3:GetObject" for HeadObject: what an operation of the API asks for.
std::string action_of(std::string_view operation, VersionNamed version);

// What an action's resource is: a bucket, an object, or neither ("s3:ListAllMyBuckets").
inline constexpr unsigned kOnBucket = 1;
inline constexpr unsigned kOnObject = 2;
inline constexpr unsigned kOnNothing = 4;

// The kinds of resource of all actions that `pattern` matches; 0 where it matches none that S3 has.
unsigned resources_of_action(std::string_view pattern);

}  // namespace fogbank::s3
