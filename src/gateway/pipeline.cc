#include "src/gateway/pipeline.h"

#include "src/auth/aws_chunked.h"
#include "src/auth/errors.h"
#include "src/base/digest.h"
#include "src/base/log.h"
#include "src/base/url.h"
#include "src/gateway/exchange.h"
#include "src/model/validate.h"
#include "src/protocol/service_traits.h"
#include "src/store/disk_full.h"

#include <fmt/format.h>
#include <charconv>

namespace fogbank::gateway {
namespace {

// Bytes of a body that is read whole. What AWS allows, with room for base64:
constexpr std::uint64_t kJsonBodyLimit = 20ULL << 20;  // BatchWriteItem 16 MB; PutRecords 10 MiB in base64
constexpr std::uint64_t kRestJsonBodyLimit = 75ULL << 20;  // CreateFunction: a zip of 50 MB in base64
constexpr std::uint64_t kRestXmlBodyLimit = 10ULL << 20;   // DeleteObjects, CompleteMultipartUpload
constexpr std::uint64_t kQueryBodyLimit = 2ULL << 20;
// aws: DynamoDB's request ids have 52 digits, of which the second half is the same in all that users quote.
constexpr std::size_t kOwnDigits = 26;
constexpr const char* kSharedDigits = "VV4KQNSO5AEMVJF66Q9ASUAAJG";

std::uint64_t body_limit(model::Protocol protocol) {
    switch (protocol) {
        case model::Protocol::json:
            return kJsonBodyLimit;
        case model::Protocol::rest_json:
            return kRestJsonBodyLimit;
        case model::Protocol::rest_xml:
            return kRestXmlBodyLimit;
        default:
            return kQueryBodyLimit;
    }
}

const Error& too_large(model::Protocol protocol) {
    static const Error kMessage("MaxMessageLengthExceeded", 400, "Your request was too big.");
    static const Error kEntity("RequestEntityTooLargeException", 413,
                               "Request must be smaller than the service's limit");
    return protocol == model::Protocol::rest_xml ? kMessage : kEntity;
}

// The error that a violated constraint of the model becomes.
Error constraint_error(const Exchange& exchange, const void* input,
                       const std::vector<std::string>& violations) {
    const auto& words = exchange.bound->words;
    switch (exchange.found.service->protocol) {
        case model::Protocol::rest_xml:
            // aws: S3 knows no constraint messages; what is missing is part of the document.
            if (exchange.body.empty()) return Error("MissingRequestBodyError", 400, "Request Body is empty");
            return Error(
                "MalformedXML", 400,
                "The XML you provided was not well-formed or did not validate against our published schema");
        case model::Protocol::query:
            return Error("ValidationError", 400, model::validation_message(violations));
        default:
            return Error("ValidationException", 400,
                         words ? words(input, violations) : model::validation_message(violations));
    }
}

// aws: DynamoDB and its streams, the services of JSON 1.0, send the CRC-32 of each body; old SDKs check it.
void add_checksum(Exchange& exchange) {
    const char* version = exchange.found.service->json_version;
    const auto* body = std::get_if<std::string>(&exchange.response.body);
    if (version == nullptr || std::string_view(version) != "1.0" || body == nullptr) return;
    exchange.response.headers.add("x-amz-crc32", std::to_string(crc32(*body)));
}

// HEAD sends the length of what GET would send: an operation says it as a header.
void announce_length(Exchange& exchange) {
    if (exchange.request.method != "HEAD") return;
    const std::string_view length = exchange.response.headers.get("Content-Length");
    std::from_chars(length.data(), length.data() + length.size(), exchange.response.announced_length);
}

// A view into the exchange.
auth::RequestParts as_signed(const Exchange& exchange) {
    const http::Request& request = exchange.request;
    return {request.method, exchange.path, exchange.query, {request.headers.begin(), request.headers.end()}};
}

// aws: an object's body says how long it is, be it empty.
void check_length_is_said(const http::Request& request, model::Protocol protocol) {
    if (protocol != model::Protocol::rest_xml || request.body->length() != 0) return;
    if (!request.headers.has("content-length")) throw auth::missing_content_length();
}

Error internal_error(const model::Service* service, const std::string& message) {
    return {service != nullptr && protocol::is_s3(*service) ? "InternalError" : "InternalFailure", 500,
            message};
}

Error service_not_served(std::string_view name) {
    return Error("NotImplemented", 501,
                 "Fogbank does not serve " +
                     (name.empty() ? std::string("this service") : std::string(name)) +
                     ". GET /_localstack/health lists what it serves.");
}

}  // namespace

Pipeline::Pipeline(const Parts& parts, PipelineOptions options)
    : parts_(parts), options_(std::move(options)), identifier_(parts.table.services()) {}

Pipeline::~Pipeline() = default;

Task<http::Response> Pipeline::handle(http::Request& request) {
    Exchange exchange(request);
    exchange.started = parts_.clock.steady();
    Target target = split_target(request.target);
    exchange.path = target.path;
    exchange.query = target.query;
    exchange.host = host_name(request.headers.get("host"));
    exchange.context.received_at = parts_.clock.now();
    exchange.context.request_id = parts_.entropy.uuid();
    std::optional<Error> refusal;
    try {
        co_await answer(exchange);
    } catch (const Error& error) {
        refusal = error;
    } catch (const store::DiskFull& error) {
        log::error("the disk is full", {{"what", error.what()}});
        refusal = internal_error(exchange.found.service,
                                 "The disk that holds Fogbank's state is full; nothing changed.");
    } catch (const std::exception& error) {
        log::error("a request failed inside Fogbank",
                   {{"request_id", exchange.context.request_id},
                    {"operation", exchange.found.operation != nullptr ? exchange.found.operation->name : ""},
                    {"what", error.what()}});
        refusal = internal_error(
            exchange.found.service,
            "Fogbank failed inside; its log has the details under request id " + exchange.context.request_id);
    }
    if (refusal) encode_failure(exchange, *refusal);
    if (exchange.cors_headers) {
        for (const auto& [name, value] : *exchange.cors_headers) exchange.response.headers.set(name, value);
    } else if (options_.cors.send_headers) {
        add_cors_headers(request, options_.cors, exchange.response);
    }
    // conventions: every answer carries it; clients tell an emulator from AWS by it.
    exchange.response.headers.set("x-localstack", "true");
    record(exchange);
    if (access_observer_ != nullptr && !exchange.found.labels.empty() &&
        access_observer_->wants(exchange.found.labels.front().second)) {
        co_await tell_observer(exchange);
    }
    co_return std::move(exchange.response);
}

Task<void> Pipeline::answer(Exchange& exchange) {
    std::string_view authority = exchange.request.headers.get("host");
    if (authority.empty()) authority = options_.fallback_authority;
    EdgeRequest edge{exchange.request,
                     exchange.host,
                     std::string(authority),
                     {},
                     std::string(exchange.path),
                     std::string(exchange.query),
                     {},
                     exchange.context.request_id};
    EdgeRoute* route = route_of(edge);
    bool owns_cors = route != nullptr && route->owns_cors();
    if (!owns_cors && judge_origin(exchange)) co_return;
    if (route != nullptr) {
        edge.base_url = (exchange.request.secure ? "https://" : "http://") + edge.authority;
        edge.trace = events::Trace::parse(exchange.request.headers.get("x-amzn-trace-id"));
        if (edge.trace.id.empty()) edge.trace.id = new_trace_id(exchange.context.received_at);
        co_await answer_by(*route, exchange, edge);
        co_return;
    }
    if (is_preflight(exchange.request)) {
        exchange.response = preflight_response(exchange.request, options_.cors);
        co_return;
    }
    co_await call_operation(exchange);
}

Task<void> Pipeline::answer_by(EdgeRoute& route, Exchange& exchange, EdgeRequest& edge) {
    const std::string_view service = route.span_service();
    if (service.empty()) {
        exchange.response = co_await route.handle(edge);
        co_return;
    }
    const std::string caused_by = std::exchange(edge.trace.cause, parts_.entropy.hex(16));
    exchange.response = co_await route.handle(edge);
    if (edge.account.empty()) co_return;  // there is no such resource
    events::Span span;
    span.trace = edge.trace.id;
    span.id = edge.trace.cause;
    span.cause = caused_by;
    span.kind = "call";
    span.account = edge.account;
    span.service = service;
    span.name = edge.http.method + " " + edge.path;
    span.outcome = std::to_string(exchange.response.status);
    span.started = exchange.context.received_at;
    span.duration = parts_.clock.steady() - exchange.started;
    parts_.trace_log.record(std::move(span));
}

bool Pipeline::judge_origin(Exchange& exchange) const {
    const http::Request& request = exchange.request;
    const bool is_options = request.method == "OPTIONS";
    const bool asks = resource_cors_ != nullptr && (is_options || request.headers.has("origin"));
    const std::string_view signing_name =
        asks ? signing_name_hint(request, exchange.query) : std::string_view();
    std::optional<CorsAnswer> answer;
    if (asks && (signing_name.empty() || signing_name == "s3") && !request.headers.has("x-amz-target")) {
        const std::string host_id = parts_.entropy.hex(32);
        const HostForm host = parse_host(exchange.host, options_.configured_host);
        answer = resource_cors_->judge({request, host, exchange.path, exchange.context.request_id, host_id});
    }
    // A bucket without rules lets in whom the daemon's settings let in; AWS would refuse these pages too.
    const bool forbidden = is_forbidden(request, options_.cors);
    const bool own = answer && (answer->has_rules || forbidden || !is_preflight(request));
    if (own && is_options) {
        exchange.response = std::move(*answer->preflight);
        exchange.cors_headers.emplace();
        return true;
    }
    if (answer && answer->has_rules) {
        exchange.cors_headers = std::move(answer->headers);
        return false;
    }
    if (!forbidden) return false;
    exchange.response.status = 403;
    return true;
}

// A log that cannot be kept is no reason to fail a request that is done.
Task<void> Pipeline::tell_observer(const Exchange& exchange) const {
    const AccessRecord record{
        exchange.request,      exchange.response,   exchange.context,
        exchange.found.labels, exchange.credential, exchange.host,
        exchange.host_id,      exchange.error_code, parts_.clock.steady() - exchange.started};
    try {
        co_await access_observer_->observe(record);
    } catch (const std::exception& error) {
        log::error("a line of an access log was not kept", {{"what", error.what()}});
    }
}

EdgeRoute* Pipeline::route_of(const EdgeRequest& request) const {
    for (EdgeRoute* route : routes_) {
        if (route->matches(request)) return route;
    }
    return nullptr;
}

Task<void> Pipeline::call_operation(Exchange& exchange) {
    protocol::RequestHints peek{exchange.request.method, exchange.path, exchange.query,
                                exchange.request.headers};
    if (protocol::Identifier::needs_body(peek)) {
        exchange.body =
            co_await read_all(*exchange.request.body, kQueryBodyLimit, too_large(model::Protocol::query));
        exchange.body_read = true;
    }
    identify(exchange);
    authenticate(exchange);
    build_context(exchange);
    co_await read_body(exchange);
    verify_signature(exchange);

    if (exchange.bound->check_body != nullptr) {
        exchange.bound->check_body(*exchange.found.operation,
                                   {exchange.request.headers, exchange.body, exchange.checked_payload.get()});
    }
    std::shared_ptr<void> input = exchange.bound->make_input();
    protocol::decode_request(*exchange.found.operation, exchange.wire(), input.get());
    std::vector<std::string> violations = model::violations(*exchange.found.operation->input, input.get());
    if (!violations.empty()) throw constraint_error(exchange, input.get(), violations);

    AnyOutput output = co_await exchange.bound->invoke(exchange.context, input.get());

    protocol::encode_response(*exchange.found.operation, output.value.get(), exchange.ids(),
                              exchange.response);
    if (output.status != 0) exchange.response.status = output.status;
    for (auto& [name, value] : output.headers) exchange.response.headers.set(name, std::move(value));
    if (auto* text = std::get_if<std::string>(&output.payload)) exchange.response.body = std::move(*text);
    if (auto* file = std::get_if<http::FileBody>(&output.payload)) exchange.response.body = *file;
    if (auto* stream = std::get_if<std::unique_ptr<ByteStream>>(&output.payload)) {
        exchange.response.body = std::move(*stream);
    }
    add_checksum(exchange);
    announce_length(exchange);
}

void Pipeline::identify(Exchange& exchange) const {
    const http::Request& request = exchange.request;
    exchange.host_form = parse_host(exchange.host, options_.configured_host);
    if (exchange.host_form.service == "s3" && !exchange.host_form.label.empty()) {
        exchange.routed_path = "/" + percent_encode(exchange.host_form.label) + std::string(exchange.path);
    }
    protocol::RequestHints hints{request.method, exchange.effective_path(), exchange.query, request.headers,
                                 exchange.body};
    hints.signing_name = signing_name_hint(request, exchange.query);
    hints.service_id = exchange.host_form.service;
    if (auto port = options_.service_ports.find(request.local_port); port != options_.service_ports.end()) {
        hints.service_id = port->second;
    }
    // A request that says nothing of a service is S3's: a browser, curl, a presigned URL of version 2.
    bool says_nothing = hints.signing_name.empty() && hints.service_id.empty() &&
                        !request.headers.has("x-amz-target") && !exchange.body_read;
    if (says_nothing) hints.service_id = "s3";

    exchange.found = identifier_.identify(hints);
    const model::Service* service = exchange.found.service;
    if (service == nullptr || options_.disabled.contains(service->id)) {
        throw service_not_served(service != nullptr            ? service->id
                                 : !hints.signing_name.empty() ? hints.signing_name
                                                               : exchange.host_form.service);
    }
    if (service->protocol == model::Protocol::rest_xml) exchange.host_id = parts_.entropy.hex(32);
    const bool is_json = service->protocol == model::Protocol::json;
    if (is_json && protocol::json_dialect(*service) == protocol::JsonDialect::namespaced) {
        exchange.context.request_id = parts_.entropy.base32(kOwnDigits) + kSharedDigits;
    }
    if (exchange.found.operation == nullptr)
        throw protocol::Identifier::unknown_operation(exchange.found, hints);
    exchange.bound = parts_.table.find(*exchange.found.operation);
    if (exchange.bound == nullptr) throw not_implemented(*exchange.found.operation);
}

void Pipeline::authenticate(Exchange& exchange) {
    const auth::RequestParts parts = as_signed(exchange);
    auth::Dialect dialect = dialect_of(*exchange.found.service);
    auth::Credential& credential = exchange.credential = auth::parse_authorization(parts, dialect);
    auth::Principal& principal = exchange.context.principal;
    if (credential.scheme == auth::Scheme::none) {
        bool anonymous_fits = exchange.found.operation->no_auth || dialect == auth::Dialect::s3;
        if (options_.signatures == SignatureCheck::all && !anonymous_fits)
            throw auth::errors::missing_token(dialect);
        principal.kind = auth::PrincipalKind::anonymous;
        exchange.context.account = options_.default_account;
        return;
    }
    auth::check_expiry(credential, parts_.clock.now(), dialect);
    if (options_.signatures == SignatureCheck::all) auth::check_complete(parts, credential, dialect);
    const SignaturePlace place = credential.in_query() ? SignaturePlace::url_or_form : SignaturePlace::header;
    KeyOwner owner = owner_of_key(credential.access_key, place, dialect, parts_.credentials, options_);
    principal = std::move(owner.principal);
    exchange.secret = std::move(owner.secret);
    // conventions: what nobody made a key for is checked against "test", as far as anyone here can check it.
    const bool checks_all = options_.signatures == SignatureCheck::all;
    if (!checks_all && !principal.verified && !credential.is_v4() && !credential.is_v2())
        exchange.secret.reset();
    if (exchange.secret) auth::check_complete(parts, credential, dialect);
    exchange.context.account = principal.account;
}

void Pipeline::verify_signature(Exchange& exchange) {
    if (!exchange.secret) return;
    const auth::RequestParts parts = as_signed(exchange);
    auth::Verification how;
    how.secret = *exchange.secret;
    how.dialect = dialect_of(*exchange.found.service);
    // S3 signs what x-amz-content-sha256 says, and the stream checks the bytes; the others sign the body's
    // hash.
    std::string body_hash;
    if (how.dialect != auth::Dialect::s3) how.payload_hash = body_hash = sha256_hex(exchange.body);
    how.now = parts_.clock.system_time();
    how.service = exchange.found.service->signing_name;
    how.keys = &signing_keys_;
    if (exchange.host_form.service == "s3") how.host_bucket = exchange.host_form.label;
    auth::verify(parts, exchange.credential, how);
}

void Pipeline::build_context(Exchange& exchange) {
    const http::Request& request = exchange.request;
    RequestContext& context = exchange.context;
    context.operation = exchange.found.operation;
    std::string_view region = exchange.credential.region;
    if (region.empty()) region = exchange.host_form.region;
    bool usable = looks_like_region(region) || (options_.nonstandard_regions && !region.empty());
    context.region = usable ? std::string(region) : options_.default_region;
    if (context.region.starts_with("cn-")) context.partition = "aws-cn";
    if (context.region.starts_with("us-gov-")) context.partition = "aws-us-gov";
    context.cancelled = request.cancelled;
    context.user_agent = request.headers.get("user-agent");
    context.referer = request.headers.get("referer");
    context.source_ip = request.peer;
    std::string_view authority = request.headers.get("host");
    if (authority.empty()) authority = options_.fallback_authority;
    context.base_url.append(request.secure ? "https://" : "http://").append(authority);
    context.trace = events::Trace::parse(request.headers.get("x-amzn-trace-id"));
    if (context.trace.id.empty()) {
        context.trace.id = new_trace_id(context.received_at);
    }
    exchange.caused_by = std::move(context.trace.cause);
    context.trace.cause = parts_.entropy.hex(16);
}

std::string Pipeline::new_trace_id(Timestamp now) {
    return fmt::format("1-{:08x}-", unix_seconds(now)) + parts_.entropy.hex(24);
}

Task<void> Pipeline::read_body(Exchange& exchange) {
    const model::Operation& operation = *exchange.found.operation;
    http::Request& request = exchange.request;
    if (operation.service->protocol == model::Protocol::rest_xml) {
        const auth::RequestParts parts = as_signed(exchange);
        std::optional<std::string_view> secret;
        if (exchange.secret) secret = *exchange.secret;
        exchange.checked_payload = auth::unwrap_s3_payload(*request.body, parts, exchange.credential, secret);
    }
    ByteStream* payload = exchange.checked_payload ? exchange.checked_payload.get() : request.body;
    if (operation.input_stream != nullptr) {
        check_length_is_said(request, operation.service->protocol);
        exchange.context.payload = payload;
    } else if (!exchange.body_read) {
        model::Protocol protocol = operation.service->protocol;
        exchange.body = co_await read_all(*payload, body_limit(protocol), too_large(protocol));
    }
}

void Pipeline::encode_failure(Exchange& exchange, const Error& error) const {
    exchange.error_code = error.code();
    exchange.response = {};
    if (exchange.found.service != nullptr) {
        protocol::encode_error(*exchange.found.service, error, exchange.ids(), exchange.response);
    } else {
        protocol::encode_error(exchange.wire(), error, exchange.ids(), exchange.response);
    }
    if (exchange.request.method == "HEAD") exchange.response.body = std::string();
}

void Pipeline::log_call(const Exchange& exchange, Duration duration) const {
    const RequestContext& context = exchange.context;
    log::debug("request",
               {{"operation", fmt::format("{}.{}", context.operation->service->id, context.operation->name)},
                {"status", std::to_string(exchange.response.status)},
                {"error", exchange.error_code},
                {"account", context.account},
                {"request_id", context.request_id},
                {"trace", context.trace.id},
                {"us", std::to_string(duration.count() / 1000)}});
}

// Calls that change nothing cause nothing: the tree of causes is drawn without them.
void Pipeline::record(const Exchange& exchange) const {
    const RequestContext& context = exchange.context;
    if (context.operation == nullptr) return;
    Duration duration = parts_.clock.steady() - exchange.started;
    if (log::enabled(log::Level::debug)) log_call(exchange, duration);
    if (exchange.bound->reads_only) return;
    events::Span span;
    span.trace = context.trace.id;
    span.id = context.trace.cause;
    span.cause = exchange.caused_by;
    span.kind = "call";
    span.account = context.account;
    span.service = context.operation->service->id;
    span.name = context.operation->name;
    span.outcome =
        exchange.error_code.empty() ? std::to_string(exchange.response.status) : exchange.error_code;
    span.started = context.received_at;
    span.duration = duration;
    parts_.trace_log.record(std::move(span));
}

}  // namespace fogbank::gateway
