#include "tests/sim/world.h"

#include "src/base/error.h"
#include "src/base/faults.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_future.hpp>

#include <cstdlib>
#include <filesystem>
#include <future>
#include <stdexcept>

namespace fogbank::sim {
namespace {

namespace fs = std::filesystem;

constexpr Timestamp kBirth{std::chrono::seconds(1'800'000'000)};
constexpr int kClients = 8;
constexpr int kWritesPerLife = 40;  // of one client
const Error kTooLarge("EntityTooLarge", 400, "too large");

std::span<const store::Migration> shop_migrations() {
    static constexpr store::Migration kMigrations[] = {
        {"shop", 1,
         "create table shop_order (id text not null primary key, targets integer not null, bytes integer not "
         "null,"
         " blob text, body blob);"
         "create table shop_arrival (n integer primary key, event text not null, target text not null);"}};
    return kMigrations;
}

// What a kill at this moment leaves: the files as they are. Other threads write, rename and unlink blobs
// meanwhile, so paths are never looked up again, and a file that goes before its turn is gone.
void copy_files(const fs::path& from, const fs::path& to) {
    fs::create_directories(to);
    for (const auto& entry : fs::recursive_directory_iterator(from)) {
        fs::path target = to / entry.path().lexically_relative(from);
        if (entry.is_directory()) {
            fs::create_directories(target);
        } else if (entry.path().filename() != "lock") {
            std::error_code failed;
            fs::copy_file(entry.path(), target, failed);
            if (failed && failed != std::errc::no_such_file_or_directory) {
                throw fs::filesystem_error("copy", entry.path(), target, failed);
            }
        }
    }
}

}  // namespace

class World::Shop final : public events::Target {
public:
    explicit Shop(World& world) : world_(world) {}
    void accept(store::Txn& txn, const events::Event& event, const Arn& target) override {
        world_.die_here();
        txn.execute("insert into shop_arrival (event, target) values (?1, ?2)", event.id, target.text());
        if (!world_.faults_) return;
        switch (world_.chance(8)) {
            case 0:
                ++world_.totals_.target_refusals;
                throw std::runtime_error("the shop burns");
            case 1:
                ++world_.totals_.target_refusals;
                throw Error("TooManyRequestsException", 429, "the shop is full");
            default:
                return;
        }
    }

private:
    World& world_;
};

struct World::Process {
    Process(World& world, const std::string& folder) : shop(world) {
        store::DatabaseOptions options;
        options.folder = folder;
        options.wal_cap_bytes = 1 << 20;
        database = store::open_database(options);
        database->migrate(store::blob_store_migrations());
        database->migrate(events::outbox_migrations());
        database->migrate(shop_migrations());
        blobs = store::open_blob_store(folder + "/blobs", *database, options.durability);
        blobs->add_reference_query("select blob from shop_order where blob is not null");
        clock = make_manual_clock(loop.executor(), world.now_);
        trace_log = events::open_trace_log({});
        dispatcher = events::make_dispatcher(*database, *clock, *trace_log);
        dispatcher->add_target("shop", shop);
        loop.start_thread("simulation");
        dispatcher->start(loop.executor());
        blobs->sweep();
    }
    ~Process() {
        run(dispatcher->stop());
        blobs.reset();
        database->close();
        dispatcher.reset();
        loop.stop();
        loop.join();
        clock.reset();
    }
    template <class T>
    T run(Task<T> task) {
        return boost::asio::co_spawn(loop.executor(), std::move(task), boost::asio::use_future).get();
    }

    EventLoop loop;
    Shop shop;
    std::unique_ptr<MovableClock> clock;
    std::unique_ptr<store::Database> database;
    std::unique_ptr<store::BlobStore> blobs;
    std::unique_ptr<events::TraceLog> trace_log;
    std::unique_ptr<events::Dispatcher> dispatcher;
};

World::World(std::uint64_t seed) : entropy_(make_seeded_entropy(seed)), now_(kBirth) {
    root_ = (fs::temp_directory_path() / "fogbank-sim-XXXXXX").string();
    if (::mkdtemp(root_.data()) == nullptr) throw std::runtime_error("no temporary folder");
    start_process();
}

World::~World() {
    Faults::disarm();
    faults_ = false;
    process_.reset();
    fs::remove_all(root_);
}

std::uint64_t World::chance(std::uint64_t bound) {
    return entropy_->next() % bound;
}

void World::start_process() {
    dead_ = false;
    process_ = std::make_unique<Process>(*this, root_ + "/" + std::to_string(folder_number_));
}

void World::end_process() {
    now_ = process_->clock->now();
    process_.reset();
}

// Called on the writer thread, inside a body: the next life starts from what is on disk right now.
void World::die_here() {
    if (bodies_until_death_ < 0 || bodies_until_death_.fetch_sub(1) != 0) return;
    dead_ = true;
    fs::path from = root_ + "/" + std::to_string(folder_number_);
    try {
        copy_files(from, root_ + "/" + std::to_string(folder_number_ + 1));
    } catch (const std::exception& e) {
        std::scoped_lock lock(mutex_);
        unfinished_deaths_.push_back(std::string("the next life lacks files: ") + e.what());
    }
}

void World::store(store::Txn& txn, const Write& write, const store::StoredBytes& body) {
    die_here();
    std::optional<std::string_view> blob;
    if (!body.blob.empty()) blob = body.blob;
    txn.execute("insert into shop_order (id, targets, bytes, blob, body) values (?1, ?2, ?3, ?4, ?5)",
                write.id, write.targets, body.size, blob, store::Blob{body.inline_bytes});
    std::vector<Arn> targets;
    for (int i = 0; i < write.targets; ++i) {
        targets.emplace_back("aws", "shop", "us-east-1", "111111111111", std::to_string(i));
    }
    events::Event event;
    event.id = write.id;
    event.type = "order";
    event.source = Arn("aws", "s3", "", "", "orders");
    event.account = "111111111111";
    event.time = process_->clock->now();
    event.trace = {"1-65a1b2c3-0123456789abcdef01234567", "", 0};
    process_->dispatcher->append(txn, event, targets);
    if (write.refuse) throw Error("PreconditionFailed", 412, "no");
}

Task<void> World::write_one(Write write) {
    auto stream = make_string_stream(std::string(write.body_bytes, 'b'));
    store::StoredBytes body = co_await process_->blobs->put(*stream, {}, 1 << 30, kTooLarge);
    bool acknowledged = false;
    bool refused = false;
    try {
        auto transaction = [&](store::Txn& txn) { store(txn, write, body); };
        co_await process_->database->write(transaction);
        acknowledged = true;
    } catch (const Error&) {
        refused = true;
    } catch (const std::exception&) {
    }
    if (!acknowledged && !body.blob.empty()) process_->blobs->discard(body.blob);
    std::scoped_lock lock(mutex_);
    if (dead_) {
        ++totals_.unanswered;
    } else if (acknowledged) {
        ++totals_.acknowledged;
        acknowledged_.emplace(write.id, write);
    } else {
        // A refusal and a failure both say: nothing was stored.
        ++(refused ? totals_.refused : totals_.failed);
        refused_.insert(write.id);
    }
}

Task<void> World::client(int writes) {
    for (int i = 0; i < writes && !dead_; ++i) {
        Write write;
        write.id = "w" + std::to_string(next_write_++);
        write.targets = 1 + static_cast<int>(chance(3));
        write.body_bytes = chance(6) == 0 ? store::kInlineLimit + 1 + chance(100'000) : chance(2'000);
        write.refuse = chance(7) == 0;
        if (chance(10) == 0) step_clock();
        if (chance(25) == 0) {
            ++totals_.commit_faults;
            auto point = chance(2) == 0 ? FaultPoint::before_commit : FaultPoint::delivery_accepted;
            Faults::arm(point, FaultAction::fail, 1 + static_cast<int>(chance(3)));
        }
        co_await write_one(std::move(write));
    }
}

// Small steps, so that a day of retries is never used up.
void World::step_clock() {
    process_->clock->set(process_->clock->now() + std::chrono::seconds(chance(60)));
}

void World::one_life() {
    bodies_until_death_ = static_cast<int>(chance(kClients * kWritesPerLife));
    std::vector<std::future<void>> clients;
    for (int i = 0; i < kClients; ++i) {
        clients.push_back(boost::asio::co_spawn(process_->loop.executor(), client(kWritesPerLife),
                                                boost::asio::use_future));
    }
    for (auto& one : clients) one.get();
    Faults::disarm();
    if (!dead_) {
        bodies_until_death_ = -1;
        return;
    }
    ++totals_.deaths;
    end_process();
    ++folder_number_;
    start_process();
}

void World::live(int rounds) {
    for (int i = 0; i < rounds; ++i) one_life();
}

void World::settle() {
    faults_ = false;
    bodies_until_death_ = -1;
    Faults::disarm();
    for (int i = 0; i < 10'000; ++i) {
        auto report = process_->run(process_->dispatcher->await_idle({}, std::chrono::milliseconds(20)));
        if (report.idle) return;
        if (auto due = process_->clock->next_due()) process_->clock->set(*due);
    }
    throw std::runtime_error("the world does not come to rest");
}

void World::judge_write(store::ReadTxn& txn, const std::string& id, std::vector<std::string>& broken) {
    int targets = -1;
    std::int64_t bytes = 0;
    std::string blob;
    {
        auto rows = txn.query("select targets, bytes, blob from shop_order where id = ?1", id);
        if (rows.next()) {
            targets = static_cast<int>(rows->integer(0));
            bytes = rows->integer(1);
            blob = rows->text(2);
        }
    }
    std::map<std::string, int> arrivals;
    for (const auto& row : txn.query("select target from shop_arrival where event = ?1", id)) {
        ++arrivals[std::string(row.text(0))];
    }
    auto known = acknowledged_.find(id);
    if (known != acknowledged_.end() && targets != known->second.targets) broken.push_back(id + ": lost");
    if (refused_.contains(id) && targets >= 0) broken.push_back(id + ": refused and stored");
    if (targets < 0 && !arrivals.empty()) broken.push_back(id + ": an event without its write");
    if (targets >= 0 && arrivals.size() != static_cast<std::size_t>(targets)) {
        broken.push_back(id + ": " + std::to_string(arrivals.size()) + " of " + std::to_string(targets) +
                         " events arrived");
    }
    for (const auto& [target, times] : arrivals) {
        if (times != 1) broken.push_back(id + ": arrived " + std::to_string(times) + " times");
    }
    std::error_code missing;
    if (!blob.empty() &&
        fs::file_size(process_->blobs->path(blob), missing) != static_cast<std::uintmax_t>(bytes)) {
        broken.push_back(id + ": its blob is not there in full");
    }
}

std::vector<std::string> World::judge() {
    settle();
    std::vector<std::string> broken = unfinished_deaths_;
    process_->database->read([&](store::ReadTxn& txn) {
        for (int i = 0; i < next_write_; ++i) judge_write(txn, "w" + std::to_string(i), broken);
    });
    auto report = process_->run(process_->dispatcher->await_idle({}, Duration::zero()));
    for (const auto& failure : report.failures) broken.push_back(failure.what);
    return broken;
}

}  // namespace fogbank::sim
