#include "services/dynamodb/transfers/csv.h"
#include "services/dynamodb/transfers/unzstd.h"

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

TEST_CASE("Zstandard reads back, frame after frame, and what is none or too large is nothing") {
    const auto bytes = [](std::initializer_list<unsigned char> list) {
        return std::string(list.begin(), list.end());
    };
    // What zstd writes for "one ", for "two" and for 100,000 zeros.
    const std::string one = bytes({0x28, 0xb5, 0x2f, 0xfd, 0x04, 0x58, 0x21, 0x00, 0x00, 0x6f, 0x6e, 0x65,
                                   0x20, 0x29, 0x92, 0x3f, 0xd7});
    const std::string two = bytes({0x28, 0xb5, 0x2f, 0xfd, 0x00, 0x58, 0x19, 0x00, 0x00, 0x74, 0x77, 0x6f});
    const std::string zeros = bytes({0x28, 0xb5, 0x2f, 0xfd, 0x04, 0x58, 0x55, 0x00, 0x00, 0x10, 0x00, 0x00,
                                     0x01, 0x00, 0x9b, 0x86, 0x39, 0xc0, 0x02, 0xdb, 0x23, 0x4e, 0xf3});
    CHECK(unzstd(one, 100) == "one ");
    CHECK(unzstd(one + two, 100) == "one two");
    CHECK(unzstd(zeros, 100'000) == std::string(100'000, '\0'));
    CHECK_FALSE(unzstd(zeros, 99'999));
    CHECK_FALSE(unzstd("no zstd", 100));
    CHECK_FALSE(unzstd(one.substr(0, 12), 100));
}
