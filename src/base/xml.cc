#include "src/base/xml.h"

#include "src/base/bytes.h"

#include <fmt/format.h>
#include <pugixml.hpp>

#include <algorithm>
#include <array>
#include <utility>

namespace fogbank::xml {
namespace {

pugi::xml_node node(void* raw) {
    return pugi::xml_node(static_cast<pugi::xml_node_struct*>(raw));
}

std::string_view local(std::string_view name) {
    std::size_t colon = name.find(':');
    return colon == std::string_view::npos ? name : name.substr(colon + 1);
}

// The '>' that ends the tag at `at`: outside of quotes, where attributes may hold one.
std::size_t tag_end(std::string_view text, std::size_t at) {
    while (true) {
        at = text.find_first_of("\"'>", at);
        if (at == std::string_view::npos || text[at] == '>') return at;
        at = text.find(text[at], at + 1);
        if (at == std::string_view::npos) return at;
        ++at;
    }
}

// What does not stand for itself: markup, and control characters, which would not survive a parser.
constexpr std::array<bool, 256> kEscaped = [] {
    std::array<bool, 256> table{};
    for (std::size_t c = 0; c < 0x20; ++c) table[c] = c != '\n' && c != '\t';
    for (const char c : {'&', '<', '>', '"'}) table[static_cast<unsigned char>(c)] = true;
    return table;
}();

void append_reference(std::string& out, char c) {
    switch (c) {
        case '&':
            out += "&amp;";
            break;
        case '<':
            out += "&lt;";
            break;
        case '>':
            out += "&gt;";
            break;
        case '"':
            out += "&quot;";
            break;
        default:
            out += fmt::format("&#x{:X};", static_cast<unsigned char>(c));
    }
}

bool is_blank(std::string_view text) {
    return text.find_first_not_of(" \t\r\n") == std::string_view::npos;
}

// The deepest nesting of start tags. -1 for a document type (AWS refuses it; entities could grow it without
// bound), for a tag without an end, and for text outside of the root element, which pugixml would drop. One
// pass: every step goes on behind what it has read.
int nesting(std::string_view text) {
    constexpr std::pair<std::string_view, std::string_view> kOpaque[] = {
        {"<!--", "-->"}, {"<![CDATA[", "]]>"}, {"<?", "?>"}};
    constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
    int depth = 0, deepest = 0;
    std::size_t read = text.starts_with(kByteOrderMark) ? kByteOrderMark.size() : 0;
    for (std::size_t at = text.find('<'); at != std::string_view::npos; at = text.find('<', read)) {
        if (depth == 0 && !is_blank(text.substr(read, at - read))) return -1;
        std::string_view rest = text.substr(at);
        read = 0;
        for (const auto& [opener, closer] : kOpaque) {
            if (!rest.starts_with(opener)) continue;
            std::size_t end = text.find(closer, at + opener.size());
            if (end == std::string_view::npos) return -1;
            read = end + closer.size();
        }
        if (read != 0) continue;
        if (rest.starts_with("<!")) return -1;
        std::size_t end = tag_end(text, at);
        if (end == std::string_view::npos) return -1;
        read = end + 1;
        if (rest.starts_with("</")) {
            if (--depth < 0) return -1;
        } else if (text[end - 1] != '/') {
            deepest = std::max(deepest, ++depth);
        }
    }
    return is_blank(text.substr(read)) ? deepest : -1;
}

}  // namespace

std::string_view Element::name() const {
    return local(node(raw_).name());
}

std::string Element::text() const {
    std::string out;
    for (pugi::xml_node part : node(raw_)) {
        if (part.type() == pugi::node_pcdata || part.type() == pugi::node_cdata) out += part.value();
    }
    return out;
}

Element Element::child(std::string_view name) const {
    for (pugi::xml_node part : node(raw_)) {
        if (part.type() == pugi::node_element && local(part.name()) == name)
            return Element(part.internal_object());
    }
    return {};
}

std::vector<Element> Element::children() const {
    std::vector<Element> out;
    for (pugi::xml_node part : node(raw_)) {
        if (part.type() == pugi::node_element) out.emplace_back(part.internal_object());
    }
    return out;
}

std::optional<std::string> Element::attribute(std::string_view name) const {
    for (pugi::xml_attribute attribute : node(raw_).attributes()) {
        if (local(attribute.name()) == name) return attribute.value();
    }
    return std::nullopt;
}

struct Document::Impl {
    pugi::xml_document document;
};

Document::Document() : impl_(std::make_unique<Impl>()) {}
Document::~Document() = default;
Document::Document(Document&&) noexcept = default;
Document& Document::operator=(Document&&) noexcept = default;
Element Document::root() const {
    return Element(impl_->document.document_element().internal_object());
}

std::optional<Document> parse(std::string_view text, int max_depth) {
    int depth = nesting(text);
    if (depth < 0 || depth > max_depth || !is_valid_utf8(text)) return std::nullopt;
    Document result;
    constexpr unsigned kOptions = pugi::parse_default | pugi::parse_ws_pcdata;
    auto status = result.impl_->document.load_buffer(text.data(), text.size(), kOptions, pugi::encoding_utf8);
    if (!status) return std::nullopt;
    int roots = 0;
    for (pugi::xml_node part : result.impl_->document) {
        if (part.type() == pugi::node_element) ++roots;
    }
    if (roots != 1) return std::nullopt;
    return result;
}

void Writer::declaration() {
    out_ += "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";
}

void Writer::close_start() {
    if (start_open_) out_ += '>';
    start_open_ = false;
}

void Writer::begin(std::string_view name) {
    close_start();
    out_ += '<';
    out_ += name;
    start_open_ = true;
}

void Writer::attribute(std::string_view name, std::string_view value) {
    out_ += ' ';
    out_ += name;
    out_ += "=\"";
    append_escaped(out_, value);
    out_ += '"';
}

void Writer::text(std::string_view text) {
    append_escaped(content(), text);
}

std::string& Writer::content() {
    close_start();
    return out_;
}

void Writer::end(std::string_view name) {
    if (start_open_) {
        out_ += "/>";
        start_open_ = false;
        return;
    }
    out_ += "</";
    out_ += name;
    out_ += '>';
}

void Writer::element(std::string_view name, std::string_view content) {
    begin(name);
    text(content);
    end(name);
}

void append_escaped(std::string& out, std::string_view text) {
    // Most text has nothing to escape and is copied in one piece.
    std::size_t copied = 0;
    for (std::size_t at = 0; at < text.size(); ++at) {
        if (!kEscaped[static_cast<unsigned char>(text[at])]) continue;
        out += text.substr(copied, at - copied);
        append_reference(out, text[at]);
        copied = at + 1;
    }
    out += text.substr(copied);
}

}  // namespace fogbank::xml
