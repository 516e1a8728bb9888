// The trace header, and the log that draws the tree.
#include "src/events/span_chunk.h"
#include "src/events/trace_log.h"

#include <catch2/catch.hpp>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <thread>

namespace fogbank::events::test {
namespace {

constexpr const char* kRoot = "1-65a1b2c3-0123456789abcdef01234567";

TEST_CASE("A trace header is read and written") {
    struct Row {
        const char* header;
        Trace trace;
    };
    const Row rows[] = {
        {"Root=1-65a1b2c3-0123456789abcdef01234567", {kRoot, "", 0}},
        {"Root=1-65a1b2c3-0123456789abcdef01234567;Parent=53995c3f42cd8ad8;Sampled=1",
         {kRoot, "53995c3f42cd8ad8", 0}},
        {"Sampled=0; Parent=53995c3f42cd8ad8; Root=1-65a1b2c3-0123456789abcdef01234567",
         {kRoot, "53995c3f42cd8ad8", 0}},
        {"Root=1-65a1b2c3-0123456789abcdef01234567;Lineage=a87bd80c:12", {kRoot, "", 12}},
        {"Root=1-65a1b2c3-0123456789abcdef01234567;Lineage=25:a87bd80c:3", {kRoot, "", 3}},
        {"Root=1-65a1b2c3-0123456789abcdef01234567;Lineage=a:-3", {kRoot, "", 0}},
        {"Root=1-65a1b2c3-0123456789abcdef01234567;Lineage=a:99999999999999", {kRoot, "", 0}},
        {"Self=1-65a1b2c3-000000000000000000000001;Root=1-65a1b2c3-0123456789abcdef01234567", {kRoot, "", 0}},
        {"", {}},
        {"Root=", {}},
        {"Root=2-65a1b2c3-0123456789abcdef01234567", {}},
        {"Root=1-65a1b2c3-0123456789abcdef0123456", {}},
        {"Root=1-65a1b2cz-0123456789abcdef01234567", {}},
        {"Parent=53995c3f42cd8ad8", {}},
        {";;;===;", {}},
    };
    for (const Row& row : rows) {
        INFO(row.header);
        Trace trace = Trace::parse(row.header);
        CHECK(trace.id == row.trace.id);
        CHECK(trace.cause == row.trace.cause);
        CHECK(trace.depth == row.trace.depth);
    }
    Trace deep{kRoot, "53995c3f42cd8ad8", 7};
    CHECK(deep.header() ==
          std::string("Root=") + kRoot + ";Parent=53995c3f42cd8ad8;Sampled=1;Lineage=00000000:7");
    CHECK(Trace::parse(deep.header()).depth == 7);
    CHECK((Trace{kRoot, "", 0}).header() == std::string("Root=") + kRoot + ";Sampled=1");
}

Span span(const std::string& trace, int n, const std::string& account = "1", const std::string& cause = "") {
    return {trace,
            "id" + std::to_string(n),
            cause,
            "call",
            account,
            "s3",
            "PutObject",
            "bucket/key",
            "200",
            Timestamp(std::chrono::milliseconds(n)),
            std::chrono::microseconds(n)};
}

struct Folder {
    Folder() {
        path = (std::filesystem::temp_directory_path() / "fogbank-trace-XXXXXX").string();
        if (::mkdtemp(path.data()) == nullptr) throw std::runtime_error("no temporary folder");
    }
    ~Folder() { std::filesystem::remove_all(path); }
    std::string path;
};

TEST_CASE("A span comes back as it was recorded, at once") {
    auto log = open_trace_log({});
    Span whole{"t",        "i", "c", "delivery",       "a",
               "sqs",      "n", "r", "failed: \xff\n", Timestamp(Duration(5)),
               Duration(6)};
    log->record(whole);
    auto spans = log->spans("t");
    REQUIRE(spans.size() == 1);
    CHECK(spans[0].trace == whole.trace);
    CHECK(spans[0].id == whole.id);
    CHECK(spans[0].cause == whole.cause);
    CHECK(spans[0].kind == whole.kind);
    CHECK(spans[0].account == whole.account);
    CHECK(spans[0].service == whole.service);
    CHECK(spans[0].name == whole.name);
    CHECK(spans[0].resource == whole.resource);
    CHECK(spans[0].outcome == whole.outcome);
    CHECK(spans[0].started == whole.started);
    CHECK(spans[0].duration == whole.duration);
    CHECK(log->spans("other").empty());
}

TEST_CASE("Spans of a trace come by their start, whatever chunk they stand in") {
    auto log = open_trace_log({});
    for (int i = 999; i >= 0; --i) log->record(span("t" + std::to_string(i % 3), i));
    auto spans = log->spans("t1");
    REQUIRE(spans.size() == 333);
    for (std::size_t i = 0; i < spans.size(); ++i) CHECK(spans[i].id == "id" + std::to_string(3 * i + 1));
}

TEST_CASE("The log survives a restart and replaces a damaged file") {
    Folder folder;
    for (int start = 0; start < 3; ++start) {
        auto log = open_trace_log({folder.path, 1'000});
        log->record(span("t", start));
        CHECK(log->spans("t").size() == static_cast<std::size_t>(start + 1));
    }
    std::filesystem::remove(folder.path + "/trace.db-wal");
    std::ofstream(folder.path + "/trace.db") << std::string(10'000, 'z');
    auto log = open_trace_log({folder.path, 1'000});
    CHECK(log->spans("t").empty());
    log->record(span("t", 1));
    CHECK(log->spans("t").size() == 1);
}

TEST_CASE("Old spans are dropped above the bound") {
    auto log = open_trace_log({"", 1'000});
    std::size_t seen = 0;
    for (int i = 0; i < 5'000; ++i) {
        log->record(span("t", i));
        if (i % 1'000 == 999) seen = log->spans("t").size();
    }
    CHECK(seen <= 1'000);
    CHECK(seen > 700);
    CHECK(log->spans("t").back().id == "id4999");
}

TEST_CASE("A trace is named after its root also where what the root caused began in the same moment") {
    auto log = open_trace_log({});
    Span root = span("t", 10);
    root.name = "PutObject";
    Span event = span("t", 10, root.account, root.id);
    event.name = "ObjectCreated:Put";
    log->record(event);
    log->record(root);
    log->record(event);
    REQUIRE(log->recent("", 1).size() == 1);
    CHECK(log->recent("", 1)[0].name == "PutObject");
}

TEST_CASE("Recent traces are named after their roots, newest first") {
    auto log = open_trace_log({});
    for (int i = 0; i < 600; ++i) {
        std::string trace = "t" + std::to_string(i);
        Span root = span(trace, i * 10, i % 2 == 0 ? "even" : "odd");
        root.name = "Root" + std::to_string(i);
        log->record(span(trace, i * 10 + 1, root.account, "id"));
        log->record(root);
        log->record(span(trace, i * 10 + 2, root.account, "id"));
    }
    auto all = log->recent("", 3);
    REQUIRE(all.size() == 3);
    CHECK(all[0].trace == "t599");
    CHECK(all[0].name == "Root599");
    CHECK(all[0].spans == 3);
    CHECK(all[0].started == Timestamp(std::chrono::milliseconds(5990)));
    CHECK(all[2].trace == "t597");
    auto even = log->recent("even", 2);
    REQUIRE(even.size() == 2);
    CHECK(even[0].trace == "t598");
    CHECK(even[1].trace == "t596");
    CHECK(log->recent("", 10'000).size() == 600);
    CHECK(log->recent("", 0).empty());
}

TEST_CASE("Clearing an account leaves the others, clearing all leaves nothing") {
    auto log = open_trace_log({});
    for (int i = 0; i < 1'000; ++i) log->record(span("t", i, i % 2 == 0 ? "a" : "b"));
    log->clear("a");
    auto left = log->spans("t");
    REQUIRE(left.size() == 500);
    CHECK(left[0].account == "b");
    log->record(span("t", 2'000, "a"));
    CHECK(log->spans("t").size() == 501);
    log->clear("");
    CHECK(log->spans("t").empty());
}

TEST_CASE("Bytes that are no span end the reading of a chunk") {
    std::string chunk;
    append_span(chunk, span("t", 1));
    std::size_t one = chunk.size();
    append_span(chunk, span("t", 2));
    for (std::size_t cut = 0; cut <= chunk.size(); ++cut) {
        std::size_t seen = 0;
        for_each_span(std::string_view(chunk).substr(0, cut), [&](const SpanView&) { ++seen; });
        CHECK(seen == (cut == chunk.size() ? 2u : cut >= one ? 1u : 0u));
    }
}

TEST_CASE("Threads record while others read") {
    auto log = open_trace_log({});
    std::vector<std::thread> threads;
    for (int t = 0; t < 4; ++t) {
        threads.emplace_back([&, t] {
            for (int i = 0; i < 1'000; ++i) log->record(span("t" + std::to_string(t), i));
        });
    }
    for (int i = 0; i < 20; ++i) CHECK(log->spans("t0").size() <= 1'000);
    for (auto& thread : threads) thread.join();
    for (int t = 0; t < 4; ++t) CHECK(log->spans("t" + std::to_string(t)).size() == 1'000);
}

}  // namespace
}  // namespace fogbank::events::test
