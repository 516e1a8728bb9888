#include "emulator/settings.h"

#include <catch2/catch.hpp>

#include <functional>
#include <string>
#include <vector>

using namespace fogbank;
using namespace fogbank::emulator;

namespace {

Config configured(const Environment& environment, const StartFlags& flags = {}) {
    return make_config(flags, environment);
}

std::string refusal(const Environment& environment, const StartFlags& flags = {}) {
    try {
        make_config(flags, environment);
    } catch (const ConfigError& error) {
        return error.what();
    }
    return "(nothing was refused)";
}

std::string addresses(const Config& config) {
    std::string out;
    for (const http::Endpoint& endpoint : config.listen)
        out += endpoint.host + ":" + std::to_string(endpoint.port) + " ";
    return out;
}

}  // namespace

TEST_CASE("without flags and settings the defaults hold") {
    Config config = configured({{"HOME", "/home/me"}, {"PATH", "/bin"}});
    CHECK(addresses(config) == "127.0.0.1:4566 ");
    CHECK(config.state_dir == "/home/me/.local/state/fogbank");
    CHECK(config.log_folder == "/home/me/.local/state/fogbank/logs");
    CHECK(config.durability == store::Durability::process);
    CHECK(config.log_level == "info");
    CHECK(config.pipeline.default_account == "000000000000");
    CHECK(config.pipeline.default_region == "us-east-1");
    CHECK(config.pipeline.configured_host == "localhost.localstack.cloud");
    CHECK(config.pipeline.fallback_authority == "localhost.localstack.cloud:4566");
    CHECK(config.pipeline.signatures == gateway::SignatureCheck::known_keys);
    CHECK(config.pipeline.cors.check);
    CHECK(config.init_folder == "/etc/localstack/init");
    CHECK(config.lambda.keepalive_ms == 600'000);
    CHECK(config.lambda.start_timeout_s == 20);
    CHECK(config.lambda.concurrent_executions == 1000);
    CHECK(config.lambda.code_size_zipped == 52'428'800);
    CHECK(config.lambda.max_environment_bytes == 4096);
    CHECK(config.lambda.hot_reload_bucket == "hot-reload");
    CHECK(config.kinesis.shard_limit == 100);
    CHECK(config.kinesis.on_demand_stream_limit == 10);
    CHECK(config.search_path == "/bin");
    CHECK(config.warnings.empty());
}

TEST_CASE("the state folder follows the flag, the setting, XDG, HOME, and /tmp at last") {
    StartFlags flags;
    flags.state_dir = "/flag";
    Environment all = {{"STATE_DIR", "/setting"}, {"XDG_STATE_HOME", "/xdg"}, {"HOME", "/home/me"}};
    CHECK(configured(all, flags).state_dir == "/flag");
    CHECK(configured(all).state_dir == "/setting");
    all.erase("STATE_DIR");
    CHECK(configured(all).state_dir == "/xdg/fogbank");
    all.erase("XDG_STATE_HOME");
    CHECK(configured(all).state_dir == "/home/me/.local/state/fogbank");
    CHECK(configured({}).state_dir == "/tmp/fogbank");
}

TEST_CASE("an address has a host, a port, or both") {
    struct Row {
        const char *text, *host;
        int port;
    };
    for (const Row& row :
         {Row{"127.0.0.1:4566", "127.0.0.1", 4566}, Row{":80", "127.0.0.1", 80},
          Row{"8000", "127.0.0.1", 8000}, Row{"0.0.0.0", "0.0.0.0", 4566}, Row{"[::1]:4566", "::1", 4566},
          Row{"[::1]", "::1", 4566}, Row{"[::]:0", "::", 0}, Row{"fogbank:65535", "fogbank", 65535}}) {
        INFO(row.text);
        CHECK(parse_endpoint(row.text).host == row.host);
        CHECK(parse_endpoint(row.text).port == row.port);
    }
    for (const char* bad :
         {"", "host:port", "host:65536", "host:-1", "99999", "host:80x", "1.2.3.4:99999999999"}) {
        INFO(bad);
        CHECK_THROWS_AS(parse_endpoint(bad), ConfigError);
    }
}

TEST_CASE("addresses come from the flag, GATEWAY_LISTEN, then the old EDGE_PORT") {
    CHECK(addresses(configured({{"GATEWAY_LISTEN", "0.0.0.0:4566, 127.0.0.1:443"}})) ==
          "0.0.0.0:4566 127.0.0.1:443 ");
    CHECK(addresses(configured({{"EDGE_PORT", "5000"}})) == "127.0.0.1:5000 ");
    CHECK(addresses(configured({{"EDGE_PORT", "5000"}, {"GATEWAY_LISTEN", "127.0.0.1:6000"}})) ==
          "127.0.0.1:6000 ");
    StartFlags flags;
    flags.listen = {"127.0.0.1:1", "127.0.0.1:2"};
    CHECK(addresses(configured({{"GATEWAY_LISTEN", "127.0.0.1:6000"}}, flags)) == "127.0.0.1:1 127.0.0.1:2 ");
    flags.service_listen = {"s3=127.0.0.1:4572", "dynamodb=8000"};
    Config config = configured({}, flags);
    REQUIRE(config.service_listen.size() == 2);
    CHECK(config.service_listen[0].service == "s3");
    CHECK(config.service_listen[0].endpoint.port == 4572);
    CHECK(config.service_listen[1].endpoint.port == 8000);
}

TEST_CASE("our prefix wins over LocalStack's, and that over the plain name; an empty value is none") {
    Environment all = {{"FOGBANK_LS_LOG", "error"}, {"LOCALSTACK_LS_LOG", "warn"}, {"LS_LOG", "debug"}};
    CHECK(configured(all).log_level == "error");
    all["FOGBANK_LS_LOG"] = "";
    CHECK(configured(all).log_level == "warning");
    all.erase("LOCALSTACK_LS_LOG");
    CHECK(configured(all).log_level == "debug");
    CHECK(setting_value({{"LOCALSTACK_PERSISTENCE", "1"}}, "PERSISTENCE") == "1");
}

TEST_CASE("what Kubernetes sets for services called edge or localstack-edge is no setting") {
    CHECK(addresses(configured({{"EDGE_PORT", "tcp://10.0.0.7:80"}})) == "127.0.0.1:4566 ");
    CHECK(addresses(configured({{"LOCALSTACK_EDGE_PORT", "tcp://10.0.0.7:80"}, {"EDGE_PORT", "5000"}})) ==
          "127.0.0.1:5000 ");
    CHECK(configured({{"LOCALSTACK_PORT", "tcp://10.0.0.7:80"}, {"LOCALSTACK_SERVICE_HOST", "10.0.0.7"}})
              .warnings.empty());
}

TEST_CASE("each setting that acts changes what it names") {
    using Check = std::function<bool(const Config&)>;
    struct Row {
        const char *name, *value;
        Check changed;
    };
    const std::vector<Row> rows = {
        {"SERVICES", "S3, dynamodb:4569",
         [](auto& c) {
             return c.services == std::set<std::string>{"s3", "dynamodb"};
         }},
        {"PERSISTENCE", "0", [](auto& c) { return c.durability == store::Durability::memory; }},
        {"PERSISTENCE", "1", [](auto& c) { return c.restart == Restart::keeps; }},
        {"IO_THREADS", "3", [](auto& c) { return c.io_threads == 3; }},
        {"DURABILITY", "power", [](auto& c) { return c.durability == store::Durability::power; }},
        {"STRICT", "1", [](auto& c) { return c.pipeline.signatures == gateway::SignatureCheck::all; }},
        {"DEBUG", "1", [](auto& c) { return c.log_level == "debug"; }},
        {"LS_LOG", "trace-internal", [](auto& c) { return c.log_level == "trace"; }},
        {"LOCALSTACK_HOST", "Fogbank:4599",
         [](auto& c) {
             return c.pipeline.configured_host == "fogbank" &&
                    c.pipeline.fallback_authority == "fogbank:4599";
         }},
        {"LOCALSTACK_HOST", "fogbank",
         [](auto& c) { return c.pipeline.fallback_authority == "fogbank:4566"; }},
        {"HOSTNAME_EXTERNAL", "old", [](auto& c) { return c.pipeline.configured_host == "old"; }},
        {"LOCALSTACK_HOSTNAME", "old", [](auto& c) { return c.pipeline.configured_host == "old"; }},
        {"CUSTOM_SSL_CERT_PATH", "/a.pem",
         [](auto& c) { return c.certificate_file == "/a.pem" && c.key_file == "/a.pem"; }},
        {"ALLOW_NONSTANDARD_REGIONS", "1", [](auto& c) { return c.pipeline.nonstandard_regions; }},
        {"DISABLE_CORS_CHECKS", "1", [](auto& c) { return !c.pipeline.cors.check; }},
        {"DISABLE_CORS_HEADERS", "1", [](auto& c) { return !c.pipeline.cors.send_headers; }},
        {"EXTRA_CORS_ALLOWED_ORIGINS", "http://a,http://b",
         [](auto& c) {
             return c.pipeline.cors.extra_origins == std::vector<std::string>{"http://a", "http://b"};
         }},
        {"EXTRA_CORS_ALLOWED_HEADERS", "x-a",
         [](auto& c) { return c.pipeline.cors.extra_allowed_headers == std::vector<std::string>{"x-a"}; }},
        {"EXTRA_CORS_EXPOSE_HEADERS", "x-b",
         [](auto& c) { return c.pipeline.cors.extra_exposed_headers == std::vector<std::string>{"x-b"}; }},
        {"S3_SKIP_SIGNATURE_VALIDATION", "0",
         [](auto& c) { return c.pipeline.presigned == gateway::PresignedCheck::expiry_and_signature; }},
        {"KINESIS_LATENCY", "750", [](auto& c) { return c.kinesis.latency_ms == 750; }},
        {"KINESIS_SHARD_LIMIT", "3", [](auto& c) { return c.kinesis.shard_limit == 3; }},
        {"KINESIS_ON_DEMAND_STREAM_COUNT_LIMIT", "2",
         [](auto& c) { return c.kinesis.on_demand_stream_limit == 2; }},
        {"LAMBDA_KEEPALIVE_MS", "0", [](auto& c) { return c.lambda.keepalive_ms == 0; }},
        {"LAMBDA_RUNTIME_ENVIRONMENT_TIMEOUT", "60", [](auto& c) { return c.lambda.start_timeout_s == 60; }},
        {"LAMBDA_LIMITS_CONCURRENT_EXECUTIONS", "5",
         [](auto& c) { return c.lambda.concurrent_executions == 5; }},
        {"LAMBDA_LIMITS_CODE_SIZE_ZIPPED", "1000", [](auto& c) { return c.lambda.code_size_zipped == 1000; }},
        {"LAMBDA_LIMITS_MAX_FUNCTION_ENVVAR_SIZE_BYTES", "64",
         [](auto& c) { return c.lambda.max_environment_bytes == 64; }},
        {"LAMBDA_SYNCHRONOUS_CREATE", "true", [](auto& c) { return c.lambda.synchronous_create; }},
        {"LAMBDA_RETRY_BASE_DELAY", "1", [](auto& c) { return c.lambda.retry_base_delay_s == 1; }},
        {"LAMBDA_RETRY_BASE_DELAY_SECONDS", "2", [](auto& c) { return c.lambda.retry_base_delay_s == 2; }},
        {"BUCKET_MARKER_LOCAL", "__local__",
         [](auto& c) { return c.lambda.hot_reload_bucket == "__local__"; }},
        {"PYTHON_PACKAGES", "/p", [](auto& c) { return c.lambda.python_packages == "/p"; }},
        {"NODE_PACKAGES", "/n", [](auto& c) { return c.lambda.node_packages == "/n"; }},
        {"INIT_FOLDER", "/i", [](auto& c) { return c.init_folder == "/i"; }},
    };
    for (const Row& row : rows) {
        INFO(row.name << "=" << row.value);
        CHECK_FALSE(row.changed(configured({})));
        CHECK(row.changed(configured({{row.name, row.value}})));
        CHECK(row.changed(configured({{std::string("LOCALSTACK_") + row.name, row.value}})));
    }
}

TEST_CASE("DynamoDB's simulations are off, and on where their settings say so") {
    struct Row {
        const char *name, *value;
        bool (*changed)(const Config&);
    };
    const Row rows[] = {
        {"DYNAMODB_ERROR_PROBABILITY", "0.5", [](auto& c) { return c.dynamodb.error_probability == 0.5; }},
        {"DYNAMODB_READ_ERROR_PROBABILITY", "1",
         [](auto& c) { return c.dynamodb.read_error_probability == 1; }},
        {"DYNAMODB_WRITE_ERROR_PROBABILITY", "0.25",
         [](auto& c) { return c.dynamodb.write_error_probability == 0.25; }},
        {"DYNAMODB_STALE_READ_PROBABILITY", "0.5",
         [](auto& c) { return c.dynamodb.stale_read_probability == 0.5; }},
        {"DYNAMODB_STALE_READ_MS", "50", [](auto& c) { return c.dynamodb.stale_read_ms == 50; }},
        {"DYNAMODB_THROTTLING", "1", [](auto& c) { return c.dynamodb.throttles; }},
        {"DYNAMODB_SIMULATION_SEED", "7", [](auto& c) { return c.dynamodb.simulation_seed == 7; }},
        {"DYNAMODB_REMOVE_EXPIRED_ITEMS", "0", [](auto& c) { return !c.dynamodb.removes_expired_items; }},
    };
    for (const Row& row : rows) {
        INFO(row.name << "=" << row.value);
        CHECK_FALSE(row.changed(configured({})));
        CHECK(row.changed(configured({{row.name, row.value}})));
    }
}

TEST_CASE("each setting without effect says so, and why") {
    int silent = 0;
    for (const Setting& setting : settings()) {
        CHECK_FALSE(setting.note.empty());
        if (setting.apply != nullptr) continue;
        ++silent;
        Config config = configured({{std::string(setting.name), "1"}});
        REQUIRE(config.warnings.size() == 1);
        CHECK(config.warnings[0] ==
              std::string(setting.name) + " has no effect: " + std::string(setting.note));
    }
    CHECK(silent > 10);
}

TEST_CASE("somebody else's DEBUG is a warning, not an error") {
    Config config = configured({{"DEBUG", "express:*"}});
    CHECK(config.log_level == "info");
    REQUIRE(config.warnings.size() == 1);
    CHECK(config.warnings[0] == "DEBUG has no effect: DEBUG=express:*: expected 1 or 0");
}

TEST_CASE("a bad value is refused with its name and what is allowed") {
    struct Row {
        const char *name, *value, *message;
    };
    for (const Row& row :
         {Row{"GATEWAY_LISTEN", "host:port",
              "address 'host:port': expected HOST:PORT with a port of 0 to 65535"},
          Row{"GATEWAY_LISTEN", ",", "GATEWAY_LISTEN=,: expected HOST:PORT"},
          Row{"EDGE_PORT", "http", "EDGE_PORT=http: expected a whole number of at least 1"},
          Row{"EDGE_PORT", "70000", "EDGE_PORT=70000: expected a port of 1 to 65535"},
          Row{"PERSISTENCE", "maybe", "PERSISTENCE=maybe: expected 1 or 0"},
          Row{"IO_THREADS", "17", "IO_THREADS=17: expected a number of 1 to 16"},
          Row{"DURABILITY", "disk", "durability 'disk': expected process, power or memory"},
          Row{"LS_LOG", "loud", "LS_LOG=loud: expected trace, debug, info, warn or error"},
          Row{"DYNAMODB_ERROR_PROBABILITY", "1.5",
              "DYNAMODB_ERROR_PROBABILITY=1.5: expected a number of 0 to 1"},
          Row{"KINESIS_LATENCY", "-1", "KINESIS_LATENCY=-1: expected a whole number of at least 0"},
          Row{"KINESIS_SHARD_LIMIT", "0", "KINESIS_SHARD_LIMIT=0: expected a whole number of at least 1"},
          Row{"LAMBDA_KEEPALIVE_MS", "1.5", "LAMBDA_KEEPALIVE_MS=1.5: expected a whole number of at least 0"},
          Row{"STRICT", "2", "STRICT=2: expected 1 or 0"}}) {
        INFO(row.name);
        CHECK(refusal({{row.name, row.value}}) == row.message);
    }
    StartFlags flags;
    flags.service_listen = {"127.0.0.1:4572"};
    CHECK(refusal({}, flags) ==
          "--service-listen 127.0.0.1:4572: expected SERVICE=HOST:PORT, such as s3=127.0.0.1:4572");
    StartFlags durable;
    durable.durability = "forever";
    CHECK(refusal({}, durable) == "durability 'forever': expected process, power or memory");
}

TEST_CASE("a switch is on or off in the words that people use") {
    for (const char* on : {"1", "true", "TRUE", "Yes", "on"}) CHECK(parse_switch("X", on));
    for (const char* off : {"0", "false", "No", "OFF"}) CHECK_FALSE(parse_switch("X", off));
    for (const char* bad : {"", "2", "y", "enabled"}) CHECK_THROWS_AS(parse_switch("X", bad), ConfigError);
}

TEST_CASE("SERVICES names what is served, and DynamoDB brings its streams") {
    CHECK(is_enabled(configured({}), "s3"));
    Config config = configured({{"SERVICES", "dynamodb,lambda"}});
    CHECK(is_enabled(config, "dynamodb"));
    CHECK(is_enabled(config, "dynamodbstreams"));
    CHECK(is_enabled(config, "lambda"));
    CHECK_FALSE(is_enabled(config, "s3"));
}
