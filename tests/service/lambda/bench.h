// A Lambda service with real workers on the in-process harness.
#pragma once

#include "services/lambda/model/create_function.h"
#include "services/lambda/model/invoke.h"
#include "services/lambda/service.h"
#include "src/exec/process/process_executor.h"
#include "tests/support/harness.h"
#include "tests/unit/lambda/zip_writer.h"

#include <cstdlib>
#include <memory>
#include <string>

namespace fogbank::lambda::test {

inline std::string environment_variable(const char* name) {
    const char* const value = std::getenv(name);
    return value == nullptr ? "" : value;
}

class Bench {
public:
    explicit Bench(Options options = {}) : options_(std::move(options)) {
        options_.state_folder = harness.folder();
        start();
    }

    // What the next daemon on the same state does. The one before is stopped.
    void restart() {
        harness.run(service->stop());
        retired_.push_back(std::move(service));
        retired_executors_.push_back(std::move(executor));
        harness.database().migrate(migrations());
        make();
        service->start();
        stopper_.service = service.get();
    }

    static api::CreateFunction::Input function_input(const std::string& name, const std::string& runtime,
                                                     const std::string& handler, const std::string& zip) {
        api::CreateFunction::Input input;
        input.FunctionName = name;
        input.Runtime = runtime;
        input.Handler = handler;
        input.Role = "arn:aws:iam::000000000000:role/r";
        input.Code.emplace().ZipFile = Bytes{zip};
        input.Timeout = 20;
        return input;
    }

    // A function of one file.
    api::CreateFunction::Output create(const std::string& name, const std::string& runtime,
                                       const std::string& file, const std::string& text,
                                       const std::string& handler) {
        const std::string zip = ZipWriter().add(file, text, 0100755).finish();
        return harness.call<api::CreateFunction>(function_input(name, runtime, handler, zip));
    }
    api::CreateFunction::Output create_python(const std::string& name, const std::string& text) {
        return create(name, "python3.11", "app.py", text, "app.handler");
    }

    api::Invoke::Output invoke(const std::string& name, const std::string& payload = "{}",
                               const std::string& type = "RequestResponse") {
        api::Invoke::Input input;
        input.FunctionName = name;
        input.InvocationType = type;
        input.LogType = type == "RequestResponse" ? "Tail" : "None";
        input.Payload = Bytes{payload};
        return harness.call<api::Invoke>(input);
    }

private:
    // ~Harness stops what it was given; a restarted service takes the place of the first.
    struct Stopper final : gateway::ManagedService {
        Service* service = nullptr;
        std::string_view name() const override { return service->name(); }
        std::span<const store::Migration> migrations() const override { return service->migrations(); }
        void bind(gateway::OperationTable& table) override { service->bind(table); }
        void start() override { service->start(); }
        Task<void> stop() override { return service->stop(); }
        void reset(store::Txn& txn, std::string_view account) override { service->reset(txn, account); }
        void after_reset(std::string_view account) override { service->after_reset(account); }
    };

    void make() {
        exec::ProcessOptions process;
        process.search_path = environment_variable("PATH");
        process.home = environment_variable("HOME");
        process.folder = harness.folder() + "/exec";
        executor = exec::make_process_executor(harness.executor(), process);
        service = std::make_unique<Service>(
            Parts{harness.database(), harness.clock(), harness.entropy(), harness.trace_log(),
                  harness.client(), *executor, harness.executor(), harness.executor()},
            options_);
        service->set_endpoint_url("http://127.0.0.1:4566");
        service->bind(harness.table());
    }
    void start() {
        make();
        stopper_.service = service.get();
        harness.add(stopper_);
        harness.dispatcher().add_target("lambda", service->target());
    }

    Options options_;
    std::vector<std::unique_ptr<Service>> retired_;
    std::vector<std::unique_ptr<exec::SandboxExecutor>> retired_executors_;
    Stopper stopper_;

public:
    std::unique_ptr<exec::SandboxExecutor> executor;
    std::unique_ptr<Service> service;
    fogbank::test::Harness harness;  // last: it goes first, and stops the service
};

}  // namespace fogbank::lambda::test
