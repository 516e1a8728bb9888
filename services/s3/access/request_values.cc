#include "services/s3/access/request_values.h"

#include "src/base/arn.h"
#include "src/base/clock.h"
#include "src/base/text.h"
#include "src/base/url.h"
#include "src/gateway/condition_values.h"
#include "src/protocol/scalar.h"

#include <array>
#include <optional>
#include <string>
#include <vector>

namespace fogbank::s3 {

namespace {

using Values = std::optional<std::vector<std::string>>;

Values one(std::string value) {
    std::vector<std::string> out;
    out.push_back(std::move(value));
    return out;
}

// The value of the input's member that is the header or parameter `wire`.
Values member_value(const RequestFacts& facts, std::string_view wire) {
    if (facts.input.value == nullptr) return std::nullopt;
    for (const model::Member& member : facts.input.operation->input->members) {
        const bool named =
            member.location == model::Location::header || member.location == model::Location::querystring;
        if (!named || !protocol::is_scalar(*member.shape) || lower_case(member.wire) != wire) continue;
        const void* field = member.holder->get(static_cast<const char*>(facts.input.value) + member.offset);
        if (field == nullptr) return std::nullopt;
        std::string text;
        protocol::append_scalar(text, *member.shape,
                                protocol::timestamp_format(member, model::TimestampFormat::iso8601), field);
        return one(std::move(text));
    }
    return std::nullopt;
}

Values tag_value(std::string_view tags, std::string_view key) {
    for (const auto& [name, value] : parse_query(tags)) {
        if (lower_case(name) == key) return one(value);
    }
    return std::nullopt;
}

Values tag_keys(std::string_view tags) {
    std::vector<std::string> out;
    for (const auto& [name, value] : parse_query(tags)) out.push_back(name);
    if (out.empty()) return std::nullopt;
    return out;
}

Values service_value(const RequestFacts& facts, std::string_view key) {
    constexpr std::string_view kRequestTag = "requestobjecttag/";
    constexpr std::string_view kExistingTag = "existingobjecttag/";
    if (key.starts_with(kExistingTag)) return tag_value(facts.object_tags, key.substr(kExistingTag.size()));
    if (key.starts_with(kRequestTag) || key == "requestobjecttagkeys") {
        const Values tags = member_value(facts, "x-amz-tagging");
        if (!tags) return std::nullopt;
        if (key == "requestobjecttagkeys") return tag_keys(tags->front());
        return tag_value(tags->front(), key.substr(kRequestTag.size()));
    }
    if (key == "resourceaccount") return one(std::string(facts.resource_account));
    if (key == "prefix" && !facts.prefix.empty()) return one(std::string(facts.prefix));
    if (key == "signatureversion") {
        if (facts.context.principal.kind == auth::PrincipalKind::anonymous) return std::nullopt;
        return one("AWS4-HMAC-SHA256");
    }
    if (key.starts_with("object-lock-")) return member_value(facts, "x-amz-" + std::string(key));
    return member_value(facts, key);
}

}  // namespace

auth::RequestValues request_values(const RequestFacts& facts) {
    return [&facts](std::string_view key) -> Values {
        if (key.starts_with("aws:")) {
            return gateway::global_condition_values(facts.context, facts.resource_account, key.substr(4));
        }
        if (key.starts_with("s3:")) return service_value(facts, key.substr(3));
        return std::nullopt;
    };
}

}  // namespace fogbank::s3
