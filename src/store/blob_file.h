// One file of the blob store while it is written, and while it is read.
#pragma once

#include "src/base/byte_stream.h"

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace fogbank::store {

class WorkPool;

// Grows under a temporary name; without finish() it goes when this goes.
class BlobFile {
public:
    explicit BlobFile(std::string path);
    ~BlobFile();
    BlobFile(const BlobFile&) = delete;
    BlobFile& operator=(const BlobFile&) = delete;

    enum class Sync { none, disk };
    void write(std::string_view bytes);
    // Gives the file its name; with Sync::disk the file and its name survive a power loss.
    void finish(Sync sync);

    static constexpr std::string_view kUnfinished = ".part";  // ends the temporary name

private:
    std::string path_;
    std::string temporary_;
    int file_ = -1;
};

// Throws std::runtime_error where the file cannot be opened. Reads on `pool`, which must outlive the stream.
std::unique_ptr<ByteStream> open_blob_file(const std::string& path, std::uint64_t offset,
                                           std::uint64_t length, WorkPool& pool);

}  // namespace fogbank::store
