// One look at a bucket: everything in it is held against the rules, slice by slice.
#pragma once

#include "services/s3/lifecycle/rules.h"
#include "services/s3/service.h"
#include "services/s3/store/lifecycle_store.h"
#include "src/base/cancel.h"
#include "src/base/clock.h"
#include "src/base/entropy.h"
#include "src/store/blob_store.h"
#include "src/store/database.h"

namespace fogbank::s3::lifecycle {

struct Parts {
    store::Database& database;
    store::BlobStore& blobs;
    Entropy& entropy;
    Service& service;  // emits the events
};

// Does what is due in one bucket at `now` and plans its next look; false where no bucket is due. A bucket
// whose rules or row have gone meanwhile is left alone. An end in the middle leaves the bucket due: what was
// done is not found again.
Task<bool> sweep_one(const Parts& parts, Timestamp now, CancelToken stopped);

// What S3 does by itself, as its events tell it. aws: s3.amazonaws.com acts.
gateway::RequestContext context_of(Entropy& entropy, const Bucket& bucket, Timestamp now);

// When a bucket has to be looked at next, though nothing in it tells: new objects come under rules of days.
std::int64_t latest_next_look(const Rules& rules, std::int64_t now_ms);

}  // namespace fogbank::s3::lifecycle
