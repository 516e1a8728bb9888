// Archived storage classes: what can be read only after RestoreObject. Pure.
// docs: S3 User Guide, "Working with archived objects".
#pragma once

#include "services/s3/object_headers.h"
#include "src/base/error.h"
#include "src/base/timestamp.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace fogbank::s3 {

namespace api {
struct RestoreRequest;
struct RestoreStatus;
}  // namespace api

bool is_archived(std::string_view storage_class);

// The days that a restored copy shall stay. Throws MalformedXML, InvalidArgument, NotImplemented.
std::int32_t checked_restore_days(const api::RestoreRequest& request);

// When a copy restored now for `days` goes: the midnight after.
Timestamp restored_until(Timestamp now, std::int32_t days);

// True while a restored copy stands.
bool is_restored(const ObjectHeaders& headers, Timestamp now);

// Throws InvalidObjectState where the bytes of the version cannot be read now.
void check_readable(std::string_view storage_class, const ObjectHeaders& headers, Timestamp now);
// The same for the source of a copy, which AWS refuses otherwise.
void check_copyable(std::string_view storage_class, const ObjectHeaders& headers, Timestamp now);

// Until when a restored copy stands; nothing where none does.
std::optional<Timestamp> restored_copy_until(const ObjectHeaders& headers, Timestamp now);

// What lists tell of an object with `headers` (a row's column) where asked to; nothing where no restored copy
// stands.
bool wants_restore_status(const std::optional<std::vector<std::string>>& optional_attributes);
std::optional<api::RestoreStatus> restore_status(const std::string& headers, Timestamp now);

// x-amz-restore; nothing where no restored copy stands.
std::optional<std::string> restore_header(const ObjectHeaders& headers, Timestamp now);

}  // namespace fogbank::s3
