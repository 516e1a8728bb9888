// Structured logs: one line an event, key=value pairs. No secrets and no bodies at info level.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

namespace fogbank::log {

enum class Level { trace, debug, info, warning, error, off };

using Fields = std::initializer_list<std::pair<std::string_view, std::string>>;

void set_level(Level level);
bool enabled(Level level);
void write(Level level, std::string_view message, Fields fields = {});
inline void debug(std::string_view message, Fields fields = {}) {
    write(Level::debug, message, fields);
}
inline void info(std::string_view message, Fields fields = {}) {
    write(Level::info, message, fields);
}
inline void warning(std::string_view message, Fields fields = {}) {
    write(Level::warning, message, fields);
}
inline void error(std::string_view message, Fields fields = {}) {
    write(Level::error, message, fields);
}

}  // namespace fogbank::log
