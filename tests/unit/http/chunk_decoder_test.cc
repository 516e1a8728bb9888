#include "src/http/chunk_decoder.h"

#include <catch2/catch.hpp>

#include <string>

using fogbank::http::ChunkDecoder;

namespace {

struct Decoded {
    std::string body;
    std::string rest;
    bool done = false;
    bool malformed = false;
};

// Feeds `bytes` in two parts, split at `at`.
Decoded decode(const std::string& bytes, std::size_t at) {
    ChunkDecoder decoder;
    Decoded result;
    for (std::string_view part :
         {std::string_view(bytes).substr(0, at), std::string_view(bytes).substr(at)}) {
        while (!part.empty() && !decoder.done() && !decoder.malformed()) result.body += decoder.take(part);
        result.rest += part;
    }
    result.done = decoder.done();
    result.malformed = decoder.malformed();
    return result;
}

Decoded decode(const std::string& bytes) {
    return decode(bytes, bytes.size());
}

}  // namespace

TEST_CASE("The chunk decoder gives the same body however its input is split, and stops at the end") {
    const std::string bytes =
        "5;ext=\"v\"\r\nhello\r\n00A\r\n, chunked!\r\n0\r\nX-Trailer: t\r\n\r\nGET / HTTP/1.1";
    for (std::size_t at = 0; at <= bytes.size(); ++at) {
        CAPTURE(at);
        const Decoded result = decode(bytes, at);
        CHECK(result.body == "hello, chunked!");
        CHECK(result.rest == "GET / HTTP/1.1");
        CHECK(result.done);
    }
}

TEST_CASE("The chunk decoder takes an empty body with and without trailers") {
    CHECK(decode("0\r\n\r\n").done);
    CHECK(decode("0\r\na: b\r\nc: d\r\n\r\n").done);
    CHECK_FALSE(decode("0\r\na: b\r\n").done);
}

TEST_CASE("The chunk decoder refuses what is not the chunked coding") {
    for (const char* bad :
         {"\r\n", "g\r\n", "-1\r\n", "5 \r\nhello\r\n0\n\r\n", "5\nhello", "5\r\nhelloX\n0\r\n\r\n",
          "5\r\nhello\rX", "0x5\r\nhello\r\n", "1ffffffffffffffff\r\n", "0\r\n\n", "0\r\na\nb"}) {
        CAPTURE(bad);
        CHECK(decode(bad).malformed);
    }
}

TEST_CASE("The chunk decoder bounds extensions, leading zeros and trailers") {
    CHECK(decode("5;" + std::string(20'000, 'x')).malformed);
    CHECK(decode(std::string(20'000, '0')).malformed);
    CHECK(decode("0\r\n" + std::string(20'000, 'x')).malformed);
}
