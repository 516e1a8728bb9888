// What the commands that talk to a running daemon share. They use the control paths only.
#pragma once

#include "src/http/client.h"

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace fogbank::emulator {

enum class Output { text, json };

struct Remote {
    std::string url;  // http://127.0.0.1:4566
    Output output = Output::text;
};

// The daemon's address: --url, else AWS_ENDPOINT_URL, else http://127.0.0.1:4566.
std::string default_url();

// Sends and returns the answer; prints why there is none and returns nothing.
std::optional<http::ClientResponse> ask(const Remote& remote, std::string method,
                                        std::string_view path_and_query,
                                        std::chrono::milliseconds timeout = std::chrono::seconds(30));

// Prints why a command failed on standard error: "fogbank: ...", or {"error": "..."} where JSON is wanted.
void print_error(Output output, std::string_view message);

// Prints the daemon's error message of a status of 400 and above.
void print_refusal(Output output, const http::ClientResponse& response);

int command_status(const Remote& remote);
int command_stop(const Remote& remote);
int command_reset(const Remote& remote, const std::string& service, const std::string& account);
int command_clock(const Remote& remote, const std::string& action, const std::string& value);
int command_await(const Remote& remote, const std::string& account, const std::string& trace,
                  const std::string& timeout);
int command_trace(const Remote& remote, const std::string& id);

int command_mount(const Remote& remote, const std::string& bucket, const std::string& folder);
int command_unmount(const Remote& remote, const std::string& bucket);

enum class Follow { no, yes };
int command_logs(const Remote& remote, const std::string& function, const std::string& account,
                 const std::string& region, Follow follow);

}  // namespace fogbank::emulator
