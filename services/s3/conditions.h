// HTTP's conditions as S3 reads them. Pure.
// docs: S3 API Reference, GetObject ("Overriding ... If both of the If-Match and If-Unmodified-Since ..."),
// PutObject.
#pragma once

#include "src/base/timestamp.h"

#include <optional>
#include <string>
#include <string_view>

namespace fogbank::s3 {

struct ReadConditions {
    std::optional<std::string> if_match, if_none_match;
    std::optional<Timestamp> if_modified_since, if_unmodified_since;
};

enum class Verdict { proceed, not_modified };

// Throws PreconditionFailed. `etag` without quotes; times count in whole seconds. `now`: a condition in the
// future is no condition.
Verdict judge_read(const ReadConditions& conditions, std::string_view etag, Timestamp modified,
                   Timestamp now);

// The same for the source of a copy: what would be 304 fails too.
void judge_copy_source(const ReadConditions& conditions, std::string_view etag, Timestamp modified,
                       Timestamp now);

struct WriteConditions {
    std::optional<std::string> if_match, if_none_match;
};

// Throws NotImplemented for an If-None-Match that is not "*", or for both at once.
void check_write_conditions(const WriteConditions& conditions);
// `etag` of the object that stands there, nothing where none does. Throws PreconditionFailed, or NoSuchKey
// for an If-Match on nothing.
void judge_write(const WriteConditions& conditions, std::optional<std::string_view> etag,
                 std::string_view key);

}  // namespace fogbank::s3
