#include "tests/unit/http/h2_client.h"

#include <catch2/catch.hpp>

#include <algorithm>
#include <cstring>

namespace fogbank::http::test {

struct H2Client::Callbacks {
    static H2Client& client(void* user) { return *static_cast<H2Client*>(user); }
    static std::string_view view(const std::uint8_t* bytes, std::size_t size) {
        return {reinterpret_cast<const char*>(bytes), size};
    }
    static int header(nghttp2_session*, const nghttp2_frame* frame, const std::uint8_t* name,
                      std::size_t name_size, const std::uint8_t* value, std::size_t value_size, std::uint8_t,
                      void* user) {
        H2Answer& answer = client(user).answers_[frame->hd.stream_id];
        if (view(name, name_size) == ":status") {
            const int status = std::stoi(std::string(view(value, value_size)));
            if (status < 200) {
                answer.informational.push_back(status);
            } else {
                answer.status = status;
            }
        } else {
            answer.headers.add(std::string(view(name, name_size)), std::string(view(value, value_size)));
        }
        return 0;
    }
    static int data(nghttp2_session*, std::uint8_t, std::int32_t id, const std::uint8_t* bytes,
                    std::size_t size, void* user) {
        client(user).answers_[id].body += view(bytes, size);
        return 0;
    }
    static int closed(nghttp2_session*, std::int32_t id, std::uint32_t error, void* user) {
        client(user).answers_[id].closed = error;
        return 0;
    }
    static int received(nghttp2_session*, const nghttp2_frame* frame, void* user) {
        if (frame->hd.type == NGHTTP2_GOAWAY) client(user).goaway_ = frame->goaway.error_code;
        return 0;
    }
    static ssize_t body(nghttp2_session*, std::int32_t id, std::uint8_t* room, std::size_t size,
                        std::uint32_t* flags, nghttp2_data_source*, void* user) {
        auto& [text, at] = client(user).bodies_[id];
        const std::size_t piece = std::min(size, text.size() - at);
        std::memcpy(room, text.data() + at, piece);
        at += piece;
        if (at == text.size()) *flags |= NGHTTP2_DATA_FLAG_EOF;
        return static_cast<ssize_t>(piece);
    }
};

H2Client::H2Client(int port, Windows windows) : raw_(port) {
    nghttp2_session_callbacks* list = nullptr;
    nghttp2_session_callbacks_new(&list);
    nghttp2_session_callbacks_set_on_header_callback(list, Callbacks::header);
    nghttp2_session_callbacks_set_on_data_chunk_recv_callback(list, Callbacks::data);
    nghttp2_session_callbacks_set_on_stream_close_callback(list, Callbacks::closed);
    nghttp2_session_callbacks_set_on_frame_recv_callback(list, Callbacks::received);
    nghttp2_option* option = nullptr;
    nghttp2_option_new(&option);
    nghttp2_option_set_no_auto_window_update(option, windows == Windows::by_hand ? 1 : 0);
    nghttp2_option_set_max_send_header_block_length(option, 1'000'000);
    nghttp2_session_client_new2(&session_, list, this, option);
    nghttp2_option_del(option);
    nghttp2_session_callbacks_del(list);
    nghttp2_submit_settings(session_, NGHTTP2_FLAG_NONE, nullptr, 0);
}

H2Client::~H2Client() {
    nghttp2_session_del(session_);
}

std::int32_t H2Client::submit(H2Request request) {
    std::vector<std::pair<std::string, std::string>> fields{{":method", request.method},
                                                            {":scheme", "http"},
                                                            {":authority", "localhost"},
                                                            {":path", request.path}};
    fields.insert(fields.end(), request.headers.begin(), request.headers.end());
    std::vector<nghttp2_nv> list;
    for (auto& [name, value] : fields) {
        list.push_back({reinterpret_cast<std::uint8_t*>(name.data()),
                        reinterpret_cast<std::uint8_t*>(value.data()), name.size(), value.size(),
                        NGHTTP2_NV_FLAG_NONE});
    }
    nghttp2_data_provider provider{};
    provider.read_callback = Callbacks::body;
    const std::int32_t id = nghttp2_submit_request(session_, nullptr, list.data(), list.size(),
                                                   request.body.empty() ? nullptr : &provider, nullptr);
    REQUIRE(id > 0);
    bodies_[id] = {std::move(request.body), 0};
    return id;
}

void H2Client::reset(std::int32_t id) {
    nghttp2_submit_rst_stream(session_, NGHTTP2_FLAG_NONE, id, NGHTTP2_CANCEL);
    send();
}

void H2Client::open_window(std::int32_t id, std::size_t bytes) {
    nghttp2_submit_window_update(session_, NGHTTP2_FLAG_NONE, id, static_cast<std::int32_t>(bytes));
    nghttp2_submit_window_update(session_, NGHTTP2_FLAG_NONE, 0, static_cast<std::int32_t>(bytes));
    send();
}

void H2Client::send() {
    for (;;) {
        const std::uint8_t* bytes = nullptr;
        const auto size = nghttp2_session_mem_send(session_, &bytes);
        if (size <= 0) return;
        if (!raw_.try_send({reinterpret_cast<const char*>(bytes), static_cast<std::size_t>(size)})) return;
    }
}

void H2Client::until(const std::function<bool()>& condition) {
    for (;;) {
        send();
        if (condition() || ended_) return;
        const std::string some = raw_.receive_some();
        ended_ = some.empty();
        const auto used = nghttp2_session_mem_recv(
            session_, reinterpret_cast<const std::uint8_t*>(some.data()), some.size());
        REQUIRE(used == static_cast<ssize_t>(some.size()));
    }
}

const H2Answer& H2Client::finish(std::int32_t id) {
    until([this, id] { return answers_[id].closed.has_value(); });
    return answers_[id];
}

std::string frame_bytes(int type, int flags, std::uint32_t stream, std::string_view payload) {
    std::string bytes;
    for (const int shift : {16, 8, 0}) bytes += static_cast<char>(payload.size() >> shift);
    bytes += static_cast<char>(type);
    bytes += static_cast<char>(flags);
    for (const int shift : {24, 16, 8, 0}) bytes += static_cast<char>(stream >> shift);
    return bytes + std::string(payload);
}

std::string get_frame(std::uint32_t stream) {
    // RFC 7541, static table: :method GET, :scheme http, :path /; then :authority as a literal.
    const std::string block = std::string("\x82\x86\x84\x41\x09", 5) + "localhost";
    return frame_bytes(NGHTTP2_HEADERS, NGHTTP2_FLAG_END_STREAM | NGHTTP2_FLAG_END_HEADERS, stream, block);
}

std::string opening() {
    return std::string(kPrefaceBytes) + frame_bytes(NGHTTP2_SETTINGS, 0, 0, "");
}

std::uint32_t number_at(std::string_view payload, std::size_t at) {
    std::uint32_t number = 0;
    for (std::size_t i = at; i < at + 4; ++i) {
        number = number << 8 | static_cast<unsigned char>(payload.at(i));
    }
    return number;
}

Frame receive_frame(RawClient& client) {
    const std::string head = client.receive(9);
    if (head.size() < 9) return {};
    Frame frame;
    const std::size_t size = number_at(std::string(1, '\0') + head, 0);
    frame.type = static_cast<unsigned char>(head[3]);
    frame.flags = static_cast<unsigned char>(head[4]);
    frame.stream = number_at(head, 5);
    frame.payload = client.receive(size);
    return frame;
}

Frame receive_frame(RawClient& client, int type) {
    for (;;) {
        Frame frame = receive_frame(client);
        if (frame.type == type || frame.type == -1) return frame;
    }
}

}  // namespace fogbank::http::test
