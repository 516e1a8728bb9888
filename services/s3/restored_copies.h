// Restored copies of archived objects go when their time is over, and that is an event.
#pragma once

#include "services/s3/service.h"
#include "src/base/entropy.h"
#include "src/store/database.h"

namespace fogbank::s3 {

struct RestoredCopyParts {
    store::Database& database;
    Entropy& entropy;
    Service& service;  // emits the event
};

// Takes away one copy that is due at `now`; false where none is. One whose version was replaced or erased
// meanwhile went with it.
Task<bool> remove_one_copy(const RestoredCopyParts& parts, Timestamp now);

}  // namespace fogbank::s3
