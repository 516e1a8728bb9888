#include "services/s3/website/route.h"

#include "services/s3/configuration/document.h"
#include "services/s3/model/get_object.h"
#include "services/s3/model/head_object.h"
#include "services/s3/store/bucket_store.h"
#include "services/s3/store/configuration_store.h"
#include "src/base/url.h"
#include "src/gateway/hosts.h"
#include "src/protocol/codec.h"

#include <unistd.h>

namespace fogbank::s3::website {

namespace {

// The answer of GetObject or HeadObject as the wire would have it.
template <class Op>
http::Response encoded(gateway::AnyOutput& output, const Ids& ids) {
    http::Response response;
    protocol::encode_response(Op::descriptor(), output.value.get(), {ids.request_id, ids.host_id}, response);
    if (output.status != 0) response.status = output.status;
    for (auto& [name, value] : output.headers) response.headers.set(name, std::move(value));
    if (auto* text = std::get_if<std::string>(&output.payload)) response.body = std::move(*text);
    if (auto* file = std::get_if<http::FileBody>(&output.payload)) response.body = *file;
    if (auto* stream = std::get_if<std::unique_ptr<ByteStream>>(&output.payload)) {
        response.body = std::move(*stream);
    }
    return response;
}

// A browser's conditions and ranges count; what it says of S3 does not.
http::Headers reading_headers(const http::Headers& headers) {
    http::Headers out;
    for (const auto& [name, value] : headers) {
        for (const char* each :
             {"if-match", "if-none-match", "if-modified-since", "if-unmodified-since", "range"}) {
            if (http::equal_ignoring_case(name, each)) out.add(name, value);
        }
    }
    return out;
}

template <class Op>
typename Op::Input input_of(std::string_view method, const std::string& bucket, const std::string& key,
                            const http::Headers& headers) {
    const protocol::UriLabels labels{{"Bucket", bucket}, {"Key", key}};
    typename Op::Input input;
    protocol::decode_request(Op::descriptor(), {method, "/", "", headers, {}, &labels}, &input);
    return input;
}

void announce(const http::Request& request, http::Response& response) {
    if (request.method != "HEAD") return;
    const auto* text = std::get_if<std::string>(&response.body);
    if (text != nullptr && !text->empty()) {
        response.announced_length = static_cast<std::int64_t>(text->size());
    } else if (const std::string* length = response.headers.find("content-length")) {
        response.announced_length = std::stoll(*length);
    }
    response.body = std::string();
}

}  // namespace

struct Route::Visit {
    gateway::EdgeRequest& request;
    std::string bucket, key, host_id;
    Site site;
    SiteConfiguration configuration;
    gateway::RequestContext context;
    Ids ids() const { return {request.request_id, host_id}; }
};

bool Route::matches(const gateway::EdgeRequest& request) const {
    if (request.host.find("s3-website") == std::string::npos) return false;
    const gateway::HostForm form = gateway::parse_host(request.host, configured_host_);
    return form.service == "s3-website" && !form.label.empty();
}

Task<http::Response> Route::handle(gateway::EdgeRequest& request) {
    const gateway::HostForm host = gateway::parse_host(request.host, configured_host_);
    Visit visit{request, host.label, {}, parts_.entropy.hex(32), {}, {}, {}};
    std::optional<gateway::CorsAnswer> cors;
    if (request.http.method == "OPTIONS" || request.http.headers.has("origin")) {
        cors = parts_.cors.judge({request.http, host, request.path, request.request_id, visit.host_id});
    }
    if (cors && cors->preflight) co_return std::move(*cors->preflight);
    std::string_view path = request.path;
    if (path.starts_with('/')) path.remove_prefix(1);
    visit.key = percent_decode(path);
    visit.site = {request.http.secure ? "https" : "http", request.authority};
    visit.context.request_id = request.request_id;
    visit.context.received_at = parts_.clock.now();
    visit.context.principal.kind = auth::PrincipalKind::anonymous;
    visit.context.region = host.region.empty() ? "us-east-1" : host.region;
    visit.context.trace = request.trace;
    visit.context.cancelled = request.http.cancelled;
    visit.context.source_ip = request.http.peer;
    visit.context.base_url = request.base_url;
    std::optional<Error> refusal;
    http::Response response;
    try {
        response = co_await this->visit(visit);
    } catch (const Error& error) {
        refusal = error;
    }
    if (refusal) response = error_page(*refusal, nullptr, visit.ids());
    if (cors) {
        for (const auto& [name, value] : cors->headers) response.headers.set(name, value);
    }
    announce(request.http, response);
    co_return response;
}

SiteConfiguration Route::configuration_of(const std::string& name) {
    return parts_.database.read([&](store::ReadTxn& txn) {
        const Bucket bucket = require_bucket(txn, name);
        const auto document = find_configuration(txn, bucket.id, Configuration::website);
        if (!document) throw no_such_configuration(Configuration::website, name);
        return output_from_document<api::GetBucketWebsite>(*document);
    });
}

Task<Route::Read> Route::read_object(const Visit& visit, const std::string& key,
                                     const http::Headers& headers) {
    const http::Request& request = visit.request.http;
    try {
        if (request.method == "HEAD") {
            const auto input = input_of<api::HeadObject>("HEAD", visit.bucket, key, headers);
            gateway::AnyOutput output =
                co_await parts_.client.call_any<api::HeadObject>(visit.context, input);
            co_return encoded<api::HeadObject>(output, visit.ids());
        }
        const auto input = input_of<api::GetObject>("GET", visit.bucket, key, headers);
        gateway::AnyOutput output = co_await parts_.client.call_any<api::GetObject>(visit.context, input);
        co_return encoded<api::GetObject>(output, visit.ids());
    } catch (const Error& error) {
        co_return error;
    }
}

// 1. What needs no object. 2. The object, or what it says the browser should read instead. 3. A folder
// without its slash. 4. The error, as the configuration wants it told.
Task<http::Response> Route::visit(Visit& visit) {
    const std::string& method = visit.request.http.method;
    visit.configuration = configuration_of(visit.bucket);
    if (method != "GET" && method != "HEAD") {
        throw Error("MethodNotAllowed", 405, "The specified method is not allowed against this resource.")
            .with("Method", method)
            .with("ResourceType", visit.key.empty() ? "BUCKET" : "OBJECT");
    }
    if (const auto redirect =
            redirect_before(visit.configuration, visit.site, visit.key, visit.request.query)) {
        co_return redirect_page(*redirect, visit.ids());
    }
    const std::string wanted = object_key(visit.configuration, visit.key);
    const http::Headers headers = reading_headers(visit.request.http.headers);
    Read read = co_await read_object(visit, wanted, headers);
    if (auto* response = std::get_if<http::Response>(&read)) {
        const std::string location(response->headers.get("x-amz-website-redirect-location"));
        if (location.empty()) co_return std::move(*response);
        if (const auto* file = std::get_if<http::FileBody>(&response->body)) ::close(file->descriptor);
        co_return redirect_page({301, location}, visit.ids());
    }
    if (const auto index = folder_index(visit.configuration, visit.key)) {
        const http::Headers none;
        const auto input = input_of<api::HeadObject>("HEAD", visit.bucket, *index, none);
        bool found = true;
        try {
            co_await parts_.client.call_any<api::HeadObject>(visit.context, input);
        } catch (const Error&) {
            found = false;
        }
        if (found) co_return redirect_page({302, "/" + percent_encode(visit.key, "/") + "/"}, visit.ids());
    }
    Error error = std::get<Error>(std::move(read));
    http::Response failed = co_await fail(visit, std::move(error));
    co_return failed;
}

Task<http::Response> Route::fail(Visit& visit, Error error) {
    if (const auto redirect =
            redirect_on_error(visit.configuration, visit.site, visit.key, error.http_status())) {
        co_return redirect_page(*redirect, visit.ids());
    }
    if (!visit.configuration.ErrorDocument) co_return error_page(error, nullptr, visit.ids());
    const http::Headers none;
    const std::string key = *visit.configuration.ErrorDocument->Key;
    Read document = co_await read_object(visit, key, none);
    if (const auto* failed = std::get_if<Error>(&document)) co_return error_page(error, failed, visit.ids());
    http::Response response = std::get<http::Response>(std::move(document));
    response.status = error.http_status();
    response.headers.set("x-amz-error-code", error.code());
    response.headers.set("x-amz-error-message", error.message());
    co_return response;
}

}  // namespace fogbank::s3::website
