// What users put into /_localstack/health, merged into its answers: {"features:initScripts": "done"} and
// {"features": {"initScripts": "done"}} mean the same. Thread-safe, bounded.
#pragma once

#include "src/base/json.h"

#include <map>
#include <mutex>
#include <string>
#include <string_view>

namespace fogbank::emulator {

class HealthNotes {
public:
    // False, and nothing is kept, where more notes than fit would come together.
    bool merge(json::Value object);
    // A copy to write from: group -> name -> JSON text. Notes at the top level stand in the group "".
    using Groups = std::map<std::string, std::map<std::string, std::string>>;
    Groups groups() const;

private:
    mutable std::mutex mutex_;
    Groups groups_;
};

// The answer of GET: `services` (name to state), then edition and version, each where no note says otherwise.
std::string health_document(const std::map<std::string, std::string>& services,
                            const HealthNotes::Groups& notes);

}  // namespace fogbank::emulator
