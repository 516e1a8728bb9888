#include "src/model/modelc/plan.h"

#include "src/model/modelc/names.h"

namespace fogbank::modelc {
namespace {

std::string scalar_type(const ShapeModel& shape) {
    static const std::map<std::string, std::string> types{
        {"boolean", "bool"},          {"integer", "std::int32_t"},    {"long", "std::int64_t"},
        {"float", "float"},           {"double", "double"},           {"string", "std::string"},
        {"character", "std::string"}, {"blob", "::fogbank::Bytes"},   {"timestamp", "::fogbank::Timestamp"},
        {"short", "std::int32_t"},    {"byte", "std::int32_t"},       {"bigdecimal", "double"},
        {"bigDecimal", "double"},     {"bigInteger", "std::int64_t"},
    };
    const auto found = types.find(shape.type);
    if (found == types.end()) throw ModelError("shape '" + shape.name + "' has type '" + shape.type + "'");
    return found->second;
}

}  // namespace

Plan::Plan(ServiceModel& service) : service_(service) {
    add_empty_structures();
    for (const auto& [name, operation] : service_.operations) {
        reach(operation.input);
        reach(operation.output);
    }
    name_structures();
    find_cycles();
}

std::string Plan::api_namespace() const {
    return "fogbank::" + namespace_name(service_.id) + "::api";
}

std::string Plan::include_root() const {
    return "services/" + service_.id + "/model/";
}

std::string Plan::free_name(const std::string& operation, std::initializer_list<const char*> suffixes) const {
    for (const char* suffix : suffixes) {
        if (!service_.shapes.contains(operation + suffix)) return operation + suffix;
    }
    throw ModelError("no free name for the empty input or output of " + operation);
}

void Plan::add_empty_structures() {
    const auto fill = [this](std::string& shape, const std::string& name) {
        ShapeModel empty;
        empty.name = name;
        empty.type = "structure";
        service_.shapes[name] = empty;
        shape = name;
    };
    for (auto& [name, operation] : service_.operations) {
        if (operation.input.empty()) fill(operation.input, free_name(name, {"Input", "Request", "In"}));
        if (operation.output.empty())
            fill(operation.output, free_name(name, {"Output", "Response", "Result", "Out"}));
        // The root element's name belongs to the operation; its input structure has no other use.
        ShapeModel& input = service_.shape(operation.input);
        if (!operation.input_xml_name.empty()) input.xml_name = operation.input_xml_name;
        if (!operation.input_xml_namespace.empty()) input.xml_namespace = operation.input_xml_namespace;
    }
}

void Plan::reach(const std::string& name) {
    const ShapeModel& shape = service_.shape(name);
    if (!reachable_.insert(name).second || shape.custom || shape.is_document) return;
    for (const Reference& member : shape.members) reach(member.shape);
    if (!shape.element.shape.empty()) reach(shape.element.shape);
    if (!shape.key.shape.empty()) reach(shape.key.shape);
}

bool Plan::is_struct(const std::string& name) const {
    const ShapeModel& shape = service_.shape(name);
    return shape.type == "structure" && !shape.custom && !shape.is_document;
}

void Plan::name_structures() {
    for (const std::string& name : reachable_) {
        if (!is_struct(name)) continue;
        // An operation's tag and a structure can bear one name (CloudFormation has such); the structure gives
        // way.
        struct_names_[name] = identifier(name) + (service_.operations.contains(name) ? "_" : "");
    }
}

void Plan::find_cycles() {
    for (const auto& [name, cpp] : struct_names_) {
        std::set<std::string>& below = contained_[name];
        std::vector<std::string> open{name};
        while (!open.empty()) {
            const std::string current = open.back();
            open.pop_back();
            for (const Reference& member : service_.shape(current).members) {
                for (const std::string& type : named_types(member.shape)) {
                    if (is_struct(type) && below.insert(type).second) open.push_back(type);
                }
            }
        }
    }
}

bool Plan::in_one_cycle(const std::string& a, const std::string& b) const {
    const auto from_a = contained_.find(a);
    const auto from_b = contained_.find(b);
    return from_a != contained_.end() && from_b != contained_.end() && from_a->second.contains(b) &&
           from_b->second.contains(a);
}

std::set<std::string> Plan::named_types(const std::string& name) const {
    const ShapeModel& shape = service_.shape(name);
    if (shape.custom || shape.type == "structure")
        return shape.is_document ? std::set<std::string>{} : std::set{name};
    if (shape.type == "list" || shape.type == "map") return named_types(shape.element.shape);
    return {};
}

std::string Plan::struct_name(const std::string& shape) const {
    return struct_names_.at(shape);
}

std::string Plan::type_header(const std::string& shape) const {
    return include_root() + "types/" + snake_case(shape) + ".h";
}

std::string Plan::operations_header() const {
    return include_root() + "operations.h";
}

std::string Plan::operation_header(const std::string& operation) const {
    return include_root() + snake_case(operation) + ".h";
}

std::string Plan::shape_symbol(const std::string& shape) const {
    return "shapes::k" + identifier(shape);
}

std::string Plan::members_symbol(const std::string& shape) const {
    return "members::k" + identifier(shape);
}

std::string Plan::cpp_type(const std::string& name) const {
    const ShapeModel& shape = service_.shape(name);
    if (shape.custom) return "::" + shape.custom->cpp;
    if (shape.is_document) return "::fogbank::model::JsonText";
    // Qualified, because a member may bear the name of its own type.
    if (shape.type == "structure") return "api::" + struct_name(name);
    if (shape.type == "list") {
        const std::string element = cpp_type(shape.element.shape);
        // std::vector<bool> has no elements to point at, and no service served so far has such a list.
        if (element == "bool") throw ModelError("a list of booleans (" + name + ") has no C++ type");
        return "std::vector<" + element + ">";
    }
    if (shape.type == "map") return "::fogbank::model::Map<" + cpp_type(shape.element.shape) + ">";
    return scalar_type(shape);
}

std::string Plan::field_type(const std::string& owner, const Reference& member) const {
    const bool boxed = is_struct(member.shape) && in_one_cycle(owner, member.shape);
    return (boxed ? "::fogbank::model::Box<" : "std::optional<") + cpp_type(member.shape) + ">";
}

bool Plan::is_streaming(const Reference& member) const {
    const ShapeModel& shape = service_.shape(member.shape);
    return (member.streaming || shape.streaming) && shape.type == "blob";
}

bool Plan::may_have_constructors(const std::string& structure) const {
    for (const Reference& member : service_.shape(structure).members) {
        if (identifier(member.name) == struct_name(structure)) return false;
    }
    return true;
}

bool Plan::is_event_stream(const std::string& structure) const {
    for (const Reference& member : service_.shape(structure).members) {
        if (service_.shape(member.shape).is_event_stream) return true;
    }
    return false;
}

}  // namespace fogbank::modelc
