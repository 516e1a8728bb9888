// Reads that S3 makes by itself: jobs, replicas, mounted folders.
#pragma once

#include "services/s3/store/object_store.h"

namespace fogbank::s3 {

class OpenGate final : public ReadGate {
public:
    bool is_open(std::string_view, std::int64_t) const override { return true; }
    void admit(store::ReadTxn&, const Bucket&, ObjectRow&) const override {}
    Error absent(store::ReadTxn&, const Bucket&, Error absent) const override { return absent; }
};

}  // namespace fogbank::s3
