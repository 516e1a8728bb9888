#include <catch2/catch.hpp>

#include "services/s3/website/page.h"
#include "services/s3/website/rules.h"

namespace fogbank::s3::website {

namespace {

const Site kSite{"http", "b.s3-website.localhost:4566"};

SiteConfiguration with_index() {
    SiteConfiguration site;
    site.IndexDocument.emplace().Suffix = "index.html";
    return site;
}

api::RoutingRule& add_rule(SiteConfiguration& site) {
    if (!site.RoutingRules) site.RoutingRules.emplace();
    api::RoutingRule& rule = site.RoutingRules->emplace_back();
    rule.Redirect.emplace();
    return rule;
}

}  // namespace

TEST_CASE("A path that ends with a slash means its index") {
    const SiteConfiguration site = with_index();
    CHECK(object_key(site, "") == "index.html");
    CHECK(object_key(site, "photos/") == "photos/index.html");
    CHECK(object_key(site, "photos") == "photos");
    CHECK(folder_index(site, "photos") == "photos/index.html");
    CHECK_FALSE(folder_index(site, "photos/"));
    CHECK_FALSE(folder_index(site, ""));
}

TEST_CASE("All requests go to another host where the configuration says so") {
    SiteConfiguration site;
    site.RedirectAllRequestsTo.emplace().HostName = "example.com";
    const auto kept = redirect_before(site, kSite, "a b/c", "x=1");
    REQUIRE(kept);
    CHECK(kept->status == 301);
    CHECK(kept->location == "http://example.com/a%20b/c?x=1");
    site.RedirectAllRequestsTo->Protocol = "https";
    CHECK(redirect_before(site, kSite, "", "")->location == "https://example.com/");
}

TEST_CASE("Routing rules replace a prefix or the key, by prefix and by error") {
    SiteConfiguration site = with_index();
    api::RoutingRule& prefix = add_rule(site);
    prefix.Condition.emplace().KeyPrefixEquals = "docs/";
    prefix.Redirect->ReplaceKeyPrefixWith = "documents/";
    api::RoutingRule& error = add_rule(site);
    error.Condition.emplace().HttpErrorCodeReturnedEquals = "404";
    error.Condition->KeyPrefixEquals = "img/";
    error.Redirect->ReplaceKeyWith = "none.jpg";
    error.Redirect->HttpRedirectCode = "302";
    error.Redirect->HostName = "cdn.example.com";
    error.Redirect->Protocol = "https";
    CHECK(redirect_before(site, kSite, "docs/a b", "")->location ==
          "http://b.s3-website.localhost:4566/documents/a%20b");
    CHECK(redirect_before(site, kSite, "docs/a", "")->status == 301);
    CHECK_FALSE(redirect_before(site, kSite, "img/x", ""));
    const auto on_error = redirect_on_error(site, kSite, "img/x", 404);
    REQUIRE(on_error);
    CHECK(on_error->status == 302);
    CHECK(on_error->location == "https://cdn.example.com/none.jpg");
    CHECK_FALSE(redirect_on_error(site, kSite, "img/x", 403));
    CHECK_FALSE(redirect_on_error(site, kSite, "other", 404));
}

TEST_CASE("An error is a page with its members, escaped, and headers that name it") {
    const Error missing = Error("NoSuchKey", 404, "The specified key does not exist.").with("Key", "<a>");
    const Ids ids{"R", "H"};
    const http::Response page = error_page(missing, nullptr, ids);
    CHECK(page.status == 404);
    CHECK(std::get<std::string>(page.body) ==
          "<html>\n<head><title>404 Not Found</title></head>\n<body>\n<h1>404 Not Found</h1>\n<ul>\n"
          "<li>Code: NoSuchKey</li>\n<li>Message: The specified key does not exist.</li>\n"
          "<li>Key: &lt;a&gt;</li>\n<li>RequestId: R</li>\n<li>HostId: "
          "H</li>\n</ul>\n<hr/>\n</body>\n</html>\n");
    CHECK(page.headers.get("x-amz-error-code") == "NoSuchKey");
    CHECK(page.headers.get("x-amz-error-detail-Key") == "<a>");
    CHECK(page.headers.get("Content-Type") == "text/html; charset=utf-8");
    const Error document =
        Error("NoSuchKey", 404, "The specified key does not exist.").with("Key", "error.html");
    const std::string both = std::get<std::string>(error_page(missing, &document, ids).body);
    CHECK(both.find("<h3>An Error Occurred While Attempting to Retrieve a Custom Error Document</h3>\n<ul>\n"
                    "<li>Code: NoSuchKey</li>") != std::string::npos);
}

}  // namespace fogbank::s3::website
