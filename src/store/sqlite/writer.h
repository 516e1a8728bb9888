// The one thread that writes. Bodies queue without a lock; all that queued meanwhile share one commit.
#pragma once

#include "src/store/sqlite/readers.h"
#include "src/store/sqlite/writer_txn.h"
#include "src/store/work_pool.h"

#include <atomic>
#include <exception>
#include <semaphore>
#include <span>
#include <thread>
#include <vector>

namespace fogbank::store::sqlite {

struct WriterLimits {
    std::size_t queue = 10'000;
    std::int64_t wal_cap_bytes = 64 << 20;
};

class Writer {
public:
    // `connection` belongs to the writer from here on. `commits` counts the commits, for `readers`.
    // `checkpoint` runs on a thread of its own.
    Writer(Connection& connection, Channels& channels, Readers& readers, std::atomic<std::uint64_t>& commits,
           WriterLimits limits, std::function<void()> checkpoint);
    ~Writer();
    Writer(const Writer&) = delete;
    Writer& operator=(const Writer&) = delete;

    void enqueue(detail::Job& job);
    // Commits what is queued, then ends the thread.
    void stop();

private:
    enum class Undo { none, savepoints };
    enum class Outcome {
        committed,
        needs_savepoints,  // a body wrote and then threw; all is rolled back
        lost,              // SQLite gave the transaction up, or the commit failed; all is rolled back
    };
    using Jobs = std::span<detail::Job*>;

    void loop();
    bool take_queued();
    void wake();
    void sleep();
    void run_batch(Jobs jobs);
    void run_alone(detail::Job& job);
    Outcome attempt(Jobs jobs, Undo undo);
    Outcome run_bodies(Jobs jobs, Undo undo);
    void roll_back(Jobs jobs);
    void publish(Jobs jobs);
    void keep_wal_small();
    void settle_wal();
    enum class Background { idle, running, done };
    void move_in_background(Background then);
    static void refuse(detail::Job& job, std::exception_ptr error);

    Connection& connection_;
    WriterTxn txn_;
    Readers& readers_;
    std::atomic<std::uint64_t>& commits_;
    const WriterLimits limits_;
    WorkPool checkpoints_;
    std::function<void()> move_pages_;
    std::atomic<Background> checkpoint_{Background::idle};
    const int cap_frames_;
    int restart_at_frames_;

    std::atomic<detail::Job*> queue_{nullptr};  // last in, first out
    std::atomic<std::size_t> waiting_{0};
    std::atomic<bool> asleep_{false};
    std::binary_semaphore wake_{0};
    bool is_settled_ = true;  // the background was told to move what was committed
    std::atomic<bool> stopping_{false};

    std::vector<detail::Job*> taken_;  // first in, first out
    std::size_t careful_batches_ = 0;  // how many further batches use savepoints from the start
    std::exception_ptr lost_reason_;
    std::thread thread_;
};

}  // namespace fogbank::store::sqlite
