#include "src/base/log.h"

#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <atomic>

namespace fogbank::log {
namespace {

std::atomic<Level> threshold{Level::info};

spdlog::logger& logger() {
    // Standard error: standard output belongs to "Ready." and to commands' results.
    static const std::shared_ptr<spdlog::logger> instance = [] {
        auto made =
            std::make_shared<spdlog::logger>("fogbank", std::make_shared<spdlog::sinks::stderr_sink_mt>());
        made->set_pattern("%Y-%m-%dT%H:%M:%S.%e %L %v");
        made->set_level(spdlog::level::trace);
        return made;
    }();
    return *instance;
}

spdlog::level::level_enum convert(Level level) {
    switch (level) {
        case Level::trace:
            return spdlog::level::trace;
        case Level::debug:
            return spdlog::level::debug;
        case Level::info:
            return spdlog::level::info;
        case Level::warning:
            return spdlog::level::warn;
        case Level::error:
            return spdlog::level::err;
        case Level::off:
            return spdlog::level::off;
    }
    return spdlog::level::off;
}

// Values with anything but plain characters are quoted, so that a line stays one line.
void append_value(std::string& line, std::string_view value) {
    bool plain = !value.empty();
    for (char c : value) plain = plain && c > ' ' && c != '"' && c != '=' && c != '\\' && c != 0x7F;
    if (plain) {
        line += value;
        return;
    }
    line += '"';
    for (char c : value) {
        if (c == '"' || c == '\\') line += '\\';
        if (c == '\n') {
            line += "\\n";
        } else if (static_cast<unsigned char>(c) >= ' ') {
            line += c;
        }
    }
    line += '"';
}

}  // namespace

void set_level(Level level) {
    threshold = level;
}
bool enabled(Level level) {
    return level >= threshold.load(std::memory_order_relaxed);
}

void write(Level level, std::string_view message, Fields fields) {
    if (!enabled(level)) return;
    std::string line(message);
    for (const auto& [key, value] : fields) {
        line += ' ';
        line += key;
        line += '=';
        append_value(line, value);
    }
    logger().log(convert(level), "{}", line);
    logger().flush();
}

}  // namespace fogbank::log
