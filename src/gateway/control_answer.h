// Answers of the control paths (`/_fogbank/...`, `/_localstack/...`), which speak JSON.
#pragma once

#include "src/http/message.h"

#include <string>
#include <string_view>

namespace fogbank::gateway {

http::Response json_response(int status, std::string body);
http::Response control_error(int status, std::string_view message);  // {"error": message}

}  // namespace fogbank::gateway
