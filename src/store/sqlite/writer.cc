#include "src/store/sqlite/writer.h"

#include "src/base/error.h"
#include "src/base/faults.h"
#include "src/base/log.h"

#include <fmt/format.h>
#include <pthread.h>

#include <algorithm>
#include <chrono>

namespace fogbank::store::sqlite {
namespace {

constexpr std::size_t kBatchLimit = 256;  // bodies that share a commit; bounds how long one waits for others
constexpr std::size_t kCarefulBatches = 64;      // batches with savepoints after one that needed them
constexpr std::int64_t kPageBytes = 8 * 1024;    // as open_database() sets it
constexpr std::chrono::seconds kSettleAfter{1};  // without a write
constexpr int kRetryFrames = 1'024;  // growth after which a restart that was in the way is tried again

int cap_in_frames(std::int64_t bytes) {
    return static_cast<int>(std::max<std::int64_t>(bytes / kPageBytes, 16));
}

std::string what_of(const std::exception_ptr& error) {
    try {
        std::rethrow_exception(error);
    } catch (const std::exception& e) {
        return e.what();
    } catch (...) {
        return "unknown";
    }
}

}  // namespace

Writer::Writer(Connection& connection, Channels& channels, Readers& readers,
               std::atomic<std::uint64_t>& commits, WriterLimits limits, std::function<void()> checkpoint)
    : connection_(connection),
      txn_(connection, channels),
      readers_(readers),
      commits_(commits),
      limits_(limits),
      checkpoints_("checkpoint", 1, 4),
      move_pages_(std::move(checkpoint)),
      cap_frames_(cap_in_frames(limits.wal_cap_bytes)),
      restart_at_frames_(cap_frames_) {
    connection_.watch_wal();
    thread_ = std::thread([this] { loop(); });
}

Writer::~Writer() {
    stop();
}

void Writer::refuse(detail::Job& job, std::exception_ptr error) {
    ResumeBatch batch;
    job.fail(std::move(error));
    job.finish(batch);
}

void Writer::enqueue(detail::Job& job) {
    if (stopping_.load(std::memory_order_relaxed)) {
        return refuse(job, std::make_exception_ptr(StoreError("the database is closed")));
    }
    if (waiting_.fetch_add(1, std::memory_order_relaxed) >= limits_.queue) {
        waiting_.fetch_sub(1, std::memory_order_relaxed);
        return refuse(job, std::make_exception_ptr(
                               Error("ServiceUnavailable", 503,
                                     "Too many writes are waiting. Please reduce your request rate.")));
    }
    detail::Job* head = queue_.load(std::memory_order_relaxed);
    do {
        job.next = head;
    } while (!queue_.compare_exchange_weak(head, &job, std::memory_order_seq_cst, std::memory_order_relaxed));
    if (asleep_.load(std::memory_order_seq_cst)) wake();
}

void Writer::stop() {
    if (!thread_.joinable()) return;
    stopping_ = true;
    wake();
    thread_.join();
    checkpoints_.stop();
    take_queued();  // what came too late
    for (detail::Job* job : taken_)
        refuse(*job, std::make_exception_ptr(StoreError("the database is closed")));
    taken_.clear();
}

bool Writer::take_queued() {
    detail::Job* job = queue_.exchange(nullptr, std::memory_order_acquire);
    if (job == nullptr) return false;
    auto first = static_cast<std::ptrdiff_t>(taken_.size());
    for (; job != nullptr; job = job->next) taken_.push_back(job);
    std::reverse(taken_.begin() + first, taken_.end());
    return true;
}

// Whoever clears the flag owes the one release that the sleeper takes.
void Writer::wake() {
    if (asleep_.exchange(false)) wake_.release();
}

// Until something is queued. Where the WAL holds pages that nobody has moved yet, it first looks whether it
// stays quiet.
void Writer::sleep() {
    asleep_.store(true, std::memory_order_seq_cst);
    // Whoever queued before the store did not see it; whoever queues after it wakes.
    if (queue_.load(std::memory_order_seq_cst) == nullptr && !stopping_) {
        if (is_settled_) return wake_.acquire();
        if (wake_.try_acquire_for(kSettleAfter)) return;
        if (asleep_.exchange(false)) return settle_wal();
        return wake_.acquire();
    }
    if (!asleep_.exchange(false)) wake_.acquire();
}

void Writer::loop() {
    pthread_setname_np(pthread_self(), "writer");
    while (true) {
        if (!take_queued()) {
            if (stopping_) return;
            sleep();
            continue;
        }
        for (std::size_t done = 0; done < taken_.size();) {
            std::size_t count = std::min(kBatchLimit, taken_.size() - done);
            run_batch(Jobs(taken_).subspan(done, count));
            done += count;
        }
        taken_.clear();
        keep_wal_small();
    }
}

void Writer::run_batch(Jobs jobs) {
    waiting_.fetch_sub(jobs.size(), std::memory_order_relaxed);
    Undo undo = Undo::none;
    if (jobs.size() > 1 && careful_batches_ > 0) {
        --careful_batches_;
        undo = Undo::savepoints;
    }
    Outcome outcome = attempt(jobs, undo);
    if (outcome == Outcome::needs_savepoints) {
        careful_batches_ = kCarefulBatches;
        outcome = attempt(jobs, Undo::savepoints);
    }
    if (outcome == Outcome::committed) return publish(jobs);
    log::warning("a commit failed; its writes run again one by one",
                 {{"writes", std::to_string(jobs.size())}, {"what", what_of(lost_reason_)}});
    for (detail::Job* job : jobs) run_alone(*job);
}

void Writer::run_alone(detail::Job& job) {
    detail::Job* one = &job;
    Jobs jobs(&one, 1);
    if (attempt(jobs, Undo::none) != Outcome::committed) {
        job.fail(std::make_exception_ptr(StoreError("nothing was stored: " + what_of(lost_reason_))));
    }
    publish(jobs);
}

// Runs the bodies and commits. A savepoint makes SQLite copy each page that a body changes, so the first
// attempt goes without: most bodies that throw do so before they write, and then there is nothing to undo.
Writer::Outcome Writer::attempt(Jobs jobs, Undo undo) {
    try {
        connection_.run("begin immediate");
        Outcome outcome = run_bodies(jobs, undo);
        if (outcome == Outcome::committed) {
            Faults::hit(FaultPoint::before_commit);
            if (connection_.in_transaction()) connection_.run("commit");
            commits_.fetch_add(1, std::memory_order_release);
            return outcome;
        }
        roll_back(jobs);
        return outcome;
    } catch (...) {
        lost_reason_ = std::current_exception();
        roll_back(jobs);
        return Outcome::lost;
    }
}

Writer::Outcome Writer::run_bodies(Jobs jobs, Undo undo) {
    for (detail::Job* job : jobs) {
        if (undo == Undo::savepoints) connection_.run("savepoint body");
        txn_.begin_body();
        std::uint64_t writes = connection_.writes();
        std::exception_ptr error;
        try {
            job->run(txn_);
        } catch (...) {
            error = std::current_exception();
        }
        connection_.release_statements();
        if (!connection_.in_transaction()) {
            // Disk full, I/O error: SQLite rolled back all of it, whatever this body made of the exception.
            lost_reason_ =
                error ? error : std::make_exception_ptr(StoreError("the transaction was rolled back"));
            return Outcome::lost;
        }
        if (error) {
            txn_.forget_body();
            if (connection_.writes() != writes) {
                if (undo == Undo::none && jobs.size() > 1) return Outcome::needs_savepoints;
                connection_.run(undo == Undo::none ? "rollback" : "rollback to body");
            }
            job->fail(error);
        }
        if (undo == Undo::savepoints) connection_.run("release body");
    }
    return Outcome::committed;
}

void Writer::roll_back(Jobs jobs) {
    txn_.forget_all();
    for (detail::Job* job : jobs) job->discard();
    try {
        connection_.release_statements();
        if (connection_.in_transaction()) connection_.run("rollback");
    } catch (const std::exception& e) {
        log::error("a rollback failed", {{"what", e.what()}});
    }
}

void Writer::publish(Jobs jobs) {
    is_settled_ = false;
    try {
        Faults::hit(FaultPoint::after_commit);
    } catch (const std::exception& e) {
        // What is committed stays committed: nobody may hear anything else.
        log::warning("a fault after the commit changes nothing", {{"what", e.what()}});
    }
    txn_.announce();
    ResumeBatch batch;
    for (detail::Job* job : jobs) job->finish(batch);  // the jobs are gone when the batch goes
}

// Without pages in the WAL a read need not look for each of its pages there, and a kill leaves less to
// recover.
void Writer::settle_wal() {
    if (checkpoint_ == Background::running) return;
    is_settled_ = true;
    move_in_background(Background::idle);
}

void Writer::move_in_background(Background then) {
    checkpoint_ = Background::running;
    readers_.let_go();
    checkpoints_.run([this, then] {
        move_pages_();
        if (then == Background::idle) readers_.keep();
        checkpoint_ = then;
        checkpoint_.notify_one();
    });
}

// A passive checkpoint never catches up with a writer that goes on, so the WAL would grow for ever. The
// background moves most of it, then the writer moves the small rest and starts the WAL over.
void Writer::keep_wal_small() {
    int frames = connection_.wal_frames();
    if (frames < cap_frames_ / 2) return;
    if (checkpoint_ == Background::idle) move_in_background(Background::done);
    if (frames >= restart_at_frames_) checkpoint_.wait(Background::running);  // the disk cannot keep up
    if (checkpoint_ != Background::done) return;
    checkpoint_ = Background::idle;
    try {
        bool restarted = connection_.checkpoint(Connection::Checkpoint::restart);
        restart_at_frames_ = restarted ? cap_frames_ : std::max(cap_frames_, frames + kRetryFrames);
        if (restarted) readers_.keep();
    } catch (const std::exception& e) {
        restart_at_frames_ = std::max(cap_frames_, frames + kRetryFrames);
        log::error("the write-ahead log could not be restarted", {{"what", e.what()}});
    }
}

}  // namespace fogbank::store::sqlite
