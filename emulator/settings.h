// Every environment setting that Fogbank knows, its own and LocalStack's: what it does, or why it does
// nothing.
#pragma once

#include "emulator/config.h"

#include <span>
#include <string>
#include <string_view>

namespace fogbank::emulator {

struct Setting {
    std::string_view name;
    // Applies a value that is not empty; throws ConfigError. Null: the setting does nothing here, and `note`
    // says why in a start-up warning.
    void (*apply)(Config& config, const std::string& value);
    std::string_view note;  // for acting settings: one line of help
};

std::span<const Setting> settings();

// The setting's value: FOGBANK_<name> before LOCALSTACK_<name> before <name>; empty where not set.
std::string setting_value(const Environment& environment, std::string_view name);

// "1", "true", "yes", "on" in any case; "0", "false", "no", "off"; else ConfigError.
bool parse_switch(std::string_view name, std::string_view value);

}  // namespace fogbank::emulator
