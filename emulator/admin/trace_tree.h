// A trace as a tree: every span under the one that caused it.
#pragma once

#include "src/base/json.h"
#include "src/events/trace_log.h"

#include <string>
#include <vector>

namespace fogbank::emulator {

// {"trace": id, "spans": n, "roots": [{..., "children": [...]}]}. A span whose cause is not in the list is a
// root. Depth is bounded by the log's own bound on hops.
void write_trace_tree(json::Writer& out, const std::string& id, const std::vector<events::Span>& spans);

}  // namespace fogbank::emulator
