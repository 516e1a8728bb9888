// S3's answers on a website that are no object: errors as HTML, redirects.
#pragma once

#include "services/s3/website/rules.h"
#include "src/base/error.h"
#include "src/http/message.h"

#include <optional>
#include <string_view>

namespace fogbank::s3::website {

struct Ids {
    std::string_view request_id, host_id;
};

// `document_error`: what reading the site's own error document gave; null where it has none.
http::Response error_page(const Error& error, const Error* document_error, const Ids& ids);
http::Response redirect_page(const Redirect& redirect, const Ids& ids);

}  // namespace fogbank::s3::website
