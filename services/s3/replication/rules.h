// A bucket's replication rules. docs: S3 User Guide, "Replicating objects", "Replication configuration file
// elements".
#pragma once

#include "services/s3/model/get_bucket_replication.h"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace fogbank::s3::replication {

using Tags = std::vector<std::pair<std::string, std::string>>;

enum class Change : std::uint8_t { object, delete_marker };

struct Destination {
    std::string bucket;
    std::string storage_class;  // empty: the source's
    std::string rule;           // the ID of the rule that says so
};

// The name in "arn:aws:s3:::name".
std::string bucket_of(std::string_view arn);

// Where the change goes: each bucket once, by its rule with the highest priority.
std::vector<Destination> destinations(const api::ReplicationConfiguration& configuration,
                                      std::string_view key, const Tags& tags, Change change);

// The status of a version on its way to `count` buckets, as kept with its headers.
std::string pending_status(std::size_t count);
// What is kept after one of them took the version, or refused it for good.
std::string next_status(std::string_view kept, bool failed);
// The word that an answer shows: PENDING, COMPLETED, FAILED, REPLICA.
std::string shown_status(std::string_view kept);

}  // namespace fogbank::s3::replication
