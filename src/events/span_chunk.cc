#include "src/events/span_chunk.h"

#include <array>
#include <cstring>
#include <initializer_list>

namespace fogbank::events {
namespace {

// A span: its length after this field, two times, then nine texts, each with its length before it.
using Length = std::uint32_t;
constexpr std::size_t kTimes = 2 * sizeof(std::int64_t);
constexpr std::size_t kTexts = 9;

template <class T>
void put(std::string& out, T value) {
    char bytes[sizeof value];
    std::memcpy(bytes, &value, sizeof value);
    out.append(bytes, sizeof value);
}

template <class T>
bool take(std::string_view& in, T& value) {
    if (in.size() < sizeof value) return false;
    std::memcpy(&value, in.data(), sizeof value);
    in.remove_prefix(sizeof value);
    return true;
}

bool take_text(std::string_view& in, std::string_view& text) {
    Length length = 0;
    if (!take(in, length) || in.size() < length) return false;
    text = in.substr(0, length);
    in.remove_prefix(length);
    return true;
}

bool decode(std::string_view body, SpanView& span) {
    std::int64_t started = 0;
    std::int64_t duration = 0;
    if (!take(body, started) || !take(body, duration)) return false;
    span.started = Timestamp(Duration(started));
    span.duration = Duration(duration);
    const std::array<std::string_view*, kTexts> texts = {&span.trace, &span.id,       &span.cause,
                                                         &span.kind,  &span.account,  &span.service,
                                                         &span.name,  &span.resource, &span.outcome};
    for (std::string_view* text : texts) {
        if (!take_text(body, *text)) return false;
    }
    return true;
}

}  // namespace

Span SpanView::copy() const {
    return {std::string(trace),
            std::string(id),
            std::string(cause),
            std::string(kind),
            std::string(account),
            std::string(service),
            std::string(name),
            std::string(resource),
            std::string(outcome),
            started,
            duration};
}

void append_span(std::string& chunk, const Span& span) {
    const std::array<const std::string*, kTexts> texts = {&span.trace, &span.id,       &span.cause,
                                                          &span.kind,  &span.account,  &span.service,
                                                          &span.name,  &span.resource, &span.outcome};
    std::size_t length = kTimes;
    for (const std::string* text : texts) length += sizeof(Length) + text->size();
    put(chunk, static_cast<Length>(length));
    put(chunk, static_cast<std::int64_t>(span.started.time_since_epoch().count()));
    put(chunk, static_cast<std::int64_t>(span.duration.count()));
    for (const std::string* text : texts) {
        put(chunk, static_cast<Length>(text->size()));
        chunk.append(*text);
    }
}

void for_each_span(std::string_view chunk, const std::function<void(const SpanView&)>& visit) {
    while (!chunk.empty()) {
        std::string_view rest = chunk;
        Length length = 0;
        if (!take(rest, length) || rest.size() < length) return;
        SpanView span;
        if (!decode(rest.substr(0, length), span)) return;
        span.encoded = chunk.substr(0, sizeof length + length);
        visit(span);
        chunk.remove_prefix(span.encoded.size());
    }
}

}  // namespace fogbank::events
