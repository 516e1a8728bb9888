// Events as records: what another service sends to a stream, in the transaction that ends its delivery.
#pragma once

#include "src/base/clock.h"
#include "src/events/event.h"

namespace fogbank::kinesis {

class Target final : public events::Target {
public:
    explicit Target(Clock& clock) : clock_(clock) {}

    // The payload is a partition key, a line feed, and the record's data. Throws ResourceNotFoundException
    // for a stream that is not there, InvalidArgumentException for a record that it does not take.
    void accept(store::Txn& txn, const events::Event& event, const Arn& target) override;

private:
    Clock& clock_;
};

}  // namespace fogbank::kinesis
