// What is generated for a model: which shapes the operations reach, and how C++ holds them.
#pragma once

#include "src/model/modelc/model.h"

#include <map>
#include <set>
#include <string>
#include <vector>

namespace fogbank::modelc {

class Plan {
public:
    // Gives operations without input or output an empty structure. Keeps a reference to `service`.
    explicit Plan(ServiceModel& service);

    const ServiceModel& service() const { return service_; }
    std::string api_namespace() const;  // "fogbank::dynamodb::api"
    std::string include_root() const;   // "services/dynamodb/model/"

    // Shapes that operations reach, by name; nothing below a custom type.
    const std::set<std::string>& shapes() const { return reachable_; }
    bool is_struct(const std::string& shape) const;

    std::string struct_name(const std::string& shape) const;
    std::string type_header(const std::string& shape) const;  // of a structure
    std::string operations_header() const;                    // the tags of all operations
    std::string operation_header(const std::string& operation) const;
    std::string shape_symbol(const std::string& shape) const;    // "shapes::kTableName"
    std::string members_symbol(const std::string& shape) const;  // "members::kPutItemInput"

    // "std::vector<api::Tag>"
    std::string cpp_type(const std::string& shape) const;
    // The holder: "std::optional<...>" or "model::Box<...>".
    std::string field_type(const std::string& owner, const Reference& member) const;
    bool has_field(const Reference& member) const { return !is_streaming(member); }
    // C++ allows no constructor in a structure that has a member of its own name.
    bool may_have_constructors(const std::string& structure) const;
    bool is_streaming(const Reference& member) const;
    bool is_event_stream(const std::string& structure) const;

    // Structures and custom types that the type of `shape` names: itself, or through lists and maps.
    std::set<std::string> named_types(const std::string& shape) const;
    // Whether two structures contain each other.
    bool in_one_cycle(const std::string& a, const std::string& b) const;

private:
    void add_empty_structures();
    void reach(const std::string& shape);
    void find_cycles();
    void name_structures();
    std::string free_name(const std::string& operation, std::initializer_list<const char*> suffixes) const;

    ServiceModel& service_;
    std::set<std::string> reachable_;
    std::map<std::string, std::set<std::string>> contained_;  // structure -> structures below it
    std::map<std::string, std::string> struct_names_;
};

}  // namespace fogbank::modelc
