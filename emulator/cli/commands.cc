#include "emulator/cli/remote.h"
#include "src/base/json.h"
#include "src/base/url.h"

#include <fmt/format.h>

#include <poll.h>
#include <csignal>
#include <cstdio>
#include <filesystem>

namespace fogbank::emulator {
namespace {

// Asks, prints JSON as it came where that is wanted; the parsed answer for text. Nothing: it is said already.
struct Answer {
    int exit_code = 0;
    std::optional<json::Document> document;  // only where text has to be written
};

Answer ask_json(const Remote& remote, const std::string& method, const std::string& path,
                std::chrono::milliseconds timeout = std::chrono::seconds(30)) {
    auto response = ask(remote, method, path, timeout);
    if (!response) return {1, {}};
    bool refused = response->status >= 400 && response->status != 408;
    if (refused) {
        print_refusal(remote.output, *response);
        return {1, {}};
    }
    Answer answer{response->status == 408 ? 1 : 0, json::parse(response->body)};
    if (!answer.document || !answer.document->root().is_object()) {
        print_error(remote.output, "something else than Fogbank answers at " + remote.url);
        return {1, {}};
    }
    if (remote.output == Output::json) {
        fmt::print("{}\n", response->body);
        answer.document.reset();
    }
    return answer;
}

std::string_view text_of(json::Value object, std::string_view name) {
    json::Value value = object.find(name);
    return value.is_string() ? value.string() : std::string_view();
}

std::int64_t number_of(json::Value object, std::string_view name) {
    json::Value value = object.find(name);
    return value.is_number() ? value.integer() : 0;
}

void print_span(json::Value span, const std::string& indent) {
    std::string_view resource = text_of(span, "resource");
    double ms = static_cast<double>(number_of(span, "duration_us")) / 1000;
    fmt::print("{}{} {}.{}{}{}  {}  {:.1f} ms\n", indent, text_of(span, "kind"), text_of(span, "service"),
               text_of(span, "name"), resource.empty() ? "" : " ", resource, text_of(span, "outcome"), ms);
    for (json::Value child : span.find("children").elements()) print_span(child, indent + "  ");
}

std::string add_parameter(std::string path, std::string_view name, const std::string& value) {
    if (value.empty()) return path;
    path += path.find('?') == std::string::npos ? '?' : '&';
    return path + std::string(name) + "=" + percent_encode(value);
}

}  // namespace

int command_status(const Remote& remote) {
    Answer answer = ask_json(remote, "GET", "/_fogbank/status");
    if (!answer.document) return answer.exit_code;
    json::Value root = answer.document->root();
    fmt::print("Fogbank {} at {}, pid {}, up {} s, {}\n", text_of(root, "version"), remote.url,
               number_of(root, "pid"), number_of(root, "uptime_s"),
               root.find("idle").boolean() ? "idle" : "at work");
    fmt::print("state    {}\ntime     {}\nservices", text_of(root, "state_dir"), text_of(root, "time"));
    for (json::Member service : root.find("services").members()) {
        if (service.value.string() == "available") fmt::print(" {}", service.name);
    }
    fmt::print("\n");
    return 0;
}

int command_stop(const Remote& remote) {
    Answer answer = ask_json(remote, "POST", "/_fogbank/stop");
    if (answer.document) fmt::print("stopping\n");
    return answer.exit_code;
}

int command_reset(const Remote& remote, const std::string& service, const std::string& account) {
    std::string path =
        add_parameter(add_parameter("/_fogbank/reset", "service", service), "account", account);
    Answer answer = ask_json(remote, "POST", path, std::chrono::minutes(10));
    if (!answer.document) return answer.exit_code;
    fmt::print("reset");
    for (json::Value name : answer.document->root().find("reset").elements())
        fmt::print(" {}", name.string());
    fmt::print("{}{}\n", account.empty() ? "" : ", account ", account);
    return 0;
}

int command_mount(const Remote& remote, const std::string& bucket, const std::string& folder) {
    std::string path = add_parameter("/_fogbank/s3/mounts", "bucket", bucket);
    if (!folder.empty()) {
        // The daemon may stand in another folder than this command.
        path = add_parameter(path, "folder", std::filesystem::absolute(folder).lexically_normal().string());
    } else if (!bucket.empty()) {
        print_error(remote.output, "mount: which folder?");
        return 2;
    }
    Answer answer = ask_json(remote, bucket.empty() ? "GET" : "POST", path);
    if (!answer.document) return answer.exit_code;
    if (answer.document->root().find("mounts").size() == 0) fmt::print("no bucket is bound to a folder\n");
    for (json::Value mount : answer.document->root().find("mounts").elements()) {
        fmt::print("{}  {}\n", text_of(mount, "bucket"), text_of(mount, "folder"));
    }
    return 0;
}

int command_unmount(const Remote& remote, const std::string& bucket) {
    Answer answer = ask_json(remote, "DELETE", add_parameter("/_fogbank/s3/mounts", "bucket", bucket));
    if (!answer.document) return answer.exit_code;
    fmt::print("unmounted {}\n", bucket);
    return 0;
}

int command_clock(const Remote& remote, const std::string& action, const std::string& value) {
    std::string path = add_parameter("/_fogbank/clock", "action", action);
    path = add_parameter(path, action == "set" ? "to" : "by", value);
    Answer answer = ask_json(remote, action.empty() ? "GET" : "POST", path, std::chrono::minutes(15));
    if (!answer.document) return answer.exit_code;
    json::Value root = answer.document->root();
    fmt::print("{}{}, {} s ahead of the system's clock\n", text_of(root, "now"),
               root.find("frozen").boolean() ? ", frozen" : "", number_of(root, "ahead_s"));
    json::Value pending = root.find("pending");
    if (!pending) return 0;
    for (json::Member left : pending.members())
        fmt::print("still at work: {} {}\n", left.value.integer(), left.name);
    return 0;
}

int command_await(const Remote& remote, const std::string& account, const std::string& trace,
                  const std::string& timeout) {
    std::string path = add_parameter("/_fogbank/await", "account", account);
    path = add_parameter(add_parameter(path, "trace", trace), "timeout", timeout);
    Answer answer = ask_json(remote, "GET", path, std::chrono::minutes(16));
    if (!answer.document) return answer.exit_code;
    json::Value root = answer.document->root();
    const bool idle = root.find("idle").boolean();
    if (idle) fmt::print("idle\n");
    for (json::Member left : root.find("pending").members())
        fmt::print("pending: {} {}\n", left.value.integer(), left.name);
    for (json::Value failure : root.find("failures").elements())
        fmt::print("failed: {}\n", text_of(failure, "what"));
    if (!idle) {
        std::fflush(stdout);
        print_error(remote.output,
                    fmt::format("still at work after {}: wait longer with --timeout 5m, or let what waits "
                                "for its time fall due with `fogbank clock advance 1h`",
                                timeout.empty() ? "30s" : timeout));
    }
    return answer.exit_code;
}

int command_trace(const Remote& remote, const std::string& id) {
    Answer answer = ask_json(remote, "GET", add_parameter("/_fogbank/trace", "id", id));
    if (!answer.document) return answer.exit_code;
    json::Value root = answer.document->root();
    if (!id.empty()) {
        for (json::Value span : root.find("roots").elements()) print_span(span, "");
        return 0;
    }
    if (root.find("traces").size() == 0) fmt::print("no traces: nothing was asked yet that they tell of\n");
    for (json::Value each : root.find("traces").elements()) {
        fmt::print("{}  {}  {}.{}  {}  {} spans\n", text_of(each, "trace"), text_of(each, "started"),
                   text_of(each, "service"), text_of(each, "name"), text_of(each, "outcome"),
                   number_of(each, "spans"));
    }
    return 0;
}

int command_logs(const Remote& remote, const std::string& function, const std::string& account,
                 const std::string& region, Follow follow) {
    std::string base = add_parameter("/_fogbank/logs", "function", function);
    base = add_parameter(add_parameter(base, "account", account), "region", region);
    std::int64_t offset = 0;
    while (true) {
        Remote quiet = remote;
        auto response = ask(quiet, "GET", base + "&offset=" + std::to_string(offset));
        if (!response) return 1;
        auto document = json::parse(response->body);
        if (response->status >= 400 || !document) {
            print_refusal(remote.output, *response);
            return 1;
        }
        std::string_view text = text_of(document->root(), "text");
        if (text.empty() && offset == 0 && follow == Follow::no) {
            print_error(remote.output,
                        fmt::format("{} wrote nothing yet, or is no function of {} in {}", function,
                                    account.empty() ? "the default account" : account,
                                    region.empty() ? "us-east-1" : region));
            return 1;
        }
        if (remote.output == Output::json) {
            if (!text.empty() || follow == Follow::no) fmt::print("{}\n", response->body);
            if (follow == Follow::no) return 0;
        } else {
            std::fwrite(text.data(), 1, text.size(), stdout);
        }
        std::fflush(stdout);
        offset = number_of(document->root(), "next_offset");
        if (!text.empty()) continue;
        if (follow == Follow::no) return 0;
        constexpr int kFollowMs = 300;
        ::poll(nullptr, 0, kFollowMs);
    }
}

}  // namespace fogbank::emulator
