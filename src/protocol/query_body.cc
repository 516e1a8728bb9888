#include "src/protocol/query_body.h"

#include "src/base/bytes.h"
#include "src/base/url.h"
#include "src/protocol/json_body.h"
#include "src/protocol/request_errors.h"
#include "src/protocol/scalar.h"

#include <algorithm>
#include <charconv>
#include <iterator>

namespace fogbank::protocol {
namespace {

using model::Kind;
using model::Member;
using model::Shape;
using model::TimestampFormat;

constexpr int kMaxDepth = 100;

// By character, '.' before every other.
bool before(std::string_view a, std::string_view b) {
    const auto rank = [](char c) { return c == '.' ? 0 : 1 + static_cast<unsigned char>(c); };
    return std::lexicographical_compare(a.begin(), a.end(), b.begin(), b.end(),
                                        [rank](char x, char y) { return rank(x) < rank(y); });
}

// The parameters below one path. The form is sorted by name, so what starts with a path stands together and
// no tree has to be built from names that a client chose.
class Node {
public:
    Node(const QueryParameters& all, std::size_t first, std::size_t last, std::string path)
        : all_(&all), first_(first), last_(last), path_(std::move(path)) {}

    // The value at exactly this path: it stands before all that is below.
    const std::string* value() const {
        return first_ < last_ && (*all_)[first_].first == path_ ? &(*all_)[first_].second : nullptr;
    }
    bool empty() const { return first_ == last_; }
    const std::string& path() const { return path_; }

    // What stands at or below the child.
    Node child(std::string_view name) const {
        std::string path = path_;
        if (!path.empty()) path += '.';
        path += name;
        const auto begin = all_->begin() + static_cast<std::ptrdiff_t>(first_);
        const auto end = all_->begin() + static_cast<std::ptrdiff_t>(last_);
        // Names are sorted with '.' before every other character, so a child's own value and all below it are
        // one range that begins at the child's path.
        const auto from = std::lower_bound(
            begin, end, path,
            [](const auto& entry, const std::string& wanted) { return before(entry.first, wanted); });
        auto to = from;
        while (to != end && is_below(to->first, path)) ++to;
        return Node(*all_, index(from), index(to), std::move(path));
    }

    // The children whose names are numbers, in the order of the numbers.
    std::vector<Node> numbered() const {
        std::vector<std::pair<std::uint32_t, Node>> found;
        const std::size_t skip = path_.empty() ? 0 : path_.size() + 1;
        std::size_t i = first_;
        while (i < last_) {
            const std::string& name = (*all_)[i].first;
            std::uint32_t number = 0;
            std::size_t end = name.size();
            if (skip < name.size()) {
                end = std::min(name.find('.', skip), name.size());
                const auto [stop, error] = std::from_chars(name.data() + skip, name.data() + end, number);
                if (error != std::errc() || stop != name.data() + end) number = 0;
            }
            const std::string path = name.substr(0, end);
            std::size_t to = i + 1;
            while (to < last_ && is_below((*all_)[to].first, path)) ++to;
            if (number > 0) found.emplace_back(number, Node(*all_, i, to, path));
            i = to;
        }
        std::sort(found.begin(), found.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
        std::vector<Node> out;
        out.reserve(found.size());
        for (auto& [number, node] : found) out.push_back(std::move(node));
        return out;
    }

private:
    static bool is_below(std::string_view name, std::string_view path) {
        return name.starts_with(path) && (name.size() == path.size() || name[path.size()] == '.');
    }
    std::size_t index(QueryParameters::const_iterator at) const {
        return static_cast<std::size_t>(at - all_->begin());
    }

    const QueryParameters* all_;
    std::size_t first_;
    std::size_t last_;
    std::string path_;
};

class Decoder {
public:
    explicit Decoder(const model::Service& service) : service_(service) {}

    void structure(const Shape& shape, const Node& node, void* out, int depth) const {
        for (const Member& member : shape.members) {
            if (member.holder == nullptr) continue;
            Node found = node.child(member.wire);
            if (found.empty()) continue;
            const TimestampFormat format = timestamp_format(member, TimestampFormat::iso8601);
            value(*member.shape, format, found, emplace_field(member, out), member.flattened, depth);
        }
    }

private:
    void value(const Shape& shape, TimestampFormat format, const Node& node, void* out, bool flattened,
               int depth) const {
        if (depth > kMaxDepth) throw Error("MalformedInput", 400, "The parameters nest too deep");
        switch (shape.kind) {
            case Kind::structure:
                structure(shape, node, out, depth + 1);
                break;
            case Kind::list:
                list(shape, node, out, flattened || shape.flattened, depth + 1);
                break;
            case Kind::map:
                map(shape, node, out, flattened || shape.flattened, depth + 1);
                break;
            default: {
                const std::string* text = node.value();
                if (text == nullptr) break;
                if (!parse_scalar(shape, format, *text, out))
                    throw bad_parameter(service_, shape, node.path(), *text);
            }
        }
    }

    void list(const Shape& shape, const Node& node, void* out, bool flattened, int depth) const {
        const TimestampFormat format = timestamp_format(*shape.element, TimestampFormat::iso8601);
        const char* name = shape.element_wire == nullptr ? "member" : shape.element_wire;
        for (const Node& element : (flattened ? node : node.child(name)).numbered()) {
            value(*shape.element, format, element, shape.list->append(out), false, depth);
        }
    }

    void map(const Shape& shape, const Node& node, void* out, bool flattened, int depth) const {
        const TimestampFormat format = timestamp_format(*shape.element, TimestampFormat::iso8601);
        const char* key_name = shape.key_wire == nullptr ? "key" : shape.key_wire;
        const char* value_name = shape.element_wire == nullptr ? "value" : shape.element_wire;
        for (const Node& entry : (flattened ? node : node.child("entry")).numbered()) {
            const Node key_node = entry.child(key_name);
            const std::string* key = key_node.value();
            if (key == nullptr) continue;
            value(*shape.element, format, entry.child(value_name), shape.map->insert(out, *key), false,
                  depth);
        }
    }

    const model::Service& service_;
};

}  // namespace

void decode_query(const model::Operation& operation, std::string_view query, std::string_view body,
                  void* input) {
    QueryParameters parameters = parse_query(query);
    QueryParameters form = parse_query(body);
    std::move(form.begin(), form.end(), std::back_inserter(parameters));
    for (const auto& [name, value] : parameters) {
        if (!is_valid_utf8(name) || !is_valid_utf8(value)) throw invalid_text(*operation.service);
    }
    std::stable_sort(parameters.begin(), parameters.end(),
                     [](const auto& a, const auto& b) { return before(a.first, b.first); });
    Decoder(*operation.service)
        .structure(*operation.input, Node(parameters, 0, parameters.size(), {}), input, 0);
}

}  // namespace fogbank::protocol
