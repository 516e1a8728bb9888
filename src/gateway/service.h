// Explicit registration of what a service does, and the way from one service to another.
#pragma once

#include "src/base/task.h"
#include "src/gateway/request_context.h"
#include "src/http/message.h"
#include "src/model/shape.h"

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <type_traits>
#include <unordered_map>
#include <vector>

namespace fogbank::gateway {

// A generated operation tag `Op` has: Input, Output, `static const model::Operation& descriptor()`.

// The output of any operation, with what its codec needs.
struct AnyOutput {
    std::shared_ptr<void> value;  // shared only to erase the type: it has one owner
    // Streaming output: the body instead of a member.
    std::variant<std::monostate, std::string, http::FileBody, std::unique_ptr<ByteStream>> payload;
    int status = 0;  // 0: the model's
    // Headers that no model knows.
    std::vector<std::pair<std::string, std::string>> headers;
};

// What a handler with a streaming answer, another status or unmodelled headers returns.
template <class T>
struct Answer {
    T output;
    std::variant<std::monostate, std::string, http::FileBody, std::unique_ptr<ByteStream>> payload = {};
    int status = 0;
    std::vector<std::pair<std::string, std::string>> headers = {};
};

bool is_read(std::string_view operation_name);

// What an operation answers that is modelled and that nobody bound: 501, by its name.
Error not_implemented(const model::Operation& operation);

// A body that was read whole, as the request brought it.
struct WholeBody {
    const http::Headers& headers;
    std::string_view bytes;
    ByteStream* source;  // what its bytes came through, where that may have trailers; else null
};
// Throws where the body is not what the request says of it, or where the request says too little.
using BodyCheck = void (*)(const model::Operation& operation, const WholeBody& body);

struct BoundOperation {
    const model::Operation* operation = nullptr;
    bool reads_only = false;  // by AWS's naming: Get, List, Describe, Head, Query, Scan ...
    std::function<std::shared_ptr<void>()> make_input;
    // The message for what `input` breaks of the model; not set: model::validation_message().
    std::function<std::string(const void* input, const std::vector<std::string>& violations)> words;
    std::function<Task<AnyOutput>(const RequestContext&, const void* input)> invoke;
    BodyCheck check_body = nullptr;  // before the body is decoded
};

class OperationTable {
public:
    // Binds a handler: Task<Output>, Task<Answer<Output>>, or, where nothing waits, plain Output or
    // Answer<Output>.
    template <class Op, class S, class R>
    void on(S& service, R (S::*handler)(const RequestContext&, const typename Op::Input&));

    // For a bound operation that AWS words otherwise than the model's constraints say.
    template <class Op>
    void word(std::string (*words)(const typename Op::Input&, const std::vector<std::string>& violations));

    // For operations of `service` that are bound so far and, by their model, take no body without a checksum.
    void check_bodies(const model::Service& service, BodyCheck check);

    // Every modelled operation of `service` is known from here on; one that nobody binds answers 501.
    void serve(const model::Service& service);

    const BoundOperation* find(const model::Operation& operation) const;
    const std::vector<const model::Service*>& services() const { return services_; }

private:
    std::unordered_map<const model::Operation*, BoundOperation> bound_;
    std::vector<const model::Service*> services_;
};

// Calls an operation of another service in this process, past the codecs, with the principal and trace of
// `cause`.
class LocalClient {
public:
    explicit LocalClient(const OperationTable& table) : table_(table) {}
    // Throws what the operation throws.
    template <class Op>
    Task<typename Op::Output> call(const RequestContext& cause, const typename Op::Input& input) const;
    // With the whole answer, for streaming outputs.
    template <class Op>
    Task<AnyOutput> call_any(const RequestContext& cause, const typename Op::Input& input) const;

private:
    Task<AnyOutput> invoke(const model::Operation& operation, const RequestContext& cause,
                           const void* input) const;
    const OperationTable& table_;
};

namespace detail {
template <class T>
AnyOutput any_output(T&& value) {
    return AnyOutput{std::make_shared<std::decay_t<T>>(std::forward<T>(value)), {}, 0, {}};
}
template <class T>
AnyOutput any_output(Answer<T>&& answer) {
    return AnyOutput{std::make_shared<T>(std::move(answer.output)), std::move(answer.payload), answer.status,
                     std::move(answer.headers)};
}
template <class R>
struct IsTask : std::false_type {};
template <class T>
struct IsTask<Task<T>> : std::true_type {};
}  // namespace detail

template <class Op, class S, class R>
void OperationTable::on(S& service, R (S::*handler)(const RequestContext&, const typename Op::Input&)) {
    using Input = typename Op::Input;
    BoundOperation bound;
    bound.operation = &Op::descriptor();
    bound.reads_only = is_read(bound.operation->name);
    bound.make_input = [] { return std::make_shared<Input>(); };
    bound.invoke = [&service, handler](const RequestContext& context, const void* input) -> Task<AnyOutput> {
        if constexpr (detail::IsTask<R>::value) {
            co_return detail::any_output(
                co_await (service.*handler)(context, *static_cast<const Input*>(input)));
        } else {
            co_return detail::any_output((service.*handler)(context, *static_cast<const Input*>(input)));
        }
    };
    bound_[bound.operation] = std::move(bound);
}

template <class Op>
void OperationTable::word(std::string (*words)(const typename Op::Input&, const std::vector<std::string>&)) {
    bound_.at(&Op::descriptor()).words = [words](const void* input,
                                                 const std::vector<std::string>& violations) {
        return words(*static_cast<const typename Op::Input*>(input), violations);
    };
}

template <class Op>
Task<typename Op::Output> LocalClient::call(const RequestContext& cause,
                                            const typename Op::Input& input) const {
    AnyOutput output = co_await invoke(Op::descriptor(), cause, &input);
    co_return std::move(*static_cast<typename Op::Output*>(output.value.get()));
}

template <class Op>
Task<AnyOutput> LocalClient::call_any(const RequestContext& cause, const typename Op::Input& input) const {
    return invoke(Op::descriptor(), cause, &input);
}

}  // namespace fogbank::gateway
