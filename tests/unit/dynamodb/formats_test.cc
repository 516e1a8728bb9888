#include "services/dynamodb/transfers/csv.h"
#include "services/dynamodb/transfers/gzip.h"

#include <catch2/catch.hpp>

using namespace fogbank::dynamodb;

namespace {

std::vector<std::vector<std::string>> records(std::string_view text, char delimiter = ',') {
    CsvReader reader(text, delimiter);
    std::vector<std::vector<std::string>> out;
    while (auto record = reader.next()) out.push_back(std::move(*record));
    return out;
}

using Records = std::vector<std::vector<std::string>>;

}  // namespace

TEST_CASE("CSV records end with a line, and quotes hold what would end them") {
    CHECK(records("a,b\n1,2\n") == Records{{"a", "b"}, {"1", "2"}});
    CHECK(records("a,b\r\n1,2") == Records{{"a", "b"}, {"1", "2"}});
    CHECK(records("\"x,y\",\"say \"\"hi\"\"\",\"two\nlines\"\n") ==
          Records{{"x,y", "say \"hi\"", "two\nlines"}});
    CHECK(records("a,,\n") == Records{{"a", "", ""}});
    CHECK(records("\n\na\n\nb\n") == Records{{"a"}, {"b"}});
    CHECK(records("a;b,c", ';') == Records{{"a", "b,c"}});
    CHECK(records("").empty());
    CHECK(records("\"open") == Records{{"open"}});
}

TEST_CASE("gzip reads back, member after member, and what is none or too large is nothing") {
    const std::string text(100'000, 'x');
    CHECK(gunzip(gzip(text), text.size()) == text);
    CHECK(gunzip(gzip("one ") + gzip("two"), 100) == "one two");
    CHECK(gunzip(gzip(""), 0) == "");
    CHECK_FALSE(gunzip(gzip(text), text.size() - 1));
    CHECK_FALSE(gunzip("no gzip", 100));
    CHECK_FALSE(gunzip(gzip(text).substr(0, 50), text.size()));
    CHECK_FALSE(gunzip("", 100));
}
