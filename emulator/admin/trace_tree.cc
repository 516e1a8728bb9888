#include "emulator/admin/trace_tree.h"

#include <map>
#include <set>

namespace fogbank::emulator {
namespace {

constexpr int kDepthLimit = 200;  // of the printed tree; hops are bounded at 64, each of a few spans

struct Tree {
    std::multimap<std::string, const events::Span*> by_cause;
    std::set<std::string> known;
};

void write_span(json::Writer& out, const Tree& tree, const events::Span& span, int depth) {
    out.begin_object().field("id", span.id).field("kind", span.kind).field("service", span.service);
    out.field("name", span.name);
    if (!span.resource.empty()) out.field("resource", span.resource);
    out.field("outcome", span.outcome).field("account", span.account);
    out.field("started", format_iso8601_millis(span.started));
    out.field("duration_us", static_cast<std::int64_t>(span.duration.count() / 1000));
    out.key("children").begin_array();
    if (depth < kDepthLimit) {
        auto [first, last] = tree.by_cause.equal_range(span.id);
        for (; first != last; ++first) write_span(out, tree, *first->second, depth + 1);
    }
    out.end_array().end_object();
}

}  // namespace

void write_trace_tree(json::Writer& out, const std::string& id, const std::vector<events::Span>& spans) {
    Tree tree;
    for (const events::Span& span : spans) {
        tree.known.insert(span.id);
        if (span.cause != span.id) tree.by_cause.emplace(span.cause, &span);
    }
    out.begin_object().field("trace", id).field("spans", static_cast<std::int64_t>(spans.size()));
    out.key("roots").begin_array();
    for (const events::Span& span : spans) {
        if (!tree.known.contains(span.cause) || span.cause == span.id) write_span(out, tree, span, 0);
    }
    out.end_array().end_object();
}

}  // namespace fogbank::emulator
