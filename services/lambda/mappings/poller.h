// Reads one stream for one mapping and invokes its function with batches, in order within each shard.
#pragma once

#include "services/lambda/function_cache.h"
#include "services/lambda/mappings/stream_source.h"
#include "services/lambda/runtime/scheduler.h"
#include "services/lambda/store/mappings.h"
#include "src/base/signal.h"
#include "src/events/pending.h"

#include <atomic>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <vector>

namespace fogbank::lambda {

struct PollerParts {
    Executor home;
    store::Database& database;
    Clock& clock;
    Entropy& entropy;
    const gateway::LocalClient& client;
    FunctionCache& functions;
    Scheduler& scheduler;
};

// The context of calls that Lambda makes itself, in a mapping's account and region.
gateway::RequestContext service_context(const PollerParts& parts, const std::string& account,
                                        const std::string& region);

// Positions after the last record that each shard has now: where StartingPosition LATEST begins.
Task<Checkpoints> read_to_end(StreamSource& source);

class Poller {
public:
    Poller(const PollerParts& parts, Mapping mapping);

    // Runs until cancel(); after `previous`, an earlier poller of the mapping, has ended. Null: at once.
    Task<void> run(std::shared_ptr<Poller> previous);
    void cancel();
    Task<void> wait_ended();
    bool has_ended() const { return ended_; }

    // Nothing in `scope` is left to read or to invoke. From any thread.
    bool is_idle(const events::Scope& scope) const;
    // The batches that failed and wait for their retry. From any thread.
    std::vector<events::Failure> failures(const events::Scope& scope) const;
    const Mapping& mapping() const { return mapping_; }

private:
    // A shard under way.
    struct Reading {
        StreamShard shard;
        std::string position;  // the last sequence number read; empty: from the mapping's start
        std::string iterator;
        bool closed = false;
        std::vector<StreamRecord> buffer;
        Timestamp window_end{};
        std::uint64_t seen = 0;
    };
    // What a shard waits for a time with: a batch that fills up, or that is tried again.
    struct Waiting {
        std::int64_t until_ms = 0;
        std::string failure;                // empty: nothing failed
        std::string trace;                  // of the batch
        std::set<std::string> traces;       // of all that is left of the shard
        std::optional<std::uint64_t> seen;  // ... as of this generation of the channel; nothing: not of all
    };
    using Batch = std::span<const StreamRecord>;

    Task<void> list_and_follow();
    Task<void> forget(const std::vector<std::string>& shards);
    Task<bool> is_gone(const StreamShard& shard);
    Task<void> follow(StreamShard shard);
    Task<bool> follow_from_checkpoint(const StreamShard& shard);
    Task<void> fill(Reading& reading);
    Task<StreamPage> read_page(Reading& reading);
    Task<void> open(Reading& reading);
    Task<void> process(const Reading& reading, Batch records);
    Task<std::optional<Outcome>> invoke(Batch records);
    std::size_t count_done(Batch records, const Outcome& outcome) const;
    Task<void> move_checkpoint(const StreamShard& shard, std::string sequence, std::string result);
    Task<void> give_up(const StreamShard& shard, Batch records, std::string problem, std::string error);
    Task<void> finish_shard(const StreamShard& shard);
    Task<void> pause(const std::string& shard, Waiting waiting, Duration duration);
    Waiting waiting_with(const Reading& reading) const;
    void set_waiting(const std::string& shard, Waiting waiting);
    void end_waiting(const std::string& shard);
    bool is_put_off(const std::string& shard, std::uint64_t generation, const events::Scope& scope) const;
    Task<void> report(std::string result);
    bool is_expired(const StreamRecord& record) const;
    std::size_t batch_size() const;
    std::size_t batch_length(const Reading& reading) const;
    void set_drained(const std::string& shard, std::uint64_t generation);

    PollerParts parts_;
    Mapping mapping_;
    Signal& channel_;
    std::unique_ptr<StreamSource> source_;
    CancelSource cancelled_;
    Signal changed_;  // a shard was read to its end, a follower ended
    std::set<std::string> followed_;
    std::set<std::string> finished_;
    int followers_ = 0;
    std::atomic<bool> ended_ = false;

    mutable std::mutex mutex_;  // guards what is_idle() and failures() read
    bool listed_ = false;
    std::map<std::string, std::optional<std::uint64_t>>
        drained_;  // by shard: the channel's generation read up to
    std::map<std::string, Waiting> waiting_;  // by shard; "": the list of shards
};

}  // namespace fogbank::lambda
