#include "services/s3/post/route.h"

#include "services/s3/errors.h"
#include "services/s3/model/service.h"
#include "services/s3/post/fields.h"
#include "services/s3/post/policy.h"
#include "services/s3/post/signature.h"
#include "src/base/text.h"
#include "src/base/url.h"
#include "src/base/xml.h"
#include "src/gateway/exchange.h"
#include "src/gateway/hosts.h"
#include "src/protocol/codec.h"

namespace fogbank::s3::post {

namespace {

// The bucket of a POST to a bucket's URL, by host or by path; nothing for any other URL.
std::optional<std::string> bucket_of(const gateway::EdgeRequest& request, std::string_view configured_host) {
    const gateway::HostForm form = gateway::parse_host(request.host, configured_host);
    if (!form.service.empty() && form.service != "s3") return std::nullopt;
    if (!form.label.empty()) {
        if (request.path != "/") return std::nullopt;
        return form.label;
    }
    std::string_view name = request.path;
    if (name.starts_with('/')) name.remove_prefix(1);
    if (name.ends_with('/')) name.remove_suffix(1);
    // Control paths begin with an underscore, names of buckets never do.
    if (name.empty() || name.find('/') != std::string_view::npos || name.starts_with('_'))
        return std::nullopt;
    return percent_decode(name);
}

bool is_form(const http::Request& request) {
    return lower_case(request.headers.get("content-type")).starts_with("multipart/form-data");
}

// What says of itself that it is another service's, whose URLs may look like a bucket's.
bool is_of_another_service(const http::Request& request) {
    const std::string_view service = gateway::signing_name_hint(request, {});
    return (!service.empty() && service != "s3") ||
           lower_case(request.headers.get("content-type")).starts_with("application/x-www-form-urlencoded");
}

// Reads until the file begins.
Task<void> read_fields(ByteStream& body, FormScanner& scanner) {
    while (!scanner.at_file()) {
        const std::string_view piece = co_await body.next();
        if (piece.empty()) break;
        scanner.feed(piece);
    }
    if (!scanner.at_file()) scanner.finish();
    if (!scanner.has_file()) {
        throw invalid_argument("POST requires exactly one file upload per request.", "file", "0");
    }
}

std::string location_of(const gateway::EdgeRequest& request, std::string_view bucket, std::string_view key) {
    std::string out = request.base_url + "/";
    // A bucket that the host names stands there already.
    if (!request.host.starts_with(std::string(bucket) + ".")) out += percent_encode(bucket) + "/";
    return out + percent_encode(key);
}

std::string post_response(std::string_view location, std::string_view bucket, std::string_view key,
                          std::string_view etag) {
    std::string text;
    xml::Writer writer(text);
    writer.declaration();
    writer.begin("PostResponse");
    writer.element("Location", location);
    writer.element("Bucket", bucket);
    writer.element("Key", key);
    writer.element("ETag", etag);
    writer.end("PostResponse");
    return text;
}

void answer_success(const gateway::EdgeRequest& request, const Success& success, const std::string& bucket,
                    const std::string& key, const std::string& etag, http::Response& response) {
    if (!success.redirect.empty()) {
        response.status = 303;
        response.headers.set("Location", redirect_target(success.redirect, bucket, key, etag));
        return;
    }
    response.status = success.status;
    const std::string location = location_of(request, bucket, key);
    response.headers.set("Location", location);
    if (success.status != 201) return;
    response.headers.set("Content-Type", "application/xml");
    response.body = post_response(location, bucket, key, etag);
}

}  // namespace

bool Route::matches(const gateway::EdgeRequest& request) const {
    // A call of a JSON service, as most POSTs are, is told at once.
    if (request.http.headers.has("x-amz-target")) return false;
    if (request.http.method != "POST" || !request.query.empty()) return false;
    if (!is_form(request.http) && is_of_another_service(request.http)) return false;
    return bucket_of(request, options_.configured_host).has_value();
}

Task<http::Response> Route::handle(gateway::EdgeRequest& request) {
    const std::string host_id = parts_.entropy.hex(32);
    std::optional<Error> refusal;
    try {
        co_return co_await upload(request, host_id);
    } catch (const Error& error) {
        refusal = error;
    }
    http::Response response;
    protocol::encode_error(api::service(), *refusal, {request.request_id, host_id}, response);
    co_return response;
}

gateway::RequestContext Route::context_of(const gateway::EdgeRequest& request, const Fields& fields) const {
    gateway::RequestContext context;
    context.operation = &api::PutObject::descriptor();
    context.request_id = request.request_id;
    context.account = options_.callers.default_account;
    context.received_at = parts_.clock.now();
    context.cancelled = request.http.cancelled;
    context.base_url = request.base_url;
    context.user_agent = request.http.headers.get("user-agent");
    context.source_ip = request.http.peer;
    context.trace = request.trace;
    context.trace.cause = parts_.entropy.hex(16);
    context.region = "us-east-1";
    context.principal.kind = auth::PrincipalKind::anonymous;
    const auto signature = read_signature(fields);
    if (!signature) return context;
    if (!signature->region.empty()) context.region = signature->region;
    gateway::KeyOwner owner =
        gateway::owner_of_key(signature->access_key, gateway::SignaturePlace::url_or_form, auth::Dialect::s3,
                              parts_.credentials, options_.callers);
    if (owner.secret) verify(*signature, *owner.secret);
    context.account = owner.principal.account;
    context.principal = std::move(owner.principal);
    return context;
}

Task<http::Response> Route::upload(gateway::EdgeRequest& request, const std::string& host_id) {
    // 1. The fields, which come before the file.
    if (!is_form(request.http)) {
        throw precondition_failed("Bucket POST must be of the enclosure-type multipart/form-data");
    }
    const auto boundary = form_boundary(request.http.headers.get("content-type"));
    if (!boundary) {
        throw Error("MalformedPOSTRequest", 400,
                    "The body of your POST request is not well-formed multipart/form-data.");
    }
    FormScanner scanner(*boundary);
    co_await read_fields(*request.http.body, scanner);
    Fields fields = scanner.fields();
    expand_file_name(fields, scanner.file_name());

    // 2. Who signed them, and whether the policy lets them be.
    const std::string bucket = *bucket_of(request, options_.configured_host);
    const api::PutObject::Input input = put_input(fields, bucket);
    parts_.service.check_post_bucket(bucket);
    gateway::RequestContext context = context_of(request, fields);
    std::optional<SizeRange> size;
    if (const std::string* text = find_field(fields, "policy")) {
        const Policy policy = parse_policy(*text);
        judge(policy, fields, bucket, context.received_at);
        size = policy.size;
    }

    // 3. The file, as it comes.
    FormFile file(*request.http.body, scanner, size);
    context.payload = &file;
    const api::PutObject::Output output = co_await parts_.service.post_object(context, input);
    http::Response response;
    protocol::encode_response(api::PutObject::descriptor(), &output, {request.request_id, host_id}, response);
    answer_success(request, success_of(fields), bucket, *input.Key, output.ETag.value_or(""), response);
    co_return response;
}

}  // namespace fogbank::s3::post
