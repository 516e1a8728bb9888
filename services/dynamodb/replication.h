// Global tables: writes of one region on their way to the others.
#pragma once

#include "services/dynamodb/store/item_writes.h"
#include "src/base/clock.h"
#include "src/events/event.h"

#include <functional>

namespace fogbank::dynamodb {

// Queues a change for the other regions, in the transaction of the write, and notes whose write the item
// shows.
void send_to_replicas(store::Txn& txn, const ItemWrite& write, const AttributeMap& key,
                      const ItemChange& change, std::int64_t sequence, const Writer& writer);

// Makes the change in the other regions of a strongly consistent group, in the transaction of the write.
void write_to_replicas(store::Txn& txn, const Table& table, const AttributeMap& key, const ItemChange& change,
                       const Writer& writer);

// Takes the changes of other regions. The last writer wins: by time, then by region, then by order.
class ReplicationTarget final : public events::Target {
public:
    ReplicationTarget(Clock& clock, events::Outbox& outbox) : clock_(clock), outbox_(outbox) {}
    void accept(store::Txn& txn, const events::Event& event, const Arn& target) override;

private:
    Clock& clock_;
    events::Outbox& outbox_;
};

// The other members of the table's group, for changes of settings that all of them share.
std::vector<Table> load_replicas(store::ReadTxn& txn, const Table& table);
// Gives the other members what they share with `table`: indexes, billing, capacity, time to live.
void synchronize(store::Txn& txn, const Table& table);

}  // namespace fogbank::dynamodb
