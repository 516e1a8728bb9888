// One of botocore's service models as plain structs, in the order of the file.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

namespace fogbank::modelc {

// The model or its patch says something that modelc cannot turn into C++.
class ModelError : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

// A use of a shape: a structure's member, a list's element, a map's key or value.
struct Reference {
    std::string name;  // of a structure's member; empty otherwise
    std::string shape;
    std::string location;
    std::string location_name;
    std::string timestamp_format;
    std::string query_name;
    std::string xml_namespace;
    std::string xml_prefix;
    bool required = false;
    bool flattened = false;
    bool choice = false;  // a flattened list whose entries are of several kinds, see model.patch.json
    bool xml_attribute = false;
    bool idempotency_token = false;
    bool streaming = false;
    bool host_label = false;
    bool json_value = false;
};

struct ErrorTraits {
    std::string code;
    int http_status = 0;  // 0 where the model says nothing
    bool fault = false;
};

// The type that model.patch.json names instead of the generated one.
struct CustomType {
    std::string cpp;
    std::string header;
    std::string access;
};

struct ShapeModel {
    std::string name;
    std::string shown_name;  // AWS's name, where `name` is a copy with constraints of its own
    std::string type;
    std::vector<Reference> members;
    std::string payload;  // name of the payload member
    Reference element;    // the list's element, the map's value
    Reference key;
    std::optional<std::int64_t> min;
    std::optional<std::int64_t> max;
    std::string pattern;
    std::vector<std::string> enum_values;
    std::string timestamp_format;
    std::string xml_name;
    std::string xml_namespace;
    std::string xml_prefix;
    bool flattened = false;
    bool sparse = false;
    bool sensitive = false;
    bool streaming = false;
    bool is_union = false;
    bool is_document = false;
    bool is_exception = false;
    bool is_event_stream = false;
    ErrorTraits error;
    std::optional<CustomType> custom;
};

struct OperationModel {
    std::string name;
    std::string http_method;
    std::string request_uri;
    int success_status = 200;
    std::string input;  // empty where there is none
    std::string output;
    std::string output_wrapper;
    std::string input_xml_name;  // of the input's root element, where the operation names it
    std::string input_xml_namespace;
    bool checksum_required = false;
    bool no_auth = false;
};

struct ErrorModel {
    std::string name;
    std::string code;
    int http_status = 400;
    bool sender_fault = true;
    std::string message_member = "message";
    std::string type_member;  // Lambda's "Type"
};

struct ServiceModel {
    std::string id;
    std::string service_id;
    std::string endpoint_prefix;
    std::string signing_name;
    std::string api_version;
    std::string target_prefix;
    std::string json_version;
    std::string xml_namespace;
    std::string protocol;
    bool query_compatible = false;
    std::map<std::string, ShapeModel> shapes;
    std::map<std::string, OperationModel> operations;
    std::map<std::string, ErrorModel> errors;

    ShapeModel& shape(const std::string& name);
    const ShapeModel& shape(const std::string& name) const;
};

// Reads a file, through gzip where its name ends in .gz.
std::string read_file(const std::string& path);

// Throws ModelError where the text is no service model.
ServiceModel parse_model(const std::string& id, const std::string& json);

}  // namespace fogbank::modelc
