#include "tests/unit/events/support.h"

#include "src/events/outbox_rows.h"

#include <cstdlib>
#include <filesystem>
#include <stdexcept>

namespace fogbank::events::test {

void InboxTarget::accept(store::Txn& txn, const Event& event, const Arn& to) {
    refuse(++attempts);
    last = event;
    txn.execute("insert into inbox (event, target, payload) values (?1, ?2, ?3)", event.id, to.text(),
                event.payload);
}

Fixture::Fixture() {
    folder_ = (std::filesystem::temp_directory_path() / "fogbank-events-XXXXXX").string();
    if (::mkdtemp(folder_.data()) == nullptr) throw std::runtime_error("no temporary folder");
    store::DatabaseOptions options;
    options.folder = folder_;
    database = store::open_database(options);
    database->migrate(outbox_migrations());
    const store::Migration inbox[] = {{"inbox", 1,
                                       "create table inbox (n integer primary key, event text not null, "
                                       "target text not null, payload text);"}};
    database->migrate(inbox);
    clock = make_manual_clock(loop_.executor(), kStart);
    trace_log = open_trace_log({});
    dispatcher = make_dispatcher(*database, *clock, *trace_log);
    dispatcher->add_target("sqs", target);
    loop_.start_thread("events-test");
}

Fixture::~Fixture() {
    run(dispatcher->stop());
    database->close();
    dispatcher.reset();
    loop_.stop();
    loop_.join();
    clock.reset();
    database.reset();
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
}

void Fixture::write(std::function<void(store::Txn&)> body) {
    run(database->write(std::move(body)));
}

Event Fixture::event(const std::string& id, const std::string& account) const {
    Event event;
    event.id = id;
    event.type = "s3:ObjectCreated:Put";
    event.source = Arn("aws", "s3", "", "", "photos");
    event.account = account;
    event.time = clock->now();
    event.trace = {"1-65a1b2c3-0123456789abcdef01234567", "cause0", 3};
    event.payload = "{\"id\":\"" + id + "\"}";
    return event;
}

void Fixture::append(const Event& event, std::vector<Arn> targets) {
    write([&](store::Txn& txn) { dispatcher->append(txn, event, targets); });
}

IdleReport Fixture::idle(Scope scope, Duration timeout) {
    return run(dispatcher->await_idle(std::move(scope), timeout));
}

std::vector<InboxRow> Fixture::inbox() {
    return database->read([](store::ReadTxn& txn) {
        std::vector<InboxRow> rows;
        for (const auto& row : txn.query("select event, target, payload from inbox order by n")) {
            rows.push_back({std::string(row.text(0)), std::string(row.text(1)), std::string(row.text(2))});
        }
        return rows;
    });
}

std::int64_t Fixture::deliveries(const Scope& scope) {
    return database->read([&](store::ReadTxn& txn) { return count_deliveries(txn, scope); });
}

void Fixture::eventually(const std::function<bool()>& done) {
    for (int i = 0; i < 5'000 && !done(); ++i) run(clock->sleep_for(std::chrono::milliseconds(1), {}));
    if (!done()) throw std::runtime_error("it did not come to pass");
}

}  // namespace fogbank::events::test
