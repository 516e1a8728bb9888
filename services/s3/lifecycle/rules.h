// What a bucket's lifecycle rules do to an object, and when. docs: S3 User Guide, "Managing the lifecycle of
// objects", "Lifecycle configuration elements", "Conflicting lifecycle configurations".
#pragma once

#include "services/s3/model/get_bucket_lifecycle_configuration.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace fogbank::s3::lifecycle {

using Rules = std::vector<api::LifecycleRule>;
using Tags = std::vector<std::pair<std::string, std::string>>;

inline constexpr std::int64_t kDayMs = 86'400'000;

// aws: "adding the number of days ... and rounding the resulting time to the next day midnight UTC".
std::int64_t midnight_after(std::int64_t time_ms);

// A version of an object, or a delete marker, as rules see it.
struct Facts {
    std::string_view key;
    std::int64_t size = 0;
    std::int64_t modified_ms = 0;
    std::string_view storage_class;
    Tags tags;
    bool current = true;
    bool delete_marker = false;
    bool alone = false;                    // a current delete marker with no version below
    std::int64_t noncurrent_since_ms = 0;  // not current: when the next newer version came
    std::int64_t newer_noncurrent = 0;     // not current: how many noncurrent versions are newer
};

enum class Action : std::uint8_t { none, expire, erase_version, erase_marker, transition };

struct Decision {
    Action action = Action::none;
    std::string rule;                     // its ID
    std::string storage_class;            // of a transition
    std::optional<std::int64_t> next_ms;  // when something will become due, where nothing is
};

// What is due at `now_ms`. Deleting for ever comes before a transition, a transition before a delete marker.
Decision decide(const Rules& rules, const Facts& object, std::int64_t now_ms);

// When an upload that nobody completes is aborted, and by which rule.
struct Due {
    std::int64_t at_ms = 0;
    std::string rule;
};
std::optional<Due> abort_due(const Rules& rules, std::string_view key, std::int64_t initiated_ms);

// x-amz-expiration of the current version; nothing where no rule will expire it.
std::optional<std::string> expiration_header(const Rules& rules, const Facts& object);

}  // namespace fogbank::s3::lifecycle
