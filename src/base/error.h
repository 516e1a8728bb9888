// A modelled error, thrown by value: a user's mistake that AWS has a code for. Anything else that is thrown
// is our own fault and becomes 500 in the pipeline, the one place that catches.
#pragma once

#include <exception>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace fogbank {

struct ErrorShape {
    const char* name;  // the shape's name in the model, such as "ResourceNotFoundException"
    const char* code;  // the code on the wire; differs from the name for the query and rest-xml protocols
    int http_status;
    bool sender_fault = true;
    const char* message_member = "message";  // what the JSON body calls the message; "Message" for some
    const char* type_member = nullptr;       // "Type": Lambda's bodies tell "User" from "Service"
};

class Error : public std::exception {
public:
    Error(const ErrorShape& shape, std::string message);
    // For codes that exist only at run time (S3's many); `shape` is made of code and status.
    Error(std::string code, int http_status, std::string message);

    // Adds a member of the error's body ("BucketName", "Item"). `raw` members are inserted as JSON text.
    Error&& with(std::string_view member, std::string value) &&;
    Error&& with_json(std::string_view member, std::string json) &&;
    // Adds a response header.
    Error&& with_header(std::string_view name, std::string value) &&;
    Error&& with_status(int http_status) &&;

    struct Detail {
        std::string name;
        std::string value;
        bool is_json;
    };

    const char* what() const noexcept override { return message_.c_str(); }
    const std::string& message() const { return message_; }
    const std::string& name() const { return name_; }
    const std::string& code() const { return code_; }
    int http_status() const { return http_status_; }
    bool sender_fault() const { return http_status_ < 500; }
    const std::vector<Detail>& details() const { return details_; }
    const std::vector<std::pair<std::string, std::string>>& headers() const { return headers_; }

private:
    std::string name_;
    std::string code_;
    int http_status_;
    std::string message_;
    std::vector<Detail> details_;
    std::vector<std::pair<std::string, std::string>> headers_;
};

}  // namespace fogbank
