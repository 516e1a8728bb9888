// A small SQLite file beside the state, for what may be lost: one connection, never synced, damaged files are
// replaced.
#pragma once

#include "src/store/database.h"

#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace fogbank::store {

class SideDatabase {
public:
    virtual ~SideDatabase() = default;
    // Runs `body` in a transaction on this thread; one at a time. A throw undoes it and is rethrown.
    virtual void transaction(const std::function<void(Txn&)>& body) = 0;
};

// Opens `path`, or memory where it is empty, and runs `schema`, which must be repeatable ("if not exists"). A
// file that is damaged or does not take the schema is removed and made anew.
std::unique_ptr<SideDatabase> open_side_database(const std::string& path, std::string_view schema);

}  // namespace fogbank::store
