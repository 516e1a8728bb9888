// An S3 on the harness, with destinations that a test decides on and an outbox that keeps what it gets.
#pragma once

#include <catch2/catch.hpp>

#include "services/s3/model/create_bucket.h"
#include "services/s3/model/get_object.h"
#include "services/s3/model/put_object.h"
#include "services/s3/service.h"
#include "src/base/json.h"
#include "tests/support/harness.h"

namespace fogbank::s3::test {

class FakeDestinations final : public NotificationDestinations {
public:
    Task<std::optional<std::string>> refusal(const gateway::RequestContext&, const Arn& function,
                                             const Arn&) override {
        if (function.resource() == "function:allowed") co_return std::nullopt;
        co_return "Not authorized to invoke function [" + function.text() + "]";
    }
};

// Keeps events without a table of its own: what a rolled back transaction appended would show up here.
class RecordingOutbox final : public events::Outbox {
public:
    void append(store::Txn&, const events::Event& event, std::span<const Arn> to) override {
        events.push_back(event);
        targets.insert(targets.end(), to.begin(), to.end());
    }
    std::vector<events::Event> events;
    std::vector<Arn> targets;
};

class S3 {
public:
    S3() { harness.add(service); }

    template <class Op>
    typename Op::Output call(const typename Op::Input& input, const fogbank::test::Caller& caller = {}) {
        return harness.call<Op>(input, caller);
    }
    template <class Op>
    Error refused(const typename Op::Input& input, const fogbank::test::Caller& caller = {}) {
        try {
            harness.call<Op>(input, caller);
        } catch (const Error& error) {
            return error;
        }
        throw std::logic_error("nothing was refused");
    }
    template <class Op>
    Error refused_body(const typename Op::Input& input, std::string body) {
        try {
            harness.call_streaming<Op>(input, std::move(body));
        } catch (const Error& error) {
            return error;
        }
        throw std::logic_error("nothing was refused");
    }
    void create(const std::string& bucket) {
        api::CreateBucket::Input input;
        input.Bucket = bucket;
        call<api::CreateBucket>(input);
    }
    static api::PutObject::Input put_input(const std::string& bucket, const std::string& key) {
        api::PutObject::Input input;
        input.Bucket = bucket;
        input.Key = key;
        return input;
    }
    api::PutObject::Output put(const api::PutObject::Input& input, std::string body) {
        auto answer = harness.call_streaming<api::PutObject>(input, std::move(body));
        return *static_cast<api::PutObject::Output*>(answer.value.get());
    }
    api::PutObject::Output put(const std::string& bucket, const std::string& key, std::string body) {
        return put(put_input(bucket, key), std::move(body));
    }
    struct Got {
        int status;
        api::GetObject::Output output;
        std::string body;
    };
    static api::GetObject::Input get_input(const std::string& bucket, const std::string& key) {
        api::GetObject::Input input;
        input.Bucket = bucket;
        input.Key = key;
        return input;
    }
    Got get(const api::GetObject::Input& input) {
        auto answer = harness.call_streaming<api::GetObject>(input, "");
        Got got{answer.status, *static_cast<api::GetObject::Output*>(answer.value.get()), {}};
        got.body = harness.body_of(answer);
        return got;
    }
    Got get(const std::string& bucket, const std::string& key) { return get(get_input(bucket, key)); }

    fogbank::test::Harness harness;
    FakeDestinations destinations;
    RecordingOutbox outbox;
    Service service{harness.database(), harness.blobs(), harness.entropy(), outbox, destinations};
};

inline std::string detail(const Error& error, std::string_view name) {
    for (const auto& each : error.details()) {
        if (each.name == name) return each.value;
    }
    return "(absent)";
}

}  // namespace fogbank::s3::test
