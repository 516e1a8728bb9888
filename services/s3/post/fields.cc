#include "services/s3/post/fields.h"

#include "services/s3/errors.h"
#include "services/s3/object_headers.h"
#include "src/base/text.h"
#include "src/base/url.h"
#include "src/base/xml.h"
#include "src/protocol/codec.h"

#include <array>

namespace fogbank::s3::post {

namespace {

// <Tagging><TagSet><Tag><Key>..</Key><Value>..</Value></Tag></TagSet></Tagging> as x-amz-tagging has it.
std::string tagging_header(std::string_view text) {
    const auto document = xml::parse(text);
    if (!document || document->root().name() != "Tagging") throw malformed_xml();
    std::string out;
    for (const xml::Element tag : document->root().child("TagSet").children()) {
        if (tag.name() != "Tag" || !tag.child("Key")) throw malformed_xml();
        if (!out.empty()) out += '&';
        out += percent_encode(tag.child("Key").text()) + "=" + percent_encode(tag.child("Value").text());
    }
    return out;
}

// Fields that bear the name of the header they stand for. docs: "POST Object", form fields.
constexpr std::array<std::string_view, 7> kHeaders = {
    "cache-control",    "content-type", "content-disposition", "content-encoding",
    "content-language", "expires",      "content-md5"};

// Fields with "x-amz-" that are about the form itself.
constexpr std::array<std::string_view, 5> kOfSignature = {"x-amz-algorithm", "x-amz-credential", "x-amz-date",
                                                          "x-amz-signature", "x-amz-security-token"};

template <std::size_t N>
bool among(const std::array<std::string_view, N>& names, std::string_view name) {
    for (const std::string_view each : names) {
        if (each == name) return true;
    }
    return false;
}

}  // namespace

void expand_file_name(Fields& fields, std::string_view file_name) {
    constexpr std::string_view kVariable = "${filename}";
    file_name = file_name.substr(file_name.find_last_of("/\\") + 1);
    for (auto& [name, value] : fields) {
        const std::string lowered = lower_case(name);
        if (lowered == "policy" || lowered == "signature" || lowered == "x-amz-signature") continue;
        for (std::size_t at = value.find(kVariable); at != std::string::npos;
             at = value.find(kVariable, at + file_name.size())) {
            value.replace(at, kVariable.size(), file_name);
        }
    }
}

api::PutObject::Input put_input(const Fields& fields, const std::string& bucket) {
    const std::string* key = find_field(fields, "key");
    if (key == nullptr || key->empty()) {
        throw invalid_argument(
            "Bucket POST must contain a field named 'key'.  If it is specified, please check the order of "
            "the "
            "fields.",
            "key", "");
    }
    http::Headers headers;
    for (const auto& [sent, value] : fields) {
        const std::string name = lower_case(sent);
        if (name == "acl") {
            headers.add("x-amz-acl", value);
        } else if (name == "tagging") {
            headers.add("x-amz-tagging", tagging_header(value));
        } else if (among(kHeaders, name) || (name.starts_with("x-amz-") && !among(kOfSignature, name))) {
            headers.add(name, name.starts_with("x-amz-meta-") ? encoded_word(value) : value);
        }
    }
    const protocol::UriLabels labels{{"Bucket", bucket}, {"Key", *key}};
    api::PutObject::Input input;
    protocol::decode_request(api::PutObject::descriptor(), {"PUT", "/", "", headers, {}, &labels}, &input);
    return input;
}

Success success_of(const Fields& fields) {
    Success out;
    const std::string* redirect = find_field(fields, "success_action_redirect");
    // docs: the name that it had before.
    if (redirect == nullptr) redirect = find_field(fields, "redirect");
    if (redirect != nullptr && (redirect->starts_with("http://") || redirect->starts_with("https://"))) {
        out.redirect = *redirect;
    }
    if (const std::string* status = find_field(fields, "success_action_status")) {
        if (*status == "200") out.status = 200;
        if (*status == "201") out.status = 201;
    }
    return out;
}

std::string redirect_target(std::string_view redirect, std::string_view bucket, std::string_view key,
                            std::string_view etag) {
    std::string out(redirect);
    out += redirect.find('?') == std::string_view::npos ? '?' : '&';
    out.append("bucket=").append(percent_encode(bucket)).append("&key=").append(percent_encode(key));
    return out.append("&etag=").append(percent_encode(etag));
}

}  // namespace fogbank::s3::post
