#include "src/http/message.h"

#include <algorithm>

namespace fogbank::http {

namespace {

// ASCII only and without the locale: header names are ASCII, and this runs for every header of every request.
constexpr char lower(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c;
}

}  // namespace

bool equal_ignoring_case(std::string_view a, std::string_view b) {
    if (a.size() != b.size()) return false;
    for (std::size_t i = 0; i < a.size(); ++i) {
        if (a[i] != b[i] && lower(a[i]) != lower(b[i])) return false;
    }
    return true;
}

void Headers::add(std::string name, std::string value) {
    // One allocation for what a typical SDK request carries, instead of five while growing.
    if (entries_.empty()) entries_.reserve(16);
    entries_.emplace_back(std::move(name), std::move(value));
}

void Headers::set(std::string_view name, std::string value) {
    auto same = [name](const Entry& entry) { return equal_ignoring_case(entry.first, name); };
    const auto first = std::find_if(entries_.begin(), entries_.end(), same);
    if (first == entries_.end()) {
        add(std::string(name), std::move(value));
        return;
    }
    first->second = std::move(value);
    entries_.erase(std::remove_if(first + 1, entries_.end(), same), entries_.end());
}

void Headers::erase(std::string_view name) {
    std::erase_if(entries_, [name](const Entry& entry) { return equal_ignoring_case(entry.first, name); });
}

const std::string* Headers::find(std::string_view name) const {
    for (const Entry& entry : entries_) {
        if (equal_ignoring_case(entry.first, name)) return &entry.second;
    }
    return nullptr;
}

std::string_view Headers::get(std::string_view name) const {
    const std::string* value = find(name);
    return value ? std::string_view(*value) : std::string_view();
}

}  // namespace fogbank::http
