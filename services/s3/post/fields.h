// A form's fields as what the same upload by PUT would say.
#pragma once

#include "services/s3/model/put_object.h"
#include "services/s3/post/form.h"

#include <string>
#include <string_view>

namespace fogbank::s3::post {

// Puts the name of the file, without the folder that some browsers send, wherever a value says ${filename}.
void expand_file_name(Fields& fields, std::string_view file_name);

// The operation that a form asks for. Throws InvalidArgument without a key, MalformedXML for tags that are
// none.
api::PutObject::Input put_input(const Fields& fields, const std::string& bucket);

// What the sender wants to see: a redirect, or a status.
struct Success {
    std::string redirect;  // a URL; empty: none
    int status = 204;
};
Success success_of(const Fields& fields);

// The redirect with what was stored where. `etag` is quoted.
std::string redirect_target(std::string_view redirect, std::string_view bucket, std::string_view key,
                            std::string_view etag);

}  // namespace fogbank::s3::post
