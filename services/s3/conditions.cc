#include "services/s3/conditions.h"

#include "services/s3/errors.h"
#include "src/base/text.h"

#include <chrono>

namespace fogbank::s3 {

namespace {

// True where `list` names `etag`: with or without quotes, weak or not, one of several, or "*".
bool names(std::string_view list, std::string_view etag) {
    while (true) {
        const std::size_t comma = list.find(',');
        std::string_view one = trimmed(list.substr(0, comma));
        if (one == "*") return true;
        if (one.starts_with("W/")) one.remove_prefix(2);
        if (one.size() >= 2 && one.front() == '"' && one.back() == '"') one = one.substr(1, one.size() - 2);
        if (one == etag) return true;
        if (comma == std::string_view::npos) return false;
        list.remove_prefix(comma + 1);
    }
}

std::chrono::sys_seconds seconds(Timestamp time) {
    return std::chrono::floor<std::chrono::seconds>(time);
}

}  // namespace

Verdict judge_read(const ReadConditions& conditions, std::string_view etag, Timestamp modified,
                   Timestamp now) {
    if (conditions.if_match) {
        if (!names(*conditions.if_match, etag)) throw precondition_failed("If-Match");
    } else if (conditions.if_unmodified_since &&
               seconds(modified) > seconds(*conditions.if_unmodified_since)) {
        throw precondition_failed("If-Unmodified-Since");
    }
    if (conditions.if_none_match) {
        return names(*conditions.if_none_match, etag) ? Verdict::not_modified : Verdict::proceed;
    }
    if (conditions.if_modified_since && seconds(modified) <= seconds(*conditions.if_modified_since) &&
        seconds(*conditions.if_modified_since) <= seconds(now)) {
        return Verdict::not_modified;
    }
    return Verdict::proceed;
}

void judge_copy_source(const ReadConditions& conditions, std::string_view etag, Timestamp modified,
                       Timestamp now) {
    if (conditions.if_match && !names(*conditions.if_match, etag)) {
        throw precondition_failed("x-amz-copy-source-If-Match");
    }
    if (!conditions.if_match && conditions.if_unmodified_since &&
        seconds(modified) > seconds(*conditions.if_unmodified_since)) {
        throw precondition_failed("x-amz-copy-source-If-Unmodified-Since");
    }
    if (conditions.if_none_match && names(*conditions.if_none_match, etag)) {
        throw precondition_failed("x-amz-copy-source-If-None-Match");
    }
    if (!conditions.if_none_match && conditions.if_modified_since &&
        seconds(modified) <= seconds(*conditions.if_modified_since) &&
        seconds(*conditions.if_modified_since) <= seconds(now)) {
        throw precondition_failed("x-amz-copy-source-If-Modified-Since");
    }
}

void check_write_conditions(const WriteConditions& conditions) {
    if (conditions.if_match && conditions.if_none_match) throw not_implemented("If-Match,If-None-Match");
    if (conditions.if_none_match && trimmed(*conditions.if_none_match) != "*")
        throw not_implemented("If-None-Match");
}

void judge_write(const WriteConditions& conditions, std::optional<std::string_view> etag,
                 std::string_view key) {
    if (conditions.if_none_match && etag) throw precondition_failed("If-None-Match");
    if (!conditions.if_match) return;
    if (!etag) throw no_such_key(key);
    if (!names(*conditions.if_match, *etag)) throw precondition_failed("If-Match");
}

}  // namespace fogbank::s3
