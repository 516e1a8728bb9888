#include "src/model/modelc/output.h"

#include "src/model/modelc/model.h"

#include <cstdint>
#include <cstdio>
#include <fstream>
#include <iterator>
#include <set>

namespace fogbank::modelc {
namespace {

namespace fs = std::filesystem;

// FNV-1a: the same on every machine, so that generated text is reproducible.
std::uint64_t fingerprint(const std::map<std::string, std::string>& files) {
    std::uint64_t hash = 14695981039346656037ULL;
    const auto mix = [&hash](const std::string& text) {
        for (char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211ULL;
    };
    for (const auto& [path, text] : files) {
        mix(path);
        mix(text);
    }
    return hash;
}

bool holds(const fs::path& path, const std::string& text) {
    std::ifstream in(path, std::ios::binary);
    return in && std::string(std::istreambuf_iterator<char>(in), {}) == text;
}

void write(const fs::path& path, const std::string& text) {
    fs::create_directories(path.parent_path());
    std::ofstream out(path, std::ios::binary | std::ios::trunc);
    out << text;
    out.close();
    if (!out) throw ModelError("cannot write " + path.string());
}

}  // namespace

void OutputFolder::add(const std::string& path, std::string text) {
    if (!files_.emplace(path, std::move(text)).second) throw ModelError("two things are called " + path);
}

void OutputFolder::commit() {
    char line[64];
    std::snprintf(line, sizeof line, "#pragma once\n// %016llx\n",
                  static_cast<unsigned long long>(fingerprint(files_)));
    files_["version.h"] = line;
    for (const auto& [path, text] : files_) {
        if (!holds(root_ / path, text)) write(root_ / path, text);
    }
    std::set<fs::path> stale;
    for (const auto& entry : fs::recursive_directory_iterator(root_)) {
        const std::string path = fs::relative(entry.path(), root_).generic_string();
        if (entry.is_regular_file() && !files_.contains(path) && path != "stamp") stale.insert(entry.path());
    }
    for (const fs::path& path : stale) fs::remove(path);
}

}  // namespace fogbank::modelc
