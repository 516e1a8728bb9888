// S3 Object Lock: what a bucket holds new versions for, and what a version's retention and legal hold forbid.
// Pure. docs: S3 User Guide, "Locking objects with Object Lock".
#pragma once

#include "services/s3/errors.h"
#include "services/s3/object_headers.h"
#include "src/base/timestamp.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace fogbank::s3 {

namespace api {
struct ObjectLockConfiguration;
struct ObjectLockRetention;
}  // namespace api

enum class GovernanceBypass : std::uint8_t { no, yes };

inline GovernanceBypass bypass_of(const std::optional<bool>& header) {
    return header.value_or(false) ? GovernanceBypass::yes : GovernanceBypass::no;
}

// The bucket's configuration as its row keeps it: JSON, "{}" without a default retention, empty without a
// lock.
inline constexpr std::string_view kLockWithoutRetention = "{}";
// Throws MalformedXML, InvalidArgument, NotImplemented for event holds.
std::string checked_lock_configuration(const api::ObjectLockConfiguration& configuration);
api::ObjectLockConfiguration lock_configuration_from(std::string_view stored);

// The headers of a new version, as rows keep them, with the bucket's default retention where the request
// named none.
std::string with_default_retention(std::string_view stored, const std::string& headers, Timestamp now);

// The lock headers of an upload, checked. Throws InvalidArgument in AWS's words.
void read_lock(const std::optional<std::string>& mode, const std::optional<Timestamp>& retain_until,
               const std::optional<std::string>& legal_hold, Timestamp now, ObjectHeaders& headers);

// Throws AccessDenied where the version may not be erased now.
void check_erasable(const ObjectHeaders& headers, Timestamp now, GovernanceBypass bypass);

// Puts what PutObjectRetention asks for into the headers. An empty retention takes it away. Throws
// MalformedXML, InvalidArgument, and AccessDenied where the retention that stands does not allow it.
void change_retention(const api::ObjectLockRetention& wanted, Timestamp now, GovernanceBypass bypass,
                      ObjectHeaders& headers);

Timestamp retain_until_of(const ObjectHeaders& headers);  // the epoch where there is none

template <class Input>
void read_lock_headers(const Input& input, Timestamp now, ObjectHeaders& headers) {
    if (input.ObjectLockEventHold) throw not_implemented("x-amz-object-lock-event-hold");
    read_lock(input.ObjectLockMode, input.ObjectLockRetainUntilDate, input.ObjectLockLegalHoldStatus, now,
              headers);
}

// On the answers of GetObject and HeadObject.
template <class Output>
void show_lock(Output& output, const ObjectHeaders& headers) {
    output.ObjectLockMode = headers.lock_mode;
    if (headers.retain_until) output.ObjectLockRetainUntilDate = retain_until_of(headers);
    output.ObjectLockLegalHoldStatus = headers.legal_hold;
}

}  // namespace fogbank::s3
