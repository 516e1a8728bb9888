// A few connections that read snapshots. A thread keeps to one of them, so as many threads as there are
// connections never wait for each other. A snapshot stays open after its read, and serves the next one as
// long as nothing was committed meanwhile: beginning and ending one costs as much as a point read.
#pragma once

#include "src/store/database.h"
#include "src/store/sqlite/connection.h"

#include <atomic>
#include <memory>
#include <mutex>
#include <vector>

namespace fogbank::store::sqlite {

class Readers {
public:
    // `commits` grows with each commit, before anyone hears of it.
    Readers(ConnectionOptions options, std::size_t count, const std::atomic<std::uint64_t>& commits);
    ~Readers();
    Readers(const Readers&) = delete;
    Readers& operator=(const Readers&) = delete;

    // A read() inside a read() of the same thread gets the same snapshot.
    ReadTxn& begin();
    void end(ReadTxn& txn);
    // An open snapshot keeps the WAL from starting over. let_go() closes those that nobody reads, and from
    // then on each ends with its read, until keep().
    void let_go();
    void keep() { keeps_ = true; }
    void close();

private:
    class Reader;
    struct Affinity;

    Affinity& affinity();
    Reader& acquire(std::size_t preferred);
    void close_idle(Reader& reader);

    const ConnectionOptions options_;
    const std::atomic<std::uint64_t>& commits_;
    std::atomic<bool> keeps_{true};
    const std::uint64_t id_;  // tells this object from an earlier one at the same address
    std::vector<std::unique_ptr<Reader>> readers_;
    std::atomic<std::size_t> next_{0};
};

}  // namespace fogbank::store::sqlite
