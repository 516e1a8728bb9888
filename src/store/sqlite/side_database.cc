#include "src/store/side_database.h"

#include "src/base/log.h"
#include "src/store/sqlite/writer_txn.h"

#include <filesystem>
#include <mutex>

namespace fogbank::store::sqlite {
namespace {

constexpr std::int64_t kCacheKib = 512;

ConnectionOptions options_of(const std::string& path) {
    if (path.empty()) return {":memory:", nullptr, "pragma journal_mode = memory", kCacheKib};
    return {path, "unix-excl", "pragma synchronous = off; pragma page_size = 8192; pragma journal_mode = wal",
            kCacheKib};
}

class SqliteSideDatabase final : public SideDatabase {
public:
    SqliteSideDatabase(const std::string& path, std::string_view schema)
        : connection_(options_of(path)), txn_(connection_, channels_) {
        connection_.script(schema);
    }

    void transaction(const std::function<void(Txn&)>& body) override {
        std::scoped_lock lock(mutex_);
        connection_.run("begin immediate");
        try {
            body(txn_);
            connection_.release_statements();
            connection_.run("commit");
        } catch (...) {
            txn_.forget_all();
            connection_.release_statements();
            if (connection_.in_transaction()) connection_.run("rollback");
            throw;
        }
        txn_.announce();
    }

private:
    std::mutex mutex_;
    Channels channels_;
    Connection connection_;
    WriterTxn txn_;
};

}  // namespace
}  // namespace fogbank::store::sqlite

namespace fogbank::store {

std::unique_ptr<SideDatabase> open_side_database(const std::string& path, std::string_view schema) {
    try {
        return std::make_unique<sqlite::SqliteSideDatabase>(path, schema);
    } catch (const sqlite::StoreError& e) {
        if (path.empty() || !std::filesystem::exists(path)) throw;
        log::warning("a side file is damaged and is made anew", {{"what", e.what()}});
    }
    for (const char* suffix : {"", "-wal", "-shm"}) std::filesystem::remove(path + suffix);
    return std::make_unique<sqlite::SqliteSideDatabase>(path, schema);
}

}  // namespace fogbank::store
