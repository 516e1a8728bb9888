// The one place that builds everything, by hand, top to bottom.
#pragma once

#include "emulator/config.h"
#include "src/base/cancel.h"

#include <memory>
#include <string>
#include <vector>

namespace fogbank::emulator {

class Daemon {
public:
    // Opens the state, builds the services, listens. Throws std::exception with a message for the user.
    explicit Daemon(const Config& config);
    ~Daemon();
    Daemon(const Daemon&) = delete;
    Daemon& operator=(const Daemon&) = delete;

    // Runs until SIGTERM, SIGINT or an admin's stop; prints "Ready." when the init hooks have ended. Returns
    // the exit code.
    int run();

private:
    struct Parts;
    std::unique_ptr<Parts> parts_;
};

}  // namespace fogbank::emulator
