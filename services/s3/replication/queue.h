// What a write has to do for replication, in its own transaction.
#pragma once

#include "services/s3/event_record.h"
#include "services/s3/replication/rules.h"
#include "services/s3/store/bucket_store.h"
#include "services/s3/store/object_store.h"
#include "src/events/event.h"

#include <vector>

namespace fogbank::s3::replication {

// Where a new version of `key` goes, nothing in a bucket without rules. `headers` is its ObjectRow::headers.
std::vector<Destination> destinations_of(store::ReadTxn& txn, const Bucket& bucket, std::string_view key,
                                         std::string_view headers, Change change);

// The row with the status that it has from now on; a status that came from elsewhere, a copied object say,
// goes.
ObjectRow marked(const ObjectRow& row, std::size_t destinations);
// True where `marked` would change the row.
bool needs_mark(const ObjectRow& row, std::size_t destinations);

// One event a destination.
void enqueue(store::Txn& txn, events::Outbox& outbox, const gateway::RequestContext& context,
             const Bucket& bucket, std::string_view key, std::string_view version,
             const std::vector<Destination>& destinations);

// What `enqueue` puts into an event.
struct Order {
    std::string bucket, key, version;  // of the source; "null" too
    std::string storage_class;         // of the replica; empty: the source's
    std::string rule;
};
Order order_of(const events::Event& event);

}  // namespace fogbank::s3::replication
