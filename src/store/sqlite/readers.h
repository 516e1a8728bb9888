// A few connections that read snapshots. A thread keeps to one of them, so as many threads as there are
// connections never wait for each other.
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
    Readers(ConnectionOptions options, std::size_t count);
    ~Readers();
    Readers(const Readers&) = delete;
    Readers& operator=(const Readers&) = delete;

    // A read() inside a read() of the same thread gets the same snapshot.
    ReadTxn& begin();
    void end(ReadTxn& txn);
    void close();

private:
    class Reader;
    struct Affinity;

    Affinity& affinity();
    Reader& acquire(std::size_t preferred);

    const ConnectionOptions options_;
    const std::uint64_t id_;  // tells this object from an earlier one at the same address
    std::vector<std::unique_ptr<Reader>> readers_;
    std::atomic<std::size_t> next_{0};
};

}  // namespace fogbank::store::sqlite
