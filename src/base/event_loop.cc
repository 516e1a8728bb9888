#include "src/base/event_loop.h"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>

#include <pthread.h>
#include <optional>
#include <thread>

namespace fogbank {

struct EventLoop::Impl {
    // Concurrency hint 1: one thread runs it, others only post.
    boost::asio::io_context context{1};
    boost::asio::executor_work_guard<boost::asio::io_context::executor_type> guard{context.get_executor()};
    std::optional<boost::asio::signal_set> signals;
    std::thread thread;

    void wait_for_signal(const std::function<void(int)>& handler) {
        signals->async_wait([this, handler](const boost::system::error_code& error, int signal) {
            if (error) return;
            handler(signal);
            wait_for_signal(handler);
        });
    }
};

EventLoop::EventLoop() : impl_(std::make_unique<Impl>()) {}

EventLoop::~EventLoop() {
    stop();
    join();
}

Executor EventLoop::executor() const {
    return impl_->context.get_executor();
}

void EventLoop::run() {
    impl_->context.run();
}

void EventLoop::start_thread(const std::string& name) {
    impl_->thread = std::thread([impl = impl_.get()] { impl->context.run(); });
    ::pthread_setname_np(impl_->thread.native_handle(), name.substr(0, 15).c_str());
}

void EventLoop::stop() {
    impl_->guard.reset();
    impl_->context.stop();
}

void EventLoop::join() {
    if (impl_->thread.joinable()) impl_->thread.join();
}

void EventLoop::on_signal(std::initializer_list<int> signals, std::function<void(int)> handler) {
    impl_->signals.emplace(impl_->context);
    for (int signal : signals) impl_->signals->add(signal);
    impl_->wait_for_signal(handler);
}

}  // namespace fogbank
