// An HTTP request and response as the rest of Fogbank sees them. Only src/http names an HTTP library.
#pragma once

#include "src/base/byte_stream.h"
#include "src/base/cancel.h"

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace fogbank::http {

// Names compare without regard to case; values are as sent, without outer white space; order is kept.
class Headers {
public:
    using Entry = std::pair<std::string, std::string>;
    void add(std::string name, std::string value);
    void set(std::string_view name, std::string value);  // replaces all of that name
    void erase(std::string_view name);
    // The first value, or null.
    const std::string* find(std::string_view name) const;
    std::string_view get(std::string_view name) const;  // empty where absent
    bool has(std::string_view name) const { return find(name) != nullptr; }
    auto begin() const { return entries_.begin(); }
    auto end() const { return entries_.end(); }
    std::size_t size() const { return entries_.size(); }

private:
    std::vector<Entry> entries_;
};

bool equal_ignoring_case(std::string_view a, std::string_view b);

struct Request {
    std::string method;  // upper case as sent
    std::string target;  // as sent: path and query, still encoded
    Headers headers;
    ByteStream* body = nullptr;  // never null inside a handler; empty where there is none
    std::string peer;            // address of the client
    int local_port = 0;          // where it came in: per-service ports are told apart by it
    bool secure = false;         // TLS
    CancelToken cancelled;       // the client went away, or the server is stopping
};

// A part of a file, sent with sendfile on plain HTTP. The descriptor is owned and closed after sending.
struct FileBody {
    int descriptor = -1;
    std::uint64_t offset = 0;
    std::uint64_t length = 0;
};

struct Response {
    int status = 200;
    Headers headers;  // Content-Length, Connection and Date are added by the server
    std::variant<std::string, FileBody, std::unique_ptr<ByteStream>> body;
    // HEAD and 304: the length to announce where no body is sent.
    std::int64_t announced_length = -1;
    bool close = false;  // end the connection after this response
};

}  // namespace fogbank::http
