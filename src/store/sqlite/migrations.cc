#include "src/store/sqlite/migrations.h"

#include "src/base/faults.h"
#include "src/store/sqlite/blocking_job.h"

#include <fmt/format.h>

namespace fogbank::store::sqlite {
namespace {

// Stands among the components of every state whose schema this release can carry on.
constexpr const char* kFormat = "format";

}  // namespace

std::map<std::string, int> applied_migrations(ReadTxn& txn) {
    std::map<std::string, int> applied;
    for (const auto& row :
         txn.query("select component, max(number) from store_migrations group by component")) {
        applied[std::string(row.text(0))] = static_cast<int>(row.integer(1));
    }
    return applied;
}

std::vector<Migration> missing_migrations(std::span<const Migration> migrations,
                                          const std::map<std::string, int>& applied) {
    if (!applied.empty() && !applied.contains(kFormat)) {
        throw std::runtime_error(
            "the state was written by a version before the first release, whose schema is not carried on; "
            "use another state folder");
    }
    std::map<std::string, int> known;
    std::vector<Migration> missing;
    for (const Migration& migration : migrations) {
        std::string component(migration.component);
        if (migration.number != ++known[component]) {
            throw std::logic_error(fmt::format("migration {} of {} stands where {} belongs", migration.number,
                                               component, known[component]));
        }
        auto at = applied.find(component);
        if (at == applied.end() || migration.number > at->second) missing.push_back(migration);
    }
    for (const auto& [component, last] : known) {
        auto at = applied.find(component);
        if (at != applied.end() && at->second > last) {
            throw std::runtime_error(fmt::format(
                "the state was written by a newer release: its {} schema has number {}, this release "
                "knows {}; use that release, or another state folder",
                component, at->second, last));
        }
    }
    return missing;
}

void apply_migrations(Writer& writer, std::span<const Migration> migrations) {
    BlockingJob job([&](WriterTxn& txn) {
        txn.execute("insert into store_migrations (component, number) values (?1, 1) on conflict do nothing",
                    kFormat);
        for (const Migration& migration : migrations) {
            txn.script(migration.sql);
            txn.execute("insert into store_migrations (component, number) values (?1, ?2)",
                        migration.component, migration.number);
            Faults::hit(FaultPoint::migration_step);
        }
    });
    job.run_in(writer);
}

}  // namespace fogbank::store::sqlite
