// The examples are those of RFC 8949, appendix A, and its section 3.2 on broken bytes.
#include "src/base/cbor.h"

#include "src/base/bytes.h"

#include <catch2/catch.hpp>

#include <cmath>
#include <limits>

namespace fogbank::cbor {
namespace {

std::string bytes_of(std::string_view hex) {
    std::string out;
    for (std::size_t i = 0; i + 1 < hex.size(); i += 2)
        out += static_cast<char>(std::stoi(std::string(hex.substr(i, 2)), nullptr, 16));
    return out;
}

// What an item says, in the RFC's diagnostic notation; "broken" where the bytes are none.
std::string shown(Reader& reader, const Item& item);

std::string shown_contents(Reader& reader, bool is_map) {
    std::string out;
    while (reader.more()) {
        if (!out.empty()) out += ", ";
        out += shown(reader, reader.next());
        if (is_map) {
            if (!reader.more()) return "broken";
            out += ": " + shown(reader, reader.next());
        }
    }
    return out;
}

std::string shown(Reader& reader, const Item& item) {
    const std::string tag = item.tag == kUntagged ? "" : std::to_string(item.tag) + "!";
    switch (item.type) {
        case Type::none:
            return "broken";
        case Type::null:
            return tag + "null";
        case Type::boolean:
            return tag + (item.boolean ? "true" : "false");
        case Type::integer:
            return tag + std::to_string(item.integer);
        case Type::floating:
            return tag + "f" + std::to_string(item.number);
        case Type::bytes:
            return tag + "h'" + hex_encode(item.text) + "'";
        case Type::text:
            return tag + "\"" + std::string(item.text) + "\"";
        case Type::array:
            return tag + "[" + shown_contents(reader, false) + "]";
        case Type::map:
            return tag + "{" + shown_contents(reader, true) + "}";
    }
    return {};
}

std::string read(std::string_view hex) {
    const std::string data = bytes_of(hex);
    Reader reader(data);
    const std::string text = shown(reader, reader.next());
    return reader.failed() || !reader.at_end() ? "broken" : text;
}

}  // namespace

TEST_CASE("The RFC's examples are read") {
    const auto [hex, text] = GENERATE(table<const char*, const char*>({
        {"00", "0"},
        {"17", "23"},
        {"1818", "24"},
        {"1903e8", "1000"},
        {"1a000f4240", "1000000"},
        {"1b000000e8d4a51000", "1000000000000"},
        {"1bffffffffffffffff", "9223372036854775807"},
        {"3bffffffffffffffff", "-9223372036854775808"},
        {"20", "-1"},
        {"3903e7", "-1000"},
        {"f90000", "f0.000000"},
        {"f93c00", "f1.000000"},
        {"f97bff", "f65504.000000"},
        {"fa47c35000", "f100000.000000"},
        {"fb3ff199999999999a", "f1.100000"},
        {"f90400", "f0.000061"},
        {"f9c400", "f-4.000000"},
        {"f97c00", "finf"},
        {"f9fc00", "f-inf"},
        {"f4", "false"},
        {"f5", "true"},
        {"f6", "null"},
        {"f7", "null"},
        {"c11a514b67b0", "1!1363896240"},
        {"c1fb41d452d9ec200000", "1!f1363896240.500000"},
        {"40", "h''"},
        {"4401020304", "h'01020304'"},
        {"62c3bc", "\"\u00fc\""},
        {"80", "[]"},
        {"8301820203820405", "[1, [2, 3], [4, 5]]"},
        {"a26161016162820203", "{\"a\": 1, \"b\": [2, 3]}"},
        {"5f42010243030405ff", "h'0102030405'"},
        {"7f657374726561646d696e67ff", "\"streaming\""},
        {"9fff", "[]"},
        {"9f018202039f0405ffff", "[1, [2, 3], [4, 5]]"},
        {"bf6346756ef563416d7421ff", "{\"Fun\": true, \"Amt\": -2}"},
    }));
    INFO(hex);
    CHECK(read(hex) == text);
}

TEST_CASE("Bytes that are no CBOR are no item, and nothing comes after them") {
    const std::string hex = GENERATE(as<std::string>(),
                                     "",                                // nothing
                                     "18", "19ff", "1bffffffff",        // heads cut off
                                     "1c", "3d", "5e", "7f",            // reserved, without end
                                     "62c3", "61ff",                    // text cut off, no UTF-8
                                     "5affffffff00",                    // more bytes than there are
                                     "9bffffffffffffffff00",            // more items than there are
                                     "bb8000000000000001",              // a map whose count overflows
                                     "8201", "a101", "9f01", "bf0102",  // containers cut off
                                     "bf01ff",                          // a key without its value
                                     "ff", "81ff",                      // a break where none may stand
                                     "5f6161ff", "5f5f4101ffff",        // chunks of another type, of chunks
                                     "1f", "3f", "df",                  // no indefinite numbers and tags
                                     "c1", "f8ff", "f0",                // a tag of nothing, simple values
                                     "0000");                           // two items
    INFO(hex);
    CHECK(read(hex) == "broken");
}

TEST_CASE("Nesting past the limit is broken, and skipped containers nest as far as others") {
    const std::string fits = std::string(kMaxDepth - 1, '\x81') + "\x80";
    Reader good(fits);
    good.skip(good.next());
    CHECK_FALSE(good.failed());
    CHECK(good.at_end());
    for (const char opening : {'\x81', '\x9f'}) {
        const std::string deep(500'000, opening);
        Reader reader(deep);
        reader.skip(reader.next());
        CHECK(reader.failed());
        CHECK_FALSE(reader.more());
        CHECK(reader.next().type == Type::none);
    }
}

TEST_CASE("More items than any call has are broken") {
    for (const std::size_t count : {kMaxItems - 1, kMaxItems}) {
        std::string data = "\x9f" + std::string(count, '\0') + "\xff";
        Reader reader(data);
        reader.skip(reader.next());
        CHECK(reader.failed() == (count == kMaxItems));
    }
}

TEST_CASE("What is skipped leaves the reader behind it") {
    const std::string data = bytes_of("83a16161826162bf6163f6ff9f01820203ff1864");
    Reader reader(data);
    reader.next();
    REQUIRE(reader.more());
    reader.skip(reader.next());
    REQUIRE(reader.more());
    reader.skip(reader.next());
    REQUIRE(reader.more());
    CHECK(reader.next().integer == 100);
    CHECK_FALSE(reader.more());
    CHECK(reader.at_end());
}

TEST_CASE("What is written is the RFC's, in its shortest form") {
    std::string out;
    Writer writer(out);
    writer.begin_map();
    writer.text("a");
    writer.array(6);
    for (const std::int64_t value :
         {std::int64_t{23}, std::int64_t{24}, std::int64_t{1000}, std::int64_t{-1},
          std::numeric_limits<std::int64_t>::max(), std::numeric_limits<std::int64_t>::min()})
        writer.integer(value);
    writer.text("b");
    writer.bytes(std::string_view("\x00\xff", 2));
    writer.text("c");
    writer.map(1);
    writer.text("d");
    writer.number(1.1);
    writer.text("e");
    writer.tag(kEpochTag);
    writer.integer(1363896240);
    writer.text("f");
    writer.number(100000.0F);
    writer.text("g");
    writer.boolean(true);
    writer.text("h");
    writer.null();
    writer.end();
    CHECK(hex_encode(out) ==
          "bf616186171818"
          "1903e8201b7fffffffffffffff3b7fffffffffffffff"
          "61624200ff6163a16164fb3ff199999999999a6165c11a514b67b06166fa47c350006167f56168f6ff");
}

}  // namespace fogbank::cbor
