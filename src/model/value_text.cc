#include "src/model/value_text.h"

#include "src/base/clock.h"

#include <fmt/format.h>

#include <cctype>

namespace fogbank::model {
namespace {

// aws: "Value at 'password' failed ..." leaves a sensitive value out; inside another value it is redacted.
constexpr std::string_view kRedacted = "*** Sensitive Data Redacted ***";

class Printer {
public:
    Printer(std::string& out, std::size_t limit) : out_(out), limit_(limit) {}

    void print(const Shape& shape, const void* value) {
        if (shape.sensitive) {
            out_ += kRedacted;
            return;
        }
        switch (shape.kind) {
            case Kind::list:
                return list(shape, value);
            case Kind::map:
                return map(shape, value);
            case Kind::structure:
                return structure(shape, value);
            case Kind::custom:
                // aws: a type with code of its own prints as Class@hash (BatchWriteItem over 25 requests
                // shows AttributeValue@79175931). The hash means nothing, so it is 0 here.
                out_.append(shape.name).append("@0");
                return;
            default:
                return scalar(shape, value);
        }
    }

private:
    template <class T>
    static const T& as(const void* value) {
        return *static_cast<const T*>(value);
    }

    bool full() const { return out_.size() >= limit_; }

    void scalar(const Shape& shape, const void* value) {
        switch (shape.kind) {
            case Kind::boolean:
                out_ += as<bool>(value) ? "true" : "false";
                return;
            case Kind::integer:
                out_ += fmt::to_string(as<std::int32_t>(value));
                return;
            case Kind::long_integer:
                out_ += fmt::to_string(as<std::int64_t>(value));
                return;
            case Kind::float_number:
                out_ += fmt::to_string(as<float>(value));
                return;
            case Kind::double_number:
                out_ += fmt::to_string(as<double>(value));
                return;
            case Kind::string:
                out_ += as<std::string>(value);
                return;
            case Kind::blob:
                // aws: Kinesis PutRecord with too much data shows java.nio.HeapByteBuffer[pos=0 lim=...
                // cap=...].
                out_ += fmt::format("java.nio.HeapByteBuffer[pos=0 lim={0} cap={0}]",
                                    as<Bytes>(value).data.size());
                return;
            case Kind::timestamp:
                out_ += format_iso8601(as<Timestamp>(value));
                return;
            case Kind::document:
                out_ += as<JsonText>(value).text;
                return;
            default:
                return;
        }
    }

    void list(const Shape& shape, const void* value) {
        out_ += '[';
        const std::size_t size = shape.list->size(value);
        for (std::size_t i = 0; i < size; ++i) {
            if (i > 0) out_ += ", ";
            if (full()) {
                out_ += "...";
                break;
            }
            print(*shape.element, shape.list->at(value, i));
        }
        out_ += ']';
    }

    void map(const Shape& shape, const void* value) {
        struct State {
            Printer& printer;
            const Shape& shape;
            bool first;
        } state{*this, shape, true};
        out_ += '{';
        shape.map->each(value, &state, [](void* context, std::string_view key, const void* entry) {
            State& at = *static_cast<State*>(context);
            if (at.printer.full()) return;
            if (!at.first) at.printer.out_ += ", ";
            at.first = false;
            at.printer.out_.append(key).append("=");
            at.printer.print(*at.shape.element, entry);
        });
        if (full()) out_ += ", ...";
        out_ += '}';
    }

    void structure(const Shape& shape, const void* value) {
        out_.append(shape.name).append("(");
        bool first = true;
        for (const Member& member : shape.members) {
            if (member.holder == nullptr) continue;
            if (!first) out_ += ", ";
            first = false;
            out_.append(lower_camel(member.name)).append("=");
            const void* field = member.holder->get(static_cast<const char*>(value) + member.offset);
            if (field == nullptr || full()) {
                out_ += field == nullptr ? "null" : "...";
            } else {
                print(*member.shape, field);
            }
        }
        out_ += ')';
    }

    std::string& out_;
    std::size_t limit_;
};

}  // namespace

std::string lower_camel(std::string_view member) {
    std::string out(member);
    if (!out.empty()) out[0] = static_cast<char>(std::tolower(static_cast<unsigned char>(out[0])));
    return out;
}

void append_value(std::string& out, const Shape& shape, const void* value, std::size_t limit) {
    Printer(out, out.size() + limit).print(shape, value);
}

}  // namespace fogbank::model
