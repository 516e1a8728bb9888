#include "src/http/shard.h"

#include "src/base/clock.h"
#include "src/http/coarse_time.h"
#include "src/http/connection.h"

#include <boost/asio/post.hpp>

#include <algorithm>

namespace fogbank::http {

namespace asio = boost::asio;

namespace {

// Deadlines are kept to a quarter of the shortest timeout; a timer per operation would cost more than the
// request.
std::chrono::milliseconds sweep_interval_for(const ServerOptions& options) {
    const auto shortest =
        std::min({options.header_timeout, options.idle_timeout, options.body_timeout, options.write_timeout});
    return std::clamp<std::chrono::milliseconds>(shortest / 4, std::chrono::milliseconds(10),
                                                 std::chrono::milliseconds(1000));
}

}  // namespace

Shard::Shard(IoExecutor executor, std::shared_ptr<ServerShared> shared)
    : executor_(executor),
      shared_(std::move(shared)),
      timer_(executor),
      sweep_interval_(sweep_interval_for(shared_->options)) {}

void Shard::serve(Socket socket, int local_port) {
    auto connection = std::make_shared<Connection>(shared_from_this(), std::move(socket), local_port);
    asio::post(executor_, [this, connection = std::move(connection)]() mutable {
        spawn(Executor(executor_), Connection::run(std::move(connection)));
    });
}

void Shard::enter(Connection& connection) {
    connection.place = connections_.size();
    connections_.push_back(&connection);
    if (!armed_) arm();
}

void Shard::leave(Connection& connection) {
    connections_[connection.place] = connections_.back();
    connections_[connection.place]->place = connection.place;
    connections_.pop_back();
    if (connections_.empty()) timer_.cancel();
}

void Shard::arm() {
    armed_ = true;
    timer_.expires_after(sweep_interval_);
    timer_.async_wait([self = shared_from_this()](const boost::system::error_code&) { self->sweep(); });
}

void Shard::sweep() {
    armed_ = false;
    const std::int64_t now = steady_millis();
    // A connection that ends here takes itself out of the list, so the walk is from the back.
    for (std::size_t i = connections_.size(); i-- > 0;) {
        if (i < connections_.size()) connections_[i]->check_deadline(now);
    }
    if (!connections_.empty()) arm();
}

std::string_view Shard::date() {
    const std::int64_t second = civil_seconds();
    if (second != date_second_) {
        date_second_ = second;
        date_ = format_http_date(from_unix_seconds(second));
    }
    return date_;
}

void Shard::close_idle() {
    for (std::size_t i = connections_.size(); i-- > 0;) {
        if (i < connections_.size()) connections_[i]->close_if_idle();
    }
}

void Shard::close_all() {
    for (std::size_t i = connections_.size(); i-- > 0;) {
        if (i < connections_.size()) connections_[i]->close_now();
    }
}

}  // namespace fogbank::http
