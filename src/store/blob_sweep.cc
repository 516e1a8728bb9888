#include "src/store/blob_sweep.h"

#include "src/base/log.h"
#include "src/store/blob_file.h"

#include <charconv>
#include <filesystem>
#include <fstream>
#include <unordered_map>

namespace fogbank::store {
namespace {

namespace fs = std::filesystem;

// Holds the number of the last boot whose files have been judged.
constexpr const char* kMarker = "swept";

std::int64_t boot_of(std::string_view name) {
    std::int64_t boot = 0;
    auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), boot);
    return error == std::errc() && end != name.data() + name.size() && *end == '-' ? boot : 0;
}

std::int64_t read_marker(const std::string& folder) {
    std::int64_t boot = 0;
    std::ifstream(folder + "/" + kMarker) >> boot;
    return boot;
}

}  // namespace

void sweep_blob_files(const std::string& folder, Database& database,
                      std::span<const char* const> reference_queries) {
    std::int64_t swept = read_marker(folder);
    std::unordered_map<std::string, fs::path> candidates;
    std::int64_t removed = 0;
    for (const auto& shard : fs::directory_iterator(folder)) {
        if (!shard.is_directory()) continue;
        for (const auto& file : fs::directory_iterator(shard.path())) {
            std::string name = file.path().filename();
            std::int64_t boot = boot_of(name);
            if (boot == 0 || boot >= database.boot()) continue;
            if (name.ends_with(BlobFile::kUnfinished)) {
                removed += fs::remove(file.path()) ? 1 : 0;
            } else if (boot > swept) {
                candidates.emplace(std::move(name), file.path());
            }
        }
    }
    if (!reference_queries.empty()) {
        if (!candidates.empty()) {
            database.read([&](ReadTxn& txn) {
                for (const char* sql : reference_queries) {
                    for (const auto& row : txn.query(sql)) candidates.erase(std::string(row.text(0)));
                }
            });
        }
        for (const auto& [name, path] : candidates) removed += fs::remove(path) ? 1 : 0;
        std::ofstream(folder + "/" + kMarker) << database.boot() - 1 << '\n';
    }
    if (removed > 0) log::info("removed files that no row names", {{"files", std::to_string(removed)}});
}

}  // namespace fogbank::store
