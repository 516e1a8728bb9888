// Shape tables built at run time from a model's JSON, and values that they reach into: what modelc makes at
// build time for real services, for models that are known only when the test runs.
#pragma once

#include "src/base/json.h"
#include "src/model/shape.h"

#include <deque>
#include <map>
#include <memory>
#include <string>

namespace fogbank::protocol_test {

// Room for a value of any kind; which part is in use is its shape's affair. A structure is an array of slots,
// one for each member.
struct Slot {
    bool present = false;
    bool boolean = false;
    std::int32_t integer = 0;
    std::int64_t long_integer = 0;
    float float_number = 0;
    double double_number = 0;
    std::string string;
    Bytes blob;
    Timestamp timestamp;
    model::JsonText document;
    std::vector<std::unique_ptr<Slot>> list;
    std::map<std::string, std::unique_ptr<Slot>, std::less<>> map;
    std::unique_ptr<Slot[]> members;
};

inline constexpr std::size_t kMostMembers = 64;

// The address of the part that holds a value of `kind`.
void* address_of(Slot& slot, model::Kind kind);

// A structure outside of any other: an operation's input or output.
class Structure {
public:
    Structure() : slots_(std::make_unique<Slot[]>(kMostMembers)) {}
    void* get() { return slots_.get(); }
    const void* get() const { return slots_.get(); }

private:
    std::unique_ptr<Slot[]> slots_;
};

// One service with the operations of one suite of vectors.
class DynamicModel {
public:
    // `suite` has "metadata", "shapes" and "cases", each with a "given" operation.
    explicit DynamicModel(json::Value suite);
    DynamicModel(const DynamicModel&) = delete;
    DynamicModel& operator=(const DynamicModel&) = delete;

    const model::Service& service() const { return service_; }
    const model::Operation& operation(std::string_view name) const;
    // Null where the model has no such shape.
    const model::Shape* shape(std::string_view name) const;
    // The shape behind an error's code, and its row.
    const ErrorShape* error(std::string_view code) const;

private:
    const char* keep(std::string_view text);
    const char* keep_or_null(json::Value text);
    model::Shape& declare(std::string_view name);
    void define(std::string_view name, json::Value text);
    void define_structure(model::Shape& shape, json::Value text);
    void fill_member(model::Member& member, std::string_view name, json::Value text, std::size_t index);
    void add_error(std::string_view name, json::Value text);
    void add_operation(json::Value given);
    const model::Shape* body_shape(json::Value reference);

    std::deque<std::string> texts_;
    std::map<std::string, model::Shape, std::less<>> shapes_;
    std::deque<std::vector<model::Member>> members_;
    std::deque<ErrorShape> error_shapes_;
    std::vector<const ErrorShape*> errors_;
    std::deque<model::Operation> operations_;
    std::vector<const model::Operation*> operation_list_;
    model::Shape empty_;
    model::Service service_{};
};

}  // namespace fogbank::protocol_test
