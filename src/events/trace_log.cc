#include "src/events/trace_log.h"

#include "src/base/log.h"
#include "src/events/span_chunk.h"
#include "src/store/side_database.h"

#include <pthread.h>

#include <algorithm>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>
#include <unordered_map>

namespace fogbank::events {
namespace {

constexpr std::int64_t kChunkSpans = 256;
constexpr std::size_t kUnwrittenChunks =
    64;  // beyond them the oldest are dropped: the log never slows a request
constexpr std::chrono::milliseconds kFlushInterval{500};

constexpr const char* kSchema =
    "create table if not exists trace_chunk ("
    "  id integer not null primary key, spans integer not null, bytes blob not null)";

struct Chunk {
    std::int64_t id = 0;
    std::int64_t spans = 0;
    std::string bytes;
};

// Spans go into a chunk in memory; a thread writes chunks to the file, the unfinished one again and again
// until it is full. A chunk is one row without an index: a request pays a copy of some 200 bytes, a reader
// scans.
class ChunkedTraceLog final : public TraceLog {
public:
    explicit ChunkedTraceLog(const TraceLogOptions& options);
    ~ChunkedTraceLog() override;

    void record(Span span) override;
    std::vector<Span> spans(const std::string& trace) override;
    std::vector<Summary> recent(const std::string& account, int limit) override;
    void clear(const std::string& account) override;

private:
    void loop();
    void flush();
    void start_chunk_locked();
    void write_locked(store::Txn& txn, const Chunk& chunk);
    void trim(store::Txn& txn);
    // Newest first, what is in memory included.
    void for_each_chunk(const std::function<void(const Chunk&)>& visit);

    const std::int64_t span_limit_;
    std::unique_ptr<store::SideDatabase> file_;
    std::mutex file_mutex_;  // taken before mutex_; keeps chunks in order on their way to the file
    std::int64_t stored_spans_ = 0;

    std::mutex mutex_;
    std::condition_variable wake_;
    Chunk current_;
    bool current_changed_ = false;
    std::deque<Chunk> full_;
    bool stopping_ = false;
    std::thread thread_;
};

ChunkedTraceLog::ChunkedTraceLog(const TraceLogOptions& options)
    : span_limit_(options.span_limit),
      file_(store::open_side_database(options.folder.empty() ? "" : options.folder + "/trace.db", kSchema)) {
    file_->transaction([this](store::Txn& txn) {
        auto rows = txn.query("select coalesce(max(id), 0), coalesce(sum(spans), 0) from trace_chunk");
        if (!rows.next()) return;
        current_.id = rows->integer(0) + 1;
        stored_spans_ = rows->integer(1);
    });
    thread_ = std::thread([this] { loop(); });
}

ChunkedTraceLog::~ChunkedTraceLog() {
    {
        std::scoped_lock lock(mutex_);
        stopping_ = true;
        wake_.notify_one();
    }
    thread_.join();
}

void ChunkedTraceLog::start_chunk_locked() {
    std::int64_t next = current_.id + 1;
    full_.push_back(std::move(current_));
    if (full_.size() > kUnwrittenChunks) full_.pop_front();
    current_ = Chunk{next, 0, {}};
    current_.bytes.reserve(full_.back().bytes.size() + 1024);
}

void ChunkedTraceLog::record(Span span) {
    std::scoped_lock lock(mutex_);
    append_span(current_.bytes, span);
    if (++current_.spans >= kChunkSpans) start_chunk_locked();
    if (!current_changed_) {
        current_changed_ = true;
        wake_.notify_one();
    }
}

void ChunkedTraceLog::loop() {
    pthread_setname_np(pthread_self(), "trace");
    std::unique_lock lock(mutex_);
    while (true) {
        wake_.wait(lock, [&] { return stopping_ || current_changed_; });
        wake_.wait_for(lock, kFlushInterval,
                       [&] { return stopping_ || full_.size() > kUnwrittenChunks / 2; });
        bool last = stopping_;
        lock.unlock();
        try {
            flush();
        } catch (const std::exception& e) {
            log::warning("the trace log could not be written", {{"what", e.what()}});
        }
        if (last) return;
        lock.lock();
    }
}

void ChunkedTraceLog::flush() {
    std::scoped_lock file_lock(file_mutex_);
    std::deque<Chunk> chunks;
    {
        std::scoped_lock lock(mutex_);
        chunks.swap(full_);
        if (current_changed_ && current_.spans > 0) chunks.push_back(current_);
        current_changed_ = false;
    }
    if (chunks.empty()) return;
    file_->transaction([&](store::Txn& txn) {
        for (const Chunk& chunk : chunks) write_locked(txn, chunk);
        trim(txn);
    });
}

void ChunkedTraceLog::write_locked(store::Txn& txn, const Chunk& chunk) {
    std::int64_t before = 0;
    {
        auto rows = txn.query("select spans from trace_chunk where id = ?1", chunk.id);
        if (rows.next()) before = rows->integer(0);
    }
    txn.execute(
        "insert into trace_chunk (id, spans, bytes) values (?1, ?2, ?3) "
        "on conflict (id) do update set spans = excluded.spans, bytes = excluded.bytes",
        chunk.id, chunk.spans, store::Blob{chunk.bytes});
    stored_spans_ += chunk.spans - before;
}

void ChunkedTraceLog::trim(store::Txn& txn) {
    while (stored_spans_ > span_limit_) {
        std::int64_t dropped = 0;
        {
            auto rows = txn.query(
                "delete from trace_chunk where id = (select min(id) from trace_chunk) returning spans");
            if (!rows.next()) return;
            dropped = rows->integer(0);
        }
        stored_spans_ -= dropped;
    }
}

void ChunkedTraceLog::for_each_chunk(const std::function<void(const Chunk&)>& visit) {
    flush();
    file_->transaction([&](store::Txn& txn) {
        for (const auto& row : txn.query("select id, spans, bytes from trace_chunk order by id desc")) {
            visit(Chunk{row.integer(0), row.integer(1), std::string(row.blob(2))});
        }
    });
}

std::vector<Span> ChunkedTraceLog::spans(const std::string& trace) {
    std::vector<Span> found;
    for_each_chunk([&](const Chunk& chunk) {
        for_each_span(chunk.bytes, [&](const SpanView& span) {
            if (span.trace == trace) found.push_back(span.copy());
        });
    });
    std::stable_sort(found.begin(), found.end(),
                     [](const Span& a, const Span& b) { return a.started < b.started; });
    return found;
}

void add_to_summary(TraceLog::Summary& summary, const SpanView& span) {
    ++summary.spans;
    // The root tells what the trace is; until it is seen, the earliest span stands for it.
    const bool earlier = summary.spans == 1 || span.started < summary.started;
    if (!span.cause.empty() && (summary.has_root || !earlier)) return;
    if (span.cause.empty() && summary.has_root && !earlier) return;
    summary.has_root = summary.has_root || span.cause.empty();
    summary.account = span.account;
    summary.service = span.service;
    summary.name = span.name;
    summary.outcome = span.outcome;
    summary.started = span.started;
}

std::vector<TraceLog::Summary> ChunkedTraceLog::recent(const std::string& account, int limit) {
    std::unordered_map<std::string_view, std::size_t> at;
    std::deque<Summary> summaries;  // a deque: `at` refers to the names in it
    std::vector<SpanView> views;
    for_each_chunk([&](const Chunk& chunk) {
        views.clear();
        for_each_span(chunk.bytes, [&](const SpanView& span) { views.push_back(span); });
        for (auto span = views.rbegin(); span != views.rend(); ++span) {
            if (!account.empty() && span->account != account) continue;
            auto known = at.find(span->trace);
            if (known == at.end()) {
                if (summaries.size() >= static_cast<std::size_t>(std::max(limit, 0))) continue;
                summaries.push_back({std::string(span->trace), {}, {}, {}, {}, {}, 0, false});
                known = at.emplace(summaries.back().trace, summaries.size() - 1).first;
            }
            add_to_summary(summaries[known->second], *span);
        }
    });
    std::vector<Summary> newest(summaries.begin(), summaries.end());
    std::stable_sort(newest.begin(), newest.end(),
                     [](const Summary& a, const Summary& b) { return a.started > b.started; });
    return newest;
}

void ChunkedTraceLog::clear(const std::string& account) {
    {
        // What is recorded from here on stands in a chunk of its own and stays.
        std::scoped_lock lock(mutex_);
        if (current_.spans > 0) start_chunk_locked();
    }
    std::vector<Chunk> changed;
    for_each_chunk([&](const Chunk& chunk) {
        Chunk kept{chunk.id, 0, {}};
        for_each_span(chunk.bytes, [&](const SpanView& span) {
            if (account.empty() || span.account == account) return;
            kept.bytes.append(span.encoded);
            ++kept.spans;
        });
        if (kept.spans != chunk.spans) changed.push_back(std::move(kept));
    });
    std::scoped_lock file_lock(file_mutex_);
    file_->transaction([&](store::Txn& txn) {
        for (const Chunk& chunk : changed) write_locked(txn, chunk);
        txn.execute("delete from trace_chunk where spans = 0");
    });
}

}  // namespace

std::unique_ptr<TraceLog> open_trace_log(const TraceLogOptions& options) {
    return std::make_unique<ChunkedTraceLog>(options);
}

}  // namespace fogbank::events
