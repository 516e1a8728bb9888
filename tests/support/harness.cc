#include "tests/support/harness.h"

#include "src/model/validate.h"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>

#include <unistd.h>
#include <cstdlib>
#include <stdexcept>
#include <thread>

namespace fogbank::test {

struct Harness::Loop {
    boost::asio::io_context context{1};
    boost::asio::executor_work_guard<boost::asio::io_context::executor_type> guard{context.get_executor()};
    std::thread thread{[this] { context.run(); }};
    ~Loop() {
        guard.reset();
        context.stop();
        thread.join();
    }
};

namespace {

std::string make_folder() {
    std::string pattern = (std::filesystem::temp_directory_path() / "fogbank-test-XXXXXX").string();
    if (::mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("no temporary folder");
    return pattern;
}

// 2026-01-02T03:04:05Z: a time that no test mistakes for today.
constexpr std::int64_t kStartSeconds = 1'767'323'045;

}  // namespace

Harness::Harness(store::Durability durability) : loop_(std::make_unique<Loop>()), folder_(make_folder()) {
    clock_ = make_manual_clock(executor(), from_unix_seconds(kStartSeconds));
    entropy_ = make_seeded_entropy(42);
    store::DatabaseOptions options;
    options.folder = folder_;
    options.durability = durability;
    database_ = store::open_database(options);
    database_->migrate(store::blob_store_migrations());
    database_->migrate(events::outbox_migrations());
    blobs_ = store::open_blob_store(folder_ + "/blobs", *database_, durability);
    trace_log_ = events::open_trace_log({});
    dispatcher_ = events::make_dispatcher(*database_, *clock_, *trace_log_);
}

Harness::~Harness() {
    if (dispatching_) run(dispatcher_->stop());
    for (auto service = services_.rbegin(); service != services_.rend(); ++service) run((*service)->stop());
    dispatcher_.reset();
    database_->close();
    clock_.reset();
    loop_.reset();
    blobs_.reset();
    database_.reset();
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
}

Executor Harness::executor() const {
    return loop_->context.get_executor();
}

void Harness::add(gateway::ManagedService& service) {
    database_->migrate(service.migrations());
    service.bind(table_);
    service.start();
    services_.push_back(&service);
}

void Harness::start_dispatcher() {
    dispatcher_->start(executor());
    dispatching_ = true;
}

gateway::RequestContext Harness::context(const model::Operation& operation, const Caller& caller) {
    gateway::RequestContext context;
    context.operation = &operation;
    context.request_id = entropy_->uuid();
    context.account = caller.account;
    context.region = caller.region;
    context.principal.account = caller.account;
    context.principal.arn = "arn:aws:iam::" + caller.account + ":root";
    context.principal.access_key = caller.account;
    if (caller.account.empty()) {
        context.account = Caller().account;
        context.principal = {};
        context.principal.kind = auth::PrincipalKind::anonymous;
    }
    context.trace.id = "1-" + entropy_->hex(8) + "-" + entropy_->hex(24);
    context.trace.cause = entropy_->hex(16);
    context.received_at = clock_->now();
    context.base_url = "http://localhost:4566";
    context.user_agent = "harness";
    context.source_ip = "127.0.0.1";
    return context;
}

std::string Harness::body_of(gateway::AnyOutput& output) {
    if (auto* text = std::get_if<std::string>(&output.payload)) return *text;
    if (auto* file = std::get_if<http::FileBody>(&output.payload)) {
        std::string bytes(file->length, '\0');
        ssize_t got = ::pread(file->descriptor, bytes.data(), bytes.size(), static_cast<off_t>(file->offset));
        ::close(file->descriptor);
        file->descriptor = -1;
        if (got != static_cast<ssize_t>(bytes.size()))
            throw std::runtime_error("a file body is shorter than it says");
        return bytes;
    }
    if (auto* stream = std::get_if<std::unique_ptr<ByteStream>>(&output.payload)) {
        return run(read_all(**stream, 1ULL << 32, Error("EntityTooLarge", 400, "too large for a test")));
    }
    return {};
}

events::IdleReport Harness::await_idle(Duration timeout) {
    return run(dispatcher_->await_idle({}, timeout));
}

void Harness::advance(Duration duration) {
    Timestamp end = clock_->now() + duration;
    while (true) {
        auto due = clock_->next_due();
        if (!due || *due > end) break;
        clock_->set(*due);
        if (dispatching_) await_idle();
    }
    clock_->set(end);
    if (dispatching_) await_idle();
}

void Harness::check_constraints(const model::Operation& operation, const void* input) {
    std::vector<std::string> violations = model::violations(*operation.input, input);
    if (violations.empty()) return;
    const gateway::BoundOperation* bound = table_.find(operation);
    const bool has_words = bound != nullptr && bound->words;
    throw Error("ValidationException", 400,
                has_words ? bound->words(input, violations) : model::validation_message(violations));
}

}  // namespace fogbank::test
