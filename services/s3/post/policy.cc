#include "services/s3/post/policy.h"

#include "src/base/bytes.h"
#include "src/base/json.h"
#include "src/base/text.h"

#include <algorithm>
#include <array>

namespace fogbank::s3::post {

namespace {

Error invalid(const std::string& what) {
    return Error("InvalidPolicyDocument", 400, "Invalid Policy: " + what);
}

Error violated(const std::string& what) {
    return Error("AccessDenied", 403, "Invalid according to Policy: " + what);
}

// What is never part of the policy it carries or signs.
constexpr std::array<std::string_view, 5> kOutside = {"policy", "x-amz-signature", "signature",
                                                      "awsaccesskeyid", "file"};

std::uint64_t size_of(json::Value value) {
    if (value.type() == json::Type::integer && value.integer() >= 0)
        return static_cast<std::uint64_t>(value.integer());
    // docs: the SDKs of some languages write numbers as text.
    if (value.is_string() && !value.string().empty() && value.string().size() < 19 &&
        value.string().find_first_not_of("0123456789") == std::string_view::npos) {
        return std::stoull(std::string(value.string()));
    }
    throw invalid("Invalid 'content-length-range' value: it must be a non-negative integer.");
}

void read_array(json::Value value, Policy& out) {
    std::vector<json::Value> parts;
    for (const json::Value part : value.elements()) parts.push_back(part);
    const bool named = !parts.empty() && parts[0].is_string();
    const std::string kind = named ? lower_case(parts[0].string()) : std::string();
    if (parts.size() != 3) throw invalid("Invalid Condition: it must have exactly three elements.");
    if (kind == "content-length-range") {
        out.size = SizeRange{size_of(parts[1]), size_of(parts[2])};
        return;
    }
    if (kind != "eq" && kind != "starts-with") {
        throw invalid("Invalid Condition: unknown operation '" + kind + "'.");
    }
    if (!parts[1].is_string() || !parts[2].is_string() || !parts[1].string().starts_with('$')) {
        throw invalid("Invalid Condition: a field ($name) and its value must be strings.");
    }
    out.conditions.push_back({kind == "eq" ? Match::equal : Match::starts_with,
                              lower_case(parts[1].string().substr(1)), std::string(parts[2].string())});
}

void read_object(json::Value value, Policy& out) {
    if (value.size() != 1) {
        throw invalid(
            "Invalid Simple-Condition: Simple-Conditions must have exactly one property specified.");
    }
    for (const auto [name, wanted] : value.members()) {
        if (!wanted.is_string()) throw invalid("Invalid Simple-Condition: value must be a string.");
        out.conditions.push_back({Match::equal, lower_case(name), std::string(wanted.string())});
    }
}

// docs: "If the provided value contains multiple content types (a comma-separated list), each must match."
bool starts_with_all(std::string_view values, std::string_view prefix) {
    while (true) {
        const std::size_t comma = values.find(',');
        if (!values.substr(0, comma).starts_with(prefix)) return false;
        if (comma == std::string_view::npos) return true;
        values.remove_prefix(comma + 1);
    }
}

bool holds(const Condition& condition, std::string_view value) {
    if (condition.match == Match::equal) return value == condition.value;
    if (condition.field == "content-type") return starts_with_all(value, condition.value);
    return value.starts_with(condition.value);
}

}  // namespace

std::string Condition::text() const {
    std::string out = match == Match::equal ? "[\"eq\", \"$" : "[\"starts-with\", \"$";
    return out + field + "\", \"" + value + "\"]";
}

Policy parse_policy(std::string_view encoded) {
    const auto text = base64_decode(encoded);
    const auto document = text ? json::parse(*text) : std::nullopt;
    if (!document || !document->root().is_object()) throw invalid("Invalid JSON.");
    Policy out;
    const json::Value expiration = document->root().find("expiration");
    if (!expiration) throw invalid("Policy missing expiration.");
    const json::Value conditions = document->root().find("conditions");
    if (!conditions) throw invalid("Policy missing conditions.");
    const std::string shown(expiration.is_string() ? expiration.string() : std::string_view());
    // docs: "ISO 8601 GMT date format": 2007-12-01T12:00:00.000Z, and no other spelling.
    const bool shaped = shown.size() >= 20 && shown[10] == 'T' && shown.back() == 'Z';
    const auto time = shaped ? parse_iso8601(shown) : std::nullopt;
    if (!time) {
        throw invalid("Invalid 'expiration' value: '" + shown + "'");
    }
    out.expiration = *time;
    if (!conditions.is_array()) throw invalid("Invalid 'conditions' value: must be a List.");
    for (const json::Value each : conditions.elements()) {
        if (each.is_array()) {
            read_array(each, out);
        } else if (each.is_object()) {
            read_object(each, out);
        } else {
            throw invalid("Invalid Condition: it must be a List or an Object.");
        }
    }
    return out;
}

void judge(const Policy& policy, const Fields& fields, std::string_view bucket, Timestamp now) {
    if (now > policy.expiration) throw violated("Policy expired.");
    std::vector<std::string_view> named;
    for (const Condition& condition : policy.conditions) {
        named.push_back(condition.field);
        const std::string* field = find_field(fields, condition.field);
        std::string_view value = field != nullptr ? std::string_view(*field) : std::string_view();
        // aws: the bucket is the one posted to, whether the form names it or not.
        if (condition.field == "bucket") value = bucket;
        if (!holds(condition, value)) throw violated("Policy Condition failed: " + condition.text());
    }
    const auto is_named = [&named](std::string_view name) {
        return std::find(named.begin(), named.end(), name) != named.end();
    };
    for (const auto& [sent, value] : fields) {
        const std::string name = lower_case(sent);
        if (std::find(kOutside.begin(), kOutside.end(), name) != kOutside.end()) continue;
        if (name.starts_with("x-ignore-") || is_named(name)) continue;
        throw violated("Extra input fields: " + name);
    }
    // aws: a policy that names no bucket fits none (aws/aws-sdk-php#3292).
    if (!is_named("bucket")) throw violated("Extra input fields: bucket");
}

}  // namespace fogbank::s3::post
