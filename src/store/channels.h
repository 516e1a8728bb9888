// Names and the signals that stand for them.
#pragma once

#include "src/base/signal.h"

#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>

namespace fogbank::store {

class Channels {
public:
    Signal& find(std::string_view name) {
        std::scoped_lock lock(mutex_);
        auto at = signals_.find(name);
        if (at == signals_.end()) at = signals_.emplace(name, std::make_unique<Signal>()).first;
        return *at->second;
    }

private:
    struct Hash {
        using is_transparent = void;
        std::size_t operator()(std::string_view name) const { return std::hash<std::string_view>()(name); }
    };
    std::mutex mutex_;
    std::unordered_map<std::string, std::unique_ptr<Signal>, Hash, std::equal_to<>> signals_;
};

}  // namespace fogbank::store
