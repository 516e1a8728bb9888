#include "src/gateway/service.h"

namespace fogbank::gateway {

void OperationTable::serve(const model::Service& service) {
    services_.push_back(&service);
}

void OperationTable::check_bodies(const model::Service& service, BodyCheck check) {
    for (auto& [operation, bound] : bound_) {
        if (operation->service == &service && operation->checksum_required) bound.check_body = check;
    }
}

const BoundOperation* OperationTable::find(const model::Operation& operation) const {
    auto found = bound_.find(&operation);
    return found == bound_.end() ? nullptr : &found->second;
}

bool is_read(std::string_view operation_name) {
    for (std::string_view verb :
         {"Get", "List", "Describe", "Head", "Query", "Scan", "BatchGet", "Search", "Test"}) {
        if (operation_name.starts_with(verb)) return true;
    }
    return false;
}

Error not_implemented(const model::Operation& operation) {
    return Error("NotImplemented", 501,
                 std::string("Fogbank does not implement ") + operation.service->service_id + "." +
                     operation.name + ". What is served stands in the README of its service.");
}

Task<AnyOutput> LocalClient::invoke(const model::Operation& operation, const RequestContext& cause,
                                    const void* input) const {
    const BoundOperation* bound = table_.find(operation);
    if (bound == nullptr) throw not_implemented(operation);
    RequestContext context = cause;
    context.operation = &operation;
    AnyOutput output = co_await bound->invoke(context, input);
    co_return output;
}

}  // namespace fogbank::gateway
