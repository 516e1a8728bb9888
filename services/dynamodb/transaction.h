// What transactions share: the reasons they are cancelled for, and what they cost.
#pragma once

#include "services/dynamodb/capacity.h"
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

// docs: TransactWriteItems, TransactGetItems, "aggregate size of the items in the transaction".
inline constexpr std::size_t kTransactionBytes = 4 * 1024 * 1024;
// Throws where the items of a transaction have more `bytes` together.
void check_transaction_size(std::size_t bytes);
// The same for items that were written.
void check_transaction_size(const std::vector<ItemChange>& changes);

// Nothing where `mode` asks for none. docs: "two underlying reads or writes of every item in the
// transaction".
std::optional<api::ConsumedCapacity> transactional_read(const Mode& mode, const Table& table,
                                                        std::size_t bytes);
std::optional<api::ConsumedCapacity> transactional_write(const Mode& mode, const Table& table,
                                                         const ItemChange& change, const std::string& key);

}  // namespace fogbank::dynamodb
