// Lines become objects of the target bucket.
#pragma once

#include "services/s3/service.h"
#include "src/base/entropy.h"

namespace fogbank::s3::logging {

struct DeliveryParts {
    store::Database& database;
    Entropy& entropy;
    Service& service;  // writes the object, with its event
};

// Delivers one object of what is due at `now`; false where nothing is. Lines of a bucket that has no logging
// or no target any more are dropped.
Task<bool> deliver_one(const DeliveryParts& parts, Timestamp now);

}  // namespace fogbank::s3::logging
