// The disk under a mounted folder. Blocking: these run off the I/O threads.
#pragma once

#include "services/s3/store/mount_store.h"
#include "src/base/byte_stream.h"

#include <map>
#include <memory>
#include <optional>
#include <string>

namespace fogbank::s3::mount {

// Size and time of a regular file; nothing for anything else.
std::optional<FileState> state_of(const std::string& path);

// Every regular file under `folder` that can be an object, by key. Links are not followed.
std::map<std::string, FileState> read_tree(const std::string& folder);

// Replaces the file in one step: whoever reads it sees the old bytes or the new. Throws std::system_error.
class FileWriter {
public:
    FileWriter(std::string folder, std::string path);
    ~FileWriter();
    FileWriter(const FileWriter&) = delete;
    FileWriter& operator=(const FileWriter&) = delete;
    void write(std::string_view piece);
    // What state_of() says of the file once finish() has put it into its place.
    std::optional<FileState> state() const { return state_of(temporary_); }
    void finish();

private:
    std::string path_, temporary_;
    int descriptor_ = -1;
};

// Removes what a FileWriter that was killed left behind.
void remove_unfinished(const std::string& folder);

// Removes the file, and the folders that it leaves empty up to `folder`.
void remove_file(const std::string& folder, const std::string& path);

// MD5 of the bytes in hex; nothing where the file cannot be read.
std::optional<std::string> md5_of(const std::string& path);

// A descriptor of the file, -1 where it cannot be opened.
int open_file(const std::string& path);

}  // namespace fogbank::s3::mount
