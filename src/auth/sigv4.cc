#include "src/auth/sigv4.h"

#include "src/auth/errors.h"
#include "src/auth/sigv2.h"
#include "src/base/bytes.h"
#include "src/base/digest.h"
#include "src/base/text.h"
#include "src/base/url.h"

#include <algorithm>
#include <chrono>
#include <vector>

namespace fogbank::auth {

namespace {

constexpr auto kLargestSkew = std::chrono::minutes(15);
constexpr std::string_view kEmptyHash = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
constexpr std::string_view kUnsigned = "UNSIGNED-PAYLOAD";

std::string normalized_path(std::string_view path) {
    std::vector<std::string_view> kept;
    const bool trailing = path.ends_with('/') || path.ends_with("/.") || path.ends_with("/..");
    while (!path.empty()) {
        const std::size_t slash = path.find('/');
        const std::string_view segment = path.substr(0, slash);
        path = slash == std::string_view::npos ? std::string_view{} : path.substr(slash + 1);
        if (segment.empty() || segment == ".") continue;
        if (segment == "..") {
            if (!kept.empty()) kept.pop_back();
            continue;
        }
        kept.push_back(segment);
    }
    std::string out;
    for (const auto segment : kept) out.append("/").append(segment);
    if (trailing || out.empty()) out += '/';
    return out;
}

std::string canonical_query(std::string_view query) {
    std::vector<std::pair<std::string, std::string>> sorted;
    while (!query.empty()) {
        const std::size_t end = query.find('&');
        const std::string_view part = query.substr(0, end);
        query = end == std::string_view::npos ? std::string_view{} : query.substr(end + 1);
        if (part.empty()) continue;
        const std::size_t equals = part.find('=');
        const std::string_view name = part.substr(0, equals);
        const std::string_view value =
            equals == std::string_view::npos ? std::string_view{} : part.substr(equals + 1);
        if (name == "X-Amz-Signature") continue;
        sorted.emplace_back(percent_encode(form_decode(name)), percent_encode(form_decode(value)));
    }
    std::sort(sorted.begin(), sorted.end());
    std::string out;
    for (const auto& [name, value] : sorted) {
        if (!out.empty()) out += '&';
        out.append(name).append("=").append(value);
    }
    return out;
}

// Outer white space goes, inner runs become one space.
void append_collapsed(std::string& out, std::string_view value) {
    bool pending = false;
    const std::size_t start = out.size();
    for (const char c : value) {
        if (c == ' ' || c == '\t') {
            pending = out.size() > start;
            continue;
        }
        if (pending) out += ' ';
        pending = false;
        out += c;
    }
}

void append_header(std::string& out, HeaderSpan headers, std::string_view name) {
    out.append(name).append(":");
    bool first = true;
    for (const auto& [each, value] : headers) {
        if (!equal_in_any_case(each, name)) continue;
        if (!first) out += ',';
        first = false;
        append_collapsed(out, value);
    }
    out += '\n';
}

bool is_signed(std::string_view signed_headers, std::string_view name) {
    while (!signed_headers.empty()) {
        const std::size_t end = signed_headers.find(';');
        if (equal_in_any_case(signed_headers.substr(0, end), name)) return true;
        if (end == std::string_view::npos) return false;
        signed_headers.remove_prefix(end + 1);
    }
    return false;
}

// aws: S3 wants the host and every x-amz-* header under the signature.
void check_signed_headers(const RequestParts& request, const Credential& credential, Dialect dialect) {
    if (dialect != Dialect::s3) {
        if (!is_signed(credential.signed_headers, "host") &&
            !is_signed(credential.signed_headers, ":authority")) {
            throw errors::invalid_signature(
                dialect, "'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization.");
        }
        return;
    }
    std::string missing;
    for (const auto& [name, value] : request.headers) {
        const bool ours = name.size() > 6 && equal_in_any_case(std::string_view(name).substr(0, 6), "x-amz-");
        if (!ours && !equal_in_any_case(name, "host")) continue;
        // aws: x-amz-content-sha256 may stay unsigned beside a presigned URL.
        if (credential.in_query() && equal_in_any_case(name, "x-amz-content-sha256")) continue;
        if (is_signed(credential.signed_headers, name)) continue;
        if (!missing.empty()) missing += ", ";
        missing += lower_case(name);
    }
    if (missing.empty()) return;
    throw Error("AccessDenied", 403, "There were headers present in the request which were not signed")
        .with("HeadersNotSigned", missing);
}

Timestamp signed_at(const Credential& credential, Dialect dialect) {
    auto time = parse_amz_date(credential.timestamp);
    if (!time) time = parse_http_date(credential.timestamp);
    constexpr std::string_view kZero = " +0000";  // docs: "Tue, 27 Mar 2007 19:36:42 +0000"
    if (!time && credential.timestamp.ends_with(kZero)) {
        const std::string_view front =
            credential.timestamp.substr(0, credential.timestamp.size() - kZero.size());
        time = parse_http_date(std::string(front) + " GMT");
    }
    if (time) return *time;
    if (dialect == Dialect::s3) {
        throw Error("AccessDenied", 403, "AWS authentication requires a valid Date or x-amz-date header");
    }
    throw errors::incomplete(dialect, "Date must be in ISO-8601 'basic format'. Got '" +
                                          std::string(credential.timestamp) +
                                          "'. See http://en.wikipedia.org/wiki/ISO_8601");
}

void check_skew(const Credential& credential, Timestamp at, const Verification& how) {
    if (at <= how.now + kLargestSkew && (credential.in_query() || at >= how.now - kLargestSkew)) return;
    const std::string stamp = format_amz_date(at);
    const std::string now = format_amz_date(how.now);
    if (how.dialect == Dialect::s3) {
        if (credential.in_query()) {
            throw Error("AccessDenied", 403, "Request is not valid yet")
                .with("X-Amz-Expires", std::to_string(credential.expires_seconds))
                .with("Expires", format_iso8601(at + std::chrono::seconds(credential.expires_seconds)))
                .with("ServerTime", format_iso8601(how.now));
        }
        throw Error("RequestTimeTooSkewed", 403,
                    "The difference between the request time and the current time is too large.")
            .with("RequestTime", std::string(credential.timestamp))
            .with("ServerTime", format_iso8601(how.now))
            .with("MaxAllowedSkewMilliseconds", "900000");
    }
    if (at < how.now) {
        throw errors::invalid_signature(how.dialect, "Signature expired: " + stamp + " is now earlier than " +
                                                         format_amz_date(how.now - kLargestSkew) + " (" +
                                                         now + " - 15 min.)");
    }
    throw errors::invalid_signature(how.dialect,
                                    "Signature not yet current: " + stamp + " is still later than " +
                                        format_amz_date(how.now + kLargestSkew) + " (" + now + " + 15 min.)");
}

void check_scope(const Credential& credential, Timestamp at, const Verification& how) {
    const std::string stamp = format_amz_date(at);
    const std::string_view day = std::string_view(stamp).substr(0, 8);
    if (how.dialect == Dialect::s3) {
        if (!how.service.empty() && credential.service != how.service) {
            const std::string what = "incorrect service \"" + std::string(credential.service) +
                                     "\". This endpoint belongs to \"" + std::string(how.service) + "\".";
            if (!credential.in_query()) throw errors::header_malformed(what);
            throw errors::query_malformed("Error parsing the X-Amz-Credential parameter; " + what);
        }
        if (credential.date == day) return;
        const std::string what = "Invalid credential date \"" + std::string(credential.date) +
                                 "\". This date is not the same as X-Amz-Date: \"" + std::string(day) + "\".";
        if (!credential.in_query()) throw errors::header_malformed(what);
        throw errors::query_malformed(what);
    }
    if (!how.service.empty() && credential.service != how.service) {
        throw errors::invalid_signature(how.dialect, "Credential should be scoped to correct service: '" +
                                                         std::string(how.service) + "'. ");
    }
    if (credential.date != day) {
        throw errors::invalid_signature(
            how.dialect,
            "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: '" +
                std::string(credential.date) + "' != '" + std::string(day) + "', from '" + stamp + "'.");
    }
}

// What stands for the body in the canonical request.
std::string_view payload_hash_of(const Credential& credential, const Verification& how) {
    if (!credential.payload_hash.empty() && (how.dialect == Dialect::s3 || how.payload_hash.empty())) {
        return credential.payload_hash;
    }
    if (how.dialect == Dialect::s3) {
        if (credential.in_query()) return kUnsigned;
        throw Error("InvalidRequest", 400, "Missing required header for this request: x-amz-content-sha256");
    }
    // aws: some clients sign UNSIGNED-PAYLOAD over TLS and say so in the header; it is signed text then.
    if (credential.payload_hash == kUnsigned) return kUnsigned;
    return how.payload_hash.empty() ? kEmptyHash : how.payload_hash;
}

}  // namespace

std::string canonical_request(const RequestParts& request, std::string_view signed_headers,
                              std::string_view payload_hash, PathStyle style) {
    std::string out;
    out.reserve(512);
    out.append(request.method).append("\n");
    if (style == PathStyle::verbatim) {
        out += request.path.empty() ? "/" : percent_encode(percent_decode(request.path), "/");
    } else {
        out += percent_encode(normalized_path(request.path), "/");
    }
    out.append("\n").append(canonical_query(request.query)).append("\n");
    for (std::string_view rest = signed_headers; !rest.empty();) {
        const std::size_t end = rest.find(';');
        append_header(out, request.headers, rest.substr(0, end));
        rest = end == std::string_view::npos ? std::string_view{} : rest.substr(end + 1);
    }
    out.append("\n").append(signed_headers).append("\n").append(payload_hash);
    return out;
}

std::string string_to_sign(std::string_view timestamp, std::string_view scope, std::string_view canonical) {
    std::string out = "AWS4-HMAC-SHA256\n";
    out.append(timestamp).append("\n").append(scope).append("\n").append(sha256_hex(canonical));
    return out;
}

std::string signing_key(std::string_view secret, std::string_view date, std::string_view region,
                        std::string_view service) {
    std::string key = "AWS4";
    key.append(secret);
    key = hmac_sha256(key, date);
    key = hmac_sha256(key, region);
    key = hmac_sha256(key, service);
    return hmac_sha256(key, "aws4_request");
}

std::string scope_text(const Credential& credential) {
    std::string out;
    out.append(credential.date).append("/").append(credential.region).append("/");
    out.append(credential.service).append("/aws4_request");
    return out;
}

std::string SigningKeys::get(std::string_view secret, const Credential& credential) {
    std::string name(secret);
    name.append("\n").append(scope_text(credential));
    name = digest(DigestKind::sha256, name);
    const std::lock_guard lock(mutex_);
    if (const auto found = keys_.find(name); found != keys_.end()) return found->second;
    if (keys_.size() >= kLimit) keys_.clear();
    return keys_[name] = signing_key(secret, credential.date, credential.region, credential.service);
}

void verify(const RequestParts& request, const Credential& credential, const Verification& how) {
    if (credential.is_v2() && how.dialect == Dialect::s3) {
        if (!credential.in_query()) check_skew(credential, signed_at(credential, how.dialect), how);
        return verify_v2(request, credential, how.secret, how.host_bucket);
    }
    if (!credential.is_v4()) {
        // Version 4a: no public key is known here.
        if (how.dialect == Dialect::s3) {
            throw Error("InvalidRequest", 400,
                        "The authorization mechanism you have provided is not supported. Please use "
                        "AWS4-HMAC-SHA256.");
        }
        throw errors::incomplete(how.dialect, "Unsupported AWS 'algorithm'.");
    }
    const Timestamp at = signed_at(credential, how.dialect);
    check_scope(credential, at, how);
    check_skew(credential, at, how);
    check_signed_headers(request, credential, how.dialect);
    const PathStyle style = how.dialect == Dialect::s3 ? PathStyle::verbatim : PathStyle::normalized;
    const std::string canonical =
        canonical_request(request, credential.signed_headers, payload_hash_of(credential, how), style);
    const std::string to_sign = string_to_sign(format_amz_date(at), scope_text(credential), canonical);
    const std::string key =
        how.keys != nullptr ? how.keys->get(how.secret, credential)
                            : signing_key(how.secret, credential.date, credential.region, credential.service);
    const std::string expected = hex_encode(hmac_sha256(key, to_sign));
    if (equal_in_constant_time(expected, credential.signature)) return;
    throw errors::signature_mismatch(how.dialect,
                                     {credential.access_key, credential.signature, to_sign, canonical});
}

}  // namespace fogbank::auth
