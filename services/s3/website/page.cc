#include "services/s3/website/page.h"

#include "src/base/xml.h"

#include <string>

namespace fogbank::s3::website {

namespace {

const char* reason(int status) {
    switch (status) {
        case 400:
            return "Bad Request";
        case 403:
            return "Forbidden";
        case 404:
            return "Not Found";
        case 405:
            return "Method Not Allowed";
        case 412:
            return "Precondition Failed";
        case 416:
            return "Requested Range Not Satisfiable";
        case 501:
            return "Not Implemented";
        default:
            return status >= 500 ? "Internal Server Error" : "Error";
    }
}

void item(std::string& out, std::string_view name, std::string_view value) {
    out.append("<li>").append(name).append(": ");
    xml::append_escaped(out, value);
    out += "</li>\n";
}

void items(std::string& out, const Error& error) {
    item(out, "Code", error.code());
    item(out, "Message", error.message());
    for (const Error::Detail& detail : error.details()) item(out, detail.name, detail.value);
}

}  // namespace

http::Response error_page(const Error& error, const Error* document_error, const Ids& ids) {
    const std::string title = std::to_string(error.http_status()) + " " + reason(error.http_status());
    std::string text =
        "<html>\n<head><title>" + title + "</title></head>\n<body>\n<h1>" + title + "</h1>\n<ul>\n";
    items(text, error);
    item(text, "RequestId", ids.request_id);
    item(text, "HostId", ids.host_id);
    text += "</ul>\n";
    if (document_error != nullptr) {
        text += "<h3>An Error Occurred While Attempting to Retrieve a Custom Error Document</h3>\n<ul>\n";
        items(text, *document_error);
        text += "</ul>\n";
    }
    text += "<hr/>\n</body>\n</html>\n";
    http::Response response;
    response.status = error.http_status();
    response.headers.set("x-amz-error-code", error.code());
    response.headers.set("x-amz-error-message", error.message());
    for (const Error::Detail& detail : error.details()) {
        // A header holds no line end and no control byte; a key may.
        if (detail.value.find_first_of("\r\n") != std::string::npos) continue;
        response.headers.set("x-amz-error-detail-" + detail.name, detail.value);
    }
    response.headers.set("x-amz-request-id", std::string(ids.request_id));
    response.headers.set("x-amz-id-2", std::string(ids.host_id));
    response.headers.set("Content-Type", "text/html; charset=utf-8");
    response.body = std::move(text);
    return response;
}

http::Response redirect_page(const Redirect& redirect, const Ids& ids) {
    http::Response response;
    response.status = redirect.status;
    response.headers.set("Location", redirect.location);
    response.headers.set("x-amz-request-id", std::string(ids.request_id));
    response.headers.set("x-amz-id-2", std::string(ids.host_id));
    response.body = std::string();
    return response;
}

}  // namespace fogbank::s3::website
