// A small service on the real store, outbox and blob store, in a world where commits fail, targets refuse,
// the clock jumps and the process dies. It remembers what was acknowledged and checks that it came true.
#pragma once

#include "src/base/event_loop.h"
#include "src/events/dispatcher.h"
#include "src/store/blob_store.h"

#include <atomic>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <vector>

namespace fogbank::sim {

struct Totals {
    int acknowledged = 0;
    int refused = 0;
    int failed = 0;      // answered with an error that is not the user's
    int unanswered = 0;  // the process died first
    int deaths = 0;
    int target_refusals = 0;
    int commit_faults = 0;
};

class World {
public:
    explicit World(std::uint64_t seed);
    ~World();
    World(const World&) = delete;
    World& operator=(const World&) = delete;

    // Clients write, faults happen, the process dies and starts again, for `rounds` lives.
    void live(int rounds);
    // Ends the faults, lets everything arrive, and lists what broke a promise; empty: none.
    std::vector<std::string> judge();
    const Totals& totals() const { return totals_; }

private:
    class Shop;  // the target: keeps arrivals in a table
    struct Process;
    struct Write {
        std::string id;
        int targets = 0;
        std::size_t body_bytes = 0;  // above the inline limit: a blob
        bool refuse = false;         // the body throws after it wrote
    };

    std::uint64_t chance(std::uint64_t bound);
    void start_process();
    void end_process();
    void one_life();
    Task<void> client(int writes);
    Task<void> write_one(Write write);
    void store(store::Txn& txn, const Write& write, const store::StoredBytes& body);
    void die_here();
    void step_clock();
    void settle();
    void judge_write(store::ReadTxn& txn, const std::string& id, std::vector<std::string>& broken);

    const std::unique_ptr<Entropy> entropy_;
    std::string root_;
    int folder_number_ = 0;
    std::unique_ptr<Process> process_;
    Timestamp now_;
    std::mutex mutex_;
    std::atomic<bool> dead_{false};  // what is answered from here on, nobody hears
    std::atomic<int> bodies_until_death_{-1};
    std::atomic<bool> faults_{true};
    int next_write_ = 0;
    std::map<std::string, Write> acknowledged_;
    std::set<std::string> refused_;
    std::vector<std::string> unfinished_deaths_;  // the test's own failures: a copy that is not whole
    Totals totals_;
};

}  // namespace fogbank::sim
