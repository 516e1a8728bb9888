#include "src/store/sqlite/writer_txn.h"

#include "src/base/log.h"

#include <algorithm>

namespace fogbank::store::sqlite {

void WriterTxn::notify(std::string_view channel) {
    Signal* signal = &channels_.find(channel);
    // A batch often wakes one channel many times over.
    if (signals_.empty() || signals_.back() != signal) signals_.push_back(signal);
}

void WriterTxn::begin_body() {
    signals_before_ = signals_.size();
    actions_before_ = actions_.size();
}

void WriterTxn::forget_body() {
    signals_.resize(std::min(signals_.size(), signals_before_));
    actions_.resize(std::min(actions_.size(), actions_before_));
}

void WriterTxn::forget_all() {
    signals_.clear();
    actions_.clear();
}

void WriterTxn::announce() {
    for (auto& action : actions_) {
        try {
            action();
        } catch (const std::exception& e) {
            log::error("an action after the commit failed", {{"what", e.what()}});
        }
    }
    actions_.clear();
    std::sort(signals_.begin(), signals_.end());
    auto end = std::unique(signals_.begin(), signals_.end());
    for (auto at = signals_.begin(); at != end; ++at) (*at)->notify();
    signals_.clear();
}

}  // namespace fogbank::store::sqlite
