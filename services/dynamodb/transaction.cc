#include "services/dynamodb/transaction.h"

#include "services/dynamodb/model/errors.h"
#include "src/base/json.h"

namespace fogbank::dynamodb {
namespace {

void double_units(api::Capacity& cost, CapacityKind kind) {
    cost.CapacityUnits = cost.CapacityUnits.value_or(0) * 2;
    (kind == CapacityKind::read ? cost.ReadCapacityUnits : cost.WriteCapacityUnits) = cost.CapacityUnits;
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

void make_transactional(api::ConsumedCapacity& cost, CapacityKind kind) {
    cost.CapacityUnits = cost.CapacityUnits.value_or(0) * 2;
    (kind == CapacityKind::read ? cost.ReadCapacityUnits : cost.WriteCapacityUnits) = cost.CapacityUnits;
    if (cost.Table) double_units(*cost.Table, kind);
    const auto double_all = [kind](auto& indexes) {
        if (!indexes) return;
        for (auto& [name, index] : *indexes) double_units(index, kind);
    };
    double_all(cost.GlobalSecondaryIndexes);
    double_all(cost.LocalSecondaryIndexes);
}

}  // namespace fogbank::dynamodb
