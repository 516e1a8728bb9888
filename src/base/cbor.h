// CBOR (RFC 8949) in and out. The reader pulls one item after another out of bytes that it never copies but
// for strings that came in chunks; the writer appends. Depth is limited, and no length is believed before its
// bytes are there.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace fogbank::cbor {

inline constexpr std::size_t kMaxDepth = 100;  // as JSON's
// Of one document: an item of one byte may become a structure of a hundred. AWS's largest call, PutRecords,
// has some thousand.
inline constexpr std::size_t kMaxItems = 1'000'000;

enum class Type { none, null, boolean, integer, floating, bytes, text, array, map };

inline constexpr std::uint64_t kUntagged = ~std::uint64_t{0};
inline constexpr std::uint64_t kEpochTag = 1;

struct Item {
    Type type = Type::none;  // none: the bytes are no CBOR, or have ended
    bool boolean = false;
    std::int64_t integer = 0;       // cut to the type
    double number = 0;              // of an integer too
    std::string_view text;          // of bytes and text; valid until the reader's next item
    std::uint64_t tag = kUntagged;  // the innermost one
};

// After a failure every item is `none` and no container has more.
class Reader {
public:
    explicit Reader(std::string_view data) : data_(data) {}

    // The next item of the innermost open container, or of the top. An array or a map is open from here on.
    Item next();
    // Whether the innermost open container has another item (in a map keys and values alternate). Where it
    // has none, it is closed: to be asked after each item of a container.
    bool more();
    // Passes over what `item`, just returned by next(), contains.
    void skip(const Item& item);

    bool failed() const { return failed_; }
    bool at_end() const { return position_ == data_.size(); }

private:
    struct Head {
        unsigned major;
        unsigned info;
        std::uint64_t argument;
    };
    struct Container {
        std::uint64_t left;  // items; of a map keys and values
        bool indefinite;
        bool is_map;
        bool at_value;  // the key of a map's entry was read
    };
    bool read_head(Head& head);
    bool open(const Head& head);
    bool read_string(const Head& head, Item& out);
    bool read_simple(const Head& head, Item& out) const;
    Item fail();

    std::string_view data_;
    std::size_t position_ = 0;
    std::size_t items_ = 0;
    bool failed_ = false;
    std::vector<Container> open_;
    std::string joined_;  // of chunks
};

class Writer {
public:
    explicit Writer(std::string& out) : out_(out) {}
    // Ends with end(): the number of members need not be known.
    void begin_map() { out_ += '\xbf'; }
    void end() { out_ += '\xff'; }
    void map(std::size_t entries) { head(5, entries); }
    void array(std::size_t items) { head(4, items); }
    void text(std::string_view value);
    void bytes(std::string_view value);
    void integer(std::int64_t value);
    void number(double value);
    void number(float value);
    void boolean(bool value) { out_ += value ? '\xf5' : '\xf4'; }
    void null() { out_ += '\xf6'; }
    void tag(std::uint64_t number) { head(6, number); }

private:
    void head(unsigned major, std::uint64_t argument);
    std::string& out_;
};

}  // namespace fogbank::cbor
