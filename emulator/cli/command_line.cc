#include "emulator/cli/command_line.h"

#include "emulator/cli/remote.h"
#include "emulator/config.h"
#include "emulator/daemon.h"
#include "emulator/settings.h"
#include "emulator/version.h"
#include "src/base/faults.h"
#include "src/base/json.h"
#include "src/base/log.h"

#include <fmt/format.h>

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wshadow"
#pragma GCC diagnostic ignored "-Wconversion"
#include <CLI/CLI.hpp>
#pragma GCC diagnostic pop

#include <unistd.h>
#include <charconv>
#include <cstring>
#include <filesystem>

namespace fogbank::emulator {
namespace {

constexpr const char* kExamples = R"(
Examples:
  fogbank start                        serve on 127.0.0.1:4566, keep state in ~/.local/state/fogbank
  fogbank start --state-dir ./state --service-listen s3=127.0.0.1:4572
  fogbank aws s3 mb s3://photos        the AWS CLI against the running daemon
  fogbank logs -f my-function
  fogbank clock advance 24h            expire, retry, schedule: what a day would bring
  fogbank mount photos ./photos        files are objects, objects are files
  fogbank await && fogbank trace       wait until all events are worked off, then see what happened
)";

log::Level to_level(const std::string& name) {
    if (name == "trace") return log::Level::trace;
    if (name == "debug") return log::Level::debug;
    if (name == "warning") return log::Level::warning;
    return name == "error" ? log::Level::error : log::Level::info;
}

// FOGBANK_FAULT=before_commit:kill:3 arms a fault point, for the crash tests.
void arm_fault(const Environment& environment) {
    auto found = environment.find("FOGBANK_FAULT");
    if (found == environment.end() || found->second.empty()) return;
    std::string_view text = found->second;
    std::string_view point_name = text.substr(0, text.find(':'));
    std::string_view rest = text.substr(std::min(point_name.size() + 1, text.size()));
    std::string_view action = rest.substr(0, rest.find(':'));
    std::string_view count = rest.substr(std::min(action.size() + 1, rest.size()));
    int countdown = 1;
    std::from_chars(count.data(), count.data() + count.size(), countdown);
    auto point = Faults::parse(point_name);
    if (!point || (action != "kill" && action != "fail")) {
        throw ConfigError("FOGBANK_FAULT=" + found->second + ": expected POINT:kill|fail[:COUNT]");
    }
    Faults::arm(*point, action == "kill" ? FaultAction::kill : FaultAction::fail, countdown);
}

// Functions' processes run in folders of their own, where a relative path means something else.
Config with_absolute_paths(Config config) {
    for (std::string* path : {&config.state_dir, &config.log_folder})
        *path = std::filesystem::absolute(*path).lexically_normal().string();
    return config;
}

int start(const StartFlags& flags, Output output) {
    try {
        Environment environment = process_environment();
        const Config config = with_absolute_paths(make_config(flags, environment));
        log::set_level(to_level(config.log_level));
        arm_fault(environment);
        Daemon daemon(config);
        return daemon.run();
    } catch (const ConfigError& error) {
        print_error(output, error.what());
        return 2;
    } catch (const std::exception& error) {
        print_error(output, fmt::format("can't start: {}", error.what()));
        return 1;
    }
}

// Becomes the AWS CLI with the endpoint, and with test credentials where there are none.
int run_aws(const Remote& remote, const std::vector<std::string>& arguments) {
    ::setenv("AWS_ENDPOINT_URL", remote.url.c_str(), 1);
    ::setenv("AWS_ACCESS_KEY_ID", "test", 0);
    ::setenv("AWS_SECRET_ACCESS_KEY", "test", 0);
    ::setenv("AWS_DEFAULT_REGION", "us-east-1", 0);
    std::vector<std::string> words = {"aws"};
    words.insert(words.end(), arguments.begin(), arguments.end());
    std::vector<char*> argv;
    for (std::string& word : words) argv.push_back(word.data());
    argv.push_back(nullptr);
    ::execvp("aws", argv.data());
    print_error(remote.output, fmt::format("can't run the AWS CLI: {}\nInstall it with: pip install awscli",
                                           std::strerror(errno)));
    return 1;
}

struct Values {
    StartFlags start;
    Remote remote{default_url(), Output::text};
    bool follow = false, json = false;
    std::string state_dir, durability, service, account, region, trace, timeout, function, id, value;
    int exit_code = 0;
};

void add_start(CLI::App& app, Values& values) {
    CLI::App* start_command = app.add_subcommand("start", "serve in the foreground until stopped");
    start_command->add_option("--listen", values.start.listen,
                              "HOST:PORT of the gateway (127.0.0.1:4566); repeatable");
    start_command->add_option("--service-listen", values.start.service_listen,
                              "SERVICE=HOST:PORT, a port of its own for one service; repeatable");
    start_command->add_option("--state-dir", values.state_dir, "folder that keeps the state");
    start_command->add_option(
        "--durability", values.durability,
        "process (default: survives kill -9), power (survives power loss), memory (forgets)");
    start_command->add_flag("--strict", values.start.strict,
                            "check every signature; refuse unknown keys, and settings without effect");
    start_command->callback([&values, start_command] {
        if (start_command->count("--state-dir") > 0) values.start.state_dir = values.state_dir;
        if (start_command->count("--durability") > 0) values.start.durability = values.durability;
        values.exit_code = start(values.start, values.remote.output);
    });
}

void add_clock(CLI::App& app, Values& values) {
    CLI::App* clock = app.add_subcommand("clock", "show or move the time that AWS's users see");
    clock->require_subcommand(0, 1);
    auto* advance = clock->add_subcommand("advance", "let time pass, working off what falls due on the way");
    advance->add_option("duration", values.value, "90s, 15m, 24h, 7d")->required();
    advance->callback(
        [&values] { values.exit_code = command_clock(values.remote, "advance", values.value); });
    auto* set = clock->add_subcommand("set", "move to a time, forwards only");
    set->add_option("time", values.value, "2027-01-31T00:00:00Z")->required();
    set->callback([&values] { values.exit_code = command_clock(values.remote, "set", values.value); });
    clock->add_subcommand("freeze", "stop time")->callback([&values] {
        values.exit_code = command_clock(values.remote, "freeze", "");
    });
    clock->add_subcommand("resume", "let time flow again")->callback([&values] {
        values.exit_code = command_clock(values.remote, "resume", "");
    });
    clock->callback([&values, clock] {
        if (clock->get_subcommands().empty()) values.exit_code = command_clock(values.remote, "", "");
    });
}

void add_remote_commands(CLI::App& app, Values& values) {
    app.add_subcommand("status", "is a daemon there, and what does it do")->callback([&values] {
        values.exit_code = command_status(values.remote);
    });
    app.add_subcommand("stop", "end the daemon gracefully")->callback([&values] {
        values.exit_code = command_stop(values.remote);
    });
    auto* reset = app.add_subcommand("reset", "erase state: all, of a service, of an account");
    reset->add_option("service", values.service, "such as s3; all services where not given");
    reset->add_option("--account", values.account, "12 digits; all accounts where not given");
    reset->callback(
        [&values] { values.exit_code = command_reset(values.remote, values.service, values.account); });
    auto* await = app.add_subcommand("await", "wait until no event, delivery or invocation is left");
    await->add_option("--account", values.account, "only of this account");
    await->add_option("--trace", values.trace, "only of this chain");
    await->add_option("--timeout", values.timeout, "at most this long (30s)");
    await->callback([&values] {
        values.exit_code = command_await(values.remote, values.account, values.trace, values.timeout);
    });
    auto* trace = app.add_subcommand("trace", "recent chains, or the tree of one: what caused what");
    trace->add_option("id", values.id, "a trace id; the recent ones where not given");
    trace->callback([&values] { values.exit_code = command_trace(values.remote, values.id); });
    auto* mount = app.add_subcommand("mount", "make a bucket and a folder the same: files are objects");
    mount->add_option("bucket", values.service, "its name; the bindings that there are where not given");
    mount->add_option("folder", values.value, "of this machine");
    mount->callback(
        [&values] { values.exit_code = command_mount(values.remote, values.service, values.value); });
    auto* unmount = app.add_subcommand("unmount", "let go of the folder; files and objects stay");
    unmount->add_option("bucket", values.service, "its name")->required();
    unmount->callback([&values] { values.exit_code = command_unmount(values.remote, values.service); });
    auto* logs = app.add_subcommand("logs", "what a function wrote");
    logs->add_option("function", values.function, "its name")->required();
    logs->add_option("--account", values.account, "12 digits");
    logs->add_option("--region", values.region, "us-east-1");
    logs->add_flag("-f,--follow", values.follow, "go on as it grows");
    logs->callback([&values] {
        values.exit_code = command_logs(values.remote, values.function, values.account, values.region,
                                        values.follow ? Follow::yes : Follow::no);
    });
}

// How many of the words are ours: all, or those up to `aws`, whose own words may look like anything.
int count_own_words(int argc, char** argv) {
    for (int i = 1; i < argc; ++i) {
        std::string_view word = argv[i];
        if (word == "aws") return i + 1;
        if (word == "--url") {
            ++i;
        } else if (word != "--json" && !word.starts_with("--url=")) {
            break;
        }
    }
    return argc;
}

// Known before the words are parsed: an error of the command line itself has that form too.
Output wanted_output(int own_words, char** argv) {
    for (int i = 1; i < own_words; ++i) {
        if (std::string_view(argv[i]) == "--json") return Output::json;
    }
    return Output::text;
}

void print_version(Output output) {
    if (output == Output::text) {
        fmt::print("fogbank {}\n", kVersion);
        return;
    }
    std::string text;
    json::Writer(text).begin_object().field("version", kVersion).end_object();
    fmt::print("{}\n", text);
}

// Help and the version are "errors" to the parser, with code 0.
int report_parse_error(const CLI::App& app, const CLI::ParseError& error, Output output) {
    if (error.get_name() == "CallForVersion") {
        print_version(output);
        return 0;
    }
    if (error.get_exit_code() != 0 && output == Output::json) {
        print_error(output, error.what());
        return 2;
    }
    return app.exit(error) == 0 ? 0 : 2;
}

}  // namespace

int run_command_line(int argc, char** argv) {
    Values values;
    int own_words = count_own_words(argc, argv);
    const std::vector<std::string> aws_words(argv + own_words, argv + argc);
    CLI::App app("Fogbank: AWS, touching the ground. A local AWS in one daemon.", "fogbank");
    app.footer(kExamples);
    app.require_subcommand(0, 1);  // none is refused below, after a word that is no command
    app.fallthrough();
    app.add_option("--url", values.remote.url,
                   "the daemon's address (AWS_ENDPOINT_URL, http://127.0.0.1:4566)");
    values.remote.output = wanted_output(own_words, argv);
    app.add_flag("--json", values.json, "answers as JSON, errors too");  // wanted_output() reads it
    add_start(app, values);
    add_clock(app, values);
    add_remote_commands(app, values);
    app.add_subcommand("version", "print the version")->callback([&values] {
        print_version(values.remote.output);
    });
    app.add_subcommand("aws", "run the AWS CLI against the daemon")->callback([&values, &aws_words] {
        values.exit_code = run_aws(values.remote, aws_words);
    });
    app.set_version_flag("--version", std::string("fogbank ") + std::string(kVersion));
    try {
        app.parse(own_words, argv);
    } catch (const CLI::ParseError& error) {
        return report_parse_error(app, error, values.remote.output);
    }
    if (app.get_subcommands().empty()) {
        constexpr const char* kRequired = "A subcommand is required\nRun with --help for more information.";
        if (values.remote.output == Output::json) {
            print_error(Output::json, kRequired);
        } else {
            fmt::print(stderr, "{}\n", kRequired);
        }
        return 2;
    }
    return values.exit_code;
}

}  // namespace fogbank::emulator
