// Hot reload: a function that runs from the user's own folder starts anew when a file in it changes.
#pragma once

#include <cstdint>
#include <string>

namespace fogbank::lambda {

// Changes when a file of the folder is added, removed or written. Folders of dependencies and caches
// (node_modules, .git, __pycache__, .venv) do not count.
std::int64_t fingerprint(const std::string& folder);

}  // namespace fogbank::lambda
