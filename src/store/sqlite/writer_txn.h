// What a body in the writer sees, and what it leaves behind for after the commit.
#pragma once

#include "src/store/channels.h"
#include "src/store/database.h"
#include "src/store/sqlite/connection.h"

#include <functional>
#include <vector>

namespace fogbank::store::sqlite {

class WriterTxn final : public Txn {
public:
    WriterTxn(Connection& connection, Channels& channels) : connection_(connection), channels_(channels) {}

    Statement& prepare(const char* sql) override { return connection_.prepare(sql); }
    std::int64_t changes() const override { return connection_.changes(); }
    void notify(std::string_view channel) override;
    void after_commit(std::function<void()> action) override { actions_.push_back(std::move(action)); }
    void script(std::string_view sql) { connection_.script(sql); }

    void begin_body();
    // Forgets what the body asked for since begin_body().
    void forget_body();
    void forget_all();
    // Runs the actions, then wakes the channels; forgets both.
    void announce();

private:
    Connection& connection_;
    Channels& channels_;
    std::vector<Signal*> signals_;
    std::vector<std::function<void()>> actions_;
    std::size_t signals_before_ = 0;
    std::size_t actions_before_ = 0;
};

}  // namespace fogbank::store::sqlite
