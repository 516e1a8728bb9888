// Hops between services. An event is a row written in the transaction of its cause; the dispatcher moves it
// to its targets, one transaction per delivery.
#pragma once

#include "src/base/arn.h"
#include "src/base/clock.h"
#include "src/events/trace.h"
#include "src/store/database.h"

#include <span>
#include <string>
#include <string_view>

namespace fogbank::events {

struct Event {
    std::string id;    // unique
    std::string type;  // "s3:ObjectCreated:Put"
    Arn source;
    std::string account;  // whose state this is; reset and await go by it
    Timestamp time;
    Trace trace;
    std::string payload;  // what the target gets, usually JSON
};

class Outbox {
public:
    virtual ~Outbox() = default;
    // Queues one delivery per target. Refuses (throws Error) above the outbox quota; drops with a trace entry
    // and a warning where the chain is deeper than kDepthLimit.
    virtual void append(store::Txn& txn, const Event& event, std::span<const Arn> targets) = 0;
};

// Takes events for the resources of one service ("lambda", "sqs"). Registered with the Dispatcher by service
// name.
class Target {
public:
    virtual ~Target() = default;
    // Runs in the transaction that removes the delivery: a row of the target's own (an invocation, a
    // message). A throw counts as a failed attempt and is retried by the schedule; Error with a 4xx status is
    // final.
    virtual void accept(store::Txn& txn, const Event& event, const Arn& target) = 0;
};

}  // namespace fogbank::events
