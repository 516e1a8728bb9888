// Storage under the services' rules: transactions with SQL statements. A response leaves after the commit it
// depends on; writers queue and share commits.
#pragma once

#include "src/base/completion.h"
#include "src/base/signal.h"
#include "src/base/task.h"
#include "src/store/statement.h"

#include <atomic>
#include <exception>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <variant>

namespace fogbank::store {

enum class Durability {
    process,  // survives kill -9 of the process: nothing acknowledged is lost
    power,    // survives power loss: an fsync per commit
    memory,   // a temporary file without syncs, deleted at exit
};

// A snapshot.
class ReadTxn {
public:
    virtual ~ReadTxn() = default;
    // Runs `sql` with the arguments bound to ?1, ?2, ...: integers, std::string_view (text), Blob (bytes),
    // std::optional of them or nullptr (null). `sql` must be a literal: statements are cached by its address.
    template <class... Args>
    Rows query(const char* sql, const Args&... args) {
        Statement& statement = prepare(sql);
        bind_all<Binding::copy>(statement,
                                args...);  // rows are often read after a temporary argument is gone
        return Rows(statement);
    }
    virtual Statement& prepare(const char* sql) = 0;  // reset and unbound
};

class Txn : public ReadTxn {
public:
    // Runs a statement that returns no rows; the number of rows it changed.
    template <class... Args>
    std::int64_t execute(const char* sql, const Args&... args) {
        Statement& statement = prepare(sql);
        bind_all(statement, args...);
        statement.step();
        statement.reset();
        return changes();
    }
    virtual std::int64_t changes() const = 0;
    // Wakes everyone who waits on Database::channel(name), after the commit.
    virtual void notify(std::string_view channel) = 0;
    // Runs `action` on the writer thread after the commit and before the caller resumes: short, must not
    // throw.
    virtual void after_commit(std::function<void()> action) = 0;
};

namespace detail {
// A body in the writer's queue. It lives in the frame of the coroutine that waits for it.
class Job {
public:
    virtual ~Job() = default;
    virtual void run(Txn& txn) = 0;                   // may run again; may throw
    virtual void discard() = 0;                       // forget the result of an earlier run
    virtual void fail(std::exception_ptr error) = 0;  // the body's own refusal, or a failed commit
    virtual void finish(ResumeBatch& batch) = 0;      // the commit is done: the caller resumes with the batch
    Job* next = nullptr;
};
}  // namespace detail

struct Migration {
    std::string_view component;  // "dynamodb"
    int number;                  // 1, 2, ... without gaps
    std::string_view sql;
};

class Database {
public:
    virtual ~Database() = default;

    // Runs `body(Txn&)` on the writer thread and resumes after its commit with what it returned. A throw
    // undoes this body only and is rethrown here, also after the commit (the refusal may rest on an earlier
    // body of the batch). The body may run again: it must not move from its captures or touch anything but
    // the Txn and its result. It is not cancellable: everything it refers to must outlive this call's
    // completion (co_await it).
    template <class F>
    Task<std::invoke_result_t<F&, Txn&>> write(F body);

    // Runs `body(ReadTxn&)` now, on this thread, on a snapshot. Short: point reads. For ranges use slices.
    template <class F>
    std::invoke_result_t<F&, ReadTxn&> read(F&& body) {
        Lease lease(*this);
        return body(lease.txn());
    }

    // As read(), on the pool for work that takes long (scans, lists); resumes on the caller's executor.
    template <class F>
    Task<std::invoke_result_t<F&, ReadTxn&>> read_in_pool(F body);

    // The signal that Txn::notify(name) fires. Lives as long as the Database.
    virtual Signal& channel(std::string_view name) = 0;

    // Applies the migrations that this database has not seen, in order and in one transaction: all or none.
    virtual void migrate(std::span<const Migration> migrations) = 0;

    // Number of this start of the daemon on this state: 1, 2, ... Leases and blob ids carry it.
    virtual std::int64_t boot() const = 0;
    // The epoch that the last reset() began; what older epochs left in flight is dropped.
    virtual std::int64_t epoch() const = 0;
    // Raises the epoch and runs `body` in the same transaction.
    virtual Task<void> reset(std::function<void(Txn&)> body) = 0;

    // Waits until everything queued is committed, then stops the writer. No write() after this.
    virtual void close() = 0;

protected:
    class Lease {
    public:
        explicit Lease(Database& database) : database_(database), txn_(database.begin_read()) {}
        ~Lease() { database_.end_read(txn_); }
        Lease(const Lease&) = delete;
        Lease& operator=(const Lease&) = delete;
        ReadTxn& txn() { return txn_; }

    private:
        Database& database_;
        ReadTxn& txn_;
    };
    virtual void enqueue(detail::Job& job) = 0;
    virtual ReadTxn& begin_read() = 0;
    virtual void end_read(ReadTxn& txn) = 0;
    virtual void run_in_pool(std::function<void()> work) = 0;
};

namespace detail {
template <class F, class R>
class BodyJob final : public Job {
public:
    explicit BodyJob(F& body) : body_(body) {}
    void run(Txn& txn) override {
        if constexpr (std::is_void_v<R>) {
            body_(txn);
            result_.template emplace<1>();
        } else {
            result_.template emplace<1>(body_(txn));
        }
    }
    void discard() override { result_.template emplace<0>(); }
    void fail(std::exception_ptr error) override { result_.template emplace<2>(std::move(error)); }
    void finish(ResumeBatch& batch) override { done_.fire(batch); }
    Task<void> wait() { return done_.wait(); }
    R take() {
        if (result_.index() == 2) std::rethrow_exception(std::get<2>(result_));
        if constexpr (!std::is_void_v<R>) return std::move(std::get<1>(result_));
    }

private:
    F& body_;
    std::variant<std::monostate, std::conditional_t<std::is_void_v<R>, std::true_type, R>, std::exception_ptr>
        result_;
    OneShot done_;
};
}  // namespace detail

template <class F>
Task<std::invoke_result_t<F&, Txn&>> Database::write(F body) {
    using R = std::invoke_result_t<F&, Txn&>;
    static_assert(!std::is_reference_v<R> && !std::is_pointer_v<R>, "a result outlives the transaction");
    detail::BodyJob<F, R> job(body);
    enqueue(job);
    co_await job.wait();
    co_return job.take();
}

template <class F>
Task<std::invoke_result_t<F&, ReadTxn&>> Database::read_in_pool(F body) {
    using R = std::invoke_result_t<F&, ReadTxn&>;
    Completion<R> completion;
    run_in_pool([&] {
        try {
            if constexpr (std::is_void_v<R>) {
                read(body);
                completion.set({});
            } else {
                completion.set(read(body));
            }
        } catch (...) {
            completion.fail(std::current_exception());
        }
    });
    co_return co_await completion.wait();
}

struct DatabaseOptions {
    std::string
        folder;  // state.db stands in it; made where missing. With Durability::memory: a temporary one
    Durability durability = Durability::process;
    int readers = 4;
    std::size_t queue_limit = 10'000;       // writers beyond it wait
    std::int64_t wal_cap_bytes = 64 << 20;  // above it the writer restarts the WAL itself
};

std::unique_ptr<Database> open_database(const DatabaseOptions& options);

}  // namespace fogbank::store
