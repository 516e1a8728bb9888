#include "emulator/admin/health_notes.h"

#include "emulator/version.h"

namespace fogbank::emulator {
namespace {

constexpr std::size_t kNoteLimit = 1000;

std::string to_json(json::Value value) {
    std::string out;
    json::Writer writer(out);
    json::write(writer, value);
    return out;
}

std::size_t count(const HealthNotes::Groups& groups) {
    std::size_t notes = 0;
    for (const auto& [group, names] : groups) notes += names.size();
    return notes;
}

}  // namespace

bool HealthNotes::merge(json::Value object) {
    std::scoped_lock lock(mutex_);
    Groups merged = groups_;
    for (json::Member member : object.members()) {
        std::string name(member.name);
        if (member.value.is_object()) {
            for (json::Member inner : member.value.members())
                merged[name][std::string(inner.name)] = to_json(inner.value);
            continue;
        }
        std::size_t colon = name.find(':');
        std::string group = colon == std::string::npos ? std::string() : name.substr(0, colon);
        merged[group][colon == std::string::npos ? name : name.substr(colon + 1)] = to_json(member.value);
    }
    if (count(merged) > kNoteLimit) return false;
    groups_ = std::move(merged);
    return true;
}

HealthNotes::Groups HealthNotes::groups() const {
    std::scoped_lock lock(mutex_);
    return groups_;
}

std::string health_document(const std::map<std::string, std::string>& services,
                            const HealthNotes::Groups& notes) {
    HealthNotes::Groups groups = notes;
    for (const auto& [name, state] : services) groups["services"].try_emplace(name, '"' + state + '"');
    auto& top = groups[""];
    top.try_emplace("edition", "\"community\"");
    top.try_emplace("version", '"' + std::string(kVersion) + '"');
    std::string body;
    json::Writer out(body);
    out.begin_object();
    for (const auto& [group, names] : groups) {
        if (group.empty()) continue;
        out.key(group).begin_object();
        for (const auto& [name, value] : names) out.key(name).raw(value);
        out.end_object();
    }
    for (const auto& [name, value] : top) {
        if (!groups.contains(name)) out.key(name).raw(value);
    }
    out.end_object();
    return body;
}

}  // namespace fogbank::emulator
