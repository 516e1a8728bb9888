#include "src/events/trace.h"

#include "src/base/text.h"

#include <algorithm>
#include <charconv>

namespace fogbank::events {
namespace {

bool is_hex(std::string_view text) {
    return std::all_of(text.begin(), text.end(), [](char c) {
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
    });
}

int depth_of(std::string_view lineage) {
    int depth = 0;
    std::string_view digits = lineage.substr(lineage.rfind(':') + 1);
    auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), depth);
    bool whole = error == std::errc() && end == digits.data() + digits.size();
    return whole && depth >= 0 ? depth : 0;
}

}  // namespace

// X-Ray: version 1, eight hex digits of seconds, 24 of randomness.
bool is_trace_id(std::string_view text) {
    return text.size() == 35 && text.substr(0, 2) == "1-" && text[10] == '-' && is_hex(text.substr(2, 8)) &&
           is_hex(text.substr(11));
}

Trace Trace::parse(std::string_view header) {
    Trace trace;
    while (!header.empty()) {
        std::size_t end = std::min(header.find(';'), header.size());
        std::string_view part = trimmed(header.substr(0, end));
        header.remove_prefix(std::min(end + 1, header.size()));
        std::size_t equals = part.find('=');
        if (equals == std::string_view::npos) continue;
        std::string_view name = part.substr(0, equals);
        std::string_view value = part.substr(equals + 1);
        if (name == "Root" && is_trace_id(value)) trace.id = value;
        if (name == "Parent") trace.cause = value;
        if (name == "Lineage") trace.depth = depth_of(value);
    }
    return trace.id.empty() ? Trace() : trace;
}

std::string Trace::header() const {
    std::string text = "Root=" + id;
    if (!cause.empty()) text += ";Parent=" + cause;
    text += ";Sampled=1";
    // aws: Lambda's own Lineage is "<hash>:<count>"; the hash tells nothing here.
    if (depth > 0) text += ";Lineage=00000000:" + std::to_string(depth);
    return text;
}

}  // namespace fogbank::events
