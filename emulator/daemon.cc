#include "emulator/daemon.h"

#include "emulator/admin/admin_route.h"
#include "emulator/admin/reserved_route.h"
#include "emulator/init_hooks.h"
#include "emulator/kept_clock.h"
#include "emulator/start_up_code.h"
#include "services/apigateway/service.h"
#include "services/dynamodb/service.h"
#include "services/kinesis/service.h"
#include "services/lambda/service.h"
#include "services/s3/cors/bucket_cors.h"
#include "services/s3/jobs.h"
#include "services/s3/logging/observer.h"
#include "services/s3/mount/route.h"
#include "services/s3/post/route.h"
#include "services/s3/replication/target.h"
#include "services/s3/service.h"
#include "services/s3/website/route.h"
#include "services/sts/service.h"
#include "src/base/event_loop.h"
#include "src/base/log.h"
#include "src/events/dispatcher.h"
#include "src/exec/process/process_executor.h"
#include "src/gateway/pipeline.h"
#include "src/gateway/unheeded.h"
#include "src/http/server.h"
#include "src/store/blob_store.h"

#include <fmt/format.h>
#include <csignal>
#include <cstdio>
#include <filesystem>
#include <future>
#include <set>
#include <thread>

namespace fogbank::emulator {
namespace {

constexpr std::chrono::seconds kStopGrace{5};

// What --listen names for callers inside this machine: 0.0.0.0 is reached as 127.0.0.1.
std::string own_url(const http::Endpoint& endpoint, int port) {
    std::string host = endpoint.host == "0.0.0.0" || endpoint.host == "::" ? "127.0.0.1" : endpoint.host;
    if (host.find(':') != std::string::npos) host = "[" + host + "]";
    return fmt::format("http://{}:{}", host, port);
}

http::ServerOptions server_options(const Config& config) {
    http::ServerOptions options;
    options.tls_folder = config.state_dir + "/tls";
    options.certificate_file = config.certificate_file;
    options.key_file = config.key_file;
    options.certificate_names = {config.pipeline.configured_host, "*." + config.pipeline.configured_host};
    return options;
}

// On two cores the second one is the writer's, or the client's.
int suitable_io_threads() {
    constexpr unsigned kFewCores = 2;
    return std::thread::hardware_concurrency() <= kFewCores ? 1 : 2;
}

std::vector<Executor> start_loops(std::vector<std::unique_ptr<EventLoop>>& loops, int count) {
    if (count == 0) count = suitable_io_threads();
    std::vector<Executor> executors;
    for (int i = 0; i < count; ++i) {
        loops.push_back(std::make_unique<EventLoop>());
        loops.back()->start_thread(fmt::format("io-{}", i));
        executors.push_back(loops.back()->executor());
    }
    return executors;
}

events::TraceLogOptions trace_log_options(const Config& config) {
    const bool forgets = config.durability == store::Durability::memory;
    return {forgets ? std::string() : config.state_dir, 100'000};
}

exec::ProcessOptions process_options(const Config& config) {
    exec::ProcessOptions options;
    options.search_path = config.search_path;
    options.home = config.home;
    options.folder = config.state_dir + "/workers";
    options.python_packages = config.lambda.python_packages;
    options.node_packages = config.lambda.node_packages;
    return options;
}

lambda::Options lambda_options(const Config& config) {
    lambda::Options options;
    options.state_folder = config.state_dir;
    options.log_folder = config.log_folder;
    options.hot_reload_bucket = config.lambda.hot_reload_bucket;
    options.zipped_limit = static_cast<std::uint64_t>(config.lambda.code_size_zipped);
    options.environment_limit = static_cast<std::size_t>(config.lambda.max_environment_bytes);
    if (config.lambda.synchronous_create) options.creation = lambda::Creation::active_at_once;
    options.scheduler.keepalive = std::chrono::milliseconds(config.lambda.keepalive_ms);
    options.scheduler.concurrency = config.lambda.concurrent_executions;
    options.scheduler.init_timeout_s = static_cast<int>(config.lambda.start_timeout_s);
    if (config.lambda.retry_base_delay_s) {
        options.queue.retry_delay = std::chrono::seconds(*config.lambda.retry_base_delay_s);
    }
    return options;
}

dynamodb::Service::Settings dynamodb_options(const Config& config) {
    dynamodb::Service::Settings options;
    options.simulation.error_probability = config.dynamodb.error_probability;
    options.simulation.read_error_probability = config.dynamodb.read_error_probability;
    options.simulation.write_error_probability = config.dynamodb.write_error_probability;
    options.simulation.stale_read_probability = config.dynamodb.stale_read_probability;
    options.simulation.stale_read_ms = config.dynamodb.stale_read_ms;
    options.simulation.seed = static_cast<std::uint64_t>(config.dynamodb.simulation_seed);
    if (config.dynamodb.throttles) options.simulation.throttling = dynamodb::Throttling::on;
    if (!config.dynamodb.removes_expired_items) options.expiry = dynamodb::Expirer::Mode::on_request;
    return options;
}

store::DatabaseOptions database_options(const Config& config) {
    std::filesystem::create_directories(config.state_dir);
    store::DatabaseOptions options;
    options.folder = config.state_dir;
    options.durability = config.durability;
    return options;
}

// The sockets are open before the pipeline stands, for the pipeline knows their ports.
http::Response starting_response() {
    http::Response response;
    response.status = 503;
    response.headers.set("Retry-After", "1");
    response.body = std::string("Fogbank is starting.\n");
    return response;
}

Task<http::Response> starting() {
    co_return starting_response();
}

}  // namespace

struct Daemon::Parts {
    explicit Parts(const Config& c);
    ~Parts();

    Config config;
    std::promise<int> stopped;  // the exit code
    std::atomic<bool> stopping{false};

    std::vector<std::unique_ptr<EventLoop>> loops;
    std::vector<Executor> executors;
    EventLoop pool;  // for what blocks: unpacking zips
    std::unique_ptr<MovableClock> clock;
    std::unique_ptr<Entropy> entropy;
    std::unique_ptr<store::Database> database;
    std::unique_ptr<store::BlobStore> blobs;
    std::unique_ptr<events::TraceLog> trace_log;
    std::unique_ptr<events::Dispatcher> dispatcher;
    auth::MapCredentialStore credentials;
    gateway::OperationTable table;
    gateway::LocalClient client{table};

    std::unique_ptr<exec::SandboxExecutor> sandboxes;
    sts::Service sts;
    s3::LambdaDestinations destinations{client};
    s3::Service s3;
    dynamodb::Service dynamodb;
    kinesis::Service kinesis;
    lambda::Service lambda;
    apigateway::Service apigateway;
    std::vector<gateway::ManagedService*> services;

    InitHooks hooks;
    std::unique_ptr<AdminRoute> admin;
    s3::cors::BucketCors bucket_cors;
    s3::logging::Observer access_logs;
    s3::Jobs s3_jobs;
    s3::replication::ReplicaTarget replicas;
    s3::mount::Mounts mounts;
    s3::mount::Route mount_route{mounts};
    std::unique_ptr<s3::post::Route> post_route;
    std::unique_ptr<s3::website::Route> website_route;
    ReservedRoute reserved;
    std::unique_ptr<gateway::Pipeline> pipeline;
    std::atomic<gateway::Pipeline*> serving{nullptr};  // the pipeline, once it stands
    std::unique_ptr<http::Server> server;
    std::string url;

    void migrate();
    void prepare_services();
    void run_services();
    void check_service_names();
    void listen();
    void request_stop(int exit_code);
    void shut_down();
    void wait_for(Task<void> task);
};

Daemon::Parts::Parts(const Config& c)
    : config(c),
      executors(start_loops(loops, config.io_threads)),
      clock(make_system_clock(executors[0])),
      entropy(make_system_entropy()),
      database(store::open_database(database_options(config))),
      blobs(store::open_blob_store(config.state_dir + "/blobs", *database, config.durability)),
      trace_log(events::open_trace_log(trace_log_options(config))),
      dispatcher(events::make_dispatcher(*database, *clock, *trace_log)),
      sandboxes(exec::make_process_executor(executors[0], process_options(config))),
      s3(*database, *blobs, *entropy, *dispatcher, destinations),
      dynamodb({*database, *clock, *entropy, *dispatcher, client, executors[0]}, dynamodb_options(config)),
      kinesis(*database, *clock, executors[0],
              {config.kinesis.shard_limit, config.kinesis.on_demand_stream_limit, config.kinesis.latency_ms}),
      lambda({*database, *clock, *entropy, *trace_log, client, *sandboxes, executors[0], pool.executor()},
             lambda_options(config)),
      apigateway(*database, *clock, *entropy, client),
      services{&sts, &s3, &dynamodb, &kinesis, &lambda, &apigateway},
      hooks(config.init_folder),
      bucket_cors(*database),
      access_logs(*database),
      s3_jobs({*database, *blobs, *clock, *entropy, s3}, executors[0]),
      replicas(*blobs, s3),
      mounts({*database, *blobs, *clock, *entropy, client, *dispatcher, s3}, pool.executor()) {}

Daemon::Parts::~Parts() {
    // Loops end first: nothing may run when the parts that it uses go.
    for (auto& loop : loops) {
        loop->stop();
        loop->join();
    }
    pool.stop();
    pool.join();
}

void Daemon::Parts::check_service_names() {
    std::string known;
    std::set<std::string, std::less<>> ids;
    for (const model::Service* service : table.services()) {
        known += (known.empty() ? "" : ", ") + std::string(service->id);
        ids.emplace(service->id);
    }
    for (const ServiceListen& extra : config.service_listen) {
        if (ids.contains(extra.service)) continue;
        throw ConfigError("--service-listen " + extra.service + "=...: no such service; there are " + known);
    }
    // A warning only: existing setups name services that are not here.
    for (const std::string& name : config.services) {
        if (ids.contains(name)) continue;
        config.warnings.push_back("SERVICES names " + name + ", which is not served; there are " + known);
    }
}

// One transaction for all: a new state costs one commit.
void Daemon::Parts::migrate() {
    std::vector<store::Migration> all;
    auto add = [&all](std::span<const store::Migration> some) {
        all.insert(all.end(), some.begin(), some.end());
    };
    add(store::blob_store_migrations());
    add(events::outbox_migrations());
    add(clock_migrations());
    for (gateway::ManagedService* service : services) add(service->migrations());
    database->migrate(all);
    restore_clock(*database, *clock);
}

void Daemon::Parts::prepare_services() {
    migrate();
    for (gateway::ManagedService* service : services) service->bind(table);
    dispatcher->add_target("lambda", lambda.target());
    dispatcher->add_target("kinesis", kinesis.target());
    dispatcher->add_target("dynamodb", dynamodb.replication());
    dispatcher->add_target("s3", replicas);
    dispatcher->add_pending_source(lambda.invocations());
    dispatcher->add_pending_source(lambda.mappings());
    dispatcher->add_pending_source(dynamodb.table_work());
    dispatcher->add_pending_source(dynamodb.expirations());
    dispatcher->add_pending_source(dynamodb.transfers());
    for (events::PendingSource* source : s3_jobs.sources()) dispatcher->add_pending_source(*source);
    dispatcher->add_pending_source(mounts.source());
}

// What goes on from an earlier boot runs functions, and they need to know where we listen.
void Daemon::Parts::run_services() {
    lambda.set_endpoint_url(url);
    pool.start_thread("pool");
    for (gateway::ManagedService* service : services) service->start();
    s3_jobs.start();
    mounts.start();
    dispatcher->start(executors[0]);
    blobs->sweep();
}

void Daemon::Parts::listen() {
    gateway::Pipeline::Parts parts{table, *clock, *entropy, credentials, *trace_log};
    for (const model::Service* service : table.services()) {
        if (!is_enabled(config, service->id)) config.pipeline.disabled.insert(service->id);
    }
    LogReader read_log = [this](const std::string& account, const std::string& region,
                                const std::string& function, std::int64_t offset) {
        lambda::LogPiece piece = lambda.read_logs(account, region, function, offset);
        return std::optional<LogSlice>({std::move(piece.text), piece.next_offset});
    };
    AdminParts admin_parts{config,         *clock, *database, *dispatcher, *trace_log,
                           services,       table,  hooks,     read_log,    [this] { request_stop(0); },
                           entropy->uuid()};
    admin = std::make_unique<AdminRoute>(std::move(admin_parts));

    auto handle = [this](http::Request& request) {
        gateway::Pipeline* ready = serving.load(std::memory_order_acquire);
        return ready == nullptr ? starting() : ready->handle(request);
    };
    http::ServerOptions options = server_options(config);
    options.refusal = [this](const http::Refusal& refusal) {
        gateway::Pipeline* ready = serving.load(std::memory_order_acquire);
        return ready == nullptr ? starting_response() : ready->refuse(refusal);
    };
    server = http::make_server(executors, handle, std::move(options));
    for (const http::Endpoint& endpoint : config.listen) {
        int port = server->listen(endpoint);
        if (url.empty()) url = own_url(endpoint, port);
        log::info("listening", {{"address", fmt::format("{}:{}", endpoint.host, port)}});
    }
    for (const ServiceListen& extra : config.service_listen) {
        int port = server->listen(extra.endpoint);
        config.pipeline.service_ports[port] = extra.service;
        log::info("listening",
                  {{"service", extra.service}, {"address", fmt::format("{}:{}", extra.endpoint.host, port)}});
    }
    pipeline = std::make_unique<gateway::Pipeline>(parts, config.pipeline);
    pipeline->add_route(mount_route);
    pipeline->add_route(*admin);
    pipeline->add_route(apigateway.route());
    pipeline->add_route(lambda.code_route());
    pipeline->add_route(dynamodb.expired_route());
    s3::post::Parts post_parts{s3, *clock, *entropy, credentials};
    post_route = std::make_unique<s3::post::Route>(
        post_parts, s3::post::Options{config.pipeline.configured_host, config.pipeline});
    pipeline->add_route(*post_route);
    s3::website::Parts website_parts{*database, *clock, *entropy, client, bucket_cors};
    website_route = std::make_unique<s3::website::Route>(website_parts, config.pipeline.configured_host);
    pipeline->add_route(*website_route);
    if (config.bucket_cors) pipeline->set_resource_cors(bucket_cors);
    if (!config.public_access_block) s3.make_open_buckets();
    pipeline->set_access_observer(access_logs);
    pipeline->add_route(reserved);
    run_services();
    serving.store(pipeline.get(), std::memory_order_release);
}

void Daemon::Parts::request_stop(int exit_code) {
    if (stopping.exchange(true)) return;
    hooks.stop();  // before the scripts of shutdown may begin
    stopped.set_value(exit_code);
}

void Daemon::Parts::wait_for(Task<void> task) {
    std::promise<void> done;
    auto body = [](Task<void> inner, std::promise<void>& out) -> Task<void> {
        try {
            co_await std::move(inner);
            out.set_value();
        } catch (...) {
            out.set_exception(std::current_exception());
        }
    };
    spawn(executors[0], body(std::move(task), done));
    done.get_future().get();
}

void Daemon::Parts::shut_down() {
    wait_for(server->stop(kStopGrace));
    wait_for(dispatcher->stop());
    wait_for(s3_jobs.stop());
    wait_for(mounts.stop());
    for (auto service = services.rbegin(); service != services.rend(); ++service)
        wait_for((*service)->stop());
    database->close();
}

Daemon::Daemon(const Config& config) : parts_(std::make_unique<Parts>(config)) {
    if (config.pipeline.signatures == gateway::SignatureCheck::all)
        gateway::set_unheeded(gateway::Unheeded::refused);
    parts_->prepare_services();
    parts_->check_service_names();
    for (const std::string& warning : parts_->config.warnings) log::warning(warning);
    parts_->listen();
}

Daemon::~Daemon() = default;

int Daemon::run() {
    Parts& parts = *parts_;
    parts.loops[0]->on_signal({SIGINT, SIGTERM}, [&parts](int) { parts.request_stop(0); });
    parts.hooks.run(InitStage::boot, parts.url);
    parts.hooks.run(InitStage::start, parts.url);
    parts.hooks.run(InitStage::ready, parts.url);
    if (!parts.stopping) {
        parts.admin->set_ready();
        // conventions: Testcontainers waits for this line.
        std::fputs("Ready.\n", stdout);
        std::fflush(stdout);
    }
    release_start_up_code();
    std::future<int> stopped = parts.stopped.get_future();
    // What works in the background goes its first round in this time.
    constexpr auto kFirstRound = std::chrono::milliseconds(1500);
    if (stopped.wait_for(kFirstRound) == std::future_status::timeout) release_start_up_code();
    const int code = stopped.get();
    parts.hooks.run(InitStage::shutdown, parts.url);
    parts.shut_down();
    return code;
}

}  // namespace fogbank::emulator
