// What a request says about who signed it: Signature Version 4 or 2, in the header or the query. Parsing
// only; see sigv4.h for the check.
#pragma once

#include "src/base/clock.h"
#include "src/base/error.h"

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>

namespace fogbank::auth {

using HeaderSpan = std::span<const std::pair<std::string, std::string>>;

// A request as the signature sees it. Views; names of headers compare without regard to case.
struct RequestParts {
    std::string_view method;
    std::string_view path;   // encoded, as sent
    std::string_view query;  // encoded, as sent, without the '?'
    HeaderSpan headers;
};

// The first value of that name, or null.
const std::string* find_header(HeaderSpan headers, std::string_view name);

// Whose words an error is told in.
enum class Dialect : std::uint8_t { s3, json, rest_json, query };

enum class Scheme : std::uint8_t { none, v4_header, v4_query, v4a_header, v4a_query, v2_header, v2_query };

// Views into the request; where the query had to be decoded, into `decoded`. Move-only for that reason.
struct Credential {
    Scheme scheme = Scheme::none;
    std::string_view access_key;
    std::string_view date, region, service;  // of the scope; empty for version 2
    std::string_view signed_headers;         // "host;x-amz-date"
    std::string_view signature;
    std::string_view timestamp;     // 20130524T000000Z (the Date header's text where only that was sent)
    std::string_view payload_hash;  // x-amz-content-sha256; empty where absent
    std::string_view session_token;
    std::int64_t expires_seconds = 0;  // v4_query: after `timestamp`; v2_query: Unix time
    std::unique_ptr<char[]> decoded;

    bool in_query() const {
        return scheme == Scheme::v4_query || scheme == Scheme::v4a_query || scheme == Scheme::v2_query;
    }
    bool is_v4() const { return scheme == Scheme::v4_header || scheme == Scheme::v4_query; }
    bool is_v2() const { return scheme == Scheme::v2_header || scheme == Scheme::v2_query; }
};

// An unsigned request gives Scheme::none. Throws what AWS answers to a malformed signature. A header that
// names its key and scope is enough here: users write it by hand for keys that nobody verifies.
Credential parse_authorization(const RequestParts& request, Dialect dialect);

// Throws what AWS answers to an Authorization header without SignedHeaders, Signature or a date beside it.
// Where the signature counts.
void check_complete(const RequestParts& request, const Credential& credential, Dialect dialect);

// Refuses a presigned URL whose time is over. `now` is civil time. Cheap, and right for unverified keys too.
void check_expiry(const Credential& credential, Timestamp now, Dialect dialect);

}  // namespace fogbank::auth
