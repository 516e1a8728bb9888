// Which operation of which served service a request means.
#pragma once

#include "src/base/error.h"
#include "src/http/message.h"
#include "src/model/shape.h"
#include "src/protocol/rest_router.h"

#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace fogbank::protocol {

struct RequestHints {
    std::string_view method;
    std::string_view path;   // still encoded; a bucket of the host is already its first segment
    std::string_view query;  // still encoded
    const http::Headers& headers;
    std::string_view body = {};          // only where needs_body() says so
    std::string_view signing_name = {};  // of the credential scope; empty where nothing is signed
    std::string_view service_id =
        {};  // from the host's form or the port it came in: "s3"; wins where not empty
};

struct Identified {
    const model::Service* service = nullptr;      // null: no served service is meant
    const model::Operation* operation = nullptr;  // null: the service has no such operation
    std::string action;                           // what was asked for, for messages: "PutItme", "GET /x"
    std::string version;                          // of the query protocol, where it is not the service's
    UriLabels labels;                             // for WireRequest, REST only
};

class Identifier {
public:
    explicit Identifier(std::span<const model::Service* const> services);

    // True where Action and Version stand in a form body that has to be read first.
    static bool needs_body(const RequestHints& hints);

    Identified identify(const RequestHints& hints) const;

    // AWS's answer where `operation` is null: UnknownOperationException, InvalidAction, MethodNotAllowed ...
    // in the terms of the service's protocol. `found.service` is not null.
    static Error unknown_operation(const Identified& found, const RequestHints& hints);

private:
    using ByName = std::unordered_map<std::string_view, const model::Operation*>;
    struct Served {
        const model::Service* service;
        ByName by_name;
        RestRouter router;
    };
    const Served* by_target(const RequestHints& hints, std::string_view prefix) const;
    const Served* by_action(const RequestHints& hints, std::string_view version,
                            std::string_view action) const;
    bool find_action(const RequestHints& hints, Identified& out) const;
    // `match`: what the service's router says of the request, where it was asked and knows it.
    const Served* by_hint(const RequestHints& hints, RestRouter::Match& match) const;

    std::vector<Served> served_;
};

}  // namespace fogbank::protocol
