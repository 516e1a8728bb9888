#include "src/auth/credential.h"

#include "src/auth/errors.h"
#include "src/base/bytes.h"
#include "src/base/digest.h"
#include "src/base/text.h"
#include "src/base/url.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>
#include <optional>

namespace fogbank::auth {

namespace {

constexpr std::string_view kV4 = "AWS4-HMAC-SHA256";
constexpr std::string_view kV4a = "AWS4-ECDSA-P256-SHA256";
constexpr std::int64_t kLongestPresign =
    604'800;  // seconds; docs: S3, "Authenticating requests: query parameters"

bool all_digits(std::string_view text) {
    return std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

struct SignatureHeaders {
    std::string_view authorization, amz_date, date, payload_hash, token, region_set;
};

// One pass over the headers; lengths tell most names apart.
SignatureHeaders collect(HeaderSpan headers) {
    SignatureHeaders found;
    for (const auto& [name, value] : headers) {
        switch (name.size()) {
            case 4:
                if (equal_in_any_case(name, "date")) found.date = value;
                break;
            case 10:
                if (equal_in_any_case(name, "x-amz-date")) found.amz_date = value;
                break;
            case 13:
                if (equal_in_any_case(name, "authorization")) found.authorization = value;
                break;
            case 16:
                if (equal_in_any_case(name, "x-amz-region-set")) found.region_set = value;
                break;
            case 20:
                if (equal_in_any_case(name, "x-amz-content-sha256")) found.payload_hash = value;
                if (equal_in_any_case(name, "x-amz-security-token")) found.token = value;
                break;
            default:
                break;
        }
    }
    return found;
}

// Splits "key/20130524/us-east-1/s3/aws4_request" from the right, as a key may hold a slash.
// The asymmetric scheme has no region in its scope. False where parts are missing.
bool split_scope(std::string_view scope, Credential& out, std::string_view& terminal) {
    std::array<std::string_view, 4> parts;  // terminal, service, region, date
    const std::size_t wanted = out.scheme == Scheme::v4a_header || out.scheme == Scheme::v4a_query ? 3 : 4;
    for (std::size_t i = 0; i < wanted; ++i) {
        const std::size_t slash = scope.rfind('/');
        if (slash == std::string_view::npos) return false;
        parts[i] = scope.substr(slash + 1);
        scope = scope.substr(0, slash);
    }
    terminal = parts[0];
    out.service = parts[1];
    out.region = wanted == 4 ? parts[2] : std::string_view{};
    out.date = parts[wanted - 1];
    out.access_key = scope;
    return true;
}

void check_scope_s3(const Credential& credential, std::string_view terminal) {
    const auto refuse = [&](const std::string& what) -> Error {
        if (!credential.in_query()) return errors::header_malformed(what);
        return errors::query_malformed("Error parsing the X-Amz-Credential parameter; " + what);
    };
    if (credential.access_key.empty()) {
        throw refuse("a non-empty Access Key (AKID) must be provided in the credential.");
    }
    if (credential.date.size() != 8 || !all_digits(credential.date)) {
        throw refuse("incorrect date format \"" + std::string(credential.date) +
                     "\". This date in the credential must be in the format \"yyyyMMdd\".");
    }
    if (terminal != "aws4_request") {
        throw refuse("incorrect terminal \"" + std::string(terminal) +
                     "\". This endpoint uses \"aws4_request\".");
    }
}

void check_scope(const Credential& credential, std::string_view terminal, Dialect dialect) {
    if (dialect == Dialect::s3) return check_scope_s3(credential, terminal);
    if (terminal != "aws4_request") {
        throw errors::invalid_signature(dialect,
                                        "Credential should be scoped with a valid terminator: "
                                        "'aws4_request', not '" +
                                            std::string(terminal) + "'.");
    }
}

std::string five_elements(std::string_view scope) {
    return "Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term, "
           "got '" +
           std::string(scope) + "'";
}

bool is_complete(const Credential& credential) {
    return !credential.signed_headers.empty() && !credential.signature.empty() &&
           !credential.timestamp.empty();
}

// What a header without `Credential`, `SignedHeaders`, `Signature` or a date beside it gets.
Error incomplete_header(const Credential& credential, std::string_view scope, std::string_view authorization,
                        Dialect dialect) {
    const bool dated = !credential.timestamp.empty();
    if (dialect == Dialect::s3) {
        if (scope.empty()) return errors::header_malformed("missing Credential.");
        if (credential.signed_headers.empty()) return errors::header_malformed("missing SignedHeaders.");
        if (credential.signature.empty()) return errors::header_malformed("missing Signature.");
        return Error("AccessDenied", 403, "AWS authentication requires a valid Date or x-amz-date header");
    }
    std::string message;
    if (scope.empty()) message += "Authorization header requires 'Credential' parameter. ";
    if (credential.signature.empty()) message += "Authorization header requires 'Signature' parameter. ";
    if (credential.signed_headers.empty())
        message += "Authorization header requires 'SignedHeaders' parameter. ";
    if (!dated) {
        message += "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header. ";
    }
    message += "(Hashed with SHA-256 and encoded with Base64) Authorization=" +
               base64_encode(digest(DigestKind::sha256, authorization));
    return errors::incomplete(dialect, std::move(message));
}

Credential parse_v4_header(const SignatureHeaders& headers, std::string_view rest, Scheme scheme,
                           Dialect dialect) {
    Credential out;
    out.scheme = scheme;
    out.timestamp = headers.amz_date.empty() ? headers.date : headers.amz_date;
    out.payload_hash = headers.payload_hash;
    out.session_token = headers.token;
    std::string_view scope;
    while (!rest.empty()) {
        const std::size_t comma = rest.find(',');
        const std::string_view part = trimmed(rest.substr(0, comma));
        rest = comma == std::string_view::npos ? std::string_view{} : rest.substr(comma + 1);
        const std::size_t equals = part.find('=');
        if (equals == std::string_view::npos) {
            if (part.empty()) continue;
            if (dialect == Dialect::s3) {
                throw errors::header_malformed("the authorization component \"" + std::string(part) +
                                               "\" is malformed.");
            }
            throw errors::incomplete(dialect, "'" + std::string(part) +
                                                  "' not a valid key=value pair (missing equal-sign) in "
                                                  "Authorization header: '" +
                                                  std::string(headers.authorization) + "'.");
        }
        const std::string_view key = part.substr(0, equals);
        const std::string_view value = part.substr(equals + 1);
        if (key == "Credential") scope = value;
        if (key == "SignedHeaders") out.signed_headers = value;
        if (key == "Signature") out.signature = value;
    }
    if (scope.empty()) throw incomplete_header(out, scope, headers.authorization, dialect);
    std::string_view terminal;
    if (!split_scope(scope, out, terminal)) {
        if (dialect == Dialect::s3) {
            throw errors::header_malformed(
                "the Credential is mal-formed; expecting "
                "\"<YOUR-AKID>/YYYYMMDD/REGION/SERVICE/aws4_request\".");
        }
        throw errors::incomplete(dialect, five_elements(scope));
    }
    if (scheme == Scheme::v4a_header && headers.region_set != "*") {
        out.region = headers.region_set.substr(0, headers.region_set.find(','));
    }
    check_scope(out, terminal, dialect);
    return out;
}

// "AWS KEY:signature"
Credential parse_v2_header(const SignatureHeaders& headers, std::string_view rest, Dialect dialect) {
    Credential out;
    out.scheme = Scheme::v2_header;
    const std::size_t colon = rest.rfind(':');
    if (dialect != Dialect::s3) throw errors::missing_token(dialect);
    if (colon == std::string_view::npos || colon == 0) {
        throw Error("InvalidArgument", 400,
                    "AWS authorization header is invalid.  Expected AwsAccessKeyId:signature")
            .with("ArgumentName", "Authorization")
            .with("ArgumentValue", std::string(headers.authorization));
    }
    out.access_key = rest.substr(0, colon);
    out.signature = rest.substr(colon + 1);
    out.timestamp = headers.amz_date.empty() ? headers.date : headers.amz_date;
    out.session_token = headers.token;
    return out;
}

// The parameters of a presigned URL; matched without decoding, as their names need none.
struct QueryFields {
    std::string_view algorithm, credential, date, expires, signed_headers, signature, token, payload_hash,
        region_set;
    std::string_view v2_key, v2_signature, v2_expires;
};

QueryFields collect_query(std::string_view query) {
    QueryFields found;
    while (!query.empty()) {
        const std::size_t end = query.find('&');
        const std::string_view part = query.substr(0, end);
        query = end == std::string_view::npos ? std::string_view{} : query.substr(end + 1);
        const std::size_t equals = part.find('=');
        if (equals == std::string_view::npos) continue;
        const std::string_view name = part.substr(0, equals);
        const std::string_view value = part.substr(equals + 1);
        if (name == "X-Amz-Algorithm")
            found.algorithm = value;
        else if (name == "X-Amz-Credential")
            found.credential = value;
        else if (name == "X-Amz-Date")
            found.date = value;
        else if (name == "X-Amz-Expires")
            found.expires = value;
        else if (name == "X-Amz-SignedHeaders")
            found.signed_headers = value;
        else if (name == "X-Amz-Signature")
            found.signature = value;
        else if (name == "X-Amz-Security-Token")
            found.token = value;
        else if (equal_in_any_case(name, "X-Amz-Content-Sha256"))
            found.payload_hash = value;
        else if (name == "X-Amz-Region-Set")
            found.region_set = value;
        else if (name == "AWSAccessKeyId")
            found.v2_key = value;
        else if (name == "Signature")
            found.v2_signature = value;
        else if (name == "Expires")
            found.v2_expires = value;
    }
    return found;
}

// Decodes the values into memory that the credential owns.
class Decoder {
public:
    Decoder(Credential& out, std::size_t capacity)
        : at_((out.decoded = std::make_unique<char[]>(capacity)).get()) {}
    std::string_view operator()(std::string_view encoded) {
        const std::string text = form_decode(encoded);
        std::memcpy(at_, text.data(), text.size());
        const std::string_view view(at_, text.size());
        at_ += text.size();
        return view;
    }

private:
    char* at_;
};

void require_query_parts(const QueryFields& fields, Dialect dialect) {
    const bool s3 = dialect == Dialect::s3;
    const bool complete = !fields.credential.empty() && !fields.signature.empty() && !fields.date.empty() &&
                          !fields.signed_headers.empty() && (!s3 || !fields.expires.empty());
    if (complete) return;
    if (s3) {
        throw errors::query_malformed(
            "Query-string authentication version 4 requires the X-Amz-Algorithm, X-Amz-Credential, "
            "X-Amz-Signature, "
            "X-Amz-Date, X-Amz-SignedHeaders, and X-Amz-Expires parameters.");
    }
    std::string message;
    const auto need = [&](std::string_view value, const char* name) {
        if (value.empty())
            message += "AWS query-string parameters must include '" + std::string(name) + "'. ";
    };
    need(fields.credential, "X-Amz-Credential");
    need(fields.signature, "X-Amz-Signature");
    need(fields.signed_headers, "X-Amz-SignedHeaders");
    need(fields.date, "X-Amz-Date");
    throw errors::incomplete(dialect, message + "Re-examine the query-string parameters.");
}

std::int64_t parse_expires(std::string_view text, Dialect dialect) {
    if (text.empty()) return kLongestPresign;
    std::int64_t seconds = 0;
    const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), seconds);
    if (code != std::errc() || end != text.data() + text.size()) {
        if (dialect != Dialect::s3) throw errors::incomplete(dialect, "X-Amz-Expires should be a number");
        throw errors::query_malformed("X-Amz-Expires should be a number");
    }
    if (dialect != Dialect::s3) return seconds;
    if (seconds < 0) throw errors::query_malformed("X-Amz-Expires must be non-negative");
    if (seconds > kLongestPresign) {
        throw errors::query_malformed(
            "X-Amz-Expires must be less than a week (in seconds); that is, the given X-Amz-Expires must be "
            "less than "
            "604800 seconds");
    }
    return seconds;
}

Credential parse_v4_query(const QueryFields& fields, std::string_view query, std::string_view hash_header,
                          Dialect dialect) {
    Credential out;
    if (fields.algorithm == kV4) {
        out.scheme = Scheme::v4_query;
    } else if (fields.algorithm == kV4a) {
        out.scheme = Scheme::v4a_query;
    } else if (dialect == Dialect::s3) {
        throw errors::query_malformed(
            "X-Amz-Algorithm only supports \"AWS4-HMAC-SHA256 and AWS4-ECDSA-P256-SHA256\"");
    } else {
        throw errors::incomplete(dialect,
                                 "Unsupported AWS 'algorithm': '" + std::string(fields.algorithm) + "'.");
    }
    require_query_parts(fields, dialect);
    Decoder decode(out, query.size());
    const std::string_view scope = decode(fields.credential);
    out.timestamp = decode(fields.date);
    out.signed_headers = decode(fields.signed_headers);
    out.signature = decode(fields.signature);
    out.session_token = decode(fields.token);
    out.payload_hash = fields.payload_hash.empty() ? hash_header : decode(fields.payload_hash);
    out.expires_seconds = parse_expires(fields.expires, dialect);
    std::string_view terminal;
    if (!split_scope(scope, out, terminal)) {
        if (dialect != Dialect::s3) throw errors::incomplete(dialect, five_elements(scope));
        throw errors::query_malformed(
            "Error parsing the X-Amz-Credential parameter; the Credential is mal-formed; expecting "
            "\"<YOUR-AKID>/YYYYMMDD/REGION/SERVICE/aws4_request\".");
    }
    if (out.scheme == Scheme::v4a_query) {
        const std::string_view regions = decode(fields.region_set);
        if (regions != "*") out.region = regions.substr(0, regions.find(','));
    }
    if (!parse_amz_date(out.timestamp)) {
        if (dialect == Dialect::s3) {
            throw errors::query_malformed(
                "X-Amz-Date must be in the ISO8601 Long Format \"yyyyMMdd'T'HHmmss'Z'\"");
        }
        throw errors::incomplete(dialect, "Date must be in ISO-8601 'basic format'. Got '" +
                                              std::string(out.timestamp) +
                                              "'. See http://en.wikipedia.org/wiki/ISO_8601");
    }
    check_scope(out, terminal, dialect);
    return out;
}

Credential parse_v2_query(const QueryFields& fields, std::string_view query) {
    Credential out;
    out.scheme = Scheme::v2_query;
    Decoder decode(out, query.size());
    out.access_key = decode(fields.v2_key);
    out.signature = decode(fields.v2_signature);
    const std::string_view expires = decode(fields.v2_expires);
    const auto [end, code] =
        std::from_chars(expires.data(), expires.data() + expires.size(), out.expires_seconds);
    if (expires.empty() || out.signature.empty()) {
        throw Error(
            "AccessDenied", 403,
            "Query-string authentication requires the Signature, Expires and AWSAccessKeyId parameters");
    }
    if (code != std::errc() || end != expires.data() + expires.size()) {
        throw Error("AccessDenied", 403,
                    "Invalid date (should be seconds since epoch): " + std::string(expires));
    }
    return out;
}

}  // namespace

const std::string* find_header(HeaderSpan headers, std::string_view name) {
    for (const auto& [each, value] : headers) {
        if (equal_in_any_case(each, name)) return &value;
    }
    return nullptr;
}

Credential parse_authorization(const RequestParts& request, Dialect dialect) {
    const SignatureHeaders headers = collect(request.headers);
    const std::string_view authorization = headers.authorization;
    QueryFields fields;
    if (!request.query.empty()) fields = collect_query(request.query);
    if (authorization.empty()) {
        if (!fields.algorithm.empty()) {
            return parse_v4_query(fields, request.query, headers.payload_hash, dialect);
        }
        if (dialect == Dialect::s3 && !fields.v2_key.empty()) return parse_v2_query(fields, request.query);
        Credential none;
        none.payload_hash = headers.payload_hash;
        return none;
    }
    const bool signed_twice =
        !fields.algorithm.empty() ||
        (dialect == Dialect::s3 && !fields.v2_key.empty() && !fields.v2_signature.empty());
    if (signed_twice) throw errors::two_mechanisms(dialect, authorization);
    const std::size_t space = authorization.find(' ');
    const std::string_view algorithm = authorization.substr(0, space);
    const std::string_view rest =
        space == std::string_view::npos ? std::string_view{} : authorization.substr(space + 1);
    if (algorithm == kV4) return parse_v4_header(headers, rest, Scheme::v4_header, dialect);
    if (algorithm == kV4a) return parse_v4_header(headers, rest, Scheme::v4a_header, dialect);
    if (algorithm == "AWS") return parse_v2_header(headers, trimmed(rest), dialect);
    if (dialect != Dialect::s3) throw errors::missing_token(dialect);
    throw Error("InvalidArgument", 400, "Unsupported Authorization Type")
        .with("ArgumentName", "Authorization")
        .with("ArgumentValue", std::string(authorization));
}

void check_complete(const RequestParts& request, const Credential& credential, Dialect dialect) {
    const bool header = credential.scheme == Scheme::v4_header || credential.scheme == Scheme::v4a_header;
    if (!header || is_complete(credential)) return;
    const std::string_view authorization = collect(request.headers).authorization;
    throw incomplete_header(credential, credential.access_key, authorization, dialect);
}

void check_expiry(const Credential& credential, Timestamp now, Dialect dialect) {
    if (!credential.in_query()) return;
    Timestamp end = from_unix_seconds(credential.expires_seconds);
    if (credential.scheme != Scheme::v2_query) {
        const auto start = parse_amz_date(credential.timestamp);
        if (!start) return;  // refused by the parser
        end = *start + std::chrono::seconds(credential.expires_seconds);
    }
    if (now <= end) return;
    if (dialect != Dialect::s3) {
        throw errors::invalid_signature(dialect, "Signature expired: " + std::string(credential.timestamp) +
                                                     " is now earlier than " + format_amz_date(now));
    }
    Error error("AccessDenied", 403, "Request has expired");
    if (credential.scheme != Scheme::v2_query) {
        static_cast<void>(std::move(error).with("X-Amz-Expires", std::to_string(credential.expires_seconds)));
    }
    throw std::move(error).with("Expires", format_iso8601(end)).with("ServerTime", format_iso8601(now));
}

}  // namespace fogbank::auth
