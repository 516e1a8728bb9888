// What transactions share: the reasons they are cancelled for, and what they cost.
#pragma once

#include "services/dynamodb/model/types/consumed_capacity.h"
#include "src/base/error.h"

#include <functional>
#include <string>
#include <vector>

namespace fogbank::dynamodb {

// Collects one reason per action. A transaction tells what is wrong with each of its actions, so their errors
// are caught here, one by one, and thrown together.
class Cancellation {
public:
    void add(const std::function<void()>& action);
    // Throws TransactionCanceledException where an action failed.
    void check() const;

private:
    struct Reason {
        std::string code = "None";
        std::string message;
        std::string item;  // JSON
    };
    std::vector<Reason> reasons_;
    bool has_failed_ = false;
};

enum class CapacityKind { read, write };
// docs: "two underlying reads or writes of every item in the transaction".
void make_transactional(api::ConsumedCapacity& cost, CapacityKind kind);

}  // namespace fogbank::dynamodb
