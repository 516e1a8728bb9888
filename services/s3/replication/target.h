// Takes what replication rules send to a bucket.
#pragma once

#include "services/s3/replication/queue.h"
#include "services/s3/service.h"
#include "src/events/event.h"

namespace fogbank::s3::replication {

class ReplicaTarget final : public events::Target {
public:
    ReplicaTarget(store::BlobStore& blobs, Service& service) : blobs_(blobs), service_(service) {}
    void accept(store::Txn& txn, const events::Event& event, const Arn& target) override;

private:
    void copy(store::Txn& txn, const events::Event& event, const Bucket& destination, const Order& order,
              ObjectRow row);
    struct Failure {
        const events::Event& event;
        const Bucket& source;
        const Order& order;
        const std::string& destination;  // the bucket's ARN
        const char* reason;
    };
    void fail(store::Txn& txn, const Failure& failure, const ObjectRow& row);

    store::BlobStore& blobs_;
    Service& service_;
};

}  // namespace fogbank::s3::replication
