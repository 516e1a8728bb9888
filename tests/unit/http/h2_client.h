// An HTTP/2 client over a RawClient: nghttp2's own, or frames by hand where a client misbehaves.
#pragma once

#include "src/http/message.h"
#include "tests/unit/http/live_server.h"

#include <nghttp2/nghttp2.h>

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace fogbank::http::test {

struct H2Answer {
    std::vector<int> informational;
    int status = 0;
    Headers headers;
    std::string body;
    std::optional<std::uint32_t> closed;  // the error code that the stream ended with
};

struct H2Request {
    std::string method = "GET";
    std::string path = "/";
    std::vector<std::pair<std::string, std::string>> headers;
    std::string body;
};

class H2Client {
public:
    enum class Windows { automatic, by_hand };
    explicit H2Client(int port, Windows windows = Windows::automatic);
    ~H2Client();
    H2Client(const H2Client&) = delete;

    std::int32_t submit(H2Request request);  // goes out with the next send()
    void reset(std::int32_t id);
    void open_window(std::int32_t id, std::size_t bytes);  // by hand: of the stream and the connection
    void send();
    // Sends and receives until it holds, or the connection ends.
    void until(const std::function<bool()>& condition);
    // Of a finished stream.
    const H2Answer& finish(std::int32_t id);
    const H2Answer& ask(H2Request request) { return finish(submit(std::move(request))); }

    const H2Answer& answer(std::int32_t id) { return answers_[id]; }
    std::size_t sent_of_body(std::int32_t id) { return bodies_[id].second; }
    std::optional<std::uint32_t> goaway() const { return goaway_; }
    bool ended() const { return ended_; }
    RawClient& raw() { return raw_; }

private:
    struct Callbacks;
    RawClient raw_;
    nghttp2_session* session_ = nullptr;
    std::map<std::int32_t, H2Answer> answers_;
    std::map<std::int32_t, std::pair<std::string, std::size_t>> bodies_;  // and how much has gone
    std::optional<std::uint32_t> goaway_;
    bool ended_ = false;
};

// --- by hand ---

inline constexpr std::string_view kPrefaceBytes = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

struct Frame {
    int type = -1;  // -1: the connection has ended
    int flags = 0;
    std::uint32_t stream = 0;
    std::string payload;
};

std::string frame_bytes(int type, int flags, std::uint32_t stream, std::string_view payload);
// GET / of localhost, whole.
std::string get_frame(std::uint32_t stream);
// Preface and empty settings.
std::string opening();
Frame receive_frame(RawClient& client);
// The next frame of that type, or of the connection's end.
Frame receive_frame(RawClient& client, int type);
std::uint32_t number_at(std::string_view payload, std::size_t at);

}  // namespace fogbank::http::test
