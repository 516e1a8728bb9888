// What the daemon is told: by flag, by environment, by the names that LocalStack's users already have. Read
// once, then const; flags win over the environment.
#pragma once

#include "src/gateway/pipeline.h"
#include "src/http/server.h"
#include "src/store/database.h"

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace fogbank::emulator {

using Environment = std::map<std::string, std::string, std::less<>>;

struct ServiceListen {
    std::string service;  // "s3"
    http::Endpoint endpoint;
};

struct LambdaConfig {
    std::int64_t keepalive_ms = 600'000;
    std::int64_t start_timeout_s = 20;  // LAMBDA_RUNTIME_ENVIRONMENT_TIMEOUT
    int concurrent_executions = 1000;
    std::int64_t code_size_zipped = 52'428'800;  // bytes
    std::int64_t max_environment_bytes = 4096;
    bool synchronous_create = false;
    std::optional<std::int64_t> retry_base_delay_s;
    std::string hot_reload_bucket = "hot-reload";  // BUCKET_MARKER_LOCAL
    std::string python_packages;                   // appended to sys.path inside functions
    std::string node_packages;                     // NODE_PATH inside functions
};

struct KinesisConfig {
    std::int64_t latency_ms = 0;  // how long a stream stays CREATING, DELETING; KINESIS_LATENCY
    int shard_limit = 100;
    int on_demand_stream_limit = 10;
};

struct DynamodbConfig {
    double error_probability = 0;  // of calls that read or write items; DYNAMODB_ERROR_PROBABILITY
    double read_error_probability = 0;
    double write_error_probability = 0;
    double stale_read_probability = 0;
    std::int64_t stale_read_ms = 1000;
    bool throttles = false;
    std::int64_t simulation_seed = 1;
    bool removes_expired_items = true;  // by itself; DYNAMODB_REMOVE_EXPIRED_ITEMS
};

// What `POST /_localstack/health {"action": "restart"}` means: test suites ask for it to start afresh.
enum class Restart {
    forgets,
    keeps,  // PERSISTENCE=1: the state outlives a restart, as its user asked
};

struct Config {
    std::vector<http::Endpoint> listen;  // 127.0.0.1:4566 unless told otherwise
    std::vector<ServiceListen> service_listen;
    std::string state_dir;
    store::Durability durability = store::Durability::process;
    int io_threads = 0;  // IO_THREADS; 0: as many as suit this machine
    std::string log_level = "info";
    std::set<std::string> services;  // SERVICES; empty: all
    gateway::PipelineOptions pipeline;
    bool bucket_cors = true;          // buckets' own CORS rules hold
    bool public_access_block = true;  // of new buckets
    Restart restart = Restart::forgets;
    std::string certificate_file, key_file;  // CUSTOM_SSL_CERT_PATH
    std::string init_folder = "/etc/localstack/init";
    std::string log_folder;         // of functions' logs; <state_dir>/logs where empty
    std::string search_path, home;  // PATH and HOME: where functions' interpreters are found
    LambdaConfig lambda;
    KinesisConfig kinesis;
    DynamodbConfig dynamodb;
    std::vector<std::string> warnings;  // said at start-up: settings that do nothing here
};

// A flag or value that can't be used; the message says which and what is allowed.
class ConfigError : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

// What `fogbank start` was given on the command line; absent means "not given".
struct StartFlags {
    std::vector<std::string> listen;
    std::vector<std::string> service_listen;
    std::optional<std::string> state_dir;
    std::optional<std::string> durability;
    bool strict = false;
};

// Pure: the environment comes in, nothing is read from the process.
Config make_config(const StartFlags& flags, const Environment& environment);

// "127.0.0.1:4566", "[::1]:4566", ":4566", "4566". Throws ConfigError.
http::Endpoint parse_endpoint(std::string_view text);

// Whether SERVICES lets the service with this model id be served. DynamoDB brings its streams.
bool is_enabled(const Config& config, std::string_view id);

Environment process_environment();

}  // namespace fogbank::emulator
