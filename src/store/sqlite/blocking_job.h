// A body that a plain thread waits for, outside any coroutine: start-up.
#pragma once

#include "src/store/sqlite/writer.h"

#include <condition_variable>
#include <functional>
#include <mutex>

namespace fogbank::store::sqlite {

class BlockingJob final : public detail::Job {
public:
    explicit BlockingJob(std::function<void(WriterTxn&)> body) : body_(std::move(body)) {}
    void run(Txn& txn) override { body_(static_cast<WriterTxn&>(txn)); }
    void discard() override { error_ = nullptr; }
    void fail(std::exception_ptr error) override { error_ = std::move(error); }
    void finish(ResumeBatch&) override {
        std::scoped_lock lock(mutex_);
        finished_ = true;
        wake_.notify_one();
    }
    // Queues the body, waits for its commit and throws what it threw.
    void run_in(Writer& writer) {
        writer.enqueue(*this);
        std::unique_lock lock(mutex_);
        wake_.wait(lock, [&] { return finished_; });
        if (error_) std::rethrow_exception(error_);
    }

private:
    std::function<void(WriterTxn&)> body_;
    std::exception_ptr error_;
    std::mutex mutex_;
    std::condition_variable wake_;
    bool finished_ = false;
};

}  // namespace fogbank::store::sqlite
