#include "src/base/error.h"

namespace fogbank {

Error::Error(const ErrorShape& shape, std::string message)
    : name_(shape.name), code_(shape.code), http_status_(shape.http_status), message_(std::move(message)) {}

Error::Error(std::string code, int http_status, std::string message)
    : name_(code), code_(std::move(code)), http_status_(http_status), message_(std::move(message)) {}

Error&& Error::with(std::string_view member, std::string value) && {
    details_.push_back({std::string(member), std::move(value), false});
    return std::move(*this);
}

Error&& Error::with_json(std::string_view member, std::string json) && {
    details_.push_back({std::string(member), std::move(json), true});
    return std::move(*this);
}

Error&& Error::with_header(std::string_view name, std::string value) && {
    headers_.emplace_back(std::string(name), std::move(value));
    return std::move(*this);
}

Error&& Error::with_status(int http_status) && {
    http_status_ = http_status;
    return std::move(*this);
}

}  // namespace fogbank
