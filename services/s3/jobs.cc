#include "services/s3/jobs.h"

#include "services/s3/lifecycle/sweep.h"
#include "services/s3/logging/delivery.h"
#include "services/s3/restored_copies.h"
#include "services/s3/store/lifecycle_store.h"
#include "services/s3/store/log_store.h"
#include "services/s3/store/restored_store.h"

namespace fogbank::s3 {

namespace {

DueJob::Parts lifecycle_parts(const Jobs::Parts& parts) {
    const lifecycle::Parts needs{parts.database, parts.blobs, parts.entropy, parts.service};
    auto work = [needs](Timestamp now, CancelToken stopped) {
        return lifecycle::sweep_one(needs, now, stopped);
    };
    return {"lifecycle rules", kLifecycleChannel, std::move(work), next_lifecycle_ms, count_due_buckets};
}

DueJob::Parts log_parts(const Jobs::Parts& parts) {
    const logging::DeliveryParts needs{parts.database, parts.entropy, parts.service};
    auto work = [needs](Timestamp now, CancelToken) { return logging::deliver_one(needs, now); };
    return {"access logs", kLogLinesChannel, std::move(work), next_log_due_ms, count_due_lines};
}

DueJob::Parts restored_parts(const Jobs::Parts& parts) {
    const RestoredCopyParts needs{parts.database, parts.entropy, parts.service};
    auto work = [needs](Timestamp now, CancelToken) { return remove_one_copy(needs, now); };
    return {"restored copies", kRestoredChannel, std::move(work), next_copy_due_ms, count_due_copies};
}

}  // namespace

Jobs::Jobs(const Parts& parts, Executor executor)
    : lifecycle_(parts.database, parts.clock, executor, lifecycle_parts(parts)),
      log_delivery_(parts.database, parts.clock, executor, log_parts(parts)),
      restored_copies_(parts.database, parts.clock, executor, restored_parts(parts)) {}

void Jobs::start() {
    lifecycle_.start();
    log_delivery_.start();
    restored_copies_.start();
}

Task<void> Jobs::stop() {
    co_await lifecycle_.stop();
    co_await log_delivery_.stop();
    co_await restored_copies_.stop();
}

std::vector<events::PendingSource*> Jobs::sources() {
    return {&lifecycle_, &log_delivery_, &restored_copies_};
}

}  // namespace fogbank::s3
