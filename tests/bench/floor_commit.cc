// A floor for scripts/bench: raw SQLite group commit. 16 clients each put a row of 1 KiB and wait for the
// commit it is in; one writer commits all that wait. No HTTP, no JSON, no rules: what durability alone costs.
// Prints puts per second, puts per commit, and CPU microseconds per put of the whole process.
#include <sqlite3.h>

#include <sys/resource.h>

#include <array>
#include <chrono>
#include <condition_variable>
#include <cstdio>
#include <cstdlib>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace {

constexpr int kClients = 16;
constexpr int kKeysPerClient = 1000;
constexpr std::size_t kRowBytes = 1024;

struct Put {
    int client = 0;
    std::string key;
    std::string value;
};

void check(int result, int expected, sqlite3* db) {
    if (result == expected) return;
    std::fprintf(stderr, "floor_commit: %s\n", sqlite3_errmsg(db));
    std::exit(1);
}

// The writer's half: a connection and its statements.
class Table {
public:
    explicit Table(const char* path) {
        check(sqlite3_open(path, &db_), SQLITE_OK, db_);
        run("pragma page_size = 8192");
        run("pragma journal_mode = wal");
        run("pragma synchronous = normal");
        run("create table t (k blob not null, v blob not null)");
        run("create unique index t_k on t (k)");
        check(sqlite3_prepare_v2(db_,
                                 "insert into t (k, v) values (?1, ?2) on conflict (k) do update set v = ?2",
                                 -1, &put_, nullptr),
              SQLITE_OK, db_);
    }
    ~Table() {
        sqlite3_finalize(put_);
        sqlite3_close(db_);
    }
    Table(const Table&) = delete;
    Table& operator=(const Table&) = delete;

    void commit(const std::vector<Put>& batch) {
        run("begin immediate");
        for (const Put& put : batch) {
            sqlite3_bind_blob(put_, 1, put.key.data(), static_cast<int>(put.key.size()), SQLITE_STATIC);
            sqlite3_bind_blob(put_, 2, put.value.data(), static_cast<int>(put.value.size()), SQLITE_STATIC);
            check(sqlite3_step(put_), SQLITE_DONE, db_);
            sqlite3_reset(put_);
        }
        run("commit");
    }

private:
    void run(const char* sql) { check(sqlite3_exec(db_, sql, nullptr, nullptr, nullptr), SQLITE_OK, db_); }

    sqlite3* db_ = nullptr;
    sqlite3_stmt* put_ = nullptr;
};

// Puts on their way to the writer, or clients on their way back.
template <class T>
class Channel {
public:
    void send(std::vector<T>& items) {
        {
            const std::lock_guard lock(mutex_);
            for (T& item : items) items_.push_back(std::move(item));
        }
        items.clear();
        filled_.notify_one();
    }
    // All that waits; nothing once closed.
    std::vector<T> take() {
        std::unique_lock lock(mutex_);
        filled_.wait(lock, [this] { return !items_.empty() || closed_; });
        return std::exchange(items_, {});
    }
    void close() {
        {
            const std::lock_guard lock(mutex_);
            closed_ = true;
        }
        filled_.notify_one();
    }

private:
    std::mutex mutex_;
    std::condition_variable filled_;
    std::vector<T> items_;
    bool closed_ = false;
};

double cpu_seconds() {
    rusage usage{};
    ::getrusage(RUSAGE_SELF, &usage);
    const auto seconds = [](const timeval& time) {
        return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
    };
    return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

// SQLite skips a page that does not change, so no two values are the same.
Put make_put(int client, long number) {
    std::array<char, 32> text;
    const int size = std::snprintf(text.data(), text.size(), "c%02d-%05ld", client, number % kKeysPerClient);
    Put put{client, std::string(text.data(), static_cast<std::size_t>(size)), std::string(kRowBytes, 'x')};
    std::snprintf(put.value.data(), 32, "%030ld", number * kClients + client);
    return put;
}

}  // namespace

int main(int argc, char** argv) {
    if (argc < 3) {
        std::fprintf(stderr, "usage: floor_commit DATABASE SECONDS\n");
        return 2;
    }
    const double seconds = std::atof(argv[2]);
    Table table(argv[1]);
    Channel<Put> puts;
    Channel<int> answers;
    long commits = 0;
    std::thread writer([&] {
        for (;;) {
            const std::vector<Put> batch = puts.take();
            if (batch.empty()) return;
            table.commit(batch);
            ++commits;
            std::vector<int> clients;
            for (const Put& put : batch) clients.push_back(put.client);
            answers.send(clients);
        }
    });
    std::array<long, kClients> numbers{};
    std::vector<Put> next;
    for (int client = 0; client < kClients; ++client) next.push_back(make_put(client, 0));
    const auto start = std::chrono::steady_clock::now();
    const double cpu = cpu_seconds();
    double elapsed = 0;
    long done = 0;
    while (elapsed < seconds) {
        puts.send(next);
        for (const int client : answers.take()) {
            ++done;
            next.push_back(make_put(client, ++numbers[static_cast<std::size_t>(client)]));
        }
        elapsed = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    }
    const double spent = cpu_seconds() - cpu;
    puts.close();
    writer.join();
    const auto count = static_cast<double>(done);
    std::printf("%.1f\t%.1f\t%.2f\n", count / elapsed, count / static_cast<double>(commits),
                spent / count * 1e6);
}
