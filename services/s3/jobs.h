// What S3 does by itself, as time goes by.
#pragma once

#include "services/s3/due_job.h"
#include "services/s3/service.h"

#include <vector>

namespace fogbank::s3 {

class Jobs {
public:
    struct Parts {
        store::Database& database;
        store::BlobStore& blobs;
        Clock& clock;
        Entropy& entropy;
        Service& service;
    };
    Jobs(const Parts& parts, Executor executor);
    void start();
    Task<void> stop();
    std::vector<events::PendingSource*> sources();

private:
    DueJob lifecycle_;
    DueJob log_delivery_;
    DueJob restored_copies_;
};

}  // namespace fogbank::s3
