// The folder that modelc writes.
#pragma once

#include <filesystem>
#include <map>
#include <string>

namespace fogbank::modelc {

// Collects files, then makes the folder hold exactly those: a file with the same text keeps its time stamp,
// so that nothing is built again because of it.
class OutputFolder {
public:
    explicit OutputFolder(std::filesystem::path root) : root_(std::move(root)) {}
    // `path` is relative. Throws ModelError where it was added before (two names with one snake_case form).
    void add(const std::string& path, std::string text);
    // Every header includes version.h, whose text changes with any other file: it is the one header that the
    // build system knows, so a changed header is seen in the same build that wrote it.
    void commit();

private:
    std::filesystem::path root_;
    std::map<std::string, std::string> files_;
};

}  // namespace fogbank::modelc
