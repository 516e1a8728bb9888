#include "services/s3/object_lock.h"

#include "services/s3/model/types/default_retention.h"
#include "services/s3/model/types/object_lock_configuration.h"
#include "services/s3/model/types/object_lock_retention.h"
#include "services/s3/model/types/object_lock_rule.h"
#include "src/base/clock.h"
#include "src/base/json.h"

#include <charconv>

namespace fogbank::s3 {

namespace {

constexpr std::int64_t kDayMillis = 86'400'000;
constexpr std::int64_t kDaysOfYear = 365;
constexpr std::int32_t kMostDays = 36'500;  // docs: DefaultRetention: the maximum period is 100 years
constexpr std::int32_t kMostYears = 100;

bool is_mode(std::string_view mode) {
    return mode == "GOVERNANCE" || mode == "COMPLIANCE";
}

Error protected_by_lock() {
    return access_denied("Access Denied because object protected by object lock.");
}

Error not_in_future(Timestamp given) {
    return invalid_argument("The retain until date must be in the future!", "RetainUntilDate",
                            format_iso8601_millis(given));
}

void check_period(const api::DefaultRetention& retention) {
    if (retention.Days.has_value() == retention.Years.has_value()) throw malformed_xml();
    const std::int32_t given = retention.Days ? *retention.Days : *retention.Years;
    const char* name = retention.Days ? "Days" : "Years";
    if (given <= 0) {
        throw Error("InvalidArgument", 400, "Default retention period must be a positive integer value.")
            .with("ArgumentName", name);
    }
    if (given > (retention.Days ? kMostDays : kMostYears)) {
        throw Error("InvalidArgument", 400, "Default retention period too large.").with("ArgumentName", name);
    }
}

bool retained(const ObjectHeaders& headers, Timestamp now) {
    return headers.retain_until && retain_until_of(headers) > now;
}

}  // namespace

std::string checked_lock_configuration(const api::ObjectLockConfiguration& configuration) {
    if (configuration.ObjectLockEnabled.value_or("") != "Enabled") throw malformed_xml();
    if (!configuration.Rule) return std::string(kLockWithoutRetention);
    if (!configuration.Rule->DefaultRetention) throw malformed_xml();
    const api::DefaultRetention& retention = *configuration.Rule->DefaultRetention;
    if (retention.DefaultEventHold) throw not_implemented("DefaultEventHold");
    if (!retention.Mode || !is_mode(*retention.Mode)) throw malformed_xml();
    check_period(retention);
    std::string text;
    json::Writer writer(text);
    writer.begin_object().field("mode", std::string_view(*retention.Mode));
    if (retention.Days) writer.field("days", std::int64_t{*retention.Days});
    if (retention.Years) writer.field("years", std::int64_t{*retention.Years});
    writer.end_object();
    return text;
}

api::ObjectLockConfiguration lock_configuration_from(std::string_view stored) {
    api::ObjectLockConfiguration out;
    out.ObjectLockEnabled = "Enabled";
    const auto document = json::parse(stored);
    if (!document) return out;
    const json::Value mode = document->root().find("mode");
    if (!mode) return out;
    api::DefaultRetention& retention = out.Rule.emplace().DefaultRetention.emplace();
    retention.Mode = std::string(mode.string());
    if (const json::Value days = document->root().find("days")) {
        retention.Days = static_cast<std::int32_t>(days.integer());
    }
    if (const json::Value years = document->root().find("years")) {
        retention.Years = static_cast<std::int32_t>(years.integer());
    }
    return out;
}

std::string with_default_retention(std::string_view stored, const std::string& column, Timestamp now) {
    if (stored.empty()) return column;
    const api::ObjectLockConfiguration configuration = lock_configuration_from(stored);
    ObjectHeaders headers = ObjectHeaders::of(column);
    if (!configuration.Rule || headers.lock_mode) return column;
    const api::DefaultRetention& retention = *configuration.Rule->DefaultRetention;
    const std::int64_t days = retention.Days ? std::int64_t{*retention.Days} : *retention.Years * kDaysOfYear;
    headers.lock_mode = retention.Mode;
    headers.retain_until = std::to_string(unix_millis(now) + days * kDayMillis);
    return headers.to_json();
}

void read_lock(const std::optional<std::string>& mode, const std::optional<Timestamp>& retain_until,
               const std::optional<std::string>& legal_hold, Timestamp now, ObjectHeaders& headers) {
    if (mode.has_value() != retain_until.has_value()) {
        throw invalid_argument(
            "x-amz-object-lock-retain-until-date and x-amz-object-lock-mode must both be supplied",
            mode ? "x-amz-object-lock-retain-until-date" : "x-amz-object-lock-mode", "");
    }
    if (mode) {
        if (!is_mode(*mode)) {
            throw invalid_argument("Unknown wormMode directive.", "x-amz-object-lock-mode", *mode);
        }
        if (*retain_until <= now) {
            throw invalid_argument("The retain until date must be in the future!",
                                   "x-amz-object-lock-retain-until-date",
                                   format_iso8601_millis(*retain_until));
        }
        headers.lock_mode = mode;
        headers.retain_until = std::to_string(unix_millis(*retain_until));
    }
    if (!legal_hold) return;
    if (*legal_hold != "ON" && *legal_hold != "OFF") {
        throw invalid_argument("Legal Hold must be either of 'ON' or 'OFF'", "x-amz-object-lock-legal-hold",
                               *legal_hold);
    }
    headers.legal_hold = legal_hold;
}

void check_erasable(const ObjectHeaders& headers, Timestamp now, GovernanceBypass bypass) {
    if (headers.legal_hold == "ON") throw protected_by_lock();
    if (!retained(headers, now)) return;
    if (headers.lock_mode == "GOVERNANCE" && bypass == GovernanceBypass::yes) return;
    throw protected_by_lock();
}

void change_retention(const api::ObjectLockRetention& wanted, Timestamp now, GovernanceBypass bypass,
                      ObjectHeaders& headers) {
    if (wanted.EventHold || wanted.EventHoldDuration) throw not_implemented("EventHold");
    const bool erases = !wanted.Mode && !wanted.RetainUntilDate;
    if (!erases) {
        if (!wanted.Mode || !wanted.RetainUntilDate || !is_mode(*wanted.Mode)) throw malformed_xml();
        if (*wanted.RetainUntilDate <= now) throw not_in_future(*wanted.RetainUntilDate);
    }
    if (retained(headers, now)) {
        const bool extends = !erases && wanted.Mode == headers.lock_mode &&
                             *wanted.RetainUntilDate >= retain_until_of(headers);
        const bool bypasses = headers.lock_mode == "GOVERNANCE" && bypass == GovernanceBypass::yes;
        if (!extends && !bypasses) throw protected_by_lock();
    }
    headers.lock_mode = wanted.Mode;
    headers.retain_until.reset();
    if (!erases) headers.retain_until = std::to_string(unix_millis(*wanted.RetainUntilDate));
}

Timestamp retain_until_of(const ObjectHeaders& headers) {
    std::int64_t millis = 0;
    if (headers.retain_until) {
        std::from_chars(headers.retain_until->data(),
                        headers.retain_until->data() + headers.retain_until->size(), millis);
    }
    return from_unix_millis(millis);
}

}  // namespace fogbank::s3
