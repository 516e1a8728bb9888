// The workers' scripts, embedded at build time.
#pragma once

#include <string_view>

namespace fogbank::exec {

std::string_view python_worker();
std::string_view python_imports();
std::string_view node_worker();
std::string_view node_packages();

}  // namespace fogbank::exec
