#include "src/events/outbox_rows.h"

#include "src/events/dispatcher.h"

namespace fogbank::events {

std::span<const store::Migration> outbox_migrations() {
    static constexpr store::Migration kMigrations[] = {
        {"events", 1,
         "create table outbox_delivery ("
         "  id integer not null primary key,"
         "  due_ms integer not null,"
         "  attempts integer not null,"
         "  account text not null,"
         "  trace text not null,"
         "  cause text not null,"
         "  depth integer not null,"
         "  event text not null,"
         "  type text not null,"
         "  source text not null,"
         "  time_ns integer not null,"
         "  target text not null,"
         "  payload blob not null);"
         "create index outbox_delivery_due on outbox_delivery (due_ms, id);"
         "create table outbox_failure ("
         "  id integer not null primary key,"
         "  account text not null,"
         "  trace text not null,"
         "  time_ms integer not null,"
         "  what text not null);"}};
    return kMigrations;
}

void insert_delivery(store::Txn& txn, const Event& event, const Arn& target) {
    txn.execute(
        "insert into outbox_delivery (due_ms, attempts, account, trace, cause, depth, event, type, source, "
        "time_ns,"
        " target, payload) values (0, 0, ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
        event.account, event.trace.id, event.trace.cause, event.trace.depth, event.id, event.type,
        event.source.text(), event.time.time_since_epoch().count(), target.text(),
        store::Blob{event.payload});
}

std::optional<Delivery> find_delivery(store::ReadTxn& txn, std::int64_t id) {
    auto rows = txn.query(
        "select due_ms, attempts, account, trace, cause, depth, event, type, source, time_ns, target, "
        "payload "
        "from outbox_delivery where id = ?1",
        id);
    if (!rows.next()) return std::nullopt;
    Delivery delivery;
    delivery.id = id;
    delivery.due_ms = rows->integer(0);
    delivery.attempts = static_cast<int>(rows->integer(1));
    Event& event = delivery.event;
    event.account = rows->text(2);
    event.trace = {std::string(rows->text(3)), std::string(rows->text(4)),
                   static_cast<int>(rows->integer(5))};
    event.id = rows->text(6);
    event.type = rows->text(7);
    event.source = Arn::parse(rows->text(8)).value_or(Arn());
    event.time = Timestamp(Duration(rows->integer(9)));
    delivery.target = Arn::parse(rows->text(10)).value_or(Arn());
    event.payload = rows->blob(11);
    return delivery;
}

void erase_delivery(store::Txn& txn, std::int64_t id) {
    txn.execute("delete from outbox_delivery where id = ?1", id);
}

void postpone_delivery(store::Txn& txn, std::int64_t id, int attempts, std::int64_t due_ms) {
    txn.execute("update outbox_delivery set attempts = ?2, due_ms = ?3 where id = ?1", id, attempts, due_ms);
}

void erase_deliveries(store::Txn& txn, std::string_view account) {
    txn.execute("delete from outbox_delivery where ?1 = '' or account = ?1", account);
    txn.execute("delete from outbox_failure where ?1 = '' or account = ?1", account);
}

std::int64_t count_deliveries(store::ReadTxn& txn, const Scope& scope) {
    auto rows = txn.query(
        "select count(*) from outbox_delivery where (?1 = '' or account = ?1) and (?2 = '' or trace = ?2) "
        "and due_ms <= ?3",
        scope.account, scope.trace, scope.due_ms);
    return rows.next() ? rows->integer(0) : 0;
}

DueDeliveries due_deliveries(store::ReadTxn& txn, std::int64_t now_ms, int limit) {
    DueDeliveries due;
    for (const auto& row :
         txn.query("select id, due_ms from outbox_delivery order by due_ms, id limit ?1", limit)) {
        if (row.integer(1) > now_ms) {
            if (due.ids.empty()) due.next_due_ms = row.integer(1);
            break;
        }
        due.ids.push_back(row.integer(0));
    }
    return due;
}

void insert_failure(store::Txn& txn, const Failure& failure, std::string_view account) {
    std::int64_t id = 0;
    {
        auto rows = txn.query(
            "insert into outbox_failure (account, trace, time_ms, what) values (?1, ?2, ?3, ?4) returning id",
            account, failure.trace, failure.time_ms, failure.what);
        if (rows.next()) id = rows->integer(0);
    }
    txn.execute("delete from outbox_failure where id <= ?1", id - kFailureLimit);
}

std::vector<Failure> list_failures(store::ReadTxn& txn, const Scope& scope) {
    std::vector<Failure> failures;
    for (const auto& row :
         txn.query("select what, trace, time_ms from outbox_failure "
                   "where (?1 = '' or account = ?1) and (?2 = '' or trace = ?2) order by id",
                   scope.account, scope.trace)) {
        failures.push_back({std::string(row.text(0)), std::string(row.text(1)), row.integer(2)});
    }
    return failures;
}

}  // namespace fogbank::events
