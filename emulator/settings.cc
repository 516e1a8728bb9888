#include "emulator/settings.h"

#include "src/base/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace fogbank::emulator {
namespace {

std::vector<std::string> split_list(std::string_view text) {
    std::vector<std::string> out;
    while (!text.empty()) {
        std::string_view item = text.substr(0, text.find(','));
        text.remove_prefix(std::min(item.size() + 1, text.size()));
        while (!item.empty() && item.front() == ' ') item.remove_prefix(1);
        while (!item.empty() && item.back() == ' ') item.remove_suffix(1);
        if (!item.empty()) out.emplace_back(item);
    }
    return out;
}

template <class T>
T parse_number(std::string_view name, std::string_view value, T least) {
    T number{};
    auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), number);
    if (error != std::errc() || end != value.data() + value.size() || number < least) {
        throw ConfigError(fmt::format("{}={}: expected a whole number of at least {}", name, value, least));
    }
    return number;
}

double parse_probability(std::string_view name, std::string_view value) {
    double number = 0;
    auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), number);
    if (error != std::errc() || end != value.data() + value.size() || !(number >= 0 && number <= 1)) {
        throw ConfigError(fmt::format("{}={}: expected a number of 0 to 1", name, value));
    }
    return number;
}

void listen(Config& config, const std::string& value) {
    config.listen.clear();
    for (const std::string& endpoint : split_list(value)) config.listen.push_back(parse_endpoint(endpoint));
    if (config.listen.empty()) throw ConfigError("GATEWAY_LISTEN=" + value + ": expected HOST:PORT");
}

void localstack_host(Config& config, const std::string& value) {
    // With or without a port: Testcontainers for Node sets the bare host.
    std::string authority = lower_case(value);
    config.pipeline.configured_host = authority.substr(0, authority.find(':'));
    bool has_port = authority.find(':') != std::string::npos;
    config.pipeline.fallback_authority = has_port ? authority : authority + ":4566";
}

// DEBUG belongs to many programs: a value that is no switch ("app:*") is somebody else's.
void debug(Config& config, const std::string& value) {
    try {
        if (parse_switch("DEBUG", value)) config.log_level = "debug";
    } catch (const ConfigError& error) {
        config.warnings.push_back("DEBUG has no effect: " + std::string(error.what()));
    }
}

void persistence(Config& config, const std::string& value) {
    if (parse_switch("PERSISTENCE", value)) {
        config.restart = Restart::keeps;
    } else {
        config.durability = store::Durability::memory;
    }
}

void durability(Config& config, const std::string& value) {
    if (value == "process") {
        config.durability = store::Durability::process;
    } else if (value == "power") {
        config.durability = store::Durability::power;
    } else if (value == "memory") {
        config.durability = store::Durability::memory;
    } else {
        throw ConfigError("durability '" + value + "': expected process, power or memory");
    }
}

void log_level(Config& config, const std::string& value) {
    std::string level = lower_case(value);
    // LocalStack's names, from the chattiest down.
    if (level == "trace-internal") level = "trace";
    if (level == "warn") level = "warning";
    for (std::string_view known : {"trace", "debug", "info", "warning", "error"}) {
        if (level == known) {
            config.log_level = level;
            return;
        }
    }
    throw ConfigError("LS_LOG=" + value + ": expected trace, debug, info, warn or error");
}

void edge_port(Config& config, const std::string& value) {
    int port = parse_number<int>("EDGE_PORT", value, 1);
    if (port > 65535) throw ConfigError("EDGE_PORT=" + value + ": expected a port of 1 to 65535");
    for (http::Endpoint& endpoint : config.listen) endpoint.port = port;
}

template <class Field>
void set_list(Field& field, const std::string& value) {
    field = split_list(value);
}

constexpr int kMostIoThreads = 16;

constexpr Setting kSettings[] = {
    // Old names stand before the ones that win over them.
    {"EDGE_PORT", edge_port, "port of the gateway (old name)"},
    {"GATEWAY_LISTEN", listen, "addresses of the gateway, host:port[,host:port]"},
    {"HOSTNAME_EXTERNAL", localstack_host, "old name of LOCALSTACK_HOST"},
    {"LOCALSTACK_HOSTNAME", localstack_host, "old name of LOCALSTACK_HOST"},
    {"LOCALSTACK_HOST", localstack_host, "host:port that returned URLs fall back to"},
    {"SERVICES",
     [](Config& c, const std::string& v) {
         for (const std::string& name : split_list(v))
             c.services.insert(lower_case(name.substr(0, name.find(':'))));
     },
     "services to serve, comma separated; all where empty"},
    {"PERSISTENCE", persistence, "0 forgets all state at exit, 1 keeps it at a restart by the health path"},
    {"STATE_DIR", [](Config& c, const std::string& v) { c.state_dir = v; }, "folder that keeps the state"},
    {"DURABILITY", durability, "process, power or memory"},
    {"IO_THREADS",
     [](Config& c, const std::string& v) {
         c.io_threads = parse_number<int>("IO_THREADS", v, 1);
         if (c.io_threads > kMostIoThreads)
             throw ConfigError("IO_THREADS=" + v + ": expected a number of 1 to 16");
     },
     "threads that serve requests; 1 on machines of up to two cores, 2 on others"},
    {"STRICT",
     [](Config& c, const std::string& v) {
         if (parse_switch("STRICT", v)) c.pipeline.signatures = gateway::SignatureCheck::all;
     },
     "1 checks every signature, and refuses keys that nobody made and settings that have no effect here"},
    {"DEBUG", debug, "1 logs each request"},
    {"LS_LOG", log_level, "trace, debug, info, warn or error"},
    {"CUSTOM_SSL_CERT_PATH", [](Config& c, const std::string& v) { c.certificate_file = c.key_file = v; },
     "PEM file with key and certificate"},
    {"ALLOW_NONSTANDARD_REGIONS",
     [](Config& c, const std::string& v) {
         c.pipeline.nonstandard_regions = parse_switch("ALLOW_NONSTANDARD_REGIONS", v);
     },
     "1 takes any region name as it is"},
    {"DISABLE_CORS_CHECKS",
     [](Config& c, const std::string& v) { c.pipeline.cors.check = !parse_switch("DISABLE_CORS_CHECKS", v); },
     "1 lets pages of every origin call"},
    {"DISABLE_CORS_HEADERS",
     [](Config& c, const std::string& v) {
         c.pipeline.cors.send_headers = !parse_switch("DISABLE_CORS_HEADERS", v);
     },
     "1 sends no CORS headers"},
    {"EXTRA_CORS_ALLOWED_ORIGINS",
     [](Config& c, const std::string& v) { set_list(c.pipeline.cors.extra_origins, v); },
     "further origins that may call"},
    {"EXTRA_CORS_ALLOWED_HEADERS",
     [](Config& c, const std::string& v) { set_list(c.pipeline.cors.extra_allowed_headers, v); },
     "further headers that pages may send"},
    {"EXTRA_CORS_EXPOSE_HEADERS",
     [](Config& c, const std::string& v) { set_list(c.pipeline.cors.extra_exposed_headers, v); },
     "further headers that pages may read"},
    {"DISABLE_CUSTOM_CORS_S3",
     [](Config& c, const std::string& v) { c.bucket_cors = !parse_switch("DISABLE_CUSTOM_CORS_S3", v); },
     "1 answers by the daemon's CORS settings also for buckets with rules of their own"},
    {"S3_PUBLIC_ACCESS_BLOCK",
     [](Config& c, const std::string& v) {
         c.public_access_block = parse_switch("S3_PUBLIC_ACCESS_BLOCK", v);
     },
     "0 makes buckets without a public access block, as AWS did before April 2023"},
    {"S3_SKIP_SIGNATURE_VALIDATION",
     [](Config& c, const std::string& v) {
         c.pipeline.presigned = parse_switch("S3_SKIP_SIGNATURE_VALIDATION", v)
                                    ? gateway::PresignedCheck::expiry
                                    : gateway::PresignedCheck::expiry_and_signature;
     },
     "0 verifies the signatures of presigned URLs and POST policies"},
    {"KINESIS_LATENCY",
     [](Config& c, const std::string& v) {
         c.kinesis.latency_ms = parse_number<std::int64_t>("KINESIS_LATENCY", v, 0);
     },
     "milliseconds that a stream stays CREATING or DELETING"},
    {"KINESIS_SHARD_LIMIT",
     [](Config& c, const std::string& v) {
         c.kinesis.shard_limit = parse_number<int>("KINESIS_SHARD_LIMIT", v, 1);
     },
     "shards of an account and region"},
    {"KINESIS_ON_DEMAND_STREAM_COUNT_LIMIT",
     [](Config& c, const std::string& v) {
         c.kinesis.on_demand_stream_limit = parse_number<int>("KINESIS_ON_DEMAND_STREAM_COUNT_LIMIT", v, 1);
     },
     "on-demand streams of an account and region"},
    {"DYNAMODB_ERROR_PROBABILITY",
     [](Config& c, const std::string& v) {
         c.dynamodb.error_probability = parse_probability("DYNAMODB_ERROR_PROBABILITY", v);
     },
     "0 to 1: how often a call that reads or writes items is refused as throttled"},
    {"DYNAMODB_READ_ERROR_PROBABILITY",
     [](Config& c, const std::string& v) {
         c.dynamodb.read_error_probability = parse_probability("DYNAMODB_READ_ERROR_PROBABILITY", v);
     },
     "the same of reads"},
    {"DYNAMODB_WRITE_ERROR_PROBABILITY",
     [](Config& c, const std::string& v) {
         c.dynamodb.write_error_probability = parse_probability("DYNAMODB_WRITE_ERROR_PROBABILITY", v);
     },
     "the same of writes"},
    {"DYNAMODB_STALE_READ_PROBABILITY",
     [](Config& c, const std::string& v) {
         c.dynamodb.stale_read_probability = parse_probability("DYNAMODB_STALE_READ_PROBABILITY", v);
     },
     "0 to 1: how often an eventually consistent read misses the last write of an item"},
    {"DYNAMODB_STALE_READ_MS",
     [](Config& c, const std::string& v) {
         c.dynamodb.stale_read_ms = parse_number<std::int64_t>("DYNAMODB_STALE_READ_MS", v, 0);
     },
     "how old a write may be that such a read misses"},
    {"DYNAMODB_THROTTLING",
     [](Config& c, const std::string& v) { c.dynamodb.throttles = parse_switch("DYNAMODB_THROTTLING", v); },
     "1 refuses what is above the throughput of a table, an index or a partition key"},
    {"DYNAMODB_SIMULATION_SEED",
     [](Config& c, const std::string& v) {
         c.dynamodb.simulation_seed = parse_number<std::int64_t>("DYNAMODB_SIMULATION_SEED", v, 0);
     },
     "seed of DynamoDB's refused calls and stale reads"},
    {"DYNAMODB_REMOVE_EXPIRED_ITEMS",
     [](Config& c, const std::string& v) {
         c.dynamodb.removes_expired_items = parse_switch("DYNAMODB_REMOVE_EXPIRED_ITEMS", v);
     },
     "0 leaves expired items until DELETE /_aws/dynamodb/expired"},
    {"LAMBDA_KEEPALIVE_MS",
     [](Config& c, const std::string& v) {
         c.lambda.keepalive_ms = parse_number<std::int64_t>("LAMBDA_KEEPALIVE_MS", v, 0);
     },
     "how long an idle sandbox stays warm"},
    {"LAMBDA_RUNTIME_ENVIRONMENT_TIMEOUT",
     [](Config& c, const std::string& v) {
         c.lambda.start_timeout_s = parse_number<std::int64_t>("LAMBDA_RUNTIME_ENVIRONMENT_TIMEOUT", v, 1);
     },
     "seconds that a sandbox may take to start"},
    {"LAMBDA_LIMITS_CONCURRENT_EXECUTIONS",
     [](Config& c, const std::string& v) {
         c.lambda.concurrent_executions = parse_number<int>("LAMBDA_LIMITS_CONCURRENT_EXECUTIONS", v, 1);
     },
     "concurrent executions of an account"},
    {"LAMBDA_LIMITS_CODE_SIZE_ZIPPED",
     [](Config& c, const std::string& v) {
         c.lambda.code_size_zipped = parse_number<std::int64_t>("LAMBDA_LIMITS_CODE_SIZE_ZIPPED", v, 1);
     },
     "bytes of a zip that is uploaded directly"},
    {"LAMBDA_LIMITS_MAX_FUNCTION_ENVVAR_SIZE_BYTES",
     [](Config& c, const std::string& v) {
         c.lambda.max_environment_bytes =
             parse_number<std::int64_t>("LAMBDA_LIMITS_MAX_FUNCTION_ENVVAR_SIZE_BYTES", v, 0);
     },
     "bytes of a function's environment"},
    {"LAMBDA_SYNCHRONOUS_CREATE",
     [](Config& c, const std::string& v) {
         c.lambda.synchronous_create = parse_switch("LAMBDA_SYNCHRONOUS_CREATE", v);
     },
     "1 answers CreateFunction when the function is active"},
    {"LAMBDA_RETRY_BASE_DELAY_SECONDS",
     [](Config& c, const std::string& v) {
         c.lambda.retry_base_delay_s = parse_number<std::int64_t>("LAMBDA_RETRY_BASE_DELAY_SECONDS", v, 0);
     },
     "seconds before the first retry of an asynchronous invocation"},
    {"LAMBDA_RETRY_BASE_DELAY",
     [](Config& c, const std::string& v) {
         c.lambda.retry_base_delay_s = parse_number<std::int64_t>("LAMBDA_RETRY_BASE_DELAY", v, 0);
     },
     "the same"},
    {"BUCKET_MARKER_LOCAL", [](Config& c, const std::string& v) { c.lambda.hot_reload_bucket = v; },
     "bucket name that means: the function's code is the folder in S3Key"},
    {"PYTHON_PACKAGES", [](Config& c, const std::string& v) { c.lambda.python_packages = v; },
     "folder at the end of sys.path in Python functions (boto3 stands there on AWS)"},
    {"NODE_PACKAGES", [](Config& c, const std::string& v) { c.lambda.node_packages = v; },
     "NODE_PATH of Node functions"},
    {"INIT_FOLDER", [](Config& c, const std::string& v) { c.init_folder = v; },
     "folder with boot.d, start.d, ready.d, shutdown.d"},

    // Known to existing setups, without effect here.
    {"EAGER_SERVICE_LOADING", nullptr, "every service is loaded at start"},
    {"USE_SSL", nullptr, "HTTP and HTTPS are told apart on the same port"},
    {"DISABLE_CUSTOM_CORS_APIGATEWAY", nullptr, "API Gateway CORS is what the API's own methods answer"},
    {"DYNAMODB_SHARE_DB", nullptr,
     "there is no DynamoDB Local inside; tables belong to an account and region"},
    {"DYNAMODB_IN_MEMORY", nullptr, "use --durability memory for all services"},
    {"KINESIS_ERROR_PROBABILITY", nullptr, "throttling of Kinesis is not simulated"},
    {"ENFORCE_IAM", nullptr, "policies are evaluated from the IAM issue on"},
    {"IAM_SOFT_MODE", nullptr, "policies are evaluated from the IAM issue on"},
    {"SNAPSHOT_SAVE_STRATEGY", nullptr, "every acknowledged write is on disk already"},
    {"SNAPSHOT_LOAD_STRATEGY", nullptr, "the state folder is opened at start"},
    {"SNAPSHOT_FLUSH_INTERVAL", nullptr, "every acknowledged write is on disk already"},
    {"LAMBDA_IGNORE_ARCHITECTURE", nullptr,
     "functions run on this machine's architecture, whatever theirs says"},
    {"LAMBDA_RUNTIME_EXECUTOR", nullptr, "functions run as native processes"},
    {"LAMBDA_EXECUTOR", nullptr, "functions run as native processes"},
    {"LAMBDA_DOCKER_FLAGS", nullptr, "functions run as native processes, without Docker"},
    {"LAMBDA_DOCKER_NETWORK", nullptr, "functions run as native processes, without Docker"},
    {"LAMBDA_DOCKER_DNS", nullptr, "functions run as native processes, without Docker"},
    {"LAMBDA_REMOTE_DOCKER", nullptr, "functions run as native processes, without Docker"},
    {"LAMBDA_REMOVE_CONTAINERS", nullptr, "functions run as native processes, without Docker"},
    {"LAMBDA_RUNTIME_IMAGE_MAPPING", nullptr, "functions run in this machine's interpreters, without images"},
    {"LAMBDA_PREBUILD_IMAGES", nullptr, "functions run as native processes, without Docker"},
    {"LAMBDA_STAY_OPEN_MODE", nullptr, "warm processes always stay, see LAMBDA_KEEPALIVE_MS"},
    {"MAIN_CONTAINER_NAME", nullptr, "there is no Docker"},
    {"LAMBDA_DEBUG_MODE", nullptr, "functions cannot be attached to by a debugger"},
};

}  // namespace

std::span<const Setting> settings() {
    return kSettings;
}

std::string setting_value(const Environment& environment, std::string_view name) {
    for (std::string_view prefix : {"FOGBANK_", "LOCALSTACK_", ""}) {
        auto found = environment.find(std::string(prefix) + std::string(name));
        if (found == environment.end() || found->second.empty()) continue;
        // Kubernetes sets EDGE_PORT=tcp://10.0.0.7:80 for a service that is called "edge".
        if (name.ends_with("_PORT") && found->second.find("://") != std::string::npos) continue;
        return found->second;
    }
    return {};
}

bool parse_switch(std::string_view name, std::string_view value) {
    std::string text = lower_case(value);
    for (std::string_view on : {"1", "true", "yes", "on"}) {
        if (text == on) return true;
    }
    for (std::string_view off : {"0", "false", "no", "off"}) {
        if (text == off) return false;
    }
    throw ConfigError(fmt::format("{}={}: expected 1 or 0", name, value));
}

}  // namespace fogbank::emulator
