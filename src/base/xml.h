// XML in and out. Parsing is pugixml's with a limit on depth, checked before the tree is built.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace fogbank::xml {

inline constexpr int kMaxDepth = 100;

// An element of a parsed document; a view. Names come without their namespace prefix.
class Element {
public:
    Element() = default;
    explicit Element(void* raw) : raw_(raw) {}
    explicit operator bool() const { return raw_ != nullptr; }
    std::string_view name() const;
    std::string text() const;  // all character data of this element, unescaped
    Element child(std::string_view name) const;
    std::vector<Element> children() const;  // elements only, in order
    // The attribute's value by its local name ("type" finds xsi:type).
    std::optional<std::string> attribute(std::string_view name) const;

private:
    void* raw_ = nullptr;  // a pugi::xml_node_struct
};

class Document {
public:
    Document();
    ~Document();
    Document(Document&&) noexcept;
    Document& operator=(Document&&) noexcept;
    Element root() const;

private:
    friend std::optional<Document> parse(std::string_view, int);
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

// Nothing where `text` is not one well-formed element or nests deeper than `max_depth`.
std::optional<Document> parse(std::string_view text, int max_depth = kMaxDepth);

// Appends XML to a string.
class Writer {
public:
    explicit Writer(std::string& out) : out_(out) {}
    void declaration();  // <?xml version="1.0" encoding="UTF-8"?> and a line feed
    void begin(std::string_view name);
    void attribute(std::string_view name, std::string_view value);  // right after begin
    void text(std::string_view text);
    std::string& content();  // to append text to that has nothing to escape
    void end(std::string_view name);
    void element(std::string_view name, std::string_view text);

private:
    void close_start();
    std::string& out_;
    bool start_open_ = false;
};

void append_escaped(std::string& out, std::string_view text);

}  // namespace fogbank::xml
