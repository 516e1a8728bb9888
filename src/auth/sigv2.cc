#include "src/auth/sigv2.h"

#include "src/auth/errors.h"
#include "src/base/bytes.h"
#include "src/base/digest.h"
#include "src/base/text.h"
#include "src/base/url.h"

#include <algorithm>
#include <array>
#include <map>
#include <vector>

namespace fogbank::auth {

namespace {

// The parameters that are part of the resource; all others stand outside the signature.
constexpr std::array<std::string_view, 33> kSignedParameters = {"accelerate",
                                                                "acl",
                                                                "analytics",
                                                                "cors",
                                                                "delete",
                                                                "inventory",
                                                                "lifecycle",
                                                                "location",
                                                                "logging",
                                                                "metrics",
                                                                "notification",
                                                                "object-lock",
                                                                "partNumber",
                                                                "policy",
                                                                "replication",
                                                                "requestPayment",
                                                                "response-cache-control",
                                                                "response-content-disposition",
                                                                "response-content-encoding",
                                                                "response-content-language",
                                                                "response-content-type",
                                                                "response-expires",
                                                                "restore",
                                                                "select",
                                                                "select-type",
                                                                "tagging",
                                                                "torrent",
                                                                "uploadId",
                                                                "uploads",
                                                                "versionId",
                                                                "versioning",
                                                                "versions",
                                                                "website"};

bool is_amz(std::string_view lower_name) {
    return lower_name.starts_with("x-amz-");
}

// The x-amz-* headers in order of their names, values of one name joined. A presigned URL may bring them as
// parameters.
std::map<std::string, std::string> amz_headers(const RequestParts& request, const Credential& credential,
                                               const QueryParameters& parameters) {
    std::map<std::string, std::string> out;
    const auto add = [&out](std::string name, std::string_view value) {
        std::string& joined = out[std::move(name)];
        if (!joined.empty()) joined += ',';
        joined += trimmed(value, kWhitespace);
    };
    for (const auto& [name, value] : request.headers) {
        std::string lowered = lower_case(name);
        if (is_amz(lowered)) add(std::move(lowered), value);
    }
    if (!credential.in_query()) return out;
    for (const auto& [name, value] : parameters) {
        std::string lowered = lower_case(name);
        if (is_amz(lowered)) add(std::move(lowered), value);
    }
    return out;
}

// The header's value; for a presigned URL a parameter of that name counts where there is no header.
std::string_view plain_header(const RequestParts& request, const Credential& credential,
                              const QueryParameters& parameters, std::string_view name) {
    if (const std::string* header = find_header(request.headers, name)) return *header;
    if (!credential.in_query()) return {};
    for (const auto& [each, value] : parameters) {
        if (lower_case(each) == name) return value;
    }
    return {};
}

void append_resource(std::string& out, const RequestParts& request, std::string_view host_bucket) {
    if (!host_bucket.empty()) out.append("/").append(host_bucket);
    out.append(request.path.empty() ? std::string_view("/") : request.path);
    // A bucket alone is signed with a slash behind it, however it was sent (botocore: auth_path).
    const bool is_bucket = host_bucket.empty() && request.path.rfind('/') == 0 && request.path.size() > 1;
    if (is_bucket) out += '/';
    // "?acl" is signed without, "?versionId=" with its equal sign.
    std::vector<std::string> parts;
    std::string_view query = request.query;
    while (!query.empty()) {
        const std::string_view raw = query.substr(0, query.find('&'));
        query.remove_prefix(std::min(query.size(), raw.size() + 1));
        const std::size_t equals = raw.find('=');
        const std::string_view name = raw.substr(0, equals);
        if (std::find(kSignedParameters.begin(), kSignedParameters.end(), name) == kSignedParameters.end())
            continue;
        std::string part(name);
        if (equals != std::string_view::npos) part.append("=").append(form_decode(raw.substr(equals + 1)));
        parts.push_back(std::move(part));
    }
    std::sort(parts.begin(), parts.end());
    for (std::size_t i = 0; i < parts.size(); ++i) out.append(i == 0 ? "?" : "&").append(parts[i]);
}

}  // namespace

std::string string_to_sign_v2(const RequestParts& request, const Credential& credential,
                              std::string_view host_bucket) {
    const QueryParameters parameters = parse_query(request.query);
    const auto headers = amz_headers(request, credential, parameters);
    std::string out(request.method);
    out.append("\n").append(plain_header(request, credential, parameters, "content-md5"));
    out.append("\n").append(plain_header(request, credential, parameters, "content-type"));
    out += '\n';
    if (credential.in_query()) {
        out += std::to_string(credential.expires_seconds);
    } else if (!headers.contains("x-amz-date")) {
        // aws: x-amz-date is signed among its kin, and this line stays empty then.
        if (const std::string* date = find_header(request.headers, "date")) out += *date;
    }
    out += '\n';
    for (const auto& [name, value] : headers) out.append(name).append(":").append(value).append("\n");
    append_resource(out, request, host_bucket);
    return out;
}

std::string signature_v2(std::string_view secret, std::string_view text) {
    return base64_encode(hmac_sha1(secret, text));
}

void verify_v2(const RequestParts& request, const Credential& credential, std::string_view secret,
               std::string_view host_bucket) {
    const std::string text = string_to_sign_v2(request, credential, host_bucket);
    if (equal_in_constant_time(signature_v2(secret, text), credential.signature)) return;
    throw errors::signature_mismatch(Dialect::s3, {credential.access_key, credential.signature, text, {}});
}

}  // namespace fogbank::auth
