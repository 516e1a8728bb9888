#include "services/s3/archive.h"

#include "services/s3/errors.h"
#include "services/s3/model/types/glacier_job_parameters.h"
#include "services/s3/model/types/restore_request.h"
#include "services/s3/model/types/restore_status.h"
#include "src/base/clock.h"

#include <algorithm>
#include <charconv>
#include <chrono>

namespace fogbank::s3 {

namespace {

Timestamp until_of(const ObjectHeaders& headers) {
    std::int64_t millis = 0;
    if (headers.restored_until) {
        const std::string& text = *headers.restored_until;
        std::from_chars(text.data(), text.data() + text.size(), millis);
    }
    return from_unix_millis(millis);
}

void check_tier(const std::optional<std::string>& tier) {
    if (!tier || *tier == "Standard" || *tier == "Bulk" || *tier == "Expedited") return;
    throw malformed_xml();
}

}  // namespace

bool is_archived(std::string_view storage_class) {
    return storage_class == "GLACIER" || storage_class == "DEEP_ARCHIVE";
}

std::int32_t checked_restore_days(const api::RestoreRequest& request) {
    if (request.Type || request.SelectParameters || request.OutputLocation) {
        throw not_implemented("RestoreRequest.Type");
    }
    check_tier(request.Tier);
    if (request.GlacierJobParameters) check_tier(request.GlacierJobParameters->Tier);
    if (!request.Days) throw malformed_xml();
    if (*request.Days < 1) {
        throw invalid_argument("restoration days should be at least 1", "Days",
                               std::to_string(*request.Days));
    }
    return *request.Days;
}

Timestamp restored_until(Timestamp now, std::int32_t days) {
    // docs: RestoreObject: "Amazon S3 ... rounding the resulting time to the next day midnight UTC".
    const auto whole = std::chrono::floor<std::chrono::days>(now) + std::chrono::days(days + 1);
    return Timestamp(whole);
}

bool is_restored(const ObjectHeaders& headers, Timestamp now) {
    return headers.restored_until && until_of(headers) > now;
}

void check_readable(std::string_view storage_class, const ObjectHeaders& headers, Timestamp now) {
    if (!is_archived(storage_class) || is_restored(headers, now)) return;
    throw Error("InvalidObjectState", 403, "The operation is not valid for the object's storage class")
        .with("StorageClass", std::string(storage_class));
}

void check_copyable(std::string_view storage_class, const ObjectHeaders& headers, Timestamp now) {
    if (!is_archived(storage_class) || is_restored(headers, now)) return;
    throw Error("ObjectNotInActiveTierError", 403,
                "The source object of the COPY action is not in the active tier and is only stored in Amazon "
                "S3 Glacier.");
}

std::optional<Timestamp> restored_copy_until(const ObjectHeaders& headers, Timestamp now) {
    if (!is_restored(headers, now)) return std::nullopt;
    return until_of(headers);
}

bool wants_restore_status(const std::optional<std::vector<std::string>>& optional_attributes) {
    return optional_attributes && std::find(optional_attributes->begin(), optional_attributes->end(),
                                            "RestoreStatus") != optional_attributes->end();
}

std::optional<api::RestoreStatus> restore_status(const std::string& headers, Timestamp now) {
    if (headers.empty()) return std::nullopt;
    const auto until = restored_copy_until(ObjectHeaders::from_json(headers), now);
    if (!until) return std::nullopt;
    api::RestoreStatus out;
    out.IsRestoreInProgress = false;
    out.RestoreExpiryDate = *until;
    return out;
}

std::optional<std::string> restore_header(const ObjectHeaders& headers, Timestamp now) {
    if (!is_restored(headers, now)) return std::nullopt;
    return "ongoing-request=\"false\", expiry-date=\"" + format_http_date(until_of(headers)) + "\"";
}

}  // namespace fogbank::s3
