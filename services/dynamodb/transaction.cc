#include "services/dynamodb/transaction.h"

#include "services/dynamodb/model/errors.h"
#include "services/dynamodb/refuse.h"
#include "src/base/json.h"

namespace fogbank::dynamodb {
namespace {

enum class CapacityKind { read, write };

// Of a table and all that belongs to it, or of one of these.
template <class Units>
void double_units(Units& cost, CapacityKind kind) {
    cost.CapacityUnits = cost.CapacityUnits.value_or(0) * 2;
    (kind == CapacityKind::read ? cost.ReadCapacityUnits : cost.WriteCapacityUnits) = cost.CapacityUnits;
}

void make_transactional(api::ConsumedCapacity& cost, CapacityKind kind) {
    double_units(cost, kind);
    if (cost.Table) double_units(*cost.Table, kind);
    const auto double_all = [kind](auto& indexes) {
        if (!indexes) return;
        for (auto& [name, index] : *indexes) double_units(index, kind);
    };
    double_all(cost.GlobalSecondaryIndexes);
    double_all(cost.LocalSecondaryIndexes);
}

// docs: TransactionCanceledException, "Cancellation reason codes".
std::string reason_code(std::string_view error_code) {
    if (error_code == "ConditionalCheckFailedException") return "ConditionalCheckFailed";
    if (error_code == "DuplicateItemException") return "DuplicateItem";
    if (error_code == "ProvisionedThroughputExceededException") return "ProvisionedThroughputExceeded";
    if (error_code == "ResourceNotFoundException") return "ResourceNotFound";
    if (error_code == "ThrottlingException") return "ThrottlingError";
    return "ValidationError";
}

}  // namespace

void Cancellation::add(const std::function<void()>& action) {
    Reason reason;
    try {
        action();
    } catch (const Error& error) {
        // aws: an empty key refuses the request; it does not cancel (conformance suite, captured 2026-06).
        if (error.message().starts_with("One or more parameter values are not valid.")) throw;
        has_failed_ = true;
        reason.code = reason_code(error.code());
        reason.message = error.message();
        for (const Error::Detail& detail : error.details()) {
            if (detail.name == "Item") reason.item = detail.value;
        }
    }
    reasons_.push_back(std::move(reason));
}

void Cancellation::check() const {
    if (!has_failed_) return;
    std::string codes;
    std::string json;
    json::Writer out(json);
    out.begin_array();
    for (const Reason& reason : reasons_) {
        codes += (codes.empty() ? "" : ", ") + reason.code;
        out.begin_object().field("Code", reason.code);
        if (!reason.message.empty()) out.field("Message", reason.message);
        if (!reason.item.empty()) out.key("Item").raw(reason.item);
        out.end_object();
    }
    out.end_array();
    throw errors::TransactionCanceledException(
        "Transaction cancelled, please refer cancellation reasons for specific reasons [" + codes + "]")
        .with_json("CancellationReasons", std::move(json));
}

void check_transaction_size(std::size_t bytes) {
    if (bytes > kTransactionBytes) refuse("Transaction payload size exceeded 4MB");
}

void check_transaction_size(const std::vector<ItemChange>& changes) {
    std::size_t bytes = 0;
    for (const ItemChange& change : changes) bytes += change.new_size;
    check_transaction_size(bytes);
}

std::optional<api::ConsumedCapacity> transactional_read(const Mode& mode, const Table& table,
                                                        std::size_t bytes) {
    auto cost = read_capacity(mode, table, nullptr, read_units(bytes, Consistency::strong));
    if (cost) make_transactional(*cost, CapacityKind::read);
    return cost;
}

std::optional<api::ConsumedCapacity> transactional_write(const Mode& mode, const Table& table,
                                                         const ItemChange& change, const std::string& key) {
    auto cost = write_capacity(mode, table, change, key);
    if (cost) make_transactional(*cost, CapacityKind::write);
    return cost;
}

}  // namespace fogbank::dynamodb
