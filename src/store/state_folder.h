// The folder that a database stands in: made where missing, used by one process at a time.
#pragma once

#include <string>

namespace fogbank::store {

class StateFolder {
public:
    enum class Lifetime { kept, temporary };
    // Takes the lock; throws std::runtime_error naming the folder and the process that holds it.
    // A temporary folder gets a name of its own below the system's folder for such files.
    StateFolder(const std::string& path, Lifetime lifetime);
    ~StateFolder();
    StateFolder(const StateFolder&) = delete;
    StateFolder& operator=(const StateFolder&) = delete;
    const std::string& path() const { return path_; }

private:
    void lock();

    std::string path_;
    Lifetime lifetime_;
    int lock_ = -1;
};

}  // namespace fogbank::store
