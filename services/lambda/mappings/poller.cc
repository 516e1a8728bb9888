#include "services/lambda/mappings/poller.h"

#include "services/lambda/waiting.h"
#include "src/base/log.h"

#include <algorithm>

namespace fogbank::lambda {

namespace {

using std::chrono::seconds;

constexpr Duration kErrorPause = seconds(1);
constexpr std::size_t kBatchBytes =
    kSyncPayloadLimit - 64 * 1024;  // aws: a batch stays under the payload limit
constexpr std::int32_t kScanPage = 10'000;

bool is_expired_iterator(const Error& error) {
    return error.name() == "ExpiredIteratorException" || error.name() == "TrimmedDataAccessException";
}

}  // namespace

gateway::RequestContext service_context(const PollerParts& parts, const std::string& account,
                                        const std::string& region) {
    gateway::RequestContext context;
    context.request_id = parts.entropy.uuid();
    context.account = account;
    context.region = region;
    context.principal.kind = auth::PrincipalKind::service;
    context.principal.account = account;
    context.principal.arn = "lambda.amazonaws.com";
    context.received_at = parts.clock.now();
    context.user_agent = "lambda.amazonaws.com";
    context.source_ip = "lambda.amazonaws.com";
    return context;
}

Task<Checkpoints> read_to_end(StreamSource& source) {
    Checkpoints result;
    std::vector<StreamShard> shards = co_await source.shards();
    const StreamPosition oldest;
    for (const StreamShard& shard : shards) {
        Checkpoint& checkpoint = result[shard.id];
        std::string iterator = co_await source.iterator(shard, oldest);
        while (!iterator.empty()) {
            StreamPage page = co_await source.read(shard, iterator, kScanPage);
            if (!page.records.empty()) checkpoint.sequence = page.records.back().sequence;
            if (page.records.empty()) break;
            iterator = page.next_iterator;
        }
    }
    co_return result;
}

Poller::Poller(const PollerParts& parts, Mapping mapping)
    : parts_(parts),
      mapping_(std::move(mapping)),
      channel_(parts_.database.channel("stream:" + mapping_.source_arn)),
      source_(open_stream(
          parts_.client, [this] { return service_context(parts_, mapping_.account, mapping_.region); },
          mapping_.source_arn, "arn:aws:iam::" + mapping_.account + ":role/lambda")) {}

void Poller::cancel() {
    cancelled_.cancel();
}

bool Poller::is_idle(const events::Scope& scope) const {
    const std::uint64_t generation = channel_.generation();
    const std::scoped_lock lock(mutex_);
    if (!listed_ && !is_put_off({}, generation, scope)) return false;
    return std::all_of(drained_.begin(), drained_.end(), [&](const auto& entry) {
        return entry.second == generation || is_put_off(entry.first, generation, scope);
    });
}

// Whether what the shard waits with is none of the scope's. Under the lock.
bool Poller::is_put_off(const std::string& shard, std::uint64_t generation,
                        const events::Scope& scope) const {
    const auto found = waiting_.find(shard);
    if (found == waiting_.end()) return false;
    const Waiting& waiting = found->second;
    if (waiting.until_ms > scope.due_ms) return true;
    return !scope.trace.empty() && waiting.seen == generation && !waiting.traces.contains(scope.trace);
}

std::vector<events::Failure> Poller::failures(const events::Scope& scope) const {
    const std::scoped_lock lock(mutex_);
    std::vector<events::Failure> result;
    for (const auto& [shard, waiting] : waiting_) {
        if (waiting.failure.empty() || (!scope.trace.empty() && scope.trace != waiting.trace)) continue;
        result.push_back({waiting.failure + " and is tried again at " +
                              format_iso8601(from_unix_millis(waiting.until_ms)) +
                              " (event source mapping " + mapping_.uuid + ", shard " + shard + ")",
                          waiting.trace, waiting.until_ms});
    }
    return result;
}

Poller::Waiting Poller::waiting_with(const Reading& reading) const {
    Waiting waiting;
    // A full batch may have others behind it.
    if (reading.buffer.size() < batch_size()) waiting.seen = reading.seen;
    for (const StreamRecord& record : reading.buffer) waiting.traces.insert(record.trace.id);
    return waiting;
}

void Poller::set_waiting(const std::string& shard, Waiting waiting) {
    const std::scoped_lock lock(mutex_);
    waiting_[shard] = std::move(waiting);
}

void Poller::end_waiting(const std::string& shard) {
    const std::scoped_lock lock(mutex_);
    waiting_.erase(shard);
}

void Poller::set_drained(const std::string& shard, std::uint64_t generation) {
    const std::scoped_lock lock(mutex_);
    drained_[shard] = generation;
}

Task<void> Poller::wait_ended() {
    const CancelToken never;
    while (!ended_) {
        const std::uint64_t seen = changed_.generation();
        if (ended_) break;
        co_await changed_.wait(seen, never);
    }
}

Task<void> Poller::run(std::shared_ptr<Poller> previous) {
    if (previous) co_await previous->wait_ended();
    previous.reset();
    while (!cancelled_.cancelled() && source_) {
        const std::uint64_t seen = changed_.generation();
        std::string problem;
        try {
            co_await list_and_follow();
        } catch (const std::exception& error) {
            problem = error.what();
        }
        if (problem.empty()) {
            co_await changed_.wait(seen, cancelled_.token());
            continue;
        }
        log::warning("an event source mapping cannot list its shards",
                     {{"mapping", mapping_.uuid}, {"reason", problem}});
        co_await report("PROBLEM: " + problem);
        co_await pause({}, {}, kErrorPause);
    }
    const CancelToken never;
    while (followers_ > 0) {
        const std::uint64_t seen = changed_.generation();
        if (followers_ == 0) break;
        co_await changed_.wait(seen, never);
    }
    ended_ = true;
    changed_.notify();
}

// A shard is followed once its parent is read to its end.
Task<void> Poller::list_and_follow() {
    std::vector<StreamShard> shards = co_await source_->shards();
    const Checkpoints checkpoints =
        parts_.database.read([&](store::ReadTxn& txn) { return list_checkpoints(txn, mapping_); });
    std::set<std::string> listed;
    for (const StreamShard& shard : shards) listed.insert(shard.id);
    std::vector<std::string> gone;
    for (const auto& [shard, checkpoint] : checkpoints) {
        if (checkpoint.finished) finished_.insert(shard);
        if (!listed.contains(shard)) gone.push_back(shard);
    }
    if (!gone.empty()) co_await forget(gone);
    std::vector<StreamShard> begun;
    {
        const std::scoped_lock lock(mutex_);
        for (const StreamShard& shard : shards) {
            if (followed_.contains(shard.id) || finished_.contains(shard.id)) continue;
            if (listed.contains(shard.parent) && !finished_.contains(shard.parent)) continue;
            followed_.insert(shard.id);
            drained_[shard.id] = std::nullopt;
            begun.push_back(shard);
        }
        listed_ = true;
    }
    // Not under the lock: a task that is spawned on its own executor begins at once.
    followers_ += static_cast<int>(begun.size());
    for (const StreamShard& shard : begun) {
        spawn(parts_.home, [this, shard] { return follow(shard); });
    }
}

// Shards that have expired never come back.
Task<void> Poller::forget(const std::vector<std::string>& shards) {
    auto erase = [&](store::Txn& txn) {
        for (const std::string& shard : shards) erase_checkpoint(txn, mapping_, shard);
    };
    co_await parts_.database.write(erase);
    const std::scoped_lock lock(mutex_);
    for (const std::string& shard : shards) {
        if (finished_.erase(shard) > 0) followed_.erase(shard);
    }
}

// Whether the stream is there, and the shard is not: what is left of it has expired.
Task<bool> Poller::is_gone(const StreamShard& shard) {
    std::vector<StreamShard> shards;
    try {
        shards = co_await source_->shards();
    } catch (const Error&) {
        co_return false;
    }
    co_return std::none_of(shards.begin(), shards.end(),
                           [&](const StreamShard& each) { return each.id == shard.id; });
}

Task<void> Poller::follow(StreamShard shard) {
    bool finished = false;
    while (!finished && !cancelled_.cancelled()) {
        std::string problem;
        try {
            finished = co_await follow_from_checkpoint(shard);
        } catch (const std::exception& error) {
            problem = error.what();
        }
        if (problem.empty()) continue;
        log::warning("an event source mapping starts again at its checkpoint",
                     {{"mapping", mapping_.uuid}, {"shard", shard.id}, {"reason", problem}});
        finished = co_await is_gone(shard);
        if (!finished) co_await pause(shard.id, {}, kErrorPause);
    }
    if (finished) {
        finished_.insert(shard.id);
        const std::scoped_lock lock(mutex_);
        drained_.erase(shard.id);
        listed_ = false;  // its children are listed next
    }
    --followers_;
    changed_.notify();
}

Task<bool> Poller::follow_from_checkpoint(const StreamShard& shard) {
    Reading reading;
    reading.shard = shard;
    const Checkpoints checkpoints =
        parts_.database.read([&](store::ReadTxn& txn) { return list_checkpoints(txn, mapping_); });
    if (const auto found = checkpoints.find(shard.id); found != checkpoints.end()) {
        reading.position = found->second.sequence;
    }
    while (!cancelled_.cancelled()) {
        co_await fill(reading);
        if (reading.buffer.empty()) {
            if (reading.closed) {
                co_await finish_shard(shard);
                co_return true;
            }
            set_drained(shard.id, reading.seen);
            co_await channel_.wait(reading.seen, cancelled_.token());
            continue;
        }
        const bool is_full = reading.buffer.size() >= batch_size() || reading.closed;
        if (!is_full && parts_.clock.now() < reading.window_end) {
            Waiting waiting = waiting_with(reading);
            waiting.until_ms = unix_millis(reading.window_end);
            set_waiting(shard.id, std::move(waiting));
            co_await wait_for_change(channel_, reading.seen, reading.window_end, parts_.clock,
                                     cancelled_.token());
            end_waiting(shard.id);
            continue;
        }
        const std::size_t length = batch_length(reading);
        co_await process(reading, Batch(reading.buffer).first(length));
        reading.buffer.erase(reading.buffer.begin(),
                             reading.buffer.begin() + static_cast<std::ptrdiff_t>(length));
    }
    co_return false;
}

std::size_t Poller::batch_size() const {
    return static_cast<std::size_t>(mapping_.configuration.BatchSize.value_or(kDefaultStreamBatch));
}

// As many records as the payload's limit allows; one at least.
std::size_t Poller::batch_length(const Reading& reading) const {
    std::size_t bytes = 0;
    std::size_t count = 0;
    for (const StreamRecord& record : reading.buffer) {
        bytes += record.json.size() + 1;
        if (count == batch_size() || (count > 0 && bytes > kBatchBytes)) break;
        ++count;
    }
    return count;
}

// Reads until the batch is full or nothing is left.
Task<void> Poller::fill(Reading& reading) {
    while (reading.buffer.size() < batch_size() && !reading.closed && !cancelled_.cancelled()) {
        reading.seen = channel_.generation();
        StreamPage page = co_await read_page(reading);
        reading.iterator = page.next_iterator;
        reading.closed = page.next_iterator.empty();
        if (page.records.empty()) break;
        if (reading.buffer.empty()) {
            reading.window_end = parts_.clock.now() +
                                 seconds(mapping_.configuration.MaximumBatchingWindowInSeconds.value_or(0));
        }
        reading.position = page.records.back().sequence;
        std::move(page.records.begin(), page.records.end(), std::back_inserter(reading.buffer));
    }
}

Task<StreamPage> Poller::read_page(Reading& reading) {
    const auto limit = static_cast<std::int32_t>(batch_size() - reading.buffer.size());
    if (reading.iterator.empty()) co_await open(reading);
    bool expired = false;
    StreamPage page;
    try {
        page = co_await source_->read(reading.shard, reading.iterator, limit);
    } catch (const Error& error) {
        if (!is_expired_iterator(error)) throw;
        expired = true;
    }
    if (expired) {
        co_await open(reading);
        page = co_await source_->read(reading.shard, reading.iterator, limit);
    }
    co_return page;
}

Task<void> Poller::open(Reading& reading) {
    StreamPosition position;
    position.after_sequence = reading.position;
    if (mapping_.configuration.StartingPosition == "AT_TIMESTAMP") {
        position.timestamp = mapping_.configuration.StartingPositionTimestamp;
    }
    bool trimmed = false;
    try {
        reading.iterator = co_await source_->iterator(reading.shard, position);
    } catch (const Error& error) {
        if (error.name() != "TrimmedDataAccessException" || reading.position.empty()) throw;
        trimmed = true;
    }
    // What came after the checkpoint has expired in part: the oldest that is left goes on.
    const StreamPosition oldest;
    if (trimmed) reading.iterator = co_await source_->iterator(reading.shard, oldest);
}

Task<void> Poller::pause(const std::string& shard, Waiting waiting, Duration duration) {
    const Timestamp due = parts_.clock.now() + duration;
    waiting.until_ms = unix_millis(due);
    set_waiting(shard, std::move(waiting));
    co_await parts_.clock.sleep_until(due, cancelled_.token());
    end_waiting(shard);
}

}  // namespace fogbank::lambda
