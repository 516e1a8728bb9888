// What a website's configuration makes of a request. docs: S3 User Guide, "Hosting a static website".
#pragma once

#include "services/s3/model/get_bucket_website.h"

#include <optional>
#include <string>
#include <string_view>

namespace fogbank::s3::website {

using SiteConfiguration = api::GetBucketWebsite::Output;

struct Site {
    std::string scheme;     // of the request: "http" or "https"
    std::string authority;  // the Host header as sent
};

struct Redirect {
    int status = 301;
    std::string location;
};

// The object that a path means: "" and "photos/" mean their index.
std::string object_key(const SiteConfiguration& site, std::string_view key);

// A redirect that stands before anything is read: of all requests, or by a routing rule on the key alone.
// `key` is decoded, `query` as sent.
std::optional<Redirect> redirect_before(const SiteConfiguration& site, const Site& request,
                                        std::string_view key, std::string_view query);

// A routing rule on the error that reading the key gave.
std::optional<Redirect> redirect_on_error(const SiteConfiguration& site, const Site& request,
                                          std::string_view key, int status);

// The key of the index that a path without its slash may mean; nothing for a path with one.
std::optional<std::string> folder_index(const SiteConfiguration& site, std::string_view key);

}  // namespace fogbank::s3::website
