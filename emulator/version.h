#pragma once

#include <string_view>

namespace fogbank::emulator {

inline constexpr std::string_view kVersion = FOGBANK_VERSION;  // set by CMake from project()

}  // namespace fogbank::emulator
