#include "services/s3/copy_source.h"

#include "services/s3/errors.h"
#include "services/s3/versions.h"
#include "src/base/url.h"

namespace fogbank::s3 {

CopySource parse_copy_source(std::string_view header) {
    std::string_view path = header;
    std::optional<std::string> version;
    constexpr std::string_view kVersion = "?versionId=";
    if (const std::size_t at = path.rfind(kVersion); at != std::string_view::npos) {
        version = form_decode(path.substr(at + kVersion.size()));
        check_version_id(version);
        path = path.substr(0, at);
    }
    const std::string decoded = form_decode(path);
    std::string_view rest = decoded;
    if (rest.starts_with('/')) rest.remove_prefix(1);
    const std::size_t slash = rest.find('/');
    if (slash == std::string_view::npos || slash == 0 || slash + 1 == rest.size()) {
        throw invalid_argument("Copy Source must mention the source bucket and key: sourcebucket/sourcekey",
                               "x-amz-copy-source", header);
    }
    return {std::string(rest.substr(0, slash)), std::string(rest.substr(slash + 1)), std::move(version)};
}

}  // namespace fogbank::s3
