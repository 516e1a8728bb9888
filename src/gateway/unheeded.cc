#include "src/gateway/unheeded.h"

#include "src/base/error.h"

#include <atomic>
#include <string>

namespace fogbank::gateway {
namespace {

std::atomic<Unheeded> unheeded = Unheeded::told;

}  // namespace

void set_unheeded(Unheeded what) {
    unheeded.store(what, std::memory_order_relaxed);
}

void refuse_unheeded(std::string_view setting) {
    if (unheeded.load(std::memory_order_relaxed) == Unheeded::told) return;
    throw Error("NotImplemented", 501,
                std::string(setting) + " has no effect in Fogbank, and STRICT=1 refuses what has none");
}

}  // namespace fogbank::gateway
