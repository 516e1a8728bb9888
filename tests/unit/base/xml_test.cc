#include "src/base/xml.h"

#include <catch2/catch.hpp>

#include <string>

using namespace fogbank;
using namespace std::string_literals;

namespace {

std::string repeat(std::string_view text, int times) {
    std::string out;
    for (int i = 0; i < times; ++i) out += text;
    return out;
}

}  // namespace

TEST_CASE("elements, attributes and text are found by their local names") {
    auto document = xml::parse(
        "<?xml version=\"1.0\"?>\n<!-- c --><ns:Root xmlns:ns=\"u\" xmlns:xsi=\"v\">"
        "<ns:A xsi:type=\"Group\">one</ns:A><B/><ns:A>two</ns:A></ns:Root>");
    REQUIRE(document);
    xml::Element root = document->root();
    CHECK(root.name() == "Root");
    REQUIRE(root.children().size() == 3);
    CHECK(root.child("A").text() == "one");
    CHECK(root.child("A").attribute("type") == "Group");
    CHECK_FALSE(root.child("B").attribute("type").has_value());
    CHECK(root.child("B").text() == "");
    CHECK(root.children()[2].text() == "two");
    CHECK_FALSE(bool(root.child("C")));
    CHECK(bool(root.child("B")));
}

TEST_CASE("white space is kept, line ends are line feeds, and escapes and CDATA are text") {
    auto document =
        xml::parse("<K> a\tb\r\nc \r<![CDATA[<&>]]>&lt;&amp;&#228;&#xE4;&quot;&apos;<!-- no --> </K>");
    REQUIRE(document);
    CHECK(document->root().text() == " a\tb\nc \n<&><&\xC3\xA4\xC3\xA4\"' ");
    auto blank = xml::parse("<K>   </K>");
    REQUIRE(blank);
    CHECK(blank->root().text() == "   ");
}

TEST_CASE("what is not one well-formed element is refused") {
    for (const char* bad : {"", " ", "text", "<a>", "</a>", "<a></b>", "<a/><b/>", "<a/>text", "text<a/>",
                            "<a b=1/>", "<a b='1/>", "<a", "<", "<a><b></a></b>", "<!-- only -->",
                            "<a>\xFF</a>", "<a>\xED\xA0\x80</a>", "<?xml version=\"1.0\"?>"}) {
        INFO(bad);
        CHECK_FALSE(xml::parse(bad).has_value());
    }
}

TEST_CASE("a document type is refused, wherever it stands") {
    CHECK_FALSE(xml::parse("<!DOCTYPE a [<!ENTITY b \"c\">]><a>&b;</a>").has_value());
    CHECK_FALSE(
        xml::parse("<?xml version=\"1.0\"?><!DOCTYPE a SYSTEM \"file:///etc/passwd\"><a/>").has_value());
    CHECK_FALSE(xml::parse("<a><!DOCTYPE b></a>").has_value());
    CHECK(xml::parse("\xEF\xBB\xBF<?xml version=\"1.0\"?>\n<a/>\n<!-- end -->\n").has_value());
    // In a comment and in CDATA it is text.
    CHECK(xml::parse("<a><!-- <!DOCTYPE b> --><![CDATA[<!DOCTYPE b>]]></a>").has_value());
}

TEST_CASE("nesting is limited, whatever attributes hold") {
    CHECK(xml::parse(repeat("<a>", 100) + repeat("</a>", 100)).has_value());
    CHECK_FALSE(xml::parse(repeat("<a>", 101) + repeat("</a>", 101)).has_value());
    CHECK(xml::parse("<r>" + repeat("<a/>", 1000) + repeat("<b></b>", 1000) + "</r>", 2).has_value());
    CHECK_FALSE(xml::parse(repeat("<a b='/>'>", 101) + repeat("</a>", 101)).has_value());
    CHECK_FALSE(xml::parse(repeat("<a b=\"'/>\">", 101) + repeat("</a>", 101)).has_value());
    CHECK_FALSE(xml::parse(repeat("</a>", 50) + repeat("<a>", 101) + repeat("</a>", 101)).has_value());
}

TEST_CASE("a broken document of ten megabytes is refused in one pass") {
    // A scan that looked for the end of each tag anew would take hours.
    CHECK_FALSE(xml::parse(std::string(10'000'000, '<')).has_value());
    CHECK_FALSE(xml::parse(repeat("<a b='", 1'500'000)).has_value());
    CHECK_FALSE(xml::parse(repeat("<!--", 2'500'000)).has_value());
    CHECK_FALSE(xml::parse(repeat("<![CDATA[", 1'000'000)).has_value());
    CHECK_FALSE(xml::parse(repeat("<?", 5'000'000)).has_value());
    CHECK_FALSE(xml::parse(std::string(10'000'000, '<') + ">").has_value());
}

TEST_CASE("the writer writes elements, closes empty ones, and escapes text and attributes") {
    std::string out;
    xml::Writer writer(out);
    writer.declaration();
    writer.begin("Root");
    writer.attribute("xmlns", "http://x/?a&b\"<");
    writer.element("Key", "a<b>&\"c\"'");
    writer.element("Empty", "");
    writer.begin("None");
    writer.end("None");
    writer.begin("Inner");
    writer.element("X", "1");
    writer.end("Inner");
    writer.end("Root");
    CHECK(out ==
          "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
          "<Root xmlns=\"http://x/?a&amp;b&quot;&lt;\"><Key>a&lt;b&gt;&amp;&quot;c&quot;'</Key>"
          "<Empty></Empty><None/><Inner><X>1</X></Inner></Root>");
}

TEST_CASE("control characters are written as references, so that a key survives") {
    std::string out;
    xml::append_escaped(out, "a\r\n\t\x01\x1F\x7F\xC3\xA4");
    CHECK(out == "a&#xD;\n\t&#x1;&#x1F;\x7F\xC3\xA4");
    auto back = xml::parse("<K>" + out + "</K>");
    REQUIRE(back);
    CHECK(back->root().text() == "a\r\n\t\x01\x1F\x7F\xC3\xA4");
}
