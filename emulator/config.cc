#include "emulator/config.h"

#include "emulator/settings.h"

#include <fmt/format.h>

#include <unistd.h>
#include <charconv>

extern char** environ;

namespace fogbank::emulator {
namespace {

constexpr int kDefaultPort = 4566;

ServiceListen parse_service_listen(const std::string& text) {
    std::size_t equals = text.find('=');
    if (equals == std::string::npos || equals == 0) {
        throw ConfigError("--service-listen " + text +
                          ": expected SERVICE=HOST:PORT, such as s3=127.0.0.1:4572");
    }
    return {text.substr(0, equals), parse_endpoint(text.substr(equals + 1))};
}

std::string default_state_dir(const Environment& environment) {
    if (auto xdg = environment.find("XDG_STATE_HOME"); xdg != environment.end() && !xdg->second.empty()) {
        return xdg->second + "/fogbank";
    }
    auto home = environment.find("HOME");
    return (home == environment.end() || home->second.empty() ? "/tmp" : home->second + "/.local/state") +
           std::string("/fogbank");
}

}  // namespace

http::Endpoint parse_endpoint(std::string_view text) {
    std::size_t colon = text.ends_with(']') ? std::string_view::npos : text.rfind(':');
    bool bare_port = text.find_first_not_of("0123456789") == std::string_view::npos;
    http::Endpoint endpoint{"127.0.0.1", kDefaultPort};
    std::string_view port = bare_port                         ? text
                            : colon == std::string_view::npos ? std::string_view()
                                                              : text.substr(colon + 1);
    std::string_view host = bare_port ? std::string_view() : text.substr(0, colon);
    if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
    if (!host.empty()) endpoint.host = host;
    if (!port.empty()) {
        auto [end, error] = std::from_chars(port.data(), port.data() + port.size(), endpoint.port);
        if (error != std::errc() || end != port.data() + port.size() || endpoint.port < 0 ||
            endpoint.port > 65535) {
            throw ConfigError(
                fmt::format("address '{}': expected HOST:PORT with a port of 0 to 65535", text));
        }
    }
    if (text.empty()) throw ConfigError("an address is empty: expected HOST:PORT");
    return endpoint;
}

Config make_config(const StartFlags& flags, const Environment& environment) {
    Config config;
    config.listen = {{"127.0.0.1", kDefaultPort}};
    config.state_dir = default_state_dir(environment);
    for (const Setting& setting : settings()) {
        std::string value = setting_value(environment, setting.name);
        if (value.empty()) continue;
        if (setting.apply == nullptr) {
            config.warnings.push_back(fmt::format("{} has no effect: {}", setting.name, setting.note));
        } else {
            setting.apply(config, value);
        }
    }
    if (!flags.listen.empty()) {
        config.listen.clear();
        for (const std::string& text : flags.listen) config.listen.push_back(parse_endpoint(text));
    }
    for (const std::string& text : flags.service_listen)
        config.service_listen.push_back(parse_service_listen(text));
    if (flags.state_dir) config.state_dir = *flags.state_dir;
    if (config.state_dir.empty())
        throw ConfigError("--state-dir: expected a folder, as in --state-dir ./state");
    if (flags.durability) {
        for (const Setting& setting : settings()) {
            if (setting.name == "DURABILITY") setting.apply(config, *flags.durability);
        }
    }
    if (flags.strict) config.pipeline.signatures = gateway::SignatureCheck::all;
    if (config.log_folder.empty()) config.log_folder = config.state_dir + "/logs";
    if (auto path = environment.find("PATH"); path != environment.end()) config.search_path = path->second;
    if (auto home = environment.find("HOME"); home != environment.end()) config.home = home->second;
    return config;
}

bool is_enabled(const Config& config, std::string_view id) {
    std::string name(id == "dynamodbstreams" ? "dynamodb" : id);
    return config.services.empty() || config.services.contains(std::string(id)) ||
           config.services.contains(name);
}

Environment process_environment() {
    Environment out;
    for (char** entry = environ; *entry != nullptr; ++entry) {
        std::string_view text = *entry;
        std::size_t equals = text.find('=');
        if (equals != std::string_view::npos) out.emplace(text.substr(0, equals), text.substr(equals + 1));
    }
    return out;
}

}  // namespace fogbank::emulator
