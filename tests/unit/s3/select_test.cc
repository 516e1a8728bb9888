#include <catch2/catch.hpp>

#include "services/s3/select/evaluate.h"
#include "services/s3/select/readers.h"
#include "services/s3/select/unpack.h"
#include "services/s3/select/writer.h"
#include "src/base/bytes.h"
#include "src/base/gzip.h"

namespace fogbank::s3::select {

namespace {

const Timestamp kNow = *parse_iso8601("2026-03-01T12:00:00Z");

// The value of one expression on a JSON record.
std::string value(const std::string& expression, const std::string& record = "{}") {
    const Query query = parse("SELECT " + expression + " FROM S3Object s");
    const auto document = json::parse(record);
    Record one;
    one.json = document->root();
    const Value out = evaluate(*query.projections[0].expr, {one, kNow});
    if (std::holds_alternative<Missing>(out)) return "MISSING";
    return std::holds_alternative<Null>(out) ? "NULL" : to_text(out);
}

std::string refusal(const std::string& sql) {
    try {
        const Query query = parse(sql);
        Record one;
        const auto document = json::parse("{}");
        one.json = document->root();
        for (const Projection& projection : query.projections) evaluate(*projection.expr, {one, kNow});
    } catch (const Error& error) {
        return error.code();
    }
    return "";
}

using Rows = std::vector<std::vector<std::string>>;

Rows rows(CsvInput options, std::string_view text, std::size_t step, ScanRange range = {}) {
    Rows out;
    CsvReader reader(std::move(options), range);
    const RecordSink sink = [&out](const Record& record) {
        out.push_back(*record.fields);
        return true;
    };
    for (; !text.empty(); text.remove_prefix(std::min(step, text.size())))
        reader.feed(text.substr(0, step), sink);
    reader.finish(sink);
    return out;
}

}  // namespace

TEST_CASE("Operators bind as SQL binds them") {
    CHECK(value("1 + 2 * 3 - 4 / 2") == "5");
    CHECK(value("(1 + 2) * -3") == "-9");
    CHECK(value("7 % 4 + 0.5") == "3.5");
    CHECK(value("1 < 2 AND NOT 2 < 1 OR FALSE") == "true");
    CHECK(value("TRUE OR TRUE AND FALSE") == "true");
    CHECK(value("2 BETWEEN 1 AND 3 AND 4 NOT BETWEEN 1 AND 3") == "true");
    CHECK(value("'b' IN ('a', 'b') AND 3 NOT IN (1, 2)") == "true");
    CHECK(value("'5' = 5 AND '10' > 9.5") == "true");
    CHECK(value("'it''s'") == "it's");
}

TEST_CASE("What is absent makes conditions unknown") {
    CHECK(value("s.a") == "MISSING");
    CHECK(value("s.a = 1") == "NULL");
    CHECK(value("s.a = 1 OR TRUE") == "true");
    CHECK(value("s.a = 1 AND FALSE") == "false");
    CHECK(value("NOT s.a = 1") == "NULL");
    CHECK(value("s.a IS MISSING AND s.a IS NULL", "{}") == "true");
    CHECK(value("s.a IS MISSING", R"({"a": null})") == "false");
    CHECK(value("s.a IS NOT NULL", R"({"a": 1})") == "true");
    CHECK(value("COALESCE(s.a, NULL, 'x')") == "x");
    CHECK(value("NULLIF(1, 1)") == "NULL");
}

TEST_CASE("Paths reach into objects and arrays, and names in quotes keep their case") {
    const std::string record = R"({"Name": "n", "a": {"b": [1, {"c": "x"}]}, "a b": 2})";
    CHECK(value("s.name", record) == "n");
    CHECK(value("name", record) == "n");
    CHECK(value("S3Object.Name", record) == "n");
    CHECK(value("s.\"name\"", record) == "MISSING");
    CHECK(value("s.a.b[1].c", record) == "x");
    CHECK(value("s['a b']", record) == "2");
    CHECK(value("s.a", record) == R"({"b":[1,{"c":"x"}]})");
}

TEST_CASE("LIKE knows its wildcards and an escape") {
    CHECK(value("'abc' LIKE 'a%' AND 'abc' LIKE '_b_' AND 'abc' LIKE '%c'") == "true");
    CHECK(value("'abc' LIKE 'a' OR 'abc' LIKE '%d%'") == "false");
    CHECK(value("'50%' LIKE '50!%' ESCAPE '!'") == "true");
    CHECK(value("'50x' LIKE '50!%' ESCAPE '!'") == "false");
    CHECK(value("'xaybzab' LIKE '%a%ab'") == "true");
    CHECK(value("'\u00fc' LIKE '_'") == "true");
}

TEST_CASE("Functions give what AWS documents") {
    CHECK(value("CAST('12' AS INT) + 1") == "13");
    CHECK(value("CAST('1.5' AS FLOAT)") == "1.5");
    CHECK(value("CAST(5 AS STRING)") == "5");
    CHECK(value("CAST('TRUE' AS BOOL)") == "true");
    CHECK(value("CAST('2.50' AS DECIMAL(5, 2))") == "2.5");
    CHECK(value("CHAR_LENGTH('\u00fcb')") == "2");
    CHECK(value("LOWER('AbC')") == "abc");
    CHECK(value("UPPER('AbC')") == "ABC");
    CHECK(value("SUBSTRING('123456789', 3)") == "3456789");
    CHECK(value("SUBSTRING('123456789' FROM 1 FOR 4)") == "1234");
    CHECK(value("SUBSTRING('123456789', -1, 4)") == "12");
    CHECK(value("TRIM('  a ')") == "a");
    CHECK(value("TRIM(LEADING '1' FROM '11a1')") == "a1");
    CHECK(value("TRIM(BOTH '12' FROM '1121a212')") == "a");
    CHECK(value("CASE WHEN 1 > 2 THEN 'a' WHEN 2 > 1 THEN 'b' ELSE 'c' END") == "b");
    CHECK(value("CASE 3 WHEN 1 THEN 'a' ELSE 'c' END") == "c");
}

TEST_CASE("Dates are added, compared, taken apart and written") {
    CHECK(value("TO_TIMESTAMP('2007T')") == "2007-01-01T00:00:00Z");
    CHECK(value("TO_TIMESTAMP('2007-02-23T12:14:33.079-08:00')") == "2007-02-23T20:14:33.079Z");
    CHECK(value("DATE_ADD(year, 5, TO_TIMESTAMP('2010-01-01T'))") == "2015-01-01T00:00:00Z");
    CHECK(value("DATE_ADD(month, 1, TO_TIMESTAMP('2010-01-31'))") == "2010-02-28T00:00:00Z");
    CHECK(value("DATE_ADD(minute, -1, TO_TIMESTAMP('2017-01-10T05:30Z'))") == "2017-01-10T05:29:00Z");
    CHECK(value("DATE_DIFF(year, TO_TIMESTAMP('2010-01-01T'), TO_TIMESTAMP('2011-01-01T'))") == "1");
    CHECK(value("DATE_DIFF(month, TO_TIMESTAMP('2010T'), TO_TIMESTAMP('2010-05T'))") == "4");
    CHECK(value("DATE_DIFF(day, TO_TIMESTAMP('2010-01-01T23:00Z'), TO_TIMESTAMP('2010-01-02T01:00Z'))") ==
          "0");
    CHECK(value("EXTRACT(month FROM TO_TIMESTAMP('2010-03-01T'))") == "3");
    CHECK(value("TO_STRING(TO_TIMESTAMP('1969-07-20T20:18Z'), 'MMMM d, y h:mm a')") ==
          "July 20, 1969 8:18 PM");
    CHECK(value("TO_STRING(TO_TIMESTAMP('1969-07-20T20:18Z'), 'y-MM-dd''T''H:m:ssX')") ==
          "1969-07-20T20:18:00Z");
    CHECK(value("UTCNOW()") == "2026-03-01T12:00:00Z");
}

TEST_CASE("What is no S3 Select is refused by its kind") {
    CHECK(refusal("UPDATE x") == "ParseUnsupportedSelect");
    CHECK(refusal("SELECT * FROM table1") == "InvalidDataSource");
    CHECK(refusal("SELECT * S3Object") == "ParseExpectedKeyword");
    CHECK(refusal("SELECT a b c FROM S3Object") == "ParseExpectedKeyword");
    CHECK(refusal("SELECT * FROM S3Object WHERE") == "ParseUnexpectedToken");
    CHECK(refusal("SELECT * FROM S3Object LIMIT x") == "ParseExpectedNumber");
    CHECK(refusal("SELECT # FROM S3Object") == "LexerInvalidChar");
    CHECK(refusal("SELECT 'a FROM S3Object") == "LexerInvalidLiteral");
    CHECK(refusal("SELECT FOO(1) FROM S3Object") == "UnsupportedFunction");
    CHECK(refusal("SELECT a, COUNT(*) FROM S3Object") == "UnsupportedSqlStructure");
    CHECK(refusal("SELECT * FROM S3Object WHERE COUNT(*) > 1") == "UnsupportedSqlStructure");
    CHECK(refusal("SELECT CAST('x' AS INT) FROM S3Object") == "CastFailed");
    CHECK(refusal("SELECT 1/0 FROM S3Object") == "DivisionByZero");
    CHECK(refusal("SELECT 9223372036854775807 + 1 FROM S3Object") == "IntegerOverflow");
    CHECK(refusal("SELECT " + std::string(1000, '(') + "1" + std::string(1000, ')') + " FROM S3Object") ==
          "UnsupportedSqlStructure");
    std::string chain = "SELECT 1";
    for (int i = 0; i < 1000; ++i) chain += "+1";
    CHECK(refusal(chain + " FROM S3Object") == "UnsupportedSqlStructure");
    CHECK(refusal("SELECT '" + std::string(kExpressionLimit, 'x') + "' FROM S3Object") ==
          "ExpressionTooLong");
    std::string many = "SELECT 1 FROM S3Object WHERE a = 0";
    for (int i = 0; i < 1000; ++i) many += " OR a = 1";
    CHECK(refusal(many).empty());
}

TEST_CASE("CSV comes apart the same whatever pieces it comes in") {
    CsvInput options;
    options.delimiters_in_quotes = true;
    const std::string text = "a,\"b \"\"q\"\", c\",\r\n#comment\n\n\"x\ny\",2\nlast";
    const Rows expected{{"a", "b \"q\", c", ""}, {"x\ny", "2"}, {"last"}};
    for (const std::size_t step : {std::size_t{1}, std::size_t{3}, std::size_t{1000}}) {
        CHECK(rows(options, text, step) == expected);
    }
    CsvInput other;
    other.record_delimiter = "||";
    other.field_delimiter = ';';
    other.quote = '\'';
    other.quote_escape = '\\';
    CHECK(rows(other, "a;'b\\'c;'||d|e;f||", 2) == Rows{{"a", "b'c;"}, {"d|e", "f"}});
    CsvInput header;
    header.header = HeaderUse::use;
    CHECK(rows(header, "h1,h2\n1,2\n", 4) == Rows{{"1", "2"}});
    CHECK(rows({}, "aa\nbb\ncc\n", 1, {1, 3}) == Rows{{"bb"}});
    CHECK_THROWS_AS(rows({}, "\"open", 1), Error);
    CHECK_THROWS_AS(rows({}, std::string(kRecordLimit + 1, 'x'), 4096), Error);
}

TEST_CASE("JSON values follow each other, in lines or not") {
    std::vector<std::string> out;
    const RecordSink sink = [&out](const Record& record) {
        out.push_back(to_text(from_json(record.json)));
        return true;
    };
    JsonReader reader(JsonType::lines, {});
    for (const char c : std::string("{\"a\": \"}\\\"\"}\n{\"b\":[1,{}]}  3 \"s\"[1]\n")) {
        reader.feed(std::string_view(&c, 1), sink);
    }
    reader.finish(sink);
    CHECK(out == std::vector<std::string>{R"({"a":"}\""})", R"({"b":[1,{}]})", "3", "s", "[1]"});
    JsonReader broken(JsonType::lines, {});
    broken.feed("{\"a\": ", sink);
    CHECK_THROWS_AS(broken.finish(sink), Error);
    JsonReader stray(JsonType::document, {});
    CHECK_THROWS_AS(stray.feed("}", sink), Error);
}

TEST_CASE("Results are quoted where they need it") {
    std::string out;
    write_csv({{"a", std::string("x,y")}, {"b", std::int64_t{5}}, {"c", Null{}}, {"d", std::string("q\"")}},
              {}, out);
    CHECK(out == "\"x,y\",5,,\"q\"\"\"\n");
    CsvOutput always;
    always.quotes = QuoteUse::always;
    out.clear();
    write_csv({{"a", true}, {"b", 1.5}}, always, out);
    CHECK(out == "\"true\",\"1.5\"\n");
    out.clear();
    write_json({{"a", std::string("x")}, {"b", Missing{}}, {"c", Null{}}, {"d", 2.0}}, "\n", out);
    CHECK(out == "{\"a\":\"x\",\"c\":null,\"d\":2}\n");
}

TEST_CASE("gzip comes out whatever pieces it comes in, and what is none is refused") {
    // `printf 'hello ' | gzip -n; printf 'world' | gzip -n`: two members.
    const std::string packed(
        "\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03\xcb\x48\xcd\xc9\xc9\x57\x00\x00\xf6\xf9\x81\xed\x06\x00\x00"
        "\x00"
        "\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03\x2b\xcf\x2f\xca\x49\x01\x00\x43\x11\x77\x3a\x05\x00\x00"
        "\x00",
        51);
    Gunzip whole;
    whole.feed(packed);
    CHECK(whole.drain(4) == "hell");
    CHECK(whole.drain(100) == "o world");
    CHECK(whole.complete());
    Gunzip pieces;
    std::string out;
    for (const char c : packed) {
        pieces.feed(std::string_view(&c, 1));
        out += pieces.drain(100).value_or("?");
    }
    CHECK(out == "hello world");
    Gunzip none;
    none.feed("plain text");
    CHECK_FALSE(none.drain(100));
}

TEST_CASE("bzip2 comes out whatever pieces it comes in, and what is none is refused") {
    // `printf 'hello ' | bzip2; printf 'world' | bzip2`: two streams.
    const std::string packed = *base64_decode(
        "QlpoOTFBWSZTWXZp4NQAAAERAEAAAkSgADDNAMNGKZcXckU4UJB2aeDUQlpoOTFBWSZTWV"
        "nOe8sAAAIBgAQEkIAgADDNAMGkwHF3JFOFCQWc57yw");
    const auto whole = make_bunzip();
    whole->feed(packed);
    CHECK(whole->drain(4) == "hell");
    std::string rest;
    while (true) {
        const auto piece = whole->drain(100);
        REQUIRE(piece);
        if (piece->empty()) break;
        rest += *piece;
    }
    CHECK(rest == "o world");
    CHECK(whole->complete());
    const auto pieces = make_bunzip();
    std::string out;
    for (const char c : packed) {
        pieces->feed(std::string_view(&c, 1));
        while (true) {
            const std::string piece = pieces->drain(3).value_or("?");
            if (piece.empty() || piece == "?") break;
            out += piece;
        }
    }
    CHECK(out == "hello world");
    CHECK(pieces->complete());
    const auto none = make_bunzip();
    none->feed("plain text");
    CHECK_FALSE(none->drain(100));
}

}  // namespace fogbank::s3::select
