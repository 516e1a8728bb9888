#include "src/store/sqlite/readers.h"

#include "src/base/log.h"

#include <algorithm>
#include <utility>

namespace fogbank::store::sqlite {
namespace {

std::atomic<std::uint64_t> next_id{1};
constexpr std::size_t kForgetAt =
    16;  // databases that one thread has read, before those not in use are dropped

}  // namespace

class Readers::Reader final : public ReadTxn {
public:
    Statement& prepare(const char* sql) override { return connection_->prepare(sql); }

    // `commits`: what the snapshot shows, at least.
    void begin(const ConnectionOptions& options, std::uint64_t commits) {
        if (is_open_ && commits == commits_) return;
        close_snapshot();
        if (connection_ == nullptr) connection_ = std::make_unique<Connection>(options);
        connection_->run("begin");
        is_open_ = true;
        commits_ = commits;
    }

    void release() {
        connection_->release_statements();
        // An error of the disk may have ended the transaction: what follows would each be a snapshot of its
        // own.
        if (!connection_->in_transaction()) is_open_ = false;
    }

    void close_snapshot() {
        if (!is_open_) return;
        connection_->run("commit");
        is_open_ = false;
    }

    void close() {
        is_open_ = false;
        connection_.reset();
    }

    std::mutex mutex;  // held from begin to end

private:
    std::unique_ptr<Connection> connection_;  // opened by the first read: each costs memory
    bool is_open_ = false;
    std::uint64_t commits_ = 0;
};

// What a thread knows of one Readers.
struct Readers::Affinity {
    std::uint64_t id;
    std::size_t preferred;
    Reader* held = nullptr;
    int depth = 0;
};

Readers::Readers(ConnectionOptions options, std::size_t count, const std::atomic<std::uint64_t>& commits)
    : options_(std::move(options)), commits_(commits), id_(next_id++) {
    for (std::size_t i = 0; i < std::max<std::size_t>(count, 1); ++i)
        readers_.push_back(std::make_unique<Reader>());
}

Readers::~Readers() = default;

Readers::Affinity& Readers::affinity() {
    thread_local std::vector<Affinity> known;
    for (Affinity& entry : known) {
        if (entry.id == id_) return entry;
    }
    if (known.size() >= kForgetAt) {
        std::erase_if(known, [](const Affinity& entry) { return entry.depth == 0; });
    }
    known.push_back({id_, next_++ % readers_.size()});
    return known.back();
}

Readers::Reader& Readers::acquire(std::size_t preferred) {
    for (std::size_t i = 0; i < readers_.size(); ++i) {
        Reader& reader = *readers_[(preferred + i) % readers_.size()];
        if (reader.mutex.try_lock()) return reader;
    }
    readers_[preferred]->mutex.lock();
    return *readers_[preferred];
}

ReadTxn& Readers::begin() {
    Affinity& mine = affinity();
    if (mine.depth == 0) {
        Reader& reader = acquire(mine.preferred);
        try {
            // Read before the snapshot is taken: a commit in between makes the next read take a newer one.
            reader.begin(options_, commits_.load(std::memory_order_acquire));
        } catch (...) {
            reader.close();  // the next read opens it anew
            reader.mutex.unlock();
            throw;
        }
        mine.held = &reader;
    }
    ++mine.depth;
    return *mine.held;
}

void Readers::end(ReadTxn&) {
    Affinity& mine = affinity();
    if (--mine.depth > 0) return;
    Reader& reader = *std::exchange(mine.held, nullptr);
    reader.release();
    reader.mutex.unlock();
    // Looked at after the unlock: let_go() passes over a reader that is held.
    if (!keeps_) close_idle(reader);
}

void Readers::close_idle(Reader& reader) {
    const std::unique_lock lock(reader.mutex, std::try_to_lock);
    if (!lock) return;
    try {
        reader.close_snapshot();
    } catch (const std::exception& e) {
        log::error("a snapshot could not be closed", {{"what", e.what()}});
        reader.close();
    }
}

void Readers::let_go() {
    keeps_ = false;
    for (auto& reader : readers_) close_idle(*reader);
}

void Readers::close() {
    for (auto& reader : readers_) {
        std::scoped_lock lock(reader->mutex);
        reader->close();
    }
}

}  // namespace fogbank::store::sqlite
